/* The strict test that finds a frame boundary again behind missing bytes.  WebSocket
 * has no mark to look for, so a place is believed when the headers that follow
 * from it are all plausible (RFC 6455 sections 5.2 to 5.6) and together hardly
 * chance, and when a frame ends where a TCP segment ends, as nearly all do: text
 * under a mask makes plausible headers easily, but not there.  Places are tried in
 * order.  Hostile bytes cost no more than others: a trial goes on where it waited,
 * and a chain that was refused is not walked again from another place. */
#include "decode/ws/resync.h"

#include <string.h>

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
#define SAME_MAX 128     /* bytes at each end of a frame that are compared with the one before */
#define FRAMES_MIN 3
#define ENOUGH_FRESH 15  /* one place is tried: three headers will do */
#define ENOUGH 32        /* up to 65,536 places are tried */
#define ENOUGH_END 26
#define LENGTH_MAX (UINT64_C(1) << 32)
#define PLACES_MAX 1024

/* Frames that may be walked again in one window for lack of evidence alone. */
#define WALK_MAX W101_WS_RESYNC_WINDOW

enum verdict { NO, YES, WAIT };

static bool same_ends(const uint8_t *a, const uint8_t *b, size_t n)
{
	size_t k = n < SAME_MAX ? n : SAME_MAX;
	return memcmp(a, b, k) == 0 && memcmp(a + n - k, b + n - k, k) == 0;
}

/* Bytes that repeat themselves make frames that repeat themselves: only what
 * differs from the frame before is evidence.  p: the window. */
static bool repeats(struct w101_ws_trial *t, const struct w101_ws_header *h, const uint8_t *p, size_t n)
{
	bool same = h->masked ? t->last_n && memcmp(t->last_mask, h->mask, sizeof h->mask) == 0
	                      : t->last_n == n && same_ends(p + t->last_at, p + t->at, n);
	memcpy(t->last_mask, h->mask, sizeof h->mask);
	t->last_at = t->at;
	t->last_n = n;
	return same;
}

static bool plausible(const struct w101_ws_header *h, const struct w101_ws_expect *x, enum w101_ws_between between)
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
	return between == W101_WS_ANY || continues == (between == W101_WS_INSIDE);
}

/* What may follow a plausible frame. */
static enum w101_ws_between behind(const struct w101_ws_header *h, enum w101_ws_between between)
{
	if (w101_ws_is_control(h->opcode))
		return between;
	return h->fin ? W101_WS_OUTSIDE : W101_WS_INSIDE;
}

/* False when the payload cannot be; adds what it proves. */
static bool payload_fits(const struct w101_ws_header *h, const uint8_t *p, unsigned *bits)
{
	uint8_t text[TEXT_MAX];
	size_t n = h->length < TEXT_MAX ? (size_t)h->length : TEXT_MAX;
	size_t head = h->opcode == W101_WS_CLOSE ? 2 : 0;
	struct w101_utf8 u;

	*bits += h->length ? BITS_HEADER : BITS_EMPTY;
	if (!n || h->rsv || (h->opcode != W101_WS_TEXT && !head))
		return true;
	if (n < head)
		return false;
	w101_ws_unmask(text, p, n, h->mask, 0);
	if (head) {
		if (w101_ws_code_class((unsigned)text[0] << 8 | text[1]) != W101_WS_CODE_FINE)
			return false;
		*bits += BITS_CODE;
	}
	w101_utf8_init(&u);
	if (!w101_utf8_feed(&u, text + head, n - head) || (h->fin && n == h->length && !w101_utf8_done(&u)))
		return false;
	/* what is not masked and no frame is often text all the same */
	unsigned most = h->masked ? 16 : 8;
	*bits += n - head < most ? (unsigned)(n - head) : most;
	return true;
}

static bool bit_is_set(const uint8_t *bits, size_t i)
{
	return bits[i / 8] >> (i % 8) & 1;
}

static void bit_set(uint8_t *bits, size_t i)
{
	bits[i / 8] |= (uint8_t)(1u << (i % 8));
}

static bool believed(const struct w101_ws_trial *t, bool fresh)
{
	return t->aligned && t->frames >= FRAMES_MIN && t->bits >= (fresh ? ENOUGH_FRESH : ENOUGH);
}

/* Walks on from where the trial stands.  NO: no chain of frames leads through
 * here.  WAIT: nothing speaks against the place, r->need bytes decide more. */
static enum verdict try_place(struct w101_ws_resync *r, bool over)
{
	struct w101_ws_trial *t = &r->trial;
	bool fresh = r->fresh && r->at == 0;

	while (t->at < r->window.n) {
		const uint8_t *p = r->window.p + t->at;
		size_t n = r->window.n - t->at;
		struct w101_ws_header h;

		t->aligned |= t->at > r->at && bit_is_set(r->begins, t->at);
		if (believed(t, fresh))
			return YES;
		if (bit_is_set(r->refused[t->between], t->at))
			return NO;
		if (!w101_ws_header_parse(p, n, &h)) {
			r->need = r->window.n + 1;
			return WAIT;
		}
		if (!plausible(&h, &r->expect, t->between))
			return NO;
		if (h.length > n - h.size) {
			r->need = h.length < W101_WS_RESYNC_WINDOW ? t->at + h.size + (size_t)h.length : SIZE_MAX;
			return WAIT;
		}
		size_t all = h.size + (size_t)h.length;
		unsigned bits = t->bits;
		if (!payload_fits(&h, p + h.size, &bits))
			return NO;
		if (!repeats(t, &h, r->window.p, all)) {
			t->bits = bits;
			t->frames++;
		}
		t->between = behind(&h, t->between);
		t->at += all;
		r->walked++;
	}
	if (believed(t, fresh))
		return YES;
	if (over && fresh)
		return t->frames && t->bits >= BITS_HEADER ? YES : WAIT;
	if (over)
		return t->frames > 1 && t->bits + BITS_END >= ENOUGH_END ? YES : WAIT;
	r->need = r->window.n + 1;
	return WAIT;
}

