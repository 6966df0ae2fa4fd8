/* Delivery of a connection's bytes.  In-order bytes go on without a copy; all
 * else waits in the queue of its direction until
 *   - the hole before it is filled, or given up (a gap), and
 *   - the bytes of the peer that it acknowledges were delivered.
 * Waiting ends by patience: so many packets of the connection, or so much
 * capture time, after the peer acknowledged what is missing. */
#include "stream/reassemble.h"

#include "base/ascii.h"
#include "stream/seq.h"

/* For a larger request no connection that is still read is given up. */
#define ROOM_FROM_LIVE (64u << 10)

uint64_t w101_half_ack_offset(const struct w101_half *h, uint32_t ack)
{
	int64_t offset = w101_seq_offset(h->base, h->next, ack);
	if (offset < 0 || (uint64_t)offset > h->seen_end + W101_FAR_AHEAD)
		return W101_OFFSET_NONE;
	if (h->fin && offset == h->fin_offset + 1)
		offset--; /* the FIN has a number but no byte */
	return (uint64_t)offset;
}

void w101_reassemble_begin_at(struct w101_stream *s, struct w101_flow *f, unsigned side, uint32_t base)
{
	struct w101_half *h = &f->live->half[side];
	w101_half_rebase(h, s->quota, base);
	f->isn[side] = base - 1;
	f->isn_known[side] = true;
}

/* ---- patience */

static bool over(const struct w101_live *l)
{
	return l->rst || (l->half[0].ended && l->half[1].ended);
}

static void wait_remove(struct w101_stream *s, struct w101_flow *f)
{
	struct w101_live *l = f->live;
	if (!l->waiting)
		return;
	*(l->wait_prev ? &l->wait_prev->live->wait_next : &s->wait_head) = l->wait_next;
	*(l->wait_next ? &l->wait_next->live->wait_prev : &s->wait_tail) = l->wait_prev;
	l->waiting = false;
}

static void wait_begin(struct w101_stream *s, struct w101_flow *f, w101_time now)
{
	struct w101_live *l = f->live;
	wait_remove(s, f);
	l->waiting = true;
	l->wait_since = now;
	l->wait_packets = 0;
	l->wait_over = over(l);
	for (unsigned side = 0; side < 2; side++) {
		l->wait_from[side] = l->half[side].next;
		l->wait_acked[side] = l->half[side].acked;
	}
	l->wait_prev = s->wait_tail;
	l->wait_next = NULL;
	*(s->wait_tail ? &s->wait_tail->live->wait_next : &s->wait_head) = f;
	s->wait_tail = f;
}

/* No more is read of this flow. */
static void give_up(struct w101_stream *s, struct w101_flow *f)
{
	wait_remove(s, f);
	f->user = NULL;
	w101_flow_give_live(&s->table, f);
}

/* ---- delivery; each returns false when the flow is no longer read */

static bool lose(struct w101_stream *s, struct w101_flow *f, unsigned side, uint64_t n, bool cut, uint64_t packet,
	w101_time at)
{
	struct w101_half *h = &f->live->half[side];
	struct w101_chunk where = { .offset = h->next, .packet = packet, .at = at, .acked = W101_OFFSET_NONE };
	h->next += n;
	h->lost += n;
	s->host.gap(s->host.self, f, w101_flow_dir(f, side), n, cut, &where);
	return f->live != NULL;
}

static bool deliver(struct w101_stream *s, struct w101_flow *f, unsigned side, const struct w101_waiting *w,
	struct w101_bytes b)
{
	struct w101_half *h = &f->live->half[side], *peer = &f->live->half[1 - side];
	uint32_t cut = w->len - (uint32_t)b.n;
	if (b.n) {
		struct w101_chunk c = { b, h->next, w->packet, w->at,
			w->has_ack && peer->based ? w101_half_ack_offset(peer, w->ack) : W101_OFFSET_NONE };
		w101_half_remember(h, h->next, b);
		h->next += b.n;
		h->delivered += b.n;
		if (s->host.data(s->host.self, f, w101_flow_dir(f, side), &c) == W101_FEED_DEAD) {
			give_up(s, f);
			return false;
		}
	}
	return !cut || lose(s, f, side, cut, true, w->packet, w->at);
}

/* Was everything delivered that the sender of this segment had received? */
static bool caused(const struct w101_flow *f, unsigned side, bool has_ack, uint32_t ack)
{
	const struct w101_half *peer = &f->live->half[1 - side];
	if (!has_ack || peer->ended)
		return true;
	if (!peer->based) /* an acknowledgment that has moved tells of bytes that were not seen yet */
		return peer->given_up || !(peer->queue || (peer->has_ack_min && w101_seq_diff(ack, peer->ack_min) > 0));
	uint64_t offset = w101_half_ack_offset(peer, ack);
	return offset == W101_OFFSET_NONE || offset <= peer->next || offset <= peer->waived;
}

