/* The way through a packet, layer by layer.  Each layer is a row of the table
 * in walk.c: a function that takes its header off the front of `part` and says
 * in `next` what follows.  Internal to net/. */
#ifndef W101_NET_WALK_H
#define W101_NET_WALK_H

#include "net/part.h"

struct w101_datagram;

/* What stands at the front of the part. */
enum w101_layer {
	W101_LAYER_ETHERNET,
	W101_LAYER_VLAN,   /* the four bytes behind the EtherType of a tag */
	W101_LAYER_LLC,    /* 802.2, with SNAP or without */
	W101_LAYER_PPP,    /* with or without address and control */
	W101_LAYER_PPPOE,  /* session */
	W101_LAYER_MPLS,
	W101_LAYER_WLAN,   /* 802.11 MAC header */
	W101_LAYER_RADIOTAP,
	W101_LAYER_PPI,
	W101_LAYER_AVS,
	W101_LAYER_PRISM,
	W101_LAYER_CHDLC,
	W101_LAYER_COOKED_V1,
	W101_LAYER_COOKED_V2,
	W101_LAYER_LOOPBACK,
	W101_LAYER_NFLOG,
	W101_LAYER_PFLOG,
	W101_LAYER_IP,     /* version 4 or 6, by its first four bits */
	W101_LAYER_IPV4,
	W101_LAYER_IPV6,
	W101_LAYER_ETHERIP,
	W101_LAYER_GRE,
	W101_LAYER_ERSPAN_II,
	W101_LAYER_ERSPAN_III,
	W101_LAYER_UDP,    /* a tunnel by its port, or nothing of interest */
	W101_LAYER_VXLAN,
	W101_LAYER_VXLAN_GPE,
	W101_LAYER_GENEVE,
	W101_LAYER_GTP,    /* GTP-U */
	W101_LAYER_TCP,
	W101_LAYER_DONE    /* an aggregate: its parts are handed over, the answer stands */
};

/* Layers of one packet at most: more is no network that we know. */
#define W101_LAYERS_MAX 40
#define W101_TAGS_MAX 8 /* VLAN tags among them */

struct w101_walk {
	struct w101_part part;
	enum w101_layer next;
	unsigned layers, tags;      /* taken so far */
	uint64_t context;           /* of segment.h; 0: none */
	struct w101_addr src, dst;  /* of the innermost IP header so far; family 0: none yet */
	const struct w101_datagram *whole; /* fragment.h: what `part` was put together in; NULL: the packet alone */
	struct w101_net *net;
	uint64_t packet;            /* its number ... */
	w101_time at;               /* ... and time */
};

/* Takes layer after layer, hands segments to the host, and answers for the
 * packet.  An aggregate calls it for each of its parts with a copy of its walk. */
enum w101_net_result w101_walk_on(struct w101_walk *);

/* The connection is inside this VLAN or tunnel: goes into `context`. */
void w101_walk_enter(struct w101_walk *, enum w101_scope, uint64_t id);
/* A number for the pair src/dst that is the same with both exchanged; above 32 bits. */
uint64_t w101_walk_pair(const struct w101_walk *);

/* ---- steps.  W101_NET_TCP: `next` is set, go on; else the answer for the packet. */

typedef enum w101_net_result w101_layer_step(struct w101_walk *);

/* ether.c */
w101_layer_step w101_layer_ethernet, w101_layer_vlan, w101_layer_llc, w101_layer_chdlc, w101_layer_cooked_v1,
	w101_layer_cooked_v2;
/* Chooses the layer behind an EtherType; a value of at most 1500 is the length of an LLC frame. */
enum w101_net_result w101_ethertype(struct w101_walk *, uint16_t ethertype);
/* point.c */
w101_layer_step w101_layer_ppp, w101_layer_pppoe, w101_layer_mpls;
/* host.c: what the system that captured puts in front */
w101_layer_step w101_layer_loopback, w101_layer_nflog, w101_layer_pflog;
/* wlan.c */
w101_layer_step w101_layer_wlan, w101_layer_radiotap, w101_layer_ppi, w101_layer_avs, w101_layer_prism;
/* ip.c */
w101_layer_step w101_layer_ip, w101_layer_ipv4, w101_layer_ipv6;
/* Chooses the layer behind an IP header by its protocol number. */
enum w101_net_result w101_ip_protocol(struct w101_walk *, uint8_t protocol);
/* Whether TCP may stand behind it: fragments of others are not kept. */
bool w101_ip_leads_on(uint8_t protocol);
/* tunnel.c */
w101_layer_step w101_layer_etherip, w101_layer_gre, w101_layer_erspan_ii, w101_layer_erspan_iii, w101_layer_udp,
	w101_layer_vxlan, w101_layer_vxlan_gpe, w101_layer_geneve, w101_layer_gtp;
/* Whether a UDP datagram to this port may carry a tunnel that is read: fragments of others are not kept. */
bool w101_udp_tunnel(uint16_t port);

#endif
