/* From packet bytes to a TCP segment: link types, VLAN tags, IPv4, IPv6.
 * Link types are a table (link.c).  Knows nothing of streams. */
#ifndef W101_NET_NET_H
#define W101_NET_NET_H

#include <wire101/packet.h>
#include <wire101/segment.h>

struct w101_quota;

enum w101_net_result {
	W101_NET_TCP,      /* *out is filled; out->payload may be shorter than payload_len */
	W101_NET_OTHER,    /* something that is not TCP */
	W101_NET_FRAGMENT, /* an IP fragment that cannot be read alone */
	W101_NET_CUT,      /* cut by the snapshot length before the TCP header was complete */
	W101_NET_MALFORMED,/* headers contradict each other */
	W101_NET_LINK      /* a link type that is not known */
};

struct w101_net; /* state between packets (fragments) */

struct w101_net *w101_net_new(struct w101_quota *); /* NULL: no memory */
void w101_net_free(struct w101_net *);

/* out->payload borrows from packet->data. */
enum w101_net_result w101_net_segment(struct w101_net *, const struct w101_packet *, struct w101_segment *out);

/* "Ethernet", "Linux cooked v2", ...; NULL when the link type is not known. */
const char *w101_net_link_name(uint32_t link);

#endif
