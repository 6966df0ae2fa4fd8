/* Link headers: Ethernet (IEEE 802.3) with VLAN tags (802.1Q, 802.1ad), Linux
 * cooked v1 and v2, BSD loopback, raw IP; layouts as the LINKTYPE_ registry of
 * tcpdump.org gives them.  Finds out which version of IP follows and must know
 * nothing of IP's own headers. */
#include "net/link.h"

#define TAGS_MAX 8 /* VLAN tags on one packet: more is no network that we know */

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86dd };

static bool is_tag(uint16_t ethertype)
{
	return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100 || ethertype == 0x9200;
}

/* Behind an EtherType: VLAN tags, then IP.  A length (802.3) is no EtherType and falls through to OTHER. */
static enum w101_net_result behind_ethertype(struct w101_part *part, uint16_t ethertype, enum w101_ip_version *ip)
{
	for (unsigned tags = 0; is_tag(ethertype); tags++) {
		const uint8_t *p = w101_part_take(part, 4);
		if (tags == TAGS_MAX)
			return W101_NET_OTHER;
		if (!p)
			return w101_part_lack(part, 4);
		ethertype = w101_part_be16(p + 2);
	}
	if (ethertype != ETHERTYPE_IPV4 && ethertype != ETHERTYPE_IPV6)
		return W101_NET_OTHER;
	*ip = ethertype == ETHERTYPE_IPV4 ? W101_IP_4 : W101_IP_6;
	return W101_NET_TCP;
}

static enum w101_net_result ethernet(struct w101_part *part, enum w101_ip_version *ip)
{
	const uint8_t *p = w101_part_take(part, 14);
	return p ? behind_ethertype(part, w101_part_be16(p + 12), ip) : w101_part_lack(part, 14);
}

/* What the protocol field of a cooked header means hangs on the ARPHRD_ type of
 * the interface: for these it is no EtherType. */
static bool cooked_stranger(uint16_t arphrd)
{
	return arphrd == 770 /* FRAD */ || arphrd == 803 /* 802.11 with radiotap */ || arphrd == 824 /* netlink */;
}

static enum w101_net_result cooked_v1(struct w101_part *part, enum w101_ip_version *ip)
{
	const uint8_t *p = w101_part_take(part, 16);
	if (!p)
		return w101_part_lack(part, 16);
	return cooked_stranger(w101_part_be16(p + 2)) ? W101_NET_OTHER
						      : behind_ethertype(part, w101_part_be16(p + 14), ip);
}

static enum w101_net_result cooked_v2(struct w101_part *part, enum w101_ip_version *ip)
{
	const uint8_t *p = w101_part_take(part, 20);
	if (!p)
		return w101_part_lack(part, 20);
	return cooked_stranger(w101_part_be16(p + 8)) ? W101_NET_OTHER : behind_ethertype(part, w101_part_be16(p), ip);
}

/* Four bytes with the AF_ value of the machine that captured, in its own byte order. */
static enum w101_net_result loopback(struct w101_part *part, enum w101_ip_version *ip)
{
	const uint8_t *p = w101_part_take(part, 4);
	if (!p)
		return w101_part_lack(part, 4);
	uint32_t family = p[0] || p[1] ? p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24
				       : w101_part_be32(p);
	switch (family) {
	case 2:
		*ip = W101_IP_4;
		return W101_NET_TCP;
	case 10: /* Linux */
	case 23: /* Windows */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* macOS */
		*ip = W101_IP_6;
		return W101_NET_TCP;
	default:
		return W101_NET_OTHER;
	}
}

static enum w101_net_result raw(struct w101_part *part, enum w101_ip_version *ip)
{
	if (!part->cap)
		return w101_part_lack(part, 1);
	switch (part->p[0] >> 4) {
	case 4:
		*ip = W101_IP_4;
		return W101_NET_TCP;
	case 6:
		*ip = W101_IP_6;
		return W101_NET_TCP;
	default:
		return W101_NET_MALFORMED;
	}
}

static enum w101_net_result ipv4(struct w101_part *part, enum w101_ip_version *ip)
{
	(void)part;
	*ip = W101_IP_4;
	return W101_NET_TCP;
}

static enum w101_net_result ipv6(struct w101_part *part, enum w101_ip_version *ip)
{
	(void)part;
	*ip = W101_IP_6;
	return W101_NET_TCP;
}

static const struct w101_link links[] = {
	{ 1, "Ethernet", ethernet },
	{ 113, "Linux cooked", cooked_v1 },
	{ 276, "Linux cooked v2", cooked_v2 },
	{ 0, "BSD loopback", loopback },
	{ 108, "OpenBSD loopback", loopback },
	{ 101, "raw IP", raw },
	{ 12, "raw IP", raw }, /* DLT_RAW, which some programs write as it is; 14 on OpenBSD */
	{ 14, "raw IP", raw },
	{ 228, "raw IPv4", ipv4 },
	{ 229, "raw IPv6", ipv6 },
};

const struct w101_link *w101_link_find(uint32_t number)
{
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		if (links[i].number == number)
			return &links[i];
	return NULL;
}
