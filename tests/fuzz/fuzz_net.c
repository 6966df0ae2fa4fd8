/* Any bytes as a packet.  Input: link type (an index), two bytes that the wire
 * had more, then the packet. */
#include <stdint.h>
#include <stdlib.h>

#include "base/quota.h"
#include "net/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint32_t links[] = { 1, 113, 276, 0, 108, 101, 12, 14, 228, 229, 147 };
	if (n < 3)
		return 0;
	uint32_t cap = (uint32_t)(n - 3), len = cap + (uint32_t)(data[1] << 8 | data[2]);
	struct w101_packet packet = {
		.link = links[data[0] % (sizeof links / sizeof *links)], .caplen = cap, .len = len, .data = data + 3
	};
	struct w101_quota quota;
	struct w101_segment s;
	w101_quota_init(&quota, 4096, 0);
	struct w101_net *net = w101_net_new(&quota);
	enum w101_net_result r = w101_net_segment(net, &packet, &s);
	check((r == W101_NET_LINK) == (packet.link == 147));
	if (r == W101_NET_TCP) {
		check(s.payload.n <= s.payload_len);
		check(s.payload.p >= packet.data && s.payload.p + s.payload.n <= packet.data + cap);
		check(s.src.addr.family == s.dst.addr.family && (s.src.addr.family == 4 || s.src.addr.family == 6));
		for (unsigned i = 4; s.src.addr.family == 4 && i < 16; i++)
			check(!s.src.addr.b[i] && !s.dst.addr.b[i]);
		check((s.flags & ~0x1f) == 0 && (s.flags & W101_TCP_ACK || !s.ack));
	}
	w101_net_free(net);
	check(quota.used == 0);
	return 0;
}
