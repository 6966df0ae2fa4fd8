/* Saving packets by libpcap's writer.  A file is claimed at once, so that what
 * is wrong with it is known before any work, but its first byte is written with
 * the first packet or at the end: a run that fails early leaves an older file as
 * it was.  Must not know what packets hold. */
#include "config.h"

#include "capture/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include "capture/linktype.h"

enum {
	FILES_MAX = 64,   /* more link types than have TCP in them */
	SNAPLEN = 262144, /* what readers take at most */
	LINK_ETHERNET = 1
};

struct file {
	pcap_dumper_t *dumper; /* NULL: nothing was written yet */
	int fd;                /* -1: the dumper has it, or it is closed */
	bool made;             /* not there before */
};

struct w101_save {
	bool force, finished;
	bool full; /* no further file could be named: said */
	const struct w101_save_input *inputs;
	size_t n_inputs;
	uint64_t cut; /* packets */
	struct w101_saved saved[FILES_MAX];
	struct file file[FILES_MAX];
	char *path[FILES_MAX]; /* what saved[].path shows */
	size_t n;
};

static bool fail(char error[W101_SAVE_ERROR], const char *path, const char *why)
{
	if (path)
		snprintf(error, W101_SAVE_ERROR, "%s: %s", path, why);
	else
		snprintf(error, W101_SAVE_ERROR, "%s", why);
	return false;
}

/* ---- one file */

/* NULL, or why this file is not written to. */
static const char *refusal(const struct w101_save *s, int fd)
{
	struct stat st;
	if (fstat(fd, &st))
		return strerror(errno);
	for (size_t i = 0; i < s->n_inputs; i++)
		if (s->inputs[i].device == st.st_dev && s->inputs[i].inode == st.st_ino)
			return s->inputs[i].what;
	return S_ISREG(st.st_mode) ? NULL : "is not a regular file";
}

/* NULL, or why it cannot be had. */
static const char *claim(const struct w101_save *s, const char *path, struct file *f)
{
	const char *why;
	*f = (struct file){ .made = true };
	f->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (f->fd < 0 && errno == EEXIST) {
		f->made = false;
		f->fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC); /* a FIFO without a reader must not be waited for */
		if (f->fd < 0 && (errno == ENXIO || errno == ENOENT))
			return errno == ENXIO ? "is not a regular file" : "File exists: a link that leads nowhere";
	}
	if (f->fd < 0)
		return errno == EISDIR ? "is a directory" : strerror(errno);
	why = refusal(s, f->fd);
	if (!why && !f->made && !s->force)
		why = "File exists: --force writes over it";
	if (why)
		close(f->fd);
	return why;
}

/* Packets that a reader finds in a file; those that only stood in a buffer are not among them. */
static uint64_t count_packets(const char *path)
{
	char error[W101_SOURCE_ERROR];
	uint64_t n = 0;
	struct w101_packet packet;
	struct w101_source *source = w101_source_open(path, error);
	while (source && w101_source_next(source, &n, &packet, error) == W101_SOURCE_PACKET)
		continue;
	w101_source_close(source);
	return n;
}

/* No more is written to the file.  One that was made and holds nothing is removed. */
static bool give_up(struct w101_save *s, size_t i, const char *why, char error[W101_SAVE_ERROR])
{
	struct file *f = &s->file[i];
	fail(error, s->path[i], why);
	if (f->dumper)
		pcap_dump_close(f->dumper);
	else if (f->fd >= 0)
		close(f->fd);
	s->saved[i].failed = true;
	s->saved[i].packets = count_packets(s->path[i]);
	if (f->made && !s->saved[i].packets)
		unlink(s->path[i]);
	*f = (struct file){ .fd = -1 };
	return false;
}

/* Empties the file and writes its header. */
static bool begin(struct w101_save *s, size_t i, uint32_t link, char error[W101_SAVE_ERROR])
{
	struct file *f = &s->file[i];
	s->saved[i].link = link;
	pcap_t *p = pcap_open_dead_with_tstamp_precision(w101_linktype_to_dlt(link), SNAPLEN, PCAP_TSTAMP_PRECISION_NANO);
	FILE *stream = p && ftruncate(f->fd, 0) == 0 ? fdopen(f->fd, "wb") : NULL;
	if (stream)
		f->fd = -1;
	f->dumper = stream ? pcap_dump_fopen(p, stream) : NULL;
	bool good = f->dumper != NULL;
	if (!good) {
		const int why = errno;
		if (stream)
			fclose(stream);
		give_up(s, i, !p ? "no memory" : stream ? pcap_geterr(p) : strerror(why), error);
	}
	if (p)
		pcap_close(p); /* the dumper does not need it */
	return good;
}

/* Down to the system; what close() itself could still say is of no use on a file that was flushed. */
static bool end(struct w101_save *s, size_t i, char error[W101_SAVE_ERROR])
{
	struct file *f = &s->file[i];
	if (!f->dumper && !begin(s, i, LINK_ETHERNET, error))
		return false;
	return pcap_dump_flush(f->dumper) == 0 || give_up(s, i, strerror(errno), error);
}

/* ---- all of them */

