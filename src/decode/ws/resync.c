/* The strict test that finds a frame boundary again behind missing bytes.  WebSocket
 * has no mark to look for, so a place is believed when the headers that follow
 * from it are all plausible (RFC 6455 sections 5.2 to 5.6) and together hardly
 * chance, and when a frame ends where a TCP segment ends, as nearly all do: text
 * under a mask makes plausible headers easily, but not there.  Places are tried in order. */
#include "decode/ws/resync.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "decode/ws/close.h"
#include "decode/ws/frame.h"
#include "decode/ws/mask.h"

/* Evidence in bits: how unlikely it is that bytes which are no frame look so. */
#define BITS_HEADER 5    /* about 8 first bytes of 256 are plausible at one place */
#define BITS_EMPTY 2     /* runs of few values make empty frames easily */
#define BITS_CODE 6      /* a Close code that may be sent */
#define BITS_END 6       /* the last frame ends where the bytes end */
#define TEXT_MAX 64      /* bytes of a text that are looked at, so that a place costs little */
#define FRAMES_MIN 3
#define ENOUGH_FRESH 15  /* one place is tried: three headers will do */
#define ENOUGH 32        /* up to 65,536 places are tried */
#define ENOUGH_END 26
#define LENGTH_MAX (UINT64_C(1) << 32)

enum verdict { NO, YES, WAIT };

struct trial {
	unsigned frames, bits;
	enum { ANY, NONE_OPEN, ONE_OPEN } message; /* what may come next */
	struct w101_bytes last;                    /* the frame before, header and payload */
	uint8_t last_mask[4];
	bool aligned;                              /* a frame ended where a segment did */
};

/* Bytes that repeat themselves make frames that repeat themselves: only what
 * differs from the frame before is evidence. */
static bool repeats(struct trial *t, const struct w101_ws_header *h, struct w101_bytes frame)
{
	bool same = h->masked ? t->last.n && memcmp(t->last_mask, h->mask, sizeof h->mask) == 0 : w101_eq(t->last, frame);
	memcpy(t->last_mask, h->mask, sizeof h->mask);
	t->last = frame;
	return same;
}

static bool plausible(const struct w101_ws_header *h, const struct w101_ws_expect *x, struct trial *t)
{
	if (w101_ws_is_reserved(h->opcode) || h->masked != x->masked || !h->shortest || h->length > LENGTH_MAX)
		return false;
	if (w101_ws_is_control(h->opcode))
		return h->fin && !h->rsv && h->length <= 125;
	if (!h->fin && !h->length)
		return false;
	bool continues = h->opcode == W101_WS_CONTINUATION;
	if (h->rsv & ~(continues ? 0 : x->rsv))
		return false;
	if (t->message != ANY && continues != (t->message == ONE_OPEN))
		return false;
	t->message = h->fin ? NONE_OPEN : ONE_OPEN;
	return true;
}

/* False when the payload cannot be; adds what it proves. */
static bool payload_fits(const struct w101_ws_header *h, const uint8_t *p, struct trial *t)
{
	uint8_t text[TEXT_MAX];
	size_t n = h->length < TEXT_MAX ? (size_t)h->length : TEXT_MAX;
	size_t head = h->opcode == W101_WS_CLOSE ? 2 : 0;
	struct w101_utf8 u;

	t->bits += h->length ? BITS_HEADER : BITS_EMPTY;
	if (!n || h->rsv || (h->opcode != W101_WS_TEXT && !head))
		return true;
	if (n < head)
		return false;
	w101_ws_unmask(text, p, n, h->mask, 0);
	if (head) {
		if (w101_ws_code_class((unsigned)text[0] << 8 | text[1]) != W101_WS_CODE_FINE)
			return false;
		t->bits += BITS_CODE;
	}
	w101_utf8_init(&u);
	if (!w101_utf8_feed(&u, text + head, n - head) || (h->fin && n == h->length && !w101_utf8_done(&u)))
		return false;
	/* what is not masked and no frame is often text all the same */
	unsigned most = h->masked ? 16 : 8;
	t->bits += n - head < most ? (unsigned)(n - head) : most;
	return true;
}

static uint8_t *begin_bit(struct w101_ws_resync *r, uint64_t offset, uint8_t *bit)
{
	unsigned i = (unsigned)(offset % W101_WS_RESYNC_WINDOW);
	*bit = (uint8_t)(1u << (i % 8));
	return &r->begins[i / 8];
}

static bool segment_begins(struct w101_ws_resync *r, uint64_t offset)
{
	uint8_t bit, *byte = begin_bit(r, offset, &bit);
	return offset < r->offset + r->window.n && *byte & bit;
}

