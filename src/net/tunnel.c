/* Tunnels: EtherIP (RFC 3378), GRE (RFC 2784, 2890; PPTP's of RFC 2637), ERSPAN
 * (draft-foschiano-erspan), and those over UDP: VXLAN (RFC 7348) with its generic
 * extension (draft-ietf-nvo3-vxlan-gpe), GENEVE (RFC 8926), GTP-U (3GPP TS
 * 29.281).  Each takes its header off and enters the context of its network.
 * Must not know IP's headers. */
#include "net/walk.h"

/* ---- over IP */

enum w101_net_result w101_layer_etherip(struct w101_walk *w)
{
	const uint8_t *p = w101_part_take(&w->part, 2);
	if (!p)
		return w101_part_lack(&w->part, 2);
	if (p[0] >> 4 != 3)
		return W101_NET_OTHER;
	w->next = W101_LAYER_ETHERNET;
	return W101_NET_TCP;
}

enum {
	GRE_CHECKSUM = 0x8000,
	GRE_ROUTING = 0x4000, /* RFC 1701, gone since RFC 2784 */
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000,
	GRE_ACK = 0x0080, /* version 1 */
	GRE_VERSION = 0x0007
};

enum {
	TYPE_ETHERNET = 0x6558, /* transparent Ethernet bridging */
	TYPE_PPP = 0x880b,
	TYPE_WCCP = 0x883e,
	TYPE_ERSPAN = 0x88be,
	TYPE_ERSPAN_III = 0x22eb
};

/* What a GRE or GENEVE protocol type says; the small ones are no EtherTypes. */
static enum w101_net_result behind(struct w101_walk *w, uint16_t type)
{
	if (type != TYPE_ETHERNET)
		return type < 0x600 ? W101_NET_OTHER : w101_ethertype(w, type);
	w->next = W101_LAYER_ETHERNET;
	return W101_NET_TCP;
}

/* RFC 2637 4.1.  The call is another number in each direction: only the two ends say which tunnel it is. */
static enum w101_net_result pptp(struct w101_walk *w, uint16_t flags, uint16_t type)
{
	if (!(flags & GRE_KEY) || flags & (GRE_CHECKSUM | GRE_ROUTING) || type != TYPE_PPP)
		return W101_NET_OTHER;
	uint32_t n = 4u + (flags & GRE_SEQUENCE ? 4 : 0) + (flags & GRE_ACK ? 4 : 0);
	const uint8_t *p = w101_part_take(&w->part, n);
	if (!p)
		return w101_part_lack(&w->part, n);
	uint32_t length = w101_part_be16(p);
	if (!(flags & GRE_SEQUENCE) || !length) /* an acknowledgment alone */
		return W101_NET_OTHER;
	w101_part_limit(&w->part, length);
	w101_walk_enter(w, W101_SCOPE_GRE, w101_walk_pair(w));
	w->next = W101_LAYER_PPP;
	return W101_NET_TCP;
}

/* Version 2 of WCCP puts four bytes in front of the packet and says so nowhere. */
static enum w101_net_result wccp(struct w101_walk *w)
{
	if (w->part.cap && w->part.p[0] >> 4 != 4 && !w101_part_take(&w->part, 4))
		return w101_part_lack(&w->part, 4);
	w->next = W101_LAYER_IP;
	return W101_NET_TCP;
}

