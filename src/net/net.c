/* A packet from its link header to a TCP segment.  Each step takes its header
 * off the same part of the packet.  Must not know streams. */
#include "net/net.h"

#include "base/quota.h"
#include "net/ip.h"
#include "net/link.h"
#include "net/tcp.h"

struct w101_net {
	struct w101_quota *quota;
};

struct w101_net *w101_net_new(struct w101_quota *quota)
{
	struct w101_net *net = w101_alloc(quota, sizeof *net);
	if (net)
		net->quota = quota;
	return net;
}

void w101_net_free(struct w101_net *net)
{
	if (net)
		w101_free(net->quota, net, sizeof *net);
}

enum w101_net_result w101_net_segment(struct w101_net *net, const struct w101_packet *packet, struct w101_segment *out)
{
	(void)net;
	const struct w101_link *link = w101_link_find(packet->link);
	if (!link)
		return W101_NET_LINK;
	struct w101_part part = { packet->data, packet->caplen,
		packet->len > packet->caplen ? packet->len : packet->caplen };
	enum w101_ip_version ip = W101_IP_NONE;
	enum w101_net_result r = link->parse(&part, &ip);
	if (r == W101_NET_TCP)
		r = ip == W101_IP_4 ? w101_ip_v4(&part, out) : w101_ip_v6(&part, out);
	return r == W101_NET_TCP ? w101_tcp_header(&part, out) : r;
}

const char *w101_net_link_name(uint32_t number)
{
	const struct w101_link *link = w101_link_find(number);
	return link ? link->name : NULL;
}
