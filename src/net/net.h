/* From packet bytes to TCP segments: link types (link.c), layers (walk.c),
 * tunnels, and fragments put together.  Knows nothing of streams. */
#ifndef W101_NET_NET_H
#define W101_NET_NET_H

#include <wire101/limits.h>
#include <wire101/packet.h>
#include <wire101/segment.h>

struct w101_quota;

enum w101_net_result {
	W101_NET_TCP,      /* at least one segment was handed over; its payload may be shorter than payload_len */
	W101_NET_OTHER,    /* something that is not TCP */
	W101_NET_FRAGMENT, /* a piece of a datagram or frame that is not complete (yet) */
	W101_NET_CUT,      /* cut by the snapshot length before the TCP header was complete */
	W101_NET_MALFORMED,/* headers contradict each other */
	W101_NET_LINK      /* a link type that is not known */
};

struct w101_net; /* state between packets: fragments */

struct w101_net_host {
	void *self;
	/* Borrowed until the call returns.  A packet gives more than one only when its frame aggregates several (802.11 A-MSDU). */
	void (*segment)(void *self, const struct w101_segment *);
};

/* NULL: no memory.  limits and quota are borrowed. */
struct w101_net *w101_net_new(const struct w101_net_host *, const struct w101_limits *, struct w101_quota *,
			      const uint8_t seed[16]);
void w101_net_free(struct w101_net *);

enum w101_net_result w101_net_packet(struct w101_net *, const struct w101_packet *);

/* Whether the packet is one TCP segment in IPv4 in Ethernet and nothing else: then it is
 * *out, as w101_net_packet would hand it over, and w101_net_packet need not see it. */
bool w101_net_plain(const struct w101_packet *, struct w101_segment *out);

/* During host->segment: the numbers of the earlier packets whose fragments are
 * part of it, this packet not among them; 0: it came in one piece. */
size_t w101_net_fragments(const struct w101_net *, const uint64_t **packets);

/* What was not read, so far. */
struct w101_net_counts {
	uint64_t given_up;   /* datagrams, incomplete, for a limit */
	uint64_t incomplete; /* datagrams that lack fragments: too old, or still waited for; not those given up */
	uint64_t encrypted;  /* 802.11 data frames */
};
struct w101_net_counts w101_net_counts(const struct w101_net *);

/* "Ethernet", "Linux cooked v2", ...; NULL when the link type is not known. */
const char *w101_net_link_name(uint32_t link);

#endif
