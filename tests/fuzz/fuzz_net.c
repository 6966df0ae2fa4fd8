/* Any bytes as packets of one capture, several of them so that fragments meet.
 * Input: link type (an index), then for each packet two bytes of length, one of
 * what the wire had more (in 512 bytes), one of time (signed, in 8 s), its bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/quota.h"
#include "net/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct world {
	struct w101_net *net;
	struct w101_packet packet;
	unsigned segments;
	volatile uint8_t sum;
	bool plain;
	struct w101_segment quick;
};

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void segment(void *self, const struct w101_segment *s)
{
	struct world *w = self;
	const struct w101_packet *k = &w->packet;
	const uint64_t *fragments;
	size_t n = w101_net_fragments(w->net, &fragments);
	w->segments++;
	if (w->plain) {
		const struct w101_segment *q = &w->quick;
		check(memcmp(&q->src.addr, &s->src.addr, sizeof q->src.addr) == 0 && q->src.port == s->src.port);
		check(memcmp(&q->dst.addr, &s->dst.addr, sizeof q->dst.addr) == 0 && q->dst.port == s->dst.port);
		check(q->context == s->context && q->seq == s->seq && q->ack == s->ack && q->flags == s->flags);
		check(q->payload.n == s->payload.n && q->payload_len == s->payload_len && (!q->payload.n || q->payload.p == s->payload.p));
	}
	check(s->payload.n <= s->payload_len);
	check(n || (s->payload.p >= k->data && s->payload.p + s->payload.n <= k->data + k->caplen));
	for (size_t i = 0; i < s->payload.n; i++)
		w->sum ^= s->payload.p[i]; /* a sanitizer sees bytes that are not there */
	for (size_t i = 0; i < n; i++)
		check(fragments[i] && fragments[i] < k->number);
	check(s->src.addr.family == s->dst.addr.family && (s->src.addr.family == 4 || s->src.addr.family == 6));
	for (unsigned i = 4; s->src.addr.family == 4 && i < 16; i++)
		check(!s->src.addr.b[i] && !s->dst.addr.b[i]);
	check((s->flags & ~0x1f) == 0 && (s->flags & W101_TCP_ACK || !s->ack));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint32_t links[] = { 1, 101, 0, 9, 50, 51, 104, 105, 108, 113, 117, 119, 127, 163, 192, 204, 219,
		228, 229, 239, 276, 147 };
	if (n < 1)
		return 0;
	struct w101_limits limits = W101_LIMITS_DEFAULT;
	limits.fragments = 4;
	struct w101_quota quota;
	w101_quota_init(&quota, 48 << 10, 0);
	struct world w = { 0 };
	w.net = w101_net_new(&(struct w101_net_host){ &w, segment }, &limits, &quota,
		(const uint8_t *)"0123456789abcdef");
	check(w.net != NULL);
	w.packet.link = links[data[0] % (sizeof links / sizeof *links)];
	for (data++, n--; n >= 4;) {
		size_t cap = (size_t)data[0] << 8 | data[1];
		w.packet.len = (uint32_t)cap + data[2] * 512u;
		w.packet.at += (int8_t)data[3] * 8 * W101_SECOND;
		data += 4;
		n -= 4;
		w.packet.caplen = (uint32_t)(cap < n ? cap : n);
		w.packet.data = data;
		w.packet.number++;
		w.segments = 0;
		w.plain = w101_net_plain(&w.packet, &w.quick); /* the short way says the same */
		enum w101_net_result r = w101_net_packet(w.net, &w.packet);
		check(!w.plain || w.segments == 1);
		check((r == W101_NET_LINK) == (w.packet.link == 147));
		check((r == W101_NET_TCP) == (w.segments > 0));
		data += w.packet.caplen;
		n -= w.packet.caplen;
	}
	w101_net_free(w.net);
	check(quota.used == 0);
	return 0;
}