enum w101_net_result w101_layer_gre(struct w101_walk *w)
{
	const uint8_t *p = w101_part_take(&w->part, 4);
	if (!p)
		return w101_part_lack(&w->part, 4);
	uint16_t flags = w101_part_be16(p), type = w101_part_be16(p + 2);
	if ((flags & GRE_VERSION) == 1)
		return pptp(w, flags, type);
	if (flags & (GRE_VERSION | GRE_ROUTING))
		return W101_NET_OTHER;
	uint32_t key = flags & GRE_CHECKSUM ? 4 : 0;
	uint32_t n = key + (flags & GRE_KEY ? 4 : 0) + (flags & GRE_SEQUENCE ? 4 : 0);
	p = w101_part_take(&w->part, n);
	if (!p)
		return w101_part_lack(&w->part, n);
	if (type == TYPE_ERSPAN_III || (type == TYPE_ERSPAN && flags & GRE_SEQUENCE)) {
		w->next = type == TYPE_ERSPAN ? W101_LAYER_ERSPAN_II : W101_LAYER_ERSPAN_III;
		return W101_NET_TCP; /* whose header has an identifier of its own */
	}
	w101_walk_enter(w, W101_SCOPE_GRE, flags & GRE_KEY ? w101_part_be32(p + key) : w101_walk_pair(w));
	switch (type) {
	case TYPE_ERSPAN: /* type I has no header */
		return behind(w, TYPE_ETHERNET);
	case TYPE_PPP:
		w->next = W101_LAYER_PPP;
		return W101_NET_TCP;
	case TYPE_WCCP:
		return wccp(w);
	default:
		return behind(w, type);
	}
}

/* Session and VLAN stand at the same place in types II and III. */
static void erspan_enter(struct w101_walk *w, const uint8_t *p)
{
	uint32_t vlan = w101_part_be16(p) & 0xfffu, session = w101_part_be16(p + 2) & 0x3ffu;
	w101_walk_enter(w, W101_SCOPE_ERSPAN, session << 12 | vlan);
	w->next = W101_LAYER_ETHERNET;
}

enum w101_net_result w101_layer_erspan_ii(struct w101_walk *w)
{
	const uint8_t *p = w101_part_take(&w->part, 8);
	if (!p)
		return w101_part_lack(&w->part, 8);
	if (p[0] >> 4 != 1)
		return W101_NET_OTHER;
	erspan_enter(w, p);
	return W101_NET_TCP;
}

enum w101_net_result w101_layer_erspan_iii(struct w101_walk *w)
{
	const uint8_t *p = w101_part_take(&w->part, 12);
	if (!p)
		return w101_part_lack(&w->part, 12);
	unsigned frame = p[10] >> 2 & 0x1f; /* 0 Ethernet, 2 IP */
	if (p[0] >> 4 != 2 || (frame != 0 && frame != 2))
		return W101_NET_OTHER;
	if (p[11] & 1 && !w101_part_take(&w->part, 8)) /* a platform's own header */
		return w101_part_lack(&w->part, 8);
	erspan_enter(w, p);
	if (frame == 2)
		w->next = W101_LAYER_IP;
	return W101_NET_TCP;
}

/* ---- over UDP */

static const struct port {
	uint16_t port;
	enum w101_layer layer;
} ports[] = {
	{ 4789, W101_LAYER_VXLAN },
	{ 8472, W101_LAYER_VXLAN }, /* Linux, before there was a number */
	{ 4790, W101_LAYER_VXLAN_GPE },
	{ 6081, W101_LAYER_GENEVE },
	{ 2152, W101_LAYER_GTP },
};

static const struct port *find_port(uint16_t port)
{
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
		if (ports[i].port == port)
			return &ports[i];
	return NULL;
}

bool w101_udp_tunnel(uint16_t port)
{
	return find_port(port) != NULL;
}

/* The port of the receiver decides: a sender's says nothing but which flow it is. */
enum w101_net_result w101_layer_udp(struct w101_walk *w)
{
	if (w->part.cap < 4)
		return w101_part_lack(&w->part, 4);
	const struct port *port = find_port(w101_part_be16(w->part.p + 2));
	if (!port)
		return W101_NET_OTHER;
	const uint8_t *p = w101_part_take(&w->part, 8);
	if (!p)
		return w101_part_lack(&w->part, 8);
	uint32_t length = w101_part_be16(p + 4);
	if (length && length < 8)
		return W101_NET_MALFORMED;
	if (length) /* 0: as in IP */
		w101_part_limit(&w->part, length - 8);
	w->next = port->layer;
	return W101_NET_TCP;
}

static uint32_t vni(const uint8_t *p)
{
	return w101_part_be32(p) >> 8;
}

enum { VXLAN_VNI = 0x08, VXLAN_NEXT = 0x04, VXLAN_OAM = 0x01 };

