/* Most frames are whole, alone in their message, and right.  When nobody is
 * shown them they are checked where they lie: every rule of rules.c and the
 * UTF-8 of texts, without a copy and without a PDU.  At the slightest doubt the
 * frame is left to websocket.c, which knows what to say of it. */
#include "decode/ws/quick.h"

#include <string.h>

#include "decode/ws/control.h"
#include "decode/ws/mask.h"
#include "decode/ws/rules.h"

#define PIECE 1024 /* unmasked at a time, when there is more than ASCII */

enum { FIN = 0x80, MASKED = 0x80, LENGTH = 0x7f, LENGTH_16 = 126 };

struct quick {
	const uint8_t *payload;
	size_t n;
	uint8_t opcode;
	bool masked;
	uint8_t mask[4];
};

/* Bytes of header; 0: not for here. */
static size_t read_header(struct w101_bytes b, enum w101_dir dir, struct quick *q)
{
	size_t header = 2;
	if (b.n < 2)
		return 0;
	q->opcode = b.p[0] & 0x7f; /* RSV bits make it larger than any opcode */
	q->masked = b.p[1] & MASKED;
	q->n = b.p[1] & LENGTH;
	if (!(b.p[0] & FIN) || q->opcode < W101_WS_TEXT || q->opcode > W101_WS_BINARY || q->masked != (dir == W101_CLIENT) ||
		q->n > LENGTH_16)
		return 0;
	if (q->n == LENGTH_16) {
		if (b.n < 4 || (q->n = (size_t)b.p[2] << 8 | b.p[3]) < LENGTH_16)
			return 0;
		header = 4;
	}
	if (q->masked) {
		if (b.n < header + 4)
			return 0;
		memcpy(q->mask, b.p + header, 4);
		header += 4;
	}
	q->payload = b.p + header;
	return header + q->n <= b.n ? header : 0;
}

/* The eight bytes at p, off from the beginning of a payload under this mask. */
static uint64_t clear(const uint8_t *p, uint64_t mask, size_t off)
{
	uint64_t w;
	unsigned turn = (unsigned)(off & 3) * 8;
	memcpy(&w, p, sizeof w);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return w ^ (turn ? mask << turn | mask >> (64 - turn) : mask);
#else
	return w ^ (turn ? mask >> turn | mask << (64 - turn) : mask);
#endif
}

/* ASCII alone, under a mask or not. */
static bool is_ascii(const struct quick *q)
{
	uint64_t mask = 0, high = 0;
	size_t i = 0;
	if (q->masked) {
		memcpy(&mask, q->mask, 4);
		memcpy((uint8_t *)&mask + 4, q->mask, 4);
	}
	if (q->n < 8) {
		for (; i < q->n; i++)
			high |= (uint64_t)(q->payload[i] ^ (q->masked ? q->mask[i & 3] : 0));
		return !(high & 0x80);
	}
	for (; q->n - i >= 32; i += 32) {
		uint64_t w[4];
		memcpy(w, q->payload + i, sizeof w);
		high |= (w[0] ^ mask) | (w[1] ^ mask) | (w[2] ^ mask) | (w[3] ^ mask);
	}
	for (; q->n - i >= 8; i += 8)
		high |= clear(q->payload + i, mask, 0);
	high |= clear(q->payload + q->n - 8, mask, q->n); /* the last eight, again in part */
	return !(high & UINT64_C(0x8080808080808080));
}

static bool is_utf8(const struct quick *q)
{
	struct w101_utf8 u;
	uint8_t clear[PIECE];
	w101_utf8_init(&u);
	for (size_t at = 0; at < q->n && !u.bad;) {
		size_t k = q->n - at < sizeof clear ? q->n - at : sizeof clear;
		const uint8_t *from = q->payload + at;
		if (q->masked) {
			w101_ws_unmask(clear, from, k, q->mask, at);
			from = clear;
		}
		w101_utf8_feed(&u, from, k);
		at += k;
	}
	return w101_utf8_done(&u);
}

size_t w101_ws_quick(struct w101_ws *ws, enum w101_dir dir, struct w101_bytes b, uint64_t offset)
{
	struct w101_ws_side *s = &ws->side[dir];
	struct quick q;
	size_t used = 0, header;
	if (!s->any || s->closed || s->msg.open != W101_WS_NONE || ws->agreed.unknown || ws->assumed)
		return 0;
	while ((header = read_header((struct w101_bytes){ b.p + used, b.n - used }, dir, &q))) {
		if (q.opcode == W101_WS_TEXT && !is_ascii(&q) && !is_utf8(&q))
			break;
		if (q.masked && !w101_ws_key_is_fine(s, q.mask)) /* remembers it: last */
			break;
		s->offset = offset + used;
		s->data_seen = true;
		s->last_masked = q.masked;
		s->msg.empty_run = 0;
		s->wire_payload += q.n;
		s->plain_payload += q.n;
		if (!q.masked)
			s->mask_run = 0;
		ws->out.quiet(ws->out.self, dir, q.opcode, q.n);
		w101_ws_goes_on(ws, dir);
		used += header + q.n;
	}
	return used;
}