/* Passes on what can be of one side; *moved is set when something was. */
static bool drain(struct w101_stream *s, struct w101_flow *f, unsigned side, bool *moved)
{
	struct w101_half *h = &f->live->half[side];
	while (h->based && h->queue && h->queue->offset <= (int64_t)h->next &&
		caused(f, side, h->queue->has_ack, h->queue->ack)) {
		struct w101_waiting *w = w101_half_pop(h);
		uint64_t skip = (uint64_t)((int64_t)h->next - w->offset); /* was passed on already */
		bool on = true;
		if (skip < w->len) {
			struct w101_waiting rest = *w;
			rest.len -= (uint32_t)skip;
			struct w101_bytes b = { w->data + (skip < w->have ? skip : w->have),
				skip < w->have ? w->have - (size_t)skip : 0 };
			on = deliver(s, f, side, &rest, b);
			*moved = true;
		}
		w101_waiting_free(s->quota, w);
		if (!on)
			return false;
	}
	if (h->fin && h->based && !h->ended && !h->queue && (int64_t)h->next >= h->fin_offset &&
		caused(f, side, h->fin_has_ack, h->fin_ack)) {
		const struct w101_half *peer = &f->live->half[1 - side];
		struct w101_chunk where = { .offset = h->next, .packet = h->fin_packet, .at = h->fin_at,
			.acked = h->fin_has_ack && peer->based ? w101_half_ack_offset(peer, h->fin_ack) : W101_OFFSET_NONE };
		h->ended = true;
		*moved = true;
		s->host.end(s->host.self, f, w101_flow_dir(f, side), W101_END_FIN, &where);
	}
	return f->live != NULL;
}

/* Both sides, until neither moves. */
static bool drain_both(struct w101_stream *s, struct w101_flow *f, bool *moved)
{
	for (bool again = true; again;) {
		again = false;
		if (!drain(s, f, f->client, &again) || !drain(s, f, 1 - f->client, &again))
			return false;
		*moved |= again;
	}
	return true;
}

static void overlap(struct w101_stream *s, struct w101_flow *f, unsigned side, const struct w101_waiting *like,
	struct w101_bytes data, int64_t at)
{
	struct w101_chunk where = { .offset = (uint64_t)(at < 0 ? 0 : at), .packet = like->packet, .at = like->at,
		.acked = W101_OFFSET_NONE };
	size_t skip = at > like->offset ? (size_t)(at - like->offset) : 0;
	struct w101_bytes seen = { data.p + skip, data.n - skip < 48 ? data.n - skip : 48 };
	s->host.finding(s->host.self, f,
		&(struct w101_finding){ .id = W101_F_tcp_overlap, .dir = w101_flow_dir(f, side), .offset = where.offset,
			.seen = seen, .wanted = W101_LIT("the bytes of the first copy, which were kept") },
		&where);
}

/* Offset of what waits next on one side: bytes or the FIN; -1: nothing does. */
static int64_t waits_at(const struct w101_half *h)
{
	return h->queue ? h->queue->offset : h->fin && !h->ended ? h->fin_offset : -1;
}

/* What waits for bytes of the peer waits no longer. */
static void waive(struct w101_flow *f, unsigned side)
{
	const struct w101_half *h = &f->live->half[side];
	struct w101_half *peer = &f->live->half[1 - side];
	uint64_t offset = w101_half_ack_offset(peer, h->queue ? h->queue->ack : h->fin_ack);
	peer->given_up = !peer->based;
	if (offset != W101_OFFSET_NONE && offset > peer->waived)
		peer->waived = offset;
}

/* The hole before the first waiting segment, or before the FIN, is lost. */
static bool lose_hole(struct w101_stream *s, struct w101_flow *f, unsigned side)
{
	struct w101_half *h = &f->live->half[side];
	const struct w101_waiting *w = h->queue;
	int64_t to = waits_at(h);
	if (!h->based || to <= (int64_t)h->next)
		return true;
	return lose(s, f, side, (uint64_t)to - h->next, false, w ? w->packet : h->fin_packet, w ? w->at : h->fin_at);
}

bool w101_reassemble_make_room(void *stream, uint64_t n)
{
	struct w101_stream *s = stream;
	struct w101_flow *f = w101_flow_victim(&s->table, s->busy, n <= ROOM_FROM_LIVE);
	if (!f)
		return false;
	if (f->live) {
		struct w101_chunk where = { .at = f->last, .acked = W101_OFFSET_NONE };
		if (f->user)
			s->host.finding(s->host.self, f,
				&(struct w101_finding){ .id = W101_F_limit_reached, .dir = W101_NO_DIR,
					.detail = W101_LIT("memory: this connection is no longer followed") },
				&where);
		w101_reassemble_finish(s, f, W101_END_EVICTED);
	}
	w101_flow_remove(&s->table, f);
	return true;
}