enum w101_net_result w101_layer_vxlan(struct w101_walk *w)
{
	const uint8_t *p = w101_part_take(&w->part, 8);
	if (!p)
		return w101_part_lack(&w->part, 8);
	if (!(p[0] & VXLAN_VNI)) /* the others are reserved, which a receiver ignores */
		return W101_NET_OTHER;
	w101_walk_enter(w, W101_SCOPE_VXLAN, vni(p + 4));
	w->next = W101_LAYER_ETHERNET;
	return W101_NET_TCP;
}

enum w101_net_result w101_layer_vxlan_gpe(struct w101_walk *w)
{
	static const enum w101_layer next[] = { [1] = W101_LAYER_IPV4, W101_LAYER_IPV6, W101_LAYER_ETHERNET };
	const uint8_t *p = w101_part_take(&w->part, 8);
	if (!p)
		return w101_part_lack(&w->part, 8);
	unsigned protocol = p[0] & VXLAN_NEXT ? p[3] : 3;
	if (!(p[0] & VXLAN_VNI) || p[0] & (VXLAN_OAM | 0x30 /* version */) || protocol < 1 || protocol > 3)
		return W101_NET_OTHER;
	w101_walk_enter(w, W101_SCOPE_VXLAN, vni(p + 4));
	w->next = next[protocol];
	return W101_NET_TCP;
}

enum w101_net_result w101_layer_geneve(struct w101_walk *w)
{
	const uint8_t *p = w101_part_take(&w->part, 8);
	if (!p)
		return w101_part_lack(&w->part, 8);
	if (p[0] >> 6 || p[1] & 0x80) /* another version, or a control packet */
		return W101_NET_OTHER;
	uint32_t options = (p[0] & 0x3fu) * 4;
	if (!w101_part_take(&w->part, options))
		return w101_part_lack(&w->part, options);
	w101_walk_enter(w, W101_SCOPE_GENEVE, vni(p + 4));
	return behind(w, w101_part_be16(p + 2));
}

enum {
	GTP_FLAGS = 0xf0, GTP_VERSION_1 = 0x30, /* version and protocol type; of the last four bits one is spare */
	GTP_OPTIONAL = 0x07, /* any of E, S, PN: all four bytes are there */
	GTP_EXTENSION = 0x04,
	GTP_T_PDU = 255
};

/* TS 29.281 5.2.1: each has its length in units of four bytes, and at its end the type of the next. */
static enum w101_net_result gtp_extensions(struct w101_part *part, uint8_t next)
{
	while (next) {
		if (!part->cap)
			return w101_part_lack(part, 1);
		uint32_t n = part->p[0] * 4u;
		if (!n)
			return W101_NET_MALFORMED;
		const uint8_t *p = w101_part_take(part, n);
		if (!p)
			return w101_part_lack(part, n);
		next = p[n - 1];
	}
	return W101_NET_TCP;
}

enum w101_net_result w101_layer_gtp(struct w101_walk *w)
{
	struct w101_part *part = &w->part;
	const uint8_t *p = w101_part_take(part, 8);
	if (!p)
		return w101_part_lack(part, 8);
	uint8_t flags = p[0];
	uint32_t teid = w101_part_be32(p + 4);
	if ((flags & GTP_FLAGS) != GTP_VERSION_1 || p[1] != GTP_T_PDU)
		return W101_NET_OTHER;
	w101_part_limit(part, w101_part_be16(p + 2));
	if (flags & GTP_OPTIONAL) {
		p = w101_part_take(part, 4);
		if (!p)
			return w101_part_lack(part, 4);
		enum w101_net_result r = gtp_extensions(part, flags & GTP_EXTENSION ? p[3] : 0);
		if (r != W101_NET_TCP)
			return r;
	}
	if (part->cap && part->p[0] >> 4 != 4 && part->p[0] >> 4 != 6) /* Ethernet or PPP: no field says so */
		return W101_NET_OTHER;
	w101_walk_enter(w, W101_SCOPE_GTP, teid);
	w->next = W101_LAYER_IP;
	return W101_NET_TCP;
}
