/* What the system that captured puts in front of IP: BSD loopback, Linux NFLOG,
 * OpenBSD PFLOG; layouts as the LINKTYPE_ registry of tcpdump.org gives them.
 * Must not know IP's own headers. */
#include "net/walk.h"

/* By an AF_ value; each system has its own for IPv6. */
static enum w101_net_result behind_family(struct w101_walk *w, uint32_t family)
{
	switch (family) {
	case 2:
		w->next = W101_LAYER_IPV4;
		return W101_NET_TCP;
	case 10: /* Linux */
	case 23: /* Windows */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* macOS */
		w->next = W101_LAYER_IPV6;
		return W101_NET_TCP;
	default:
		return W101_NET_OTHER;
	}
}

/* Four bytes with the AF_ value of the machine that captured, in its own byte order. */
enum w101_net_result w101_layer_loopback(struct w101_walk *w)
{
	const uint8_t *p = w101_part_take(&w->part, 4);
	if (!p)
		return w101_part_lack(&w->part, 4);
	return behind_family(w, p[0] ? p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24
				     : w101_part_be32(p));
}

/* What a firewall's log holds of an IP packet, or of one that a bridge passed on. */
static enum w101_net_result nflog_payload(struct w101_walk *w, uint8_t family)
{
	if (family == 2 || family == 10)
		return behind_family(w, family);
	if (w->part.cap == 0)
		return w101_part_lack(&w->part, 1);
	unsigned version = w->part.p[0] >> 4;
	w->next = W101_LAYER_IP;
	return version == 4 || version == 6 ? W101_NET_TCP : W101_NET_OTHER;
}

/* Family, version, resource; then values with length and type in the byte order
 * of the machine that captured.  A type is a small number whose two highest
 * bits are flags, so that its bytes tell the order. */
enum w101_net_result w101_layer_nflog(struct w101_walk *w)
{
	enum { PAYLOAD = 9 };
	struct w101_part *part = &w->part;
	const uint8_t *p = w101_part_take(part, 4);
	if (!p)
		return w101_part_lack(part, 4);
	uint8_t family = p[0];
	if (p[1] != 0) /* version */
		return W101_NET_OTHER;
	while (part->wire) {
		if (!(p = w101_part_take(part, 4)))
			return w101_part_lack(part, 4);
		bool big = (p[2] & 0x3f) == 0;
		uint32_t length = big ? w101_part_be16(p) : p[0] | (uint32_t)p[1] << 8;
		if (length < 4 || (!big && p[3] & 0x3f))
			return W101_NET_MALFORMED;
		length -= 4;
		if (p[big ? 3 : 2] == PAYLOAD) {
			w101_part_limit(part, length);
			return nflog_payload(w, family);
		}
		uint32_t padded = (length + 3) & ~UINT32_C(3);
		if (!w101_part_take(part, padded))
			return w101_part_lack(part, padded);
	}
	return W101_NET_OTHER;
}

/* Each system and version has its own header; its length comes first, without
 * the padding, and the address family second. */
enum w101_net_result w101_layer_pflog(struct w101_walk *w)
{
	enum { HEADER_MIN = 45 }; /* the shortest one with a length: up to the direction */
	if (w->part.cap < 2)
		return w101_part_lack(&w->part, 2);
	uint32_t n = (w->part.p[0] + UINT32_C(3)) & ~UINT32_C(3);
	if (w->part.p[0] < HEADER_MIN)
		return W101_NET_MALFORMED;
	const uint8_t *p = w101_part_take(&w->part, n);
	return p ? behind_family(w, p[1]) : w101_part_lack(&w->part, n);
}
