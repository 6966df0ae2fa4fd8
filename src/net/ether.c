/* Headers that name what follows by an EtherType: Ethernet (IEEE 802.3), VLAN
 * tags (802.1Q, 802.1ad), LLC and SNAP (802.2; RFC 1042), Linux cooked v1 and
 * v2, Cisco HDLC; the last three as the LINKTYPE_ registry of tcpdump.org gives
 * them.  Must not know what the layers behind look like. */
#include "net/walk.h"

enum { LENGTH_MAX = 1500, ETHERTYPE_MIN = 0x0600 }; /* 802.3 3.2.6: between them is nothing */

enum w101_net_result w101_ethertype(struct w101_walk *w, uint16_t ethertype)
{
	if (ethertype <= LENGTH_MAX) {
		w101_part_limit(&w->part, ethertype);
		w->next = W101_LAYER_LLC;
		return W101_NET_TCP;
	}
	switch (ethertype) {
	case 0x0800:
		w->next = W101_LAYER_IPV4;
		return W101_NET_TCP;
	case 0x86dd:
		w->next = W101_LAYER_IPV6;
		return W101_NET_TCP;
	case 0x8100:
	case 0x88a8:
	case 0x9100: /* before 802.1ad, and still about */
	case 0x9200:
		w->next = W101_LAYER_VLAN;
		return W101_NET_TCP;
	case 0x8864:
		w->next = W101_LAYER_PPPOE;
		return W101_NET_TCP;
	case 0x880b:
		w->next = W101_LAYER_PPP;
		return W101_NET_TCP;
	case 0x8847:
	case 0x8848:
		w->next = W101_LAYER_MPLS;
		return W101_NET_TCP;
	case 0x6558: /* transparent Ethernet bridging */
		w->next = W101_LAYER_ETHERNET;
		return W101_NET_TCP;
	default:
		return W101_NET_OTHER;
	}
}

/* Where the field holds no length. */
static enum w101_net_result type_only(struct w101_walk *w, uint16_t ethertype)
{
	return ethertype < ETHERTYPE_MIN ? W101_NET_OTHER : w101_ethertype(w, ethertype);
}

enum w101_net_result w101_layer_ethernet(struct w101_walk *w)
{
	const uint8_t *p = w101_part_take(&w->part, 14);
	return p ? w101_ethertype(w, w101_part_be16(p + 12)) : w101_part_lack(&w->part, 14);
}

enum w101_net_result w101_layer_vlan(struct w101_walk *w)
{
	if (w->tags++ == W101_TAGS_MAX)
		return W101_NET_OTHER;
	const uint8_t *p = w101_part_take(&w->part, 4);
	if (!p)
		return w101_part_lack(&w->part, 4);
	uint16_t id = w101_part_be16(p) & 0x0fff;
	if (id != 0 && id != 0x0fff) /* a priority tag; reserved */
		w101_walk_enter(w, W101_SCOPE_VLAN, id);
	return w101_ethertype(w, w101_part_be16(p + 2));
}

enum w101_net_result w101_layer_llc(struct w101_walk *w)
{
	const uint8_t *p = w101_part_take(&w->part, 3);
	if (!p)
		return w101_part_lack(&w->part, 3);
	if (p[2] != 0x03) /* unnumbered information: all else is control */
		return W101_NET_OTHER;
	if (p[0] == 0x06 && p[1] == 0x06) {
		w->next = W101_LAYER_IP;
		return W101_NET_TCP;
	}
	if (p[0] != 0xaa || p[1] != 0xaa)
		return W101_NET_OTHER;
	p = w101_part_take(&w->part, 5);
	if (!p)
		return w101_part_lack(&w->part, 5);
	/* the number behind is an EtherType for two owners, RFC 1042's and 802.1H's; each other has its own numbers */
	if (p[0] != 0 || p[1] != 0 || (p[2] != 0 && p[2] != 0xf8))
		return W101_NET_OTHER;
	return type_only(w, w101_part_be16(p + 3));
}

enum w101_net_result w101_layer_chdlc(struct w101_walk *w)
{
	const uint8_t *p = w101_part_take(&w->part, 4);
	return p ? type_only(w, w101_part_be16(p + 2)) : w101_part_lack(&w->part, 4);
}

/* What the protocol field of a cooked header means hangs on the ARPHRD_ type of
 * the interface: for these it is no EtherType. */
static bool cooked_stranger(uint16_t arphrd)
{
	return arphrd == 770 /* FRAD */ || arphrd == 803 /* 802.11 with radiotap */ || arphrd == 824 /* netlink */;
}

static enum w101_net_result cooked(struct w101_walk *w, uint16_t arphrd, uint16_t protocol)
{
	if (cooked_stranger(arphrd))
		return W101_NET_OTHER;
	if (protocol != 0x0004)
		return type_only(w, protocol);
	w->next = W101_LAYER_LLC;
	return W101_NET_TCP;
}

enum w101_net_result w101_layer_cooked_v1(struct w101_walk *w)
{
	const uint8_t *p = w101_part_take(&w->part, 16);
	return p ? cooked(w, w101_part_be16(p + 2), w101_part_be16(p + 14)) : w101_part_lack(&w->part, 16);
}

enum w101_net_result w101_layer_cooked_v2(struct w101_walk *w)
{
	const uint8_t *p = w101_part_take(&w->part, 20);
	return p ? cooked(w, w101_part_be16(p + 8), w101_part_be16(p)) : w101_part_lack(&w->part, 20);
}