/* No chain that comes through where this one came need be walked again. */
static void refuse(struct w101_ws_resync *r)
{
	enum w101_ws_between between = W101_WS_ANY;
	struct w101_ws_header h;

	for (size_t at = r->at; at < r->trial.at; at += h.size + (size_t)h.length) {
		bit_set(r->refused[between], at);
		w101_ws_header_parse(r->window.p + at, r->window.n - at, &h);
		between = behind(&h, between);
	}
}

static void begin_place(struct w101_ws_resync *r, size_t at)
{
	r->at = at;
	r->need = 0;
	r->trial = (struct w101_ws_trial){ .at = at };
}

static void pass_over(struct w101_ws_resync *r, size_t n)
{
	r->skipped += n;
	r->offset += n;
	w101_buf_drop(&r->window, n);
	r->fresh = false;
	begin_place(r, 0);
}

static void clear_window(struct w101_ws_resync *r)
{
	size_t n = (r->window.n + 7) / 8;
	memset(r->begins, 0, n);
	for (size_t i = 0; i < 3; i++)
		memset(r->refused[i], 0, n);
	pass_over(r, r->window.n);
	r->walk_limit = r->walked + WALK_MAX;
	r->n_places = 0;
}

/* last: no more bytes will be added to this window; over: nor to the stream. */
static bool search(struct w101_ws_resync *r, bool last, bool over)
{
	while (r->at < r->window.n && (last || r->window.n >= r->need)) {
		enum verdict v = try_place(r, over);
		if (v == YES) {
			pass_over(r, r->at);
			return true;
		}
		if (v == WAIT && !last)
			return false;
		if (v == NO || r->walked > r->walk_limit)
			refuse(r);
		begin_place(r, r->at + 1);
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
	r->walk_limit = WALK_MAX;
	w101_buf_init(&r->window, q);
	return r;
}

void w101_ws_resync_free(struct w101_ws_resync *r)
{
	if (!r)
		return;
	struct w101_quota *q = r->window.quota;
	w101_buf_clear(&r->window);
	w101_free(q, r->places, r->cap_places * sizeof *r->places);
	w101_free(q, r, sizeof *r);
}

void w101_ws_resync_gap(struct w101_ws_resync *r)
{
	clear_window(r);
	r->fresh = true;
}

/* Every second place goes: its bytes count as carried by the packet before. */
static void thin_places(struct w101_ws_resync *r)
{
	for (size_t i = 1; r->places && i < r->n_places / 2; i++)
		r->places[i] = r->places[2 * i];
	r->n_places /= 2;
}

/* False: there is no memory for the first place of the window. */
static bool note_place(struct w101_ws_resync *r, const struct w101_chunk *c, uint64_t offset)
{
	const struct w101_chunk *last = r->places && r->n_places ? &r->places[r->n_places - 1] : NULL;
	if (last && last->packet == c->packet && last->at == c->at && last->acked == c->acked)
		return true;
	if (r->n_places == PLACES_MAX)
		thin_places(r);
	if (!r->places || r->n_places == r->cap_places) {
		size_t cap = r->cap_places ? r->cap_places * 2 : 8;
		struct w101_chunk *p =
			w101_realloc(r->window.quota, r->places, r->cap_places * sizeof *p, cap * sizeof *p);
		if (!p)
			return r->n_places > 0;
		r->places = p;
		r->cap_places = cap;
	}
	struct w101_chunk *place = &r->places[r->n_places++];
	*place = *c;
	place->bytes = (struct w101_bytes){ NULL, 0 };
	place->offset = offset;
	return true;
}

static bool keep(struct w101_ws_resync *r, const struct w101_chunk *c, size_t from, size_t n)
{
	if (!w101_buf_reserve(&r->window, n) || !note_place(r, c, c->offset + from))
		return false;
	if (c->packet != r->packet)
		bit_set(r->begins, r->window.n);
	r->packet = c->packet;
	return w101_buf_add(&r->window, c->bytes.p + from, n);
}

bool w101_ws_resync_data(struct w101_ws_resync *r, const struct w101_chunk *c, size_t *used)
{
	*used = 0;
	while (*used < c->bytes.n) {
		size_t left = c->bytes.n - *used, n = W101_WS_RESYNC_WINDOW - r->window.n;
		n = left < n ? left : n;
		if (r->window.n == 0)
			r->offset = c->offset + *used;
		bool kept = keep(r, c, *used, n);
		*used += n;
		if (!kept) {
			r->skipped += n;
			clear_window(r);
			continue;
		}
		if (search(r, false, false))
			return true;
		if (r->window.n == W101_WS_RESYNC_WINDOW) {
			if (search(r, true, false))
				return true;
			clear_window(r);
		}
	}
	return false;
}

bool w101_ws_resync_end(struct w101_ws_resync *r)
{
	if (search(r, true, true))
		return true;
	clear_window(r);
	return false;
}

bool w101_ws_resync_next(struct w101_ws_resync *r, struct w101_chunk *piece)
{
	while (r->given < r->n_places) {
		const struct w101_chunk *place = &r->places[r->given++];
		uint64_t from = place->offset > r->offset ? place->offset : r->offset;
		uint64_t to = r->given < r->n_places ? place[1].offset : r->offset + r->window.n;
		if (to <= from)
			continue;
		*piece = *place;
		piece->offset = from;
		piece->bytes = (struct w101_bytes){ r->window.p + (from - r->offset), (size_t)(to - from) };
		return true;
	}
	return false;
}
