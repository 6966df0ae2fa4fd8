/* Filters by libpcap's compiler and interpreter.  A program is made for a link
 * type when its first packet comes, because files can hold packets of several.
 * Must not know what packets hold. */
#include "config.h"

#include "capture/bpf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include "capture/linktype.h"

#define SNAPLEN 262144
#define PROGRAMS_MAX 256 /* as many link types as there are, nearly; a hostile file can claim 65,536 */

struct program {
	uint32_t link;
	bool usable;
	struct bpf_program code;
};

struct w101_bpf {
	const char *expr;
	size_t n, last;  /* last: index of the program used last */
	bool used, full; /* full: it was said that there are too many link types */
	struct program programs[PROGRAMS_MAX];
};

/* 0, or -1 with libpcap's reason as one line. */
static int compile(const char *expr, uint32_t link, struct bpf_program *code, char error[W101_SOURCE_ERROR])
{
	pcap_t *p = pcap_open_dead(w101_linktype_to_dlt(link), SNAPLEN);
	if (!p) {
		snprintf(error, W101_SOURCE_ERROR, "no memory for the filter");
		return -1;
	}
	int failed = pcap_compile(p, code, expr, 1, PCAP_NETMASK_UNKNOWN);
	if (failed) {
		snprintf(error, W101_SOURCE_ERROR, "%s", pcap_geterr(p));
		error[strcspn(error, "\r\n")] = '\0';
	}
	pcap_close(p);
	return failed ? -1 : 0;
}

struct w101_bpf *w101_bpf_new(const char *expr)
{
	struct w101_bpf *b = calloc(1, sizeof *b);
	if (b)
		b->expr = expr;
	return b;
}

void w101_bpf_free(struct w101_bpf *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n; i++)
		if (b->programs[i].usable)
			pcap_freecode(&b->programs[i].code);
	free(b);
}

/* The program for a link type, made when it is new.  NULL: there are too many link types. */
static struct program *choose(struct w101_bpf *b, uint32_t link, int *failed, char error[W101_SOURCE_ERROR])
{
	for (size_t i = 0; i < b->n; i++)
		if (b->programs[i].link == link) {
			b->last = i;
			return &b->programs[i];
		}
	if (b->n == PROGRAMS_MAX)
		return NULL;
	b->last = b->n++;
	struct program *p = &b->programs[b->last];
	p->link = link;
	*failed = compile(b->expr, link, &p->code, error);
	if (*failed == 0)
		p->usable = b->used = true;
	return p;
}

int w101_bpf_match(struct w101_bpf *b, const struct w101_packet *packet, char error[W101_SOURCE_ERROR])
{
	struct program *p = &b->programs[b->last];
	if (b->n == 0 || p->link != packet->link) {
		int failed = 0;
		p = choose(b, packet->link, &failed, error);
		if (failed)
			return -1;
	}
	if (!p) {
		if (b->full)
			return 0;
		b->full = true;
		snprintf(error, W101_SOURCE_ERROR, "the packets have more than %d link types", PROGRAMS_MAX);
		return -1;
	}
	if (!p->usable)
		return 0;
	const struct pcap_pkthdr header = { .caplen = packet->caplen, .len = packet->len };
	return pcap_offline_filter(&p->code, &header, packet->data) != 0;
}

bool w101_bpf_used(const struct w101_bpf *b)
{
	return b->used;
}

int w101_bpf_check(const char *expr, char error[W101_SOURCE_ERROR])
{
	/* Ethernet first: its reason is the one that is told */
	static const uint32_t common[] = { 1 /* Ethernet */, 101 /* raw IP */, 105 /* 802.11 */,
		127 /* with radiotap */, 113 /* Linux cooked */, 276 /* its v2 */,
		117 /* PFLOG, which has words of its own */ };
	char other[W101_SOURCE_ERROR];
	for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
		struct bpf_program code;
		if (compile(expr, common[i], &code, i ? other : error) == 0) {
			pcap_freecode(&code);
			return 0;
		}
	}
	return -1;
}
