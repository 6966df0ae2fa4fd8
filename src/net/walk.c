/* The table of layers and the loop over it.  Must not know any header. */
#include "net/walk.h"

#include "base/hash.h"
#include "net/net_impl.h"
#include "net/tcp.h"

static w101_layer_step *const steps[] = {
	[W101_LAYER_ETHERNET] = w101_layer_ethernet,
	[W101_LAYER_VLAN] = w101_layer_vlan,
	[W101_LAYER_LLC] = w101_layer_llc,
	[W101_LAYER_PPP] = w101_layer_ppp,
	[W101_LAYER_PPPOE] = w101_layer_pppoe,
	[W101_LAYER_MPLS] = w101_layer_mpls,
	[W101_LAYER_WLAN] = w101_layer_wlan,
	[W101_LAYER_RADIOTAP] = w101_layer_radiotap,
	[W101_LAYER_PPI] = w101_layer_ppi,
	[W101_LAYER_AVS] = w101_layer_avs,
	[W101_LAYER_PRISM] = w101_layer_prism,
	[W101_LAYER_CHDLC] = w101_layer_chdlc,
	[W101_LAYER_COOKED_V1] = w101_layer_cooked_v1,
	[W101_LAYER_COOKED_V2] = w101_layer_cooked_v2,
	[W101_LAYER_LOOPBACK] = w101_layer_loopback,
	[W101_LAYER_NFLOG] = w101_layer_nflog,
	[W101_LAYER_PFLOG] = w101_layer_pflog,
	[W101_LAYER_IP] = w101_layer_ip,
	[W101_LAYER_IPV4] = w101_layer_ipv4,
	[W101_LAYER_IPV6] = w101_layer_ipv6,
	[W101_LAYER_ETHERIP] = w101_layer_etherip,
	[W101_LAYER_GRE] = w101_layer_gre,
	[W101_LAYER_ERSPAN_II] = w101_layer_erspan_ii,
	[W101_LAYER_ERSPAN_III] = w101_layer_erspan_iii,
	[W101_LAYER_UDP] = w101_layer_udp,
	[W101_LAYER_VXLAN] = w101_layer_vxlan,
	[W101_LAYER_VXLAN_GPE] = w101_layer_vxlan_gpe,
	[W101_LAYER_GENEVE] = w101_layer_geneve,
	[W101_LAYER_GTP] = w101_layer_gtp,
};

static enum w101_net_result hand_over(const struct w101_walk *w)
{
	struct w101_segment s = { .src.addr = w->src, .dst.addr = w->dst };
	enum w101_net_result r = w101_tcp_header(&w->part, &s);
	if (r == W101_NET_TCP) {
		s.context = w->context;
		w->net->whole = w->whole;
		w->net->host.segment(w->net->host.self, &s);
	}
	return r;
}

enum w101_net_result w101_walk_on(struct w101_walk *w)
{
	while (w->next != W101_LAYER_TCP) {
		if (w->layers++ == W101_LAYERS_MAX)
			return W101_NET_OTHER;
		enum w101_net_result r = steps[w->next](w);
		if (r != W101_NET_TCP || w->next == W101_LAYER_DONE)
			return r;
	}
	return hand_over(w);
}

void w101_walk_enter(struct w101_walk *w, enum w101_scope scope, uint64_t id)
{
	uint64_t kind = (uint64_t)scope << W101_CONTEXT_SCOPE;
	if (!w->context && id <= UINT32_MAX) {
		w->context = kind | id;
		return;
	}
	uint64_t in[3] = { w->context, kind, id };
	w->context = W101_CONTEXT_HASHED | kind | w101_hash(w->net->seed, in, sizeof in) >> (64 - W101_CONTEXT_SCOPE);
}

uint64_t w101_walk_pair(const struct w101_walk *w)
{
	return (w101_hash(w->net->seed, &w->src, sizeof w->src) + w101_hash(w->net->seed, &w->dst, sizeof w->dst)) |
		UINT64_C(1) << 63;
}