bool w101_reassemble_next(struct w101_stream *s, struct w101_flow *f, unsigned side, const struct w101_segment *seg,
	uint64_t packet, w101_time at)
{
	struct w101_live *l = f->live;
	struct w101_half *h = &l->half[side], *peer = &l->half[1 - side];
	if ((seg->flags & ~W101_TCP_PSH) != W101_TCP_ACK || !seg->payload.n || seg->payload.n != seg->payload_len ||
		!h->based || !peer->based || h->queue || peer->queue || h->fin || peer->fin || l->rst || l->waiting ||
		h->ended || peer->ended || seg->seq != h->base + (uint32_t)h->next)
		return false;
	int64_t acked = w101_seq_offset(peer->base, peer->next, seg->ack);
	if (acked < 0 || (uint64_t)acked > peer->next)
		return false;
	if ((uint64_t)acked > peer->acked)
		peer->acked = (uint64_t)acked;
	struct w101_chunk c = { seg->payload, h->next, packet, at, (uint64_t)acked };
	w101_half_remember(h, h->next, seg->payload);
	l->last_data = at > l->last_data ? at : l->last_data;
	h->far = 0;
	h->next += seg->payload.n;
	h->delivered += seg->payload.n;
	if (h->next > h->seen_end)
		h->seen_end = h->next;
	if (s->host.data(s->host.self, f, w101_flow_dir(f, side), &c) == W101_FEED_DEAD)
		give_up(s, f);
	return true;
}

bool w101_reassemble_data(struct w101_stream *s, struct w101_flow *f, unsigned side, const struct w101_waiting *like,
	struct w101_bytes b)
{
	struct w101_half *h = &f->live->half[side];
	if (h->ended)
		return true;
	int64_t end = like->offset + like->len;
	if (h->based) {
		if (end <= (int64_t)h->next) { /* an old copy; one byte is a keep-alive probe (RFC 9293 3.8.4) */
			if (b.n == like->len && b.n > 1 && w101_half_contradicts(h, (uint64_t)like->offset, b))
				overlap(s, f, side, like, b, like->offset);
			return true;
		}
		if ((uint64_t)end > h->seen_end)
			h->seen_end = (uint64_t)end;
		if (!h->queue && like->offset == (int64_t)h->next && caused(f, side, like->has_ack, like->ack))
			return deliver(s, f, side, like, b);
	}
	bool differs;
	int64_t differs_at = 0;
	w101_half_queue(h, s->quota, like, b, &differs, &differs_at); /* what the quota refuses becomes a gap */
	if (differs)
		overlap(s, f, side, like, b, differs_at);
	while (f->live && h->queue && h->queued > s->limits->reorder) { /* the bound: what is missing is given up */
		bool moved = false;
		if (!h->based)
			w101_reassemble_begin_at(s, f, side, h->base + (uint32_t)h->queue->offset);
		waive(f, side);
		if (!lose_hole(s, f, side) || !drain_both(s, f, &moved))
			return false;
	}
	return f->live != NULL;
}

/* Does this side wait for something that may never come? */
static bool stuck(const struct w101_live *l, unsigned side)
{
	const struct w101_half *h = &l->half[side];
	int64_t to = waits_at(h);
	if (!h->queue && !(h->fin && !h->ended))
		return false;
	if (!h->based || to <= (int64_t)h->next) /* its beginning, or its cause */
		return true;
	return (int64_t)h->acked >= to || !l->half[1 - side].seen;
}

/* Has anything come to wait that did not when patience began? */
static bool waits_anew(const struct w101_live *l)
{
	if (over(l))
		return !l->wait_over;
	for (unsigned side = 0; side < 2; side++)
		if (stuck(l, side) && l->half[side].next == l->wait_from[side])
			return false;
	return true;
}

/* Where an unsettled stream begins: the lowest byte seen, or what the peer
 * acknowledged when its SYN shows that it saw the whole. */
static void settle_unknown(struct w101_stream *s, struct w101_flow *f, unsigned side)
{
	struct w101_half *h = &f->live->half[side];
	if (h->based || !h->anchored)
		return;
	uint32_t base = h->base + (uint32_t)(h->queue ? h->queue->offset : h->fin_offset);
	if (f->syn[1 - side] && h->has_ack_min) {
		int32_t before = w101_seq_diff(base, h->ack_min);
		if (before > 0 && before <= (int32_t)s->limits->reorder)
			base = h->ack_min;
	}
	w101_reassemble_begin_at(s, f, side, base);
}

