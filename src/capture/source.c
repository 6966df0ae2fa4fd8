/* Saved captures: the reader that fits the first bytes, packet numbers over all
 * files of a run, and an end that stays the end.  Must not know what packets
 * hold. */
#include "config.h"

#include "capture/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/pcap.h"
#include "capture/reader.h"

struct w101_source {
	struct w101_input *input;
	const struct w101_reader_ops *ops;
	void *reader;
	struct w101_facts facts;
	enum w101_source_next ended; /* PACKET: not yet.  After an end there is only that end. */
	char why[W101_SOURCE_ERROR];
};

static const struct w101_reader_ops *reader_for(struct w101_input *input)
{
	const uint8_t *magic = w101_input_peek(input, 4, NULL);
	if (magic && memcmp(magic, "\n\r\r\n", 4) == 0)
		return &w101_reader_pcapng;
	return w101_pcap_reads(input) ? &w101_reader_pcap : &w101_reader_libpcap;
}

/* Takes the input over; NULL: error says already why. */
static struct w101_source *open_input(struct w101_input *input, char error[W101_SOURCE_ERROR])
{
	if (!input)
		return NULL;
	struct w101_source *s = calloc(1, sizeof *s);
	if (!s) {
		snprintf(error, W101_SOURCE_ERROR, "no memory to read it");
		w101_input_close(input);
		return NULL;
	}
	s->input = input;
	s->ops = reader_for(input);
	s->ended = W101_SOURCE_PACKET;
	s->reader = s->ops->open(input, &s->facts, error);
	if (s->reader)
		return s;
	w101_source_close(s);
	return NULL;
}

struct w101_source *w101_source_open_fd(int fd, char error[W101_SOURCE_ERROR])
{
	return open_input(w101_input_open(fd, error), error);
}

struct w101_source *w101_source_open_memory(struct w101_bytes bytes, char error[W101_SOURCE_ERROR])
{
	return open_input(w101_input_memory(bytes, error), error);
}

struct w101_source *w101_source_open(const char *path, char error[W101_SOURCE_ERROR])
{
	bool standard_input = strcmp(path, "-") == 0;
	if (standard_input && isatty(STDIN_FILENO)) {
		snprintf(error, W101_SOURCE_ERROR, "is a terminal: send a capture into it (tcpdump -w - | ...)");
		return NULL;
	}
	int fd = standard_input ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		return w101_source_open_fd(fd, error);
	snprintf(error, W101_SOURCE_ERROR, "%s", strerror(errno));
	return NULL;
}

void w101_source_close(struct w101_source *s)
{
	if (!s)
		return;
	if (s->reader)
		s->ops->close(s->reader);
	w101_facts_clear(&s->facts);
	w101_input_close(s->input);
	free(s);
}

enum w101_source_next w101_source_next(
	struct w101_source *s, uint64_t *number, struct w101_packet *packet, char error[W101_SOURCE_ERROR])
{
	if (s->ended == W101_SOURCE_PACKET) {
		s->ended = s->ops->next(s->reader, *number + 1, packet, s->why);
		if (s->ended == W101_SOURCE_PACKET) {
			++*number;
			return W101_SOURCE_PACKET;
		}
	}
	snprintf(error, W101_SOURCE_ERROR, "%s", s->why);
	return s->ended;
}

size_t w101_source_some(struct w101_source *s, uint64_t *number, struct w101_packet *packets, size_t max,
	enum w101_source_next *next, char error[W101_SOURCE_ERROR])
{
	*next = w101_source_next(s, number, packets, error);
	if (*next != W101_SOURCE_PACKET)
		return 0;
	size_t more = s->ops->more && max > 1 ? s->ops->more(s->reader, *number + 1, packets + 1, max - 1) : 0;
	*number += more;
	return 1 + more;
}

const struct w101_facts *w101_source_facts(const struct w101_source *s)
{
	return &s->facts;
}

uint64_t w101_source_position(const struct w101_source *s)
{
	return w101_input_position(s->input);
}

uint64_t w101_source_size(const struct w101_source *s)
{
	return w101_input_size(s->input);
}
