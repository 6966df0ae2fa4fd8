/* IPv4 (RFC 791) and IPv6 (RFC 8200) headers with AH (RFC 4302) and jumbo
 * payloads (RFC 2675).  Lengths decide what is payload and what is padding;
 * checksums are not judged, since offloading makes them wrong on the sender's
 * own machine.  Must not know link types or TCP. */
#include "net/ip.h"

#include <string.h>

#define EXTENSIONS_MAX 16 /* headers between IPv6 and TCP: a bound for hostile chains */

enum { NEXT_HOP_BY_HOP = 0, NEXT_TCP = 6, NEXT_ROUTING = 43, NEXT_FRAGMENT = 44, NEXT_AH = 51, NEXT_DESTINATION = 60 };

static void address(struct w101_addr *a, uint8_t family, const uint8_t *p)
{
	*a = (struct w101_addr){ .family = family };
	memcpy(a->b, p, family == 4 ? 4 : 16);
}

enum w101_net_result w101_ip_v4(struct w101_part *part, struct w101_segment *out)
{
	const uint8_t *p = w101_part_take(part, 20);
	if (!p)
		return w101_part_lack(part, 20);
	uint32_t options = (p[0] & 0x0f) * 4u, total = w101_part_be16(p + 2);
	if (p[0] >> 4 != 4 || options < 20 || (total && total < options))
		return W101_NET_MALFORMED;
	/* a total length of 0: the sender's network card cuts the segment up later and fills it in */
	if (total)
		w101_part_limit(part, total - 20);
	options -= 20;
	if (!w101_part_take(part, options))
		return w101_part_lack(part, options);
	uint8_t next = p[9];
	if (next != NEXT_TCP)
		return W101_NET_OTHER;
	if (w101_part_be16(p + 6) & 0x3fff) /* more fragments, or an offset */
		return W101_NET_FRAGMENT;
	address(&out->src.addr, 4, p + 12);
	address(&out->dst.addr, 4, p + 16);
	return W101_NET_TCP;
}

/* The jumbo payload length in a hop-by-hop header of n bytes at p; 0: none. */
static uint32_t jumbo(const uint8_t *p, uint32_t n)
{
	for (uint32_t i = 2; i < n;) {
		if (p[i] == 0) { /* Pad1 has no length */
			i++;
			continue;
		}
		if (n - i < 2 || n - i - 2 < p[i + 1])
			return 0;
		if (p[i] == 0xc2 && p[i + 1] == 4)
			return w101_part_be32(p + i + 2);
		i += 2u + p[i + 1];
	}
	return 0;
}

static bool may_reach_tcp(uint8_t next)
{
	return next == NEXT_TCP || next == NEXT_HOP_BY_HOP || next == NEXT_ROUTING || next == NEXT_FRAGMENT ||
	       next == NEXT_AH || next == NEXT_DESTINATION;
}

static enum w101_net_result extensions(struct w101_part *part, uint8_t next, bool no_length)
{
	for (unsigned count = 0; count < EXTENSIONS_MAX; count++) {
		uint32_t n;
		const uint8_t *p;
		switch (next) {
		case NEXT_TCP:
			return W101_NET_TCP;
		case NEXT_HOP_BY_HOP:
		case NEXT_ROUTING:
		case NEXT_DESTINATION:
		case NEXT_AH:
			if (part->cap < 2)
				return w101_part_lack(part, 2);
			n = next == NEXT_AH ? (part->p[1] + 2u) * 4 : (part->p[1] + 1u) * 8;
			break;
		case NEXT_FRAGMENT:
			n = 8;
			break;
		default:
			return W101_NET_OTHER;
		}
		if (!(p = w101_part_take(part, n)))
			return w101_part_lack(part, n);
		if (next == NEXT_FRAGMENT && w101_part_be16(p + 2) & 0xfff9) /* an atomic one (RFC 6946) is whole */
			return may_reach_tcp(p[0]) ? W101_NET_FRAGMENT : W101_NET_OTHER;
		if (next == NEXT_HOP_BY_HOP && count == 0 && no_length) {
			uint32_t length = jumbo(p, n);
			if (length && length <= 0xffff)
				return W101_NET_MALFORMED;     /* RFC 2675 3 */
			if (length && length - n < part->wire) /* four bytes of claim: the wire is believed first */
				w101_part_limit(part, length - n);
		}
		next = p[0];
	}
	return W101_NET_MALFORMED;
}

enum w101_net_result w101_ip_v6(struct w101_part *part, struct w101_segment *out)
{
	const uint8_t *p = w101_part_take(part, 40);
	if (!p)
		return w101_part_lack(part, 40);
	if (p[0] >> 4 != 6)
		return W101_NET_MALFORMED;
	uint32_t length = w101_part_be16(p + 4);
	if (length) /* 0: a jumbo payload, or as in IPv4 */
		w101_part_limit(part, length);
	address(&out->src.addr, 6, p + 8);
	address(&out->dst.addr, 6, p + 24);
	return extensions(part, p[6], length == 0);
}
