/* Whatever libpcap reads, by libpcap: the rare relatives of the classic format
 * that are not worth a reader of our own, and the yardstick for those that we
 * have.  Must not know what packets hold. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include "capture/linktype.h"
#include "capture/reader.h"

struct w101_odd {
	struct w101_input *in;
	pcap_t *pcap;
	struct w101_interface *interface;
	uint32_t link;
};

const char *w101_source_library(void)
{
	return pcap_lib_version();
}

/* libpcap's word in ours, as one line. */
static void one_line(char error[W101_SOURCE_ERROR], const char *text, const char *truncated)
{
	snprintf(error, W101_SOURCE_ERROR, "%s", strncmp(text, "truncated", 9) == 0 ? truncated : text);
	error[strcspn(error, "\r\n")] = '\0';
}

static void odd_close(void *self)
{
	struct w101_odd *r = self;
	pcap_close(r->pcap); /* closes the FILE */
	free(r);
}

static void *odd_open(struct w101_input *in, struct w101_facts *facts, char error[W101_SOURCE_ERROR])
{
	struct w101_odd *r = calloc(1, sizeof *r);
	FILE *f = r ? w101_input_file(in) : NULL;
	if (!f) {
		snprintf(error, W101_SOURCE_ERROR, "no memory to read it");
		free(r);
		return NULL;
	}
	char text[PCAP_ERRBUF_SIZE] = "";
	r->pcap = pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_NANO, text);
	if (!r->pcap) {
		if (w101_input_state(in, error) == W101_STREAM_FINE)
			one_line(error, text, "ends inside the file header");
		fclose(f);
		free(r);
		return NULL;
	}
	r->in = in;
	r->link = w101_linktype_usual(w101_linktype_of_dlt(pcap_datalink(r->pcap)));
	struct w101_bytes none = { NULL, 0 };
	r->interface = w101_facts_interface(facts, r->link, (uint32_t)pcap_snapshot(r->pcap), none, none);
	if (!r->interface) {
		snprintf(error, W101_SOURCE_ERROR, "no memory to read it");
		odd_close(r);
		return NULL;
	}
	return r;
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

static enum w101_source_next odd_next(
	void *self, uint64_t number, struct w101_packet *packet, char error[W101_SOURCE_ERROR])
{
	struct w101_odd *r = self;
	struct pcap_pkthdr *header;
	const u_char *data;
	int code = pcap_next_ex(r->pcap, &header, &data);
	if (code != 1) {
		if (w101_input_state(r->in, error) != W101_STREAM_FINE)
			return w101_input_short(r->in, error);
		if (code == PCAP_ERROR_BREAK)
			return W101_SOURCE_END;
		one_line(error, pcap_geterr(r->pcap), "the file ends inside a packet or a block");
		return W101_SOURCE_CUT;
	}
	*packet = (struct w101_packet){ .at = time_of(&header->ts),
		.number = number,
		.link = r->link,
		.caplen = header->caplen,
		.len = header->len > header->caplen ? header->len : header->caplen,
		.data = data };
	r->interface->packets++;
	return W101_SOURCE_PACKET;
}

const struct w101_reader_ops w101_reader_libpcap = { .open = odd_open, .next = odd_next, .close = odd_close };
