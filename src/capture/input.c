/* Plain or gzip'ed bytes (RFC 1952, several members too) behind a FILE, told
 * by content.  A pipe gives what it has: no read waits for more than a packet
 * needs, so that tcpdump can write into us as it captures.  A look at the first
 * bytes names what is no capture at all.  Must not know packets. */
#include "config.h"

#include "capture/input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define RAW_BUFFER (64u << 10)
#define FILE_BUFFER (256u << 10) /* libpcap reads each packet in two small pieces */

struct w101_input {
	int fd;
	uint64_t size, position;
	uint8_t head[6]; /* read to look at, then given out first */
	unsigned head_n, head_at;
	bool gzip;
	bool inside; /* a gzip member that has not ended */
	bool damaged, cut;
	int failed; /* errno of a read */
	z_stream z; /* its input is what of raw is not used yet, when plain too */
	uint8_t raw[RAW_BUFFER];
	char buffer[FILE_BUFFER];
};

/* As read(2), remembering the failure. */
static ssize_t read_raw(struct w101_input *s, void *out, size_t n)
{
	ssize_t got = read(s->fd, out, n);
	if (got < 0)
		s->failed = errno;
	else
		s->position += (uint64_t)got;
	return got;
}

static ssize_t refill(struct w101_input *s)
{
	ssize_t got = read_raw(s, s->raw, sizeof s->raw);
	s->z.next_in = s->raw;
	s->z.avail_in = got > 0 ? (uInt)got : 0;
	return got;
}

static ssize_t read_plain(struct w101_input *s, char *out, size_t n)
{
	if (!s->z.avail_in)
		return read_raw(s, out, n);
	size_t k = s->z.avail_in < n ? s->z.avail_in : n;
	memcpy(out, s->z.next_in, k);
	s->z.next_in += k;
	s->z.avail_in -= (uInt)k;
	return (ssize_t)k;
}

static ssize_t read_gzip(struct w101_input *s, char *out, size_t n)
{
	s->z.next_out = (Bytef *)out;
	s->z.avail_out = n > FILE_BUFFER ? FILE_BUFFER : (uInt)n;
	uInt room = s->z.avail_out;
	while (s->z.avail_out == room && !s->damaged && !s->cut) {
		ssize_t got = s->z.avail_in ? 1 : refill(s);
		if (got < 0)
			return -1;
		if (got == 0) {
			s->cut = s->inside;
			break;
		}
		if (!s->inside) {
			if (*s->z.next_in != 0x1f) /* padding behind the last member, which gzip passes over too */
				break;
			inflateReset(&s->z);
			s->inside = true;
		}
		int code = inflate(&s->z, Z_NO_FLUSH);
		if (code == Z_STREAM_END)
			s->inside = false;
		else if (code != Z_OK && code != Z_BUF_ERROR)
			s->damaged = true;
	}
	if (s->z.avail_out < room)
		return room - s->z.avail_out;
	errno = EIO;
	return s->damaged ? -1 : 0;
}

static ssize_t read_some(void *self, char *out, size_t n)
{
	struct w101_input *s = self;
	if (s->head_at < s->head_n) {
		size_t k = s->head_n - s->head_at < n ? s->head_n - s->head_at : n;
		memcpy(out, s->head + s->head_at, k);
		s->head_at += (unsigned)k;
		return (ssize_t)k;
	}
	return s->gzip ? read_gzip(s, out, n) : read_plain(s, out, n);
}

enum w101_input_state w101_input_state(struct w101_input *s, char error[W101_SOURCE_ERROR])
{
	if (s->failed) {
		snprintf(error, W101_SOURCE_ERROR, "reading failed: %s", strerror(s->failed));
		return W101_STREAM_FAILED;
	}
	if (s->damaged) {
		snprintf(error, W101_SOURCE_ERROR, "the gzip data is damaged");
		return W101_STREAM_DAMAGED;
	}
	if (s->cut) {
		snprintf(error, W101_SOURCE_ERROR, "the gzip data ends in the middle");
		return W101_STREAM_CUT;
	}
	return W101_STREAM_FINE;
}

/* NULL: may be a capture. */
static const char *not_a_capture(const uint8_t *p, unsigned n)
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

/* 0, or -1 with a line in error. */
static int look(struct w101_input *s, char error[W101_SOURCE_ERROR])
{
	uint8_t head[sizeof s->head];
	unsigned n = 0;
	ssize_t got;
	if (refill(s) > 0 && s->raw[0] == 0x1f && (s->z.avail_in == 1 || s->raw[1] == 0x8b))
		s->gzip = s->inside = true;
	while (n < sizeof head && !s->failed && (got = read_some(s, (char *)head + n, sizeof head - n)) > 0)
		n += (unsigned)got;
	if (w101_input_state(s, error) != W101_STREAM_FINE && (n == 0 || s->failed))
		return -1;
	const char *why = n ? not_a_capture(head, n) : "is empty";
	if (why) {
		snprintf(error, W101_SOURCE_ERROR, "%s", why);
		return -1;
	}
	memcpy(s->head, head, n);
	s->head_n = n;
	return 0;
}

struct w101_input *w101_input_open(int fd, char error[W101_SOURCE_ERROR])
{
	struct stat st;
	if (fstat(fd, &st)) {
		snprintf(error, W101_SOURCE_ERROR, "%s", strerror(errno));
		close(fd);
		return NULL;
	}
	if (S_ISDIR(st.st_mode)) {
		snprintf(error, W101_SOURCE_ERROR, "is a directory");
		close(fd);
		return NULL;
	}
	struct w101_input *s = calloc(1, sizeof *s);
	if (!s || inflateInit2(&s->z, 15 + 16) != Z_OK) {
		snprintf(error, W101_SOURCE_ERROR, "no memory to read it");
		close(fd);
		free(s);
		return NULL;
	}
	s->fd = fd;
	s->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	if (look(s, error)) {
		w101_input_close(s);
		return NULL;
	}
	return s;
}

void w101_input_close(struct w101_input *s)
{
	inflateEnd(&s->z);
	close(s->fd);
	free(s);
}

FILE *w101_input_file(struct w101_input *s)
{
	FILE *f = fopencookie(s, "rb", (cookie_io_functions_t){ .read = read_some });
	if (f)
		setvbuf(f, s->buffer, _IOFBF, sizeof s->buffer);
	return f;
}

uint64_t w101_input_position(const struct w101_input *s)
{
	return s->position;
}

uint64_t w101_input_size(const struct w101_input *s)
{
	return s->size;
}
