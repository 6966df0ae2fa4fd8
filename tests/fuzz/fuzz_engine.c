/* The whole analyzer under arbitrary conversations.  Each piece of input is 3
 * bytes of header (bit 7: server; bits 0-2: what happens to the segment; two
 * bytes of length), then the payload of one TCP segment with right numbers.
 * The same bytes in smaller segments must give the same messages and verdicts
 * when nothing was lost. */
#include <stdlib.h>
#include <string.h>

#include <wire101/engine.h>

#include "base/quota.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct sum {
	uint64_t exchanges, messages, message_bytes, frames;
	unsigned opened, closed;
	bool summary;
};

static void on_event(void *self, const struct w101_event *ev)
{
	struct sum *s = self;
	if (s->summary)
		abort(); /* the summary is last */
	switch (ev->type) {
	case W101_EV_OPEN:
		s->opened++;
		break;
	case W101_EV_EXCHANGE:
		s->exchanges++;
		break;
	case W101_EV_FRAME:
		s->frames++;
		break;
	case W101_EV_MESSAGE:
		s->messages++;
		s->message_bytes += ev->u.pdu->payload_bytes;
		if (ev->u.pdu->payload.n > ev->u.pdu->payload_bytes)
			abort();
		break;
	case W101_EV_CLOSE:
		s->closed++;
		break;
	case W101_EV_SUMMARY:
		s->summary = true;
		break;
	default:
		break;
	}
}

static void send(struct w101_engine *e, unsigned me, uint32_t seq, uint32_t ack, uint8_t flags, struct w101_bytes b,
	uint64_t number)
{
	uint8_t p[40 + 4096] = { 0x45, 0, (uint8_t)((40 + b.n) >> 8), (uint8_t)(40 + b.n), 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0,
		(uint8_t)(1 + me), 10, 0, 0, (uint8_t)(2 - me) };
	uint16_t from = me ? 80 : 40000, to = me ? 40000 : 80;
	uint8_t tcp[20] = { (uint8_t)(from >> 8), (uint8_t)from, (uint8_t)(to >> 8), (uint8_t)to, (uint8_t)(seq >> 24),
		(uint8_t)(seq >> 16), (uint8_t)(seq >> 8), (uint8_t)seq, (uint8_t)(ack >> 24), (uint8_t)(ack >> 16),
		(uint8_t)(ack >> 8), (uint8_t)ack, 0x50, flags, 255, 255 };
	memcpy(p + 20, tcp, 20);
	if (b.n)
		memcpy(p + 40, b.p, b.n);
	struct w101_packet packet = { .at = (w101_time)number * 1000000, .number = number, .link = 101,
		.caplen = (uint32_t)(40 + b.n), .len = (uint32_t)(40 + b.n), .data = p };
	w101_engine_packet(e, &packet);
}

static bool run(const uint8_t *data, size_t n, size_t most, struct sum *sum)
{
	static const struct w101_sink_ops ops = { on_event, NULL };
	struct w101_quota q;
	struct w101_engine_config c = { .limits = W101_LIMITS_DEFAULT, .sink = { &ops, sum, 0 }, .quota = &q,
		.keep_messages = true, .plain_http = true };
	uint32_t at[2] = { 1, 1 };
	uint64_t number = 0;
	bool damaged = false;
	c.limits.http_head = 4096;
	c.limits.message = 8192;
	c.limits.inflate = 1 << 16;
	w101_quota_init(&q, UINT64_C(64) << 20, 0);
	struct w101_engine *e = w101_engine_new(&c);
	if (!e)
		abort();
	send(e, 0, 0, 0, 2, (struct w101_bytes){ 0 }, ++number);
	send(e, 1, 0, 1, 0x12, (struct w101_bytes){ 0 }, ++number);
	while (n >= 3) {
		unsigned me = data[0] >> 7, what = data[0] & 7;
		size_t len = (size_t)(data[1] << 8 | data[2]) & 2047;
		if (len > n - 3)
			len = n - 3;
		const uint8_t *p = data + 3;
		for (size_t done = 0; done < len;) {
			size_t k = len - done < most ? len - done : most;
			if (what == 6)
				damaged = true; /* not in the capture */
			else
				send(e, me, at[me], at[1 - me], what == 7 ? 0x11 : 0x10, (struct w101_bytes){ p + done, k }, ++number);
			damaged |= what == 7;
			at[me] += (uint32_t)k;
			done += k;
		}
		data += 3 + len;
		n -= 3 + len;
	}
	w101_engine_flush(e, true);
	w101_engine_free(e);
	if (q.used || !sum->summary || sum->opened != sum->closed)
		abort();
	return damaged;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct sum whole = { 0 }, pieces = { 0 };
	bool damaged = run(data, n, 2048, &whole);
	run(data, n, 7, &pieces);
	if (!damaged && (whole.exchanges != pieces.exchanges || whole.messages != pieces.messages ||
				whole.message_bytes != pieces.message_bytes || whole.frames != pieces.frames))
		abort();
	return 0;
}
