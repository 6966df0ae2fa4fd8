/* Plain or gzip'ed bytes (RFC 1952, several members too), told by content, read
 * in large pieces into a window that moves on.  No read waits for more than is
 * asked for, so that tcpdump can write into us as it captures.  A look at the
 * first bytes names what is no capture at all.  Must not know packets. */
#include "config.h"

#include "capture/input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZLIB_CONST
#include <zlib.h>

#include "capture/cookie.h"

#define WINDOW (256u << 10)
#define PIECE_MAX (1u << 30) /* zlib counts in 32 bits */

struct w101_input {
	struct w101_window window; /* of `buffer`, or of the memory that we were given */
	uint8_t *buffer;           /* NULL: plain bytes in memory */
	size_t buffer_n;
	int fd;                   /* -1: bytes in memory */
	struct w101_bytes memory; /* what of it is not used yet */
	uint64_t size, taken;     /* taken: bytes that left the file */
	bool gzip;
	bool inside;    /* a gzip member that has not ended */
	bool unwritten; /* inflate had no room for all it has */
	bool ended, damaged, cut;
	int failed;   /* errno */
	uint8_t *raw; /* a gzip'ed file's bytes */
	z_stream z;
};

static bool stopped(const struct w101_input *in)
{
	return in->ended || in->damaged || in->cut || in->failed;
}

/* As read(2).  0: the end, or a failure that is remembered; a signal is one, so that who waits can be interrupted. */
static size_t read_file(struct w101_input *in, uint8_t *out, size_t n)
{
	ssize_t got = read(in->fd, out, n);
	if (got < 0)
		in->failed = errno;
	in->taken += got > 0 ? (uint64_t)got : 0;
	return got > 0 ? (size_t)got : 0;
}

/* Packed bytes for inflate; false: there are no more. */
static bool refill(struct w101_input *in)
{
	size_t n;
	if (in->fd >= 0) {
		n = read_file(in, in->raw, WINDOW);
		in->z.next_in = in->raw;
	} else {
		n = in->memory.n < PIECE_MAX ? in->memory.n : PIECE_MAX;
		in->z.next_in = in->memory.p;
		in->memory.p += n;
		in->memory.n -= n;
		in->taken += n;
	}
	in->z.avail_in = (uInt)n;
	return n > 0;
}

/* At least one byte, unless none comes any more. */
static size_t unpack(struct w101_input *in, uint8_t *out, size_t n)
{
	in->z.next_out = out;
	in->z.avail_out = (uInt)n;
	while (in->z.avail_out == n && !stopped(in)) {
		if (!in->unwritten && !in->z.avail_in && !refill(in)) {
			in->cut = in->inside && !in->failed;
			in->ended = true;
			break;
		}
		if (!in->inside) {
			if (*in->z.next_in != 0x1f) { /* padding behind the last member, which gzip passes over too */
				in->ended = true;
				break;
			}
			inflateReset(&in->z);
			in->inside = true;
		}
		int code = inflate(&in->z, Z_NO_FLUSH);
		in->unwritten = code == Z_OK && in->z.avail_out == 0;
		if (code == Z_STREAM_END)
			in->inside = false;
		else if (code != Z_OK && code != Z_BUF_ERROR)
			in->damaged = true;
	}
	return n - in->z.avail_out;
}

/* Brings what is left of the window to the front, and makes the buffer larger when it is full of it. */
static bool make_room(struct w101_input *in)
{
	size_t left = (size_t)(in->window.end - in->window.at);
	if (left == 0) {
		in->window = (struct w101_window){ in->buffer, in->buffer };
		return true;
	}
	if (in->window.at != in->buffer)
		memmove(in->buffer, in->window.at, left);
	if (left == in->buffer_n) {
		uint8_t *larger = realloc(in->buffer, 2 * in->buffer_n);
		if (!larger) {
			in->failed = ENOMEM;
			return false;
		}
		in->buffer = larger;
		in->buffer_n *= 2;
	}
	in->window = (struct w101_window){ in->buffer, in->buffer + left };
	return true;
}

