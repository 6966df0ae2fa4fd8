/* The state of net/ between packets.  Internal to net/. */
#ifndef W101_NET_NET_IMPL_H
#define W101_NET_NET_IMPL_H

#include "base/quota.h"
#include "net/net.h"

struct w101_fragments; /* fragment.c */
struct w101_datagram;

struct w101_net {
	struct w101_net_host host;
	struct w101_quota *quota;
	uint8_t seed[16];
	struct w101_fragments *fragments;
	const struct w101_datagram *whole; /* of the segment that is handed over; NULL: it came in one piece */
	uint64_t encrypted;                /* 802.11 frames */
};

#endif
