/* The WebSocket decoder on any bytes, with gaps, with and without compression:
 * no more is told than was fed, and the same however the bytes are cut.
 * Input: a byte of settings, then records of one byte (bit 0 direction, bit 1
 * gap, bits 2-7 a length) and their bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/quota.h"
#include "decode/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct told {
	uint64_t hash, frames[2], packet;
};

static void add(struct told *t, const void *p, size_t n)
{
	static const uint8_t seed[16] = { 1 };
	uint64_t both[2] = { t->hash, w101_hash(seed, p, n) };
	t->hash = w101_hash(seed, both, sizeof both);
}

static void pdu(struct told *t, enum w101_dir dir, const struct w101_pdu *p)
{
	uint64_t facts[] = { dir, p->kind_no, p->offset, p->wire_bytes, p->payload_bytes, p->truncated, p->frames,
		p->compressed, p->text, p->wire_length, t->packet };
	if (p->payload.n > p->payload_bytes || (!p->truncated && p->payload.n < p->payload_bytes))
		abort();
	add(t, facts, sizeof facts);
	add(t, p->payload.p, p->payload.n);
	for (size_t i = 0; i < p->n_fields; i++)
		add(t, p->fields[i].s.p, p->fields[i].s.n);
}

static void frame(void *self, enum w101_dir dir, const struct w101_pdu *p)
{
	struct told *t = self;
	t->frames[dir] += p->wire_bytes;
	pdu(t, dir, p);
}

static void message(void *self, enum w101_dir dir, const struct w101_pdu *p)
{
	pdu(self, dir, p);
}

static void finding(void *self, const struct w101_finding *f)
{
	uint64_t facts[] = { f->id, f->dir, f->offset };
	add(self, facts, sizeof facts);
	add(self, f->seen.p, f->seen.n);
	add(self, f->detail.p, f->detail.n);
}

static void place(void *self, uint64_t packet, w101_time at)
{
	struct told *t = self;
	(void)at;
	t->packet = packet;
}

static uint64_t run(const uint8_t *data, size_t n, size_t piece)
{
	static const char *const agreed[] = { "", "permessage-deflate",
		"permessage-deflate; server_no_context_takeover; server_max_window_bits=9", "x-unknown" };
	const struct w101_decoder_ops *ops = &w101_websocket_decoder;
	struct w101_limits limits = W101_LIMITS_DEFAULT;
	struct told t = { 0 };
	struct w101_quota q;
	uint64_t at[2] = { 0, 0 };

	limits.inflate = 1 << 16;
	limits.message = 1 << 12;
	w101_quota_init(&q, 1 << 24, 0);
	struct w101_handshake h = { .extensions = w101_str(agreed[data[0] & 3]), .limits = &limits, .quota = &q,
		.assumed = data[0] & 4, .keep_messages = data[0] & 8 };
	struct w101_out out = { &t, frame, message, finding, place, NULL };
	void *d = ops->open(&h, &out);
	if (!d)
		abort();
	for (size_t i = 1; i < n;) {
		enum w101_dir dir = data[i] & 1 ? W101_SERVER : W101_CLIENT;
		size_t k = data[i] >> 2, left = n - i - 1;
		bool gap = data[i++] & 2;
		struct w101_chunk c = { .offset = at[dir], .packet = i, .at = (w101_time)i, .acked = UINT64_MAX };
		t.packet = c.packet; /* a record is a segment, however it is fed */
		if (gap) {
			ops->gap(d, dir, k + 1, &c);
			at[dir] += k + 1;
			continue;
		}
		k = k == 63 ? left : k < left ? k : left;
		for (size_t done = 0; done < k;) {
			size_t step = k - done < piece ? k - done : piece;
			c.bytes = (struct w101_bytes){ data + i + done, step };
			c.offset = at[dir] + done;
			ops->data(d, dir, &c);
			done += step;
		}
		i += k;
		at[dir] += k;
	}
	for (int dir = 0; dir < 2; dir++) {
		struct w101_chunk c = { .offset = at[dir], .packet = n, .at = (w101_time)n, .acked = UINT64_MAX };
		t.packet = n;
		ops->end(d, dir, data[0] & 16 ? W101_END_FIN : W101_END_CAPTURE, &c);
		if (t.frames[dir] > at[dir])
			abort();
	}
	ops->finish(d);
	ops->free(d);
	if (q.used)
		abort();
	w101_quota_clear(&q);
	return t.hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n < 2)
		return 0;
	uint64_t whole = run(data, n, SIZE_MAX);
	if (run(data, n, 1) != whole || run(data, n, 1 + data[0] / 32u * 3u) != whole)
		abort();
	return 0;
}
