/* Reassembly fed with arbitrary segments: 8 bytes of header each (side, flags,
 * offset, acknowledgment, length), then the payload.  The bytes passed on plus
 * the bytes lost are exactly the offsets passed. */
#include <stdlib.h>
#include <string.h>

#include "base/quota.h"
#include "stream/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct seen {
	uint64_t at[2];
	bool ended[2];
};

static enum w101_feed on_data(void *self, struct w101_flow *f, enum w101_dir d, const struct w101_chunk *k)
{
	struct seen *s = w101_flow_user(f);
	(void)self;
	if (!s) {
		s = calloc(1, sizeof *s);
		w101_flow_set_user(f, s);
	}
	if (k->offset != s->at[d] || s->ended[d] || !k->bytes.n)
		abort();
	s->at[d] += k->bytes.n;
	return k->bytes.p[0] == 'D' ? free(s), W101_FEED_DEAD : W101_FEED_MORE;
}

static void on_gap(void *self, struct w101_flow *f, enum w101_dir d, uint64_t n, bool cut, const struct w101_chunk *k)
{
	struct seen *s = w101_flow_user(f);
	(void)self, (void)cut;
	if (!s) {
		s = calloc(1, sizeof *s);
		w101_flow_set_user(f, s);
	}
	if (k->offset != s->at[d] || s->ended[d] || !n)
		abort();
	s->at[d] += n;
}

static void on_end(void *self, struct w101_flow *f, enum w101_dir d, enum w101_end why, const struct w101_chunk *k)
{
	struct seen *s = w101_flow_user(f);
	(void)self, (void)why, (void)k;
	if (s && s->ended[d])
		abort();
	if (s)
		s->ended[d] = true;
}

static void on_finding(void *self, struct w101_flow *f, const struct w101_finding *x, const struct w101_chunk *k)
{
	(void)self, (void)f, (void)x, (void)k;
}

static void on_close(void *self, struct w101_flow *f, enum w101_end why)
{
	(void)self, (void)why;
	free(w101_flow_user(f));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct w101_limits limits = W101_LIMITS_DEFAULT;
	struct w101_quota q;
	static const uint8_t seed[16];
	struct w101_stream_host host = { NULL, on_data, on_gap, on_end, on_finding, on_close };
	w101_time now = 0;
	uint64_t packet = 0;
	limits.reorder = 500;
	limits.patience_packets = 6;
	w101_quota_init(&q, n && data[0] & 1 ? 30000 : limits.memory, 0);
	struct w101_stream *s = w101_stream_new(&host, &limits, &q, seed);
	while (s && n >= 8) {
		struct w101_segment g = { .flags = data[1], .payload_len = data[7] & 31, .context = data[7] >> 5 & 3 };
		unsigned me = data[0] >> 7;
		struct w101_endpoint ep = { { 4, { 10, 0, 0, 1 } }, (uint16_t)(1000 + (data[0] >> 5 & 3)) };
		struct w101_endpoint other = { { 4, { 10, 0, 0, 2 } }, 80 };
		g.src = me ? other : ep;
		g.dst = me ? ep : other;
		g.seq = (uint32_t)(data[2] << 8 | data[3]) * (data[0] & 2 ? 65537u : 1u) - 40u;
		g.ack = (uint32_t)(data[4] << 8 | data[5]) * (data[0] & 2 ? 65537u : 1u) - 40u;
		now += (int64_t)data[6] * 10000000 * (data[7] & 128 ? -1 : 1);
		size_t have = n - 8 < g.payload_len ? n - 8 : g.payload_len;
		g.payload = (struct w101_bytes){ data + 8, have };
		w101_stream_segment(s, &g, ++packet, now);
		data += 8 + have;
		n -= 8 + have;
	}
	if (s)
		w101_stream_flush(s);
	w101_stream_free(s);
	if (q.used)
		abort();
	return 0;
}