/* "out.pcap" -> "out-LINUX_SLL.pcap" */
static char *further(const char *path, uint32_t link)
{
	char buffer[16];
	const char *name = w101_linktype_name(link, buffer), *base = strrchr(path, '/');
	base = base ? base + 1 : path;
	const char *dot = strrchr(base, '.');
	size_t stem = dot && dot > base ? (size_t)(dot - path) : strlen(path);
	size_t room = strlen(path) + strlen(name) + 2;
	char *out = malloc(room);
	if (out)
		snprintf(out, room, "%.*s-%s%s", (int)stem, path, name, path + stem);
	return out;
}

/* The first file of a save.  Takes the path over. */
static bool add_first(struct w101_save *s, char *path, char error[W101_SAVE_ERROR])
{
	const char *why = path ? claim(s, path, &s->file[0]) : "no memory";
	if (why) {
		free(path);
		return fail(error, NULL, why);
	}
	s->path[0] = path;
	s->saved[0] = (struct w101_saved){ .path = path, .link = LINK_ETHERNET };
	s->n = 1;
	return true;
}

struct w101_save *w101_save_open(const char *path, bool force, const struct w101_save_input *inputs, size_t n,
	char error[W101_SAVE_ERROR])
{
	struct w101_save *s = calloc(1, sizeof *s);
	if (!s) {
		fail(error, NULL, "no memory");
		return NULL;
	}
	s->force = force;
	s->inputs = inputs;
	s->n_inputs = n;
	if (add_first(s, strdup(path), error))
		return s;
	free(s);
	return NULL;
}

/* A file that is refused stays in the list as a failed one, so that it is said once. */
static bool add_further(struct w101_save *s, uint32_t link, char error[W101_SAVE_ERROR])
{
	char *path = s->n < FILES_MAX ? further(s->path[0], link) : NULL;
	const size_t i = s->n;
	if (!path) {
		bool first = !s->full;
		s->full = true;
		return !first || fail(error, s->path[0], s->n < FILES_MAX ? "no memory" : "too many link types");
	}
	s->path[i] = path;
	s->saved[i] = (struct w101_saved){ .path = path, .link = link };
	s->n++;
	const char *why = claim(s, path, &s->file[i]);
	if (!why)
		return begin(s, i, link, error);
	s->file[i] = (struct file){ .fd = -1 };
	s->saved[i].failed = true;
	return fail(error, path, why);
}

/* The file of a link type, NULL: none yet. */
static struct w101_saved *find(struct w101_save *s, uint32_t link)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->saved[i].link == link && (s->file[i].dumper || s->saved[i].failed))
			return &s->saved[i];
	return NULL;
}

/* pcap has 32 bits for seconds: what does not fit is as early or late as they can tell. */
static struct timeval time_of(w101_time at)
{
	int64_t seconds = at / W101_SECOND;
	if (at < 0)
		return (struct timeval){ 0 };
	if (seconds > UINT32_MAX)
		return (struct timeval){ .tv_sec = UINT32_MAX, .tv_usec = W101_SECOND - 1 };
	return (struct timeval){ .tv_sec = seconds, .tv_usec = at % W101_SECOND };
}

bool w101_save_packet(struct w101_save *s, const struct w101_packet *p, char error[W101_SAVE_ERROR])
{
	struct w101_saved *to = find(s, p->link);
	if (!to) {
		bool first = !s->file[0].dumper && !s->saved[0].failed;
		if (!(first ? begin(s, 0, p->link, error) : add_further(s, p->link, error)))
			return false;
		to = find(s, p->link);
	}
	if (!to || to->failed)
		return true;
	pcap_dumper_t *dumper = s->file[to - s->saved].dumper;
	struct pcap_pkthdr header = { .ts = time_of(p->at),
		.caplen = p->caplen < SNAPLEN ? p->caplen : SNAPLEN,
		.len = p->len };
	errno = 0;
	pcap_dump((u_char *)dumper, &header, p->data);
	if (ferror(pcap_dump_file(dumper)))
		return give_up(s, (size_t)(to - s->saved), strerror(errno ? errno : EIO), error);
	to->packets++;
	s->cut += p->caplen > SNAPLEN;
	return true;
}

uint64_t w101_save_cut(const struct w101_save *s)
{
	return s->cut;
}

size_t w101_save_files(const struct w101_save *s, const struct w101_saved **saved)
{
	*saved = s->saved;
	return s->n;
}

bool w101_save_finish(struct w101_save *s, char error[W101_SAVE_ERROR])
{
	bool good = true;
	char other[W101_SAVE_ERROR];
	s->finished = true;
	for (size_t i = 0; i < s->n; i++)
		if (!s->saved[i].failed)
			good = end(s, i, good ? error : other) && good;
	return good;
}

void w101_save_free(struct w101_save *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++) {
		if (s->file[i].dumper)
			pcap_dump_close(s->file[i].dumper);
		else if (s->file[i].fd >= 0)
			close(s->file[i].fd);
		if (!s->finished && s->file[i].made)
			unlink(s->path[i]);
		free(s->path[i]);
	}
	free(s);
}
