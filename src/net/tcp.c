/* The TCP header (RFC 9293 3.1).  Fourteen bytes of it are enough: ports,
 * numbers, data offset and flags.  Must not know IP. */
#include "net/tcp.h"

enum { HEADER_MIN = 20, HEADER_NEEDED = 14 };

enum w101_net_result w101_tcp_header(const struct w101_part *part, struct w101_segment *out)
{
	if (part->wire < HEADER_MIN)
		return W101_NET_MALFORMED;
	if (part->cap < HEADER_NEEDED)
		return W101_NET_CUT;
	const uint8_t *p = part->p;
	uint32_t offset = (p[12] >> 4) * 4u;
	if (offset < HEADER_MIN || offset > part->wire)
		return W101_NET_MALFORMED;
	out->src.port = w101_part_be16(p);
	out->dst.port = w101_part_be16(p + 2);
	out->flags = p[13] & (W101_TCP_FIN | W101_TCP_SYN | W101_TCP_RST | W101_TCP_PSH | W101_TCP_ACK);
	out->seq = w101_part_be32(p + 4);
	out->ack = out->flags & W101_TCP_ACK ? w101_part_be32(p + 8) : 0;
	out->payload_len = part->wire - offset;
	out->payload = part->cap > offset ? (struct w101_bytes){ p + offset, part->cap - offset }
					  : (struct w101_bytes){ p + part->cap, 0 };
	return W101_NET_TCP;
}
