/* The door of the room: a packet goes in, its walk begins at its link type.
 * Must not know any header, nor streams. */
#include "net/net.h"

#include <string.h>

#include "net/fragment.h"
#include "net/link.h"
#include "net/net_impl.h"

struct w101_net *w101_net_new(const struct w101_net_host *host, const struct w101_limits *limits,
	struct w101_quota *quota, const uint8_t seed[16])
{
	struct w101_net *net = w101_alloc0(quota, sizeof *net);
	if (!net)
		return NULL;
	net->host = *host;
	net->quota = quota;
	memcpy(net->seed, seed, sizeof net->seed);
	net->fragments = w101_fragments_new(limits, quota, seed);
	if (!net->fragments) {
		w101_free(quota, net, sizeof *net);
		return NULL;
	}
	return net;
}

void w101_net_free(struct w101_net *net)
{
	if (!net)
		return;
	w101_fragments_free(net->fragments);
	w101_free(net->quota, net, sizeof *net);
}

enum w101_net_result w101_net_packet(struct w101_net *net, const struct w101_packet *packet)
{
	w101_fragments_release(net->fragments);
	net->whole = NULL;
	const struct w101_link *link = w101_link_find(packet->link);
	if (!link)
		return W101_NET_LINK;
	struct w101_walk w = {
		.part = { packet->data, packet->caplen, packet->len > packet->caplen ? packet->len : packet->caplen },
		.next = link->layer,
		.net = net,
		.packet = packet->number,
		.at = packet->at,
	};
	return w101_walk_on(&w);
}

size_t w101_net_fragments(const struct w101_net *net, const uint64_t **packets)
{
	*packets = NULL;
	return net->whole ? w101_datagram_packets(net->whole, packets) : 0;
}

struct w101_net_counts w101_net_counts(const struct w101_net *net)
{
	return (struct w101_net_counts){
		.given_up = w101_fragments_given_up(net->fragments),
		.incomplete = w101_fragments_incomplete(net->fragments),
		.encrypted = net->encrypted,
	};
}

const char *w101_net_link_name(uint32_t number)
{
	const struct w101_link *link = w101_link_find(number);
	return link ? link->name : NULL;
}