const uint8_t *w101_input_peek(struct w101_input *in, size_t n, size_t *have)
{
	size_t left;
	while ((left = (size_t)(in->window.end - in->window.at)) < n && n <= W101_INPUT_WINDOW_MAX && in->buffer &&
		!stopped(in) && make_room(in)) {
		uint8_t *end = in->buffer + left;
		size_t room = in->buffer_n - left;
		size_t got = in->gzip ? unpack(in, end, room) : read_file(in, end, room);
		if (!got)
			in->ended = true;
		in->window.end = end + got;
	}
	if (have)
		*have = left;
	return left < n || n > W101_INPUT_WINDOW_MAX ? NULL : in->window.at;
}

bool w101_input_skip(struct w101_input *in, uint64_t n)
{
	size_t left;
	while ((left = (size_t)(in->window.end - in->window.at)) < n) {
		n -= left;
		in->window.at = in->window.end;
		if (!w101_input_peek(in, 1, NULL))
			return false;
	}
	in->window.at += n;
	return true;
}

struct w101_window *w101_input_window(struct w101_input *in)
{
	return &in->window;
}

static size_t read_window(void *self, void *out, size_t n)
{
	struct w101_input *in = self;
	const uint8_t *p = w101_input_peek(in, 1, NULL);
	size_t left = (size_t)(in->window.end - in->window.at);
	if (!p)
		return in->failed || in->damaged ? W101_COOKIE_FAILED : 0;
	if (n > left)
		n = left;
	memcpy(out, p, n);
	in->window.at += n;
	return n;
}

FILE *w101_input_file(struct w101_input *in)
{
	return w101_cookie_open(in, read_window);
}

enum w101_input_state w101_input_state(struct w101_input *in, char error[W101_SOURCE_ERROR])
{
	if (in->failed) {
		snprintf(error, W101_SOURCE_ERROR, "reading failed: %s", strerror(in->failed));
		return W101_STREAM_FAILED;
	}
	if (in->damaged) {
		snprintf(error, W101_SOURCE_ERROR, "the gzip data is damaged");
		return W101_STREAM_DAMAGED;
	}
	if (in->cut) {
		snprintf(error, W101_SOURCE_ERROR, "the gzip data ends in the middle");
		return W101_STREAM_CUT;
	}
	return W101_STREAM_FINE;
}

enum w101_source_next w101_input_short(struct w101_input *in, char error[W101_SOURCE_ERROR])
{
	enum w101_input_state state = w101_input_state(in, error);
	if (state == W101_STREAM_FINE)
		snprintf(error, W101_SOURCE_ERROR, "the file ends inside a packet or a block");
	return state == W101_STREAM_FAILED ? W101_SOURCE_FAILED : W101_SOURCE_CUT;
}

/* ---- opening */

