/* IP headers down to the one of TCP. */
#ifndef W101_NET_IP_H
#define W101_NET_IP_H

#include "net/part.h"

/* Take everything before the TCP header off and fill out->src.addr and
 * out->dst.addr.  W101_NET_TCP: part is the TCP segment; else the answer for
 * the packet. */
enum w101_net_result w101_ip_v4(struct w101_part *, struct w101_segment *out);
enum w101_net_result w101_ip_v6(struct w101_part *, struct w101_segment *out);

#endif
