/* IPv4 (RFC 791) and IPv6 (RFC 8200) headers with AH (RFC 4302) and jumbo
 * payloads (RFC 2675), and what stands behind them: TCP, or a tunnel (RFC 2003,
 * 4213, 4023).  Lengths decide what is payload and what is padding; checksums are
 * not judged, since offloading makes them wrong on the sender's own machine.
 * Must not know link types or TCP. */
#include "net/fragment.h"
#include "net/net_impl.h"
#include "net/walk.h"

#include <string.h>

#define EXTENSIONS_MAX 16 /* headers between IPv6 and TCP: a bound for hostile chains */

enum { NEXT_HOP_BY_HOP = 0, NEXT_ROUTING = 43, NEXT_FRAGMENT = 44, NEXT_AH = 51, NEXT_DESTINATION = 60 };

static const struct upper {
	uint8_t protocol;
	bool tunnel; /* that has no identifier of its own: its two ends tell it from others */
	enum w101_layer layer;
} uppers[] = {
	{ 6, false, W101_LAYER_TCP },
	{ 17, false, W101_LAYER_UDP },
	{ 4, true, W101_LAYER_IPV4 },
	{ 41, true, W101_LAYER_IPV6 },
	{ 47, false, W101_LAYER_GRE },
	{ 97, true, W101_LAYER_ETHERIP },
	{ 137, true, W101_LAYER_MPLS },
};

static const struct upper *find_upper(uint8_t protocol)
{
	for (size_t i = 0; i < sizeof uppers / sizeof *uppers; i++)
		if (uppers[i].protocol == protocol)
			return &uppers[i];
	return NULL;
}

static bool is_extension(uint8_t next)
{
	return next == NEXT_HOP_BY_HOP || next == NEXT_ROUTING || next == NEXT_FRAGMENT || next == NEXT_AH ||
	       next == NEXT_DESTINATION;
}

bool w101_ip_leads_on(uint8_t protocol)
{
	return find_upper(protocol) || is_extension(protocol);
}

enum w101_net_result w101_ip_protocol(struct w101_walk *w, uint8_t protocol)
{
	const struct upper *u = find_upper(protocol);
	if (!u)
		return W101_NET_OTHER;
	if (u->tunnel)
		w101_walk_enter(w, W101_SCOPE_IP, w101_walk_pair(w));
	w->next = u->layer;
	return W101_NET_TCP;
}

static void address(struct w101_addr *a, uint8_t family, const uint8_t *p)
{
	*a = (struct w101_addr){ .family = family };
	memcpy(a->b, p, family == 4 ? 4 : 16);
}

enum w101_net_result w101_layer_ip(struct w101_walk *w)
{
	if (!w->part.cap)
		return w101_part_lack(&w->part, 1);
	unsigned version = w->part.p[0] >> 4;
	if (version != 4 && version != 6)
		return W101_NET_MALFORMED;
	w->next = version == 4 ? W101_LAYER_IPV4 : W101_LAYER_IPV6;
	return W101_NET_TCP;
}

enum w101_net_result w101_layer_ipv4(struct w101_walk *w)
{
	const uint8_t *p = w101_part_take(&w->part, 20);
	if (!p)
		return w101_part_lack(&w->part, 20);
	uint32_t options = (p[0] & 0x0f) * 4u, total = w101_part_be16(p + 2);
	if (p[0] >> 4 != 4 || options < 20 || (total && total < options))
		return W101_NET_MALFORMED;
	/* a total length of 0: the sender's network card cuts the segment up later and fills it in */
	if (total)
		w101_part_limit(&w->part, total - 20);
	options -= 20;
	if (!w101_part_take(&w->part, options))
		return w101_part_lack(&w->part, options);
	uint8_t protocol = p[9];
	if (!find_upper(protocol))
		return W101_NET_OTHER;
	address(&w->src, 4, p + 12);
	address(&w->dst, 4, p + 16);
	uint16_t fragment = w101_part_be16(p + 6);
	if (fragment & 0x3fff) { /* more fragments, or an offset */
		enum w101_net_result r = w101_fragments_add(w->net->fragments, w, w101_part_be16(p + 4),
			(fragment & 0x1fffu) * 8, fragment & 0x2000, &protocol);
		if (r != W101_NET_TCP)
			return r;
	}
	return w101_ip_protocol(w, protocol);
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

/* A fragment header at p, taken off; *next is set to what stands behind it. */
static enum w101_net_result fragment(struct w101_walk *w, const uint8_t *p, uint8_t *next)
{
	uint16_t field = w101_part_be16(p + 2);
	*next = p[0];
	if (!(field & 0xfff9)) /* an atomic one (RFC 6946) is whole, and no piece of another */
		return W101_NET_TCP;
	enum w101_net_result r =
		w101_fragments_add(w->net->fragments, w, w101_part_be32(p + 4), field & 0xfff8u, field & 1, next);
	return r == W101_NET_FRAGMENT && !w101_ip_leads_on(p[0]) ? W101_NET_OTHER : r;
}

static enum w101_net_result extensions(struct w101_walk *w, uint8_t next, bool no_length)
{
	struct w101_part *part = &w->part;
	for (unsigned count = 0; count < EXTENSIONS_MAX; count++) {
		if (!is_extension(next))
			return w101_ip_protocol(w, next);
		uint32_t n = 8;
		if (next != NEXT_FRAGMENT) {
			if (part->cap < 2)
				return w101_part_lack(part, 2);
			n = next == NEXT_AH ? (part->p[1] + 2u) * 4 : (part->p[1] + 1u) * 8;
		}
		const uint8_t *p = w101_part_take(part, n);
		if (!p)
			return w101_part_lack(part, n);
		if (next == NEXT_FRAGMENT) {
			enum w101_net_result r = fragment(w, p, &next);
			if (r != W101_NET_TCP)
				return r;
			continue;
		}
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

enum w101_net_result w101_layer_ipv6(struct w101_walk *w)
{
	const uint8_t *p = w101_part_take(&w->part, 40);
	if (!p)
		return w101_part_lack(&w->part, 40);
	if (p[0] >> 4 != 6)
		return W101_NET_MALFORMED;
	uint32_t length = w101_part_be16(p + 4);
	if (length) /* 0: a jumbo payload, or as in IPv4 */
		w101_part_limit(&w->part, length);
	address(&w->src, 6, p + 8);
	address(&w->dst, 6, p + 24);
	return extensions(w, p[6], length == 0);
}