/* NULL: may be a capture. */
static const char *not_a_capture(const uint8_t *p, size_t n)
{
	static const struct {
		uint8_t n, magic[6];
		const char *what;
	} known[] = {
		{ 4, { 0xa1, 0xb2, 0xc3, 0xd4 }, NULL },
		{ 4, { 0xd4, 0xc3, 0xb2, 0xa1 }, NULL }, /* microseconds */
		{ 4, { 0xa1, 0xb2, 0x3c, 0x4d }, NULL },
		{ 4, { 0x4d, 0x3c, 0xb2, 0xa1 }, NULL }, /* nanoseconds */
		{ 4, { 0xa1, 0xb2, 0xcd, 0x34 }, NULL },
		{ 4, { 0x34, 0xcd, 0xb2, 0xa1 }, NULL }, /* "modified" */
		{ 4, { 0xa1, 0xb2, 0x34, 0xcd }, NULL },
		{ 4, { 0xcd, 0x34, 0xb2, 0xa1 }, NULL }, /* F. Mesquita's */
		{ 4, { 0xa1, 0x2b, 0x3c, 0x4d }, NULL },
		{ 4, { 0x4d, 0x3c, 0x2b, 0xa1 }, NULL }, /* Navtel's */
		{ 4, { 0x0a, 0x0d, 0x0d, 0x0a }, NULL }, /* pcapng */
		{ 4, { 0x28, 0xb5, 0x2f, 0xfd }, "is packed with zstd: unpack it first (zstd -d)" },
		{ 4, { 0x04, 0x22, 0x4d, 0x18 }, "is packed with lz4: unpack it first (lz4 -d)" },
		{ 6, { 0xfd, '7', 'z', 'X', 'Z', 0 }, "is packed with xz: unpack it first (xz -d)" },
		{ 3, { 'B', 'Z', 'h' }, "is packed with bzip2: unpack it first (bzip2 -d)" },
		{ 4, { 'P', 'K', 3, 4 }, "is a zip archive: unpack it first (unzip)" },
		{ 6, { 's', 'n', 'o', 'o', 'p', 0 },
			"is a snoop capture: convert it first (editcap -F pcapng IN OUT)" },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (n >= known[i].n && memcmp(p, known[i].magic, known[i].n) == 0)
			return known[i].what;
	return "is not a capture file (pcap and pcapng are read, plain or gzip'ed)";
}

/* What stands in the window so far is packed: a window of its own for what comes out. */
static bool begin_gzip(struct w101_input *in)
{
	size_t left = (size_t)(in->window.end - in->window.at);
	if (inflateInit2(&in->z, 15 + 16) != Z_OK)
		return false;
	in->gzip = in->inside = true;
	in->ended = false;
	if (in->fd >= 0) {
		in->raw = in->buffer;
		in->z.next_in = in->window.at;
		in->z.avail_in = (uInt)left;
	} else {
		in->memory = (struct w101_bytes){ in->window.at, left };
		in->taken = 0;
	}
	in->buffer = malloc(WINDOW);
	in->buffer_n = WINDOW;
	in->window = (struct w101_window){ in->buffer, in->buffer };
	return in->buffer;
}

static const char no_memory[] = "no memory to read it";

/* The input itself, or NULL with a line in error. */
static struct w101_input *look(struct w101_input *in, char error[W101_SOURCE_ERROR])
{
	size_t n;
	const char *why = NULL;
	(void)w101_input_peek(in, 2, &n);
	const uint8_t *head = in->window.at;
	if (n && head[0] == 0x1f && (n == 1 || head[1] == 0x8b) && !begin_gzip(in))
		why = no_memory;
	if (!why) {
		(void)w101_input_peek(in, 6, &n);
		if (w101_input_state(in, error) == W101_STREAM_FINE || (n && !in->failed)) {
			why = n ? not_a_capture(in->window.at, n) : "is empty";
			if (!why)
				return in;
		}
	}
	if (why)
		snprintf(error, W101_SOURCE_ERROR, "%s", why);
	w101_input_close(in);
	return NULL;
}

struct w101_input *w101_input_open(int fd, char error[W101_SOURCE_ERROR])
{
	struct stat st;
	const char *why = fstat(fd, &st) ? strerror(errno) : S_ISDIR(st.st_mode) ? "is a directory" : NULL;
	struct w101_input *in = why ? NULL : calloc(1, sizeof *in);
	uint8_t *buffer = in ? malloc(WINDOW) : NULL;
	if (!buffer) {
		snprintf(error, W101_SOURCE_ERROR, "%s", why ? why : no_memory);
		close(fd);
		free(in);
		return NULL;
	}
	*in = (struct w101_input){ .window = { buffer, buffer },
		.buffer = buffer,
		.buffer_n = WINDOW,
		.fd = fd,
		.size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0 };
	return look(in, error);
}

struct w101_input *w101_input_memory(struct w101_bytes bytes, char error[W101_SOURCE_ERROR])
{
	struct w101_input *in = bytes.n ? calloc(1, sizeof *in) : NULL;
	if (!in) {
		snprintf(error, W101_SOURCE_ERROR, "%s", bytes.n ? no_memory : "is empty");
		return NULL;
	}
	*in = (struct w101_input){
		.window = { bytes.p, bytes.p + bytes.n }, .fd = -1, .size = bytes.n, .taken = bytes.n
	};
	return look(in, error);
}

void w101_input_close(struct w101_input *in)
{
	if (in->gzip)
		inflateEnd(&in->z);
	if (in->fd >= 0)
		close(in->fd);
	free(in->raw);
	free(in->buffer);
	free(in);
}

/* What was taken but waits for its use does not count. */
uint64_t w101_input_position(const struct w101_input *in)
{
	return in->taken - (in->gzip ? in->z.avail_in : (size_t)(in->window.end - in->window.at));
}

uint64_t w101_input_size(const struct w101_input *in)
{
	return in->size;
}
