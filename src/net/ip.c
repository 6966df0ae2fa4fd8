/* IPv4 (RFC 791) and IPv6 (RFC 8200) headers with AH (RFC 4302), jumbo payloads
 * (RFC 2675), routing headers (RFC 5095, 6275, 8754) and home addresses (RFC 6275),
 * and what stands behind them: TCP, or a tunnel (RFC 2003, 4213, 4023).  On its way
 * a packet may bear other addresses than its two ends know: a connection has those
 * of its ends, so that both directions are one.  Lengths decide what is payload and what is padding; checksums are
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

/* An AH header, taken off; *next is set to what stands behind it. */
static enum w101_net_result authentication(struct w101_part *part, uint8_t *next)
{
	enum { FIXED = 12 }; /* the check value behind it has any length */
	if (part->cap < 2)
		return w101_part_lack(part, 2);
	uint32_t n = (part->p[1] + 2u) * 4;
	if (n < FIXED)
		return W101_NET_MALFORMED;
	*next = part->p[0];
	return w101_part_take(part, n) ? W101_NET_TCP : w101_part_lack(part, n);
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
	if (protocol != NEXT_AH && !find_upper(protocol))
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
	while (protocol == NEXT_AH) {
		enum w101_net_result r = authentication(&w->part, &protocol);
		if (r != W101_NET_TCP)
			return r;
	}
	return w101_ip_protocol(w, protocol);
}

/* The data of an option with this length in an options header of n bytes at p; NULL: none. */
static const uint8_t *find_option(const uint8_t *p, uint32_t n, uint8_t type, uint8_t length)
{
	for (uint32_t i = 2; i < n;) {
		if (p[i] == 0) { /* Pad1 has no length */
			i++;
			continue;
		}
		if (n - i < 2 || n - i - 2 < p[i + 1])
			return NULL;
		if (p[i] == type && p[i + 1] == length)
			return p + i + 2;
		i += 2u + p[i + 1];
	}
	return NULL;
}

/* The jumbo payload length in a hop-by-hop header of n bytes at p; 0: none. */
static uint32_t jumbo(const uint8_t *p, uint32_t n)
{
	const uint8_t *data = find_option(p, n, 0xc2, 4);
	return data ? w101_part_be32(data) : 0;
}

/* A mobile node away from home sends with the address that it has there (RFC 6275 6.3). */
static void home_address(struct w101_walk *w, const uint8_t *p, uint32_t n)
{
	const uint8_t *data = find_option(p, n, 0xc9, 16);
	if (data)
		address(&w->src, 6, data);
}

/* A routing header of n bytes at p: while segments are left, the final
 * destination stands in it.  False: its lengths contradict each other. */
static bool route(struct w101_walk *w, const uint8_t *p, uint32_t n)
{
	enum { SOURCE = 0, MOBILE = 2, SEGMENT = 4 }; /* types */
	enum { HEAD = 8, ADDRESS = 16 };
	uint32_t type = p[2], left = p[3], addresses = (n - HEAD) / ADDRESS;
	if (left == 0 || (type != SOURCE && type != MOBILE && type != SEGMENT))
		return true;
	if (type == SEGMENT) { /* in reverse order, and TLVs may follow; the first to visit may be left out (4.1.1) */
		uint32_t last = p[4];
		if (last >= addresses || left > last + 1)
			return false;
		address(&w->dst, 6, p + HEAD);
		return true;
	}
	if ((n - HEAD) % ADDRESS || left > addresses || (type == MOBILE && addresses != 1))
		return false;
	address(&w->dst, 6, p + n - ADDRESS);
	return true;
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
		if (next == NEXT_AH) {
			enum w101_net_result r = authentication(part, &next);
			if (r != W101_NET_TCP)
				return r;
			continue;
		}
		uint32_t n = 8;
		if (next != NEXT_FRAGMENT) {
			if (part->cap < 2)
				return w101_part_lack(part, 2);
			n = (part->p[1] + 1u) * 8;
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
		} else if (next == NEXT_ROUTING && !route(w, p, n)) {
			return W101_NET_MALFORMED;
		} else if (next == NEXT_DESTINATION) {
			home_address(w, p, n);
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
