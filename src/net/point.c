/* Headers of links between two ends: PPP (RFC 1661, framed as RFC 1662 says or
 * not), PPPoE sessions (RFC 2516 4), MPLS label stacks (RFC 3032 2.1) with a
 * pseudowire's control word (RFC 4448 4.6).  Must not know what carried them. */
#include "net/walk.h"

#define LABELS_MAX 16 /* of one stack: more is no network that we know */

enum { PPP_ADDRESS = 0xff, PPP_CONTROL = 0x03, CHDLC_UNICAST = 0x0f, CHDLC_MULTICAST = 0x8f };

/* The direction byte of LINKTYPE_PPP_WITH_DIR, 0 or 1.  Behind a 0, a second
 * byte that is even or the address cannot end a protocol number; 1 would be a
 * compressed number that never leads to IP.  Where a 0 can be read both ways
 * the protocol is the same. */
static bool is_direction(const struct w101_part *part)
{
	const uint8_t *p = part->p;
	if (part->cap == 0 || p[0] > 1)
		return false;
	return p[0] == 1 || (part->cap > 1 && (p[1] % 2 == 0 || p[1] == PPP_ADDRESS));
}

enum w101_net_result w101_layer_ppp(struct w101_walk *w)
{
	struct w101_part *part = &w->part;
	if (is_direction(part))
		w101_part_take(part, 1);
	if (part->cap == 0)
		return w101_part_lack(part, 1);
	if (part->p[0] == CHDLC_UNICAST || part->p[0] == CHDLC_MULTICAST) { /* LINKTYPE_PPP_HDLC has both kinds */
		w->next = W101_LAYER_CHDLC;
		return W101_NET_TCP;
	}
	if (part->p[0] == PPP_ADDRESS) {
		const uint8_t *p = w101_part_take(part, 2);
		if (!p)
			return w101_part_lack(part, 2);
		if (p[1] != PPP_CONTROL)
			return W101_NET_OTHER;
		if (part->cap == 0)
			return w101_part_lack(part, 1);
	}
	/* RFC 1661 2: only the last byte of a protocol number is odd */
	uint32_t n = part->p[0] % 2 ? 1 : 2;
	const uint8_t *p = w101_part_take(part, n);
	if (!p)
		return w101_part_lack(part, n);
	switch (n == 1 ? p[0] : w101_part_be16(p)) {
	case 0x0021:
		w->next = W101_LAYER_IPV4;
		return W101_NET_TCP;
	case 0x0057:
		w->next = W101_LAYER_IPV6;
		return W101_NET_TCP;
	case 0x0281:
	case 0x0283:
		w->next = W101_LAYER_MPLS;
		return W101_NET_TCP;
	default:
		return W101_NET_OTHER;
	}
}

enum w101_net_result w101_layer_pppoe(struct w101_walk *w)
{
	const uint8_t *p = w101_part_take(&w->part, 6);
	if (!p)
		return w101_part_lack(&w->part, 6);
	if (p[0] != 0x11 || p[1] != 0) /* version 1, type 1; session data */
		return W101_NET_OTHER;
	w101_walk_enter(w, W101_SCOPE_PPPOE, w101_part_be16(p + 2));
	w101_part_limit(&w->part, w101_part_be16(p + 4));
	w->next = W101_LAYER_PPP;
	return W101_NET_TCP;
}

enum { CONTROL_WORD = 4, ETHERNET_HEADER = 14 };

/* How much the bytes at p look like an Ethernet header: 2, by a type that is read; 1, by the length of an LLC frame; 0. */
static int leads_on(const uint8_t *p)
{
	uint16_t type = w101_part_be16(p + 12);
	if (type == 0x0800 || type == 0x86dd || type == 0x8100 || type == 0x88a8 || type == 0x8847 || type == 0x8864)
		return 2;
	return type >= 8 && type <= 1500;
}

/* Labels change on the way of a connection and differ by direction: they do not
 * belong to its key.  What follows them is told by none of them: it is guessed
 * by its first bits, as routers do (RFC 4928). */
enum w101_net_result w101_layer_mpls(struct w101_walk *w)
{
	struct w101_part *part = &w->part;
	bool bottom = false;
	for (unsigned labels = 0; !bottom; labels++) {
		const uint8_t *p = w101_part_take(part, 4);
		if (labels == LABELS_MAX)
			return W101_NET_OTHER;
		if (!p)
			return w101_part_lack(part, 4);
		bottom = p[2] & 1;
	}
	if (part->cap == 0)
		return w101_part_lack(part, 1);
	unsigned version = part->p[0] >> 4;
	if ((version == 4 && (part->p[0] & 0x0f) >= 5) || version == 6) {
		w->next = W101_LAYER_IP;
		return W101_NET_TCP;
	}
	if (part->cap < CONTROL_WORD + ETHERNET_HEADER)
		return part->wire < CONTROL_WORD + ETHERNET_HEADER ? W101_NET_OTHER : W101_NET_CUT;
	/* an Ethernet pseudowire (RFC 4448 4.6), with a control word, whose first 16 bits are 0, or without */
	int with = part->p[0] == 0 && part->p[1] == 0 ? leads_on(part->p + CONTROL_WORD) : 0, without = leads_on(part->p);
	if (with && with >= without)
		w101_part_take(part, CONTROL_WORD);
	else if (!without)
		return W101_NET_OTHER;
	w->next = W101_LAYER_ETHERNET;
	return W101_NET_TCP;
}
