/* The usual packet: Ethernet, IPv4 without options, TCP, captured at least as far
 * as its TCP header.  Reads in one go what walk.c would find step by step, and
 * leaves everything else to it. */
#include "net/net.h"

#include <string.h>

#include "net/part.h"
#include "net/tcp.h"

enum { LINK_ETHERNET = 1, ETHERNET = 14, IPV4 = 20, TCP = 20 };

bool w101_net_plain(const struct w101_packet *packet, struct w101_segment *s)
{
	const uint8_t *p = packet->data;
	if (packet->link != LINK_ETHERNET || packet->caplen < ETHERNET + IPV4 + TCP || packet->len < packet->caplen)
		return false;
	const uint8_t *ip = p + ETHERNET;
	uint32_t total = w101_part_be16(ip + 2);
	/* type 0x0800; version 4 and five words; neither offset nor more fragments; protocol 6 */
	if (p[12] != 8 || p[13] != 0 || ip[0] != 0x45 || w101_part_be16(ip + 6) & 0x3fff || ip[9] != 6 || total < IPV4 + TCP)
		return false;
	struct w101_part part = { ip + IPV4, packet->caplen - ETHERNET - IPV4, packet->len - ETHERNET - IPV4 };
	w101_part_limit(&part, total - IPV4);
	*s = (struct w101_segment){ .src.addr.family = 4, .dst.addr.family = 4 };
	memcpy(s->src.addr.b, ip + 12, 4);
	memcpy(s->dst.addr.b, ip + 16, 4);
	return w101_tcp_header(&part, s) == W101_NET_TCP;
}