/* A RST whose place was never reached, though its side went on, was forged. */
static void doubt_rst(struct w101_live *l)
{
	const struct w101_half *h = &l->half[l->rst_side];
	if (l->rst && l->rst_doubted && h->based && w101_seq_diff(l->rst_seq, h->base + (uint32_t)h->next) > 0)
		l->rst = false;
}

/* Patience is over. */
static void attend(struct w101_stream *s, struct w101_flow *f, w101_time now)
{
	struct w101_live *l = f->live;
	bool moved = false;
	s->busy = f;
	wait_remove(s, f);
	for (unsigned side = 0; side < 2; side++)
		settle_unknown(s, f, side);
	if (!drain_both(s, f, &moved))
		return;
	do { /* every hole that was acknowledged when patience began */
		moved = false;
		for (unsigned side = 0; side < 2; side++) {
			struct w101_half *h = &l->half[side];
			int64_t to = waits_at(h);
			if (!stuck(l, side))
				continue;
			if (to <= (int64_t)h->next)
				waive(f, side);
			else if (((int64_t)l->wait_acked[side] >= to || !l->half[1 - side].seen) && !lose_hole(s, f, side))
				return;
		}
		if (!drain_both(s, f, &moved))
			return;
	} while (moved);
	doubt_rst(l);
	if (over(l))
		w101_reassemble_finish(s, f, l->rst ? W101_END_RST : W101_END_FIN);
	else if (stuck(l, 0) || stuck(l, 1))
		wait_begin(s, f, now);
}

void w101_reassemble_after(struct w101_stream *s, struct w101_flow *f, w101_time now)
{
	bool moved = false;
	struct w101_live *l = f->live;
	if ((l->half[0].queue || l->half[1].queue || l->half[0].fin || l->half[1].fin) && !drain_both(s, f, &moved))
		return;
	bool need = over(l) || stuck(l, 0) || stuck(l, 1);
	if (need && (!l->waiting || waits_anew(l)))
		wait_begin(s, f, now);
	else if (!need && l->waiting)
		wait_remove(s, f);
	else if (need && l->wait_packets >= s->limits->patience_packets)
		attend(s, f, now);
}

void w101_reassemble_expire(struct w101_stream *s, w101_time now)
{
	for (struct w101_flow *f; (f = s->wait_head);) {
		if (w101_elapsed(f->live->wait_since, now) <= s->limits->patience_time)
			return;
		attend(s, f, now);
	}
}

/* One direction's last bytes: what the peer acknowledged but nobody captured. */
static bool lose_tail(struct w101_stream *s, struct w101_flow *f, unsigned side)
{
	struct w101_half *h = &f->live->half[side];
	if (!h->based || !h->seen || h->ended || h->acked <= h->next)
		return true;
	uint64_t n = h->acked - h->next;
	if (n == 1 && !h->fin)
		return true; /* the number of a FIN that was not captured */
	return lose(s, f, side, n, false, 0, f->last);
}

void w101_reassemble_finish(struct w101_stream *s, struct w101_flow *f, enum w101_end why)
{
	struct w101_live *l = f->live;
	bool moved = false;
	if (!l)
		return;
	if (!s->quota->making)
		s->busy = f;
	wait_remove(s, f);
	for (unsigned side = 0; side < 2; side++)
		settle_unknown(s, f, side);
	for (;;) {
		if (!drain_both(s, f, &moved))
			return;
		/* of the two that are stuck, the one whose next bytes are earlier goes first */
		struct w101_half *h = l->half;
		if (!h[0].queue && !h[1].queue)
			break;
		unsigned side = !h[0].queue || (h[1].queue && h[1].queue->at < h[0].queue->at);
		if (h[side].queue->offset > (int64_t)h[side].next) {
			if (!lose_hole(s, f, side))
				return;
		} else {
			waive(f, side);
		}
	}
	for (unsigned side = 0; side < 2; side++) {
		if (!lose_hole(s, f, side) || !lose_tail(s, f, side))
			return;
		if (waits_at(&l->half[side]) >= 0)
			waive(f, side);
	}
	if (!drain_both(s, f, &moved))
		return;
	doubt_rst(l);
	unsigned first = l->rst ? l->rst_side : f->client;
	for (unsigned i = 0; i < 2; i++) {
		unsigned side = i ? 1 - first : first;
		struct w101_half *h = &l->half[side];
		if (h->ended)
			continue;
		h->ended = true;
		struct w101_chunk where = { .offset = h->next, .packet = l->rst ? l->rst_packet : 0,
			.at = l->rst ? l->rst_at : f->last, .acked = W101_OFFSET_NONE };
		enum w101_end how = !h->seen ? W101_END_CAPTURE : l->rst ? W101_END_RST : why;
		s->host.end(s->host.self, f, w101_flow_dir(f, side), how, &where);
	}
	s->host.close(s->host.self, f, l->rst ? W101_END_RST : why);
	give_up(s, f);
}