/* The frames from r->at on.  WAIT: *need bytes decide more. */
static enum verdict try_place(struct w101_ws_resync *r, bool fresh, bool over, size_t *need)
{
	const struct w101_ws_expect *x = &r->expect;
	const uint8_t *p = r->window.p + r->at;
	size_t n = r->window.n - r->at, at = 0;
	struct trial t = { 0 };

	while (at < n) {
		struct w101_ws_header h;
		size_t begin = at;
		int used = w101_ws_header_parse(p + at, n - at, &h);
		if (!used) {
			*need = n + 1;
			return WAIT;
		}
		if (!plausible(&h, x, &t))
			return NO;
		at += (size_t)used;
		if (h.length > n - at) {
			*need = h.length < W101_WS_RESYNC_WINDOW ? at + (size_t)h.length : SIZE_MAX;
			return WAIT;
		}
		unsigned bits = t.bits;
		if (!payload_fits(&h, p + at, &t))
			return NO;
		at += (size_t)h.length;
		if (repeats(&t, &h, (struct w101_bytes){ p + begin, at - begin }))
			t.bits = bits;
		else
			t.frames++;
		t.aligned |= segment_begins(r, r->offset + r->at + at);
		if (t.aligned && t.frames >= FRAMES_MIN && t.bits >= (fresh ? ENOUGH_FRESH : ENOUGH))
			return YES;
	}
	if (over && fresh)
		return t.frames && t.bits >= BITS_HEADER ? YES : NO;
	if (over)
		return t.frames > 1 && t.bits + BITS_END >= ENOUGH_END ? YES : NO;
	*need = n + 1;
	return WAIT;
}

static void pass_over(struct w101_ws_resync *r, size_t n)
{
	r->skipped += n;
	r->offset += n;
	w101_buf_drop(&r->window, n);
	r->at = r->need = 0;
	r->fresh = false;
}

/* last: no more bytes will be added to this window; over: nor to the stream. */
static bool search(struct w101_ws_resync *r, bool last, bool over)
{
	while (r->at < r->window.n && (last || r->window.n >= r->need)) {
		size_t need = 0;
		bool fresh = r->fresh && r->at == 0;
		enum verdict v = try_place(r, fresh, over, &need);
		if (v == YES) {
			pass_over(r, r->at);
			return true;
		}
		if (v == WAIT && !last) {
			r->need = need > SIZE_MAX - r->at ? SIZE_MAX : r->at + need;
			return false;
		}
		r->at++;
		r->need = 0;
	}
	return false;
}

struct w101_ws_resync *w101_ws_resync_new(struct w101_quota *q, struct w101_ws_expect expect)
{
	struct w101_ws_resync *r = w101_alloc0(q, sizeof *r);
	if (!r)
		return NULL;
	r->expect = expect;
	r->fresh = true;
	w101_buf_init(&r->window, q);
	return r;
}

void w101_ws_resync_free(struct w101_ws_resync *r)
{
	if (!r)
		return;
	struct w101_quota *q = r->window.quota;
	w101_buf_clear(&r->window);
	w101_free(q, r, sizeof *r);
}

void w101_ws_resync_gap(struct w101_ws_resync *r)
{
	pass_over(r, r->window.n);
	r->fresh = true;
}

static void note_segments(struct w101_ws_resync *r, uint64_t offset, size_t n, bool begins)
{
	uint8_t bit, *byte;
	for (size_t i = 0; i < n; i++) {
		byte = begin_bit(r, offset + i, &bit);
		*byte &= (uint8_t)~bit;
	}
	byte = begin_bit(r, offset, &bit);
	*byte |= begins ? bit : 0;
}

bool w101_ws_resync_data(struct w101_ws_resync *r, struct w101_bytes in, uint64_t offset, uint64_t packet, size_t *used)
{
	*used = 0;
	while (*used < in.n) {
		size_t n = W101_WS_RESYNC_WINDOW - r->window.n;
		n = in.n - *used < n ? in.n - *used : n;
		if (r->window.n == 0)
			r->offset = offset + *used;
		note_segments(r, offset + *used, n, packet != r->packet);
		r->packet = packet;
		bool kept = w101_buf_add(&r->window, in.p + *used, n);
		*used += n;
		if (!kept) {
			r->skipped += n;
			pass_over(r, r->window.n);
			continue;
		}
		if (search(r, false, false))
			return true;
		if (r->window.n == W101_WS_RESYNC_WINDOW) {
			if (search(r, true, false))
				return true;
			pass_over(r, r->window.n);
		}
	}
	return false;
}

bool w101_ws_resync_end(struct w101_ws_resync *r)
{
	if (search(r, true, true))
		return true;
	pass_over(r, r->window.n);
	return false;
}
