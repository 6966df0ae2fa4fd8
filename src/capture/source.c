/* Saved captures through libpcap: link types by their number in files, time in
 * nanoseconds, and one plain sentence for whatever can be wrong with a file.
 * Must not know what packets hold. */
#include "config.h"

#include "capture/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include "capture/input.h"

struct w101_source {
	struct w101_input *stream;
	pcap_t *pcap;
	uint32_t link;
	bool filtered;
	struct bpf_program filter;
	enum w101_source_next ended; /* PACKET: not yet.  After an end there is only that end. */
	char why[W101_SOURCE_ERROR];
};

const char *w101_source_library(void)
{
	return pcap_lib_version();
}

/* DLT_ numbers differ between systems, LINKTYPE_ numbers do not.  From 104 on
 * they are the same but for these. */
static uint32_t link_of(int dlt)
{
	static const struct {
		int dlt;
		uint32_t link;
	} differ[] = {
		{ DLT_ATM_RFC1483, 100 },
		{ DLT_RAW, 101 },
		{ DLT_SLIP_BSDOS, 102 },
		{ DLT_PPP_BSDOS, 103 },
		{ DLT_C_HDLC, 104 },
		{ DLT_ATM_CLIP, 106 },
		{ DLT_LOOP, 108 },
		{ DLT_ENC, 109 },
	};
	for (size_t i = 0; i < sizeof differ / sizeof *differ; i++)
		if (differ[i].dlt == dlt)
			return differ[i].link;
	return (uint32_t)dlt;
}

/* libpcap's word as one line. */
static void one_line(char error[W101_SOURCE_ERROR], const char *text)
{
	snprintf(error, W101_SOURCE_ERROR, "%s", text);
	error[strcspn(error, "\r\n")] = '\0';
}

struct w101_source *w101_source_open_fd(int fd, char error[W101_SOURCE_ERROR])
{
	struct w101_input *stream = w101_input_open(fd, error);
	if (!stream)
		return NULL;
	struct w101_source *s = calloc(1, sizeof *s);
	FILE *f = s ? w101_input_file(stream) : NULL;
	if (!f) {
		snprintf(error, W101_SOURCE_ERROR, "no memory to read it");
		goto failed;
	}
	char text[PCAP_ERRBUF_SIZE] = "";
	s->pcap = pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_NANO, text);
	if (!s->pcap) {
		fclose(f);
		if (w101_input_state(stream, error) == W101_STREAM_FINE) {
			if (strncmp(text, "truncated", 9) == 0)
				snprintf(error, W101_SOURCE_ERROR, "ends inside the file header");
			else
				one_line(error, text);
		}
		goto failed;
	}
	s->stream = stream;
	s->link = link_of(pcap_datalink(s->pcap));
	s->ended = W101_SOURCE_PACKET;
	return s;
failed:
	w101_input_close(stream);
	free(s);
	return NULL;
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
	if (s->filtered)
		pcap_freecode(&s->filter);
	pcap_close(s->pcap); /* closes the FILE */
	w101_input_close(s->stream);
	free(s);
}

int w101_source_filter(struct w101_source *s, const char *expr, char error[W101_SOURCE_ERROR])
{
	if (pcap_compile(s->pcap, &s->filter, expr, 1, PCAP_NETMASK_UNKNOWN)) {
		one_line(error, pcap_geterr(s->pcap));
		return -1;
	}
	s->filtered = true;
	return 0;
}

/* The capture's time; what 64 bits cannot hold is as late as they can tell. */
static w101_time time_of(const struct timeval *tv)
{
	int64_t seconds = tv->tv_sec, ns;
	if (seconds < 0 && seconds >= INT32_MIN) /* pcap has 32 bits without a sign, which libpcap reads with one */
		seconds += INT64_C(1) << 32;
	if (seconds < 0 || __builtin_mul_overflow(seconds, W101_SECOND, &ns) ||
		__builtin_add_overflow(ns, (int64_t)tv->tv_usec, &ns) || ns < 0)
		return INT64_MAX;
	return ns;
}

/* Why libpcap gave no packet: its own words are about "dump files". */
static enum w101_source_next ended(struct w101_source *s, int code)
{
	switch (w101_input_state(s->stream, s->why)) {
	case W101_STREAM_FAILED:
		return W101_SOURCE_FAILED;
	case W101_STREAM_CUT:
	case W101_STREAM_DAMAGED:
		return W101_SOURCE_CUT;
	case W101_STREAM_FINE:
		break;
	}
	if (code == PCAP_ERROR_BREAK)
		return W101_SOURCE_END;
	const char *text = pcap_geterr(s->pcap);
	if (strstr(text, "different from")) {
		snprintf(s->why, sizeof s->why,
			"its interfaces differ in link type or snapshot length, which libpcap does not "
			"read: split it by interface (tshark -Y frame.interface_id==0 -w OUT)");
		return W101_SOURCE_FAILED;
	}
	if (strncmp(text, "truncated", 9) == 0)
		snprintf(s->why, sizeof s->why, "the file ends inside a packet or a block");
	else
		one_line(s->why, text);
	return W101_SOURCE_CUT;
}

enum w101_source_next w101_source_next(
	struct w101_source *s, uint64_t *number, struct w101_packet *packet, char error[W101_SOURCE_ERROR])
{
	struct pcap_pkthdr *header;
	const u_char *data;
	while (s->ended == W101_SOURCE_PACKET) {
		int code = pcap_next_ex(s->pcap, &header, &data);
		if (code != 1) {
			s->ended = ended(s, code);
			break;
		}
		++*number;
		if (s->filtered && !pcap_offline_filter(&s->filter, header, data))
			continue;
		*packet = (struct w101_packet){ .at = time_of(&header->ts),
			.number = *number,
			.link = s->link,
			.caplen = header->caplen,
			.len = header->len > header->caplen ? header->len : header->caplen,
			.data = data };
		return W101_SOURCE_PACKET;
	}
	snprintf(error, W101_SOURCE_ERROR, "%s", s->why);
	return s->ended;
}

uint32_t w101_source_link(const struct w101_source *s)
{
	return s->link;
}

const char *w101_source_link_words(const struct w101_source *s)
{
	const char *words = pcap_datalink_val_to_description(pcap_datalink(s->pcap));
	return words ? words : "no name";
}

uint64_t w101_source_position(const struct w101_source *s)
{
	return w101_input_position(s->stream);
}

uint64_t w101_source_size(const struct w101_source *s)
{
	return w101_input_size(s->stream);
}
