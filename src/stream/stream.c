/* What a TCP segment does to its connection: it opens, acknowledges, carries
 * bytes, ends (RFC 9293 3.4, 3.5, 3.8).  Order and patience are reassemble.c's;
 * here a segment is understood.  Must not know what the bytes mean. */
#include "stream/stream.h"

#include <string.h>

#include "stream/reassemble.h"
#include "stream/seq.h"

/* A late SYN may come this many bytes before the first data seen. */
#define LATE_SYN (1 << 20)

struct w101_stream *w101_stream_new(const struct w101_stream_host *host, const struct w101_limits *limits,
	struct w101_quota *q, const uint8_t seed[16])
{
	struct w101_stream *s = w101_alloc0(q, sizeof *s);
	if (!s)
		return NULL;
	s->host = *host;
	s->limits = limits;
	s->quota = s->lone.quota = q;
	if (!w101_flow_table_init(&s->table, q, seed)) {
		w101_free(q, s, sizeof *s);
		return NULL;
	}
	q->make_room = w101_reassemble_make_room;
	q->room_self = s;
	return s;
}

void w101_stream_free(struct w101_stream *s)
{
	if (!s)
		return;
	if (s->quota->room_self == s)
		s->quota->make_room = NULL;
	for (struct w101_flow *f; (f = w101_flow_victim(&s->table, NULL, true));)
		w101_flow_remove(&s->table, f);
	w101_flow_table_clear(&s->table);
	w101_lone_clear(&s->lone);
	w101_free(s->quota, s, sizeof *s);
}

/* Is this SYN that of another connection on the same addresses and ports? */
static bool starts_anew(const struct w101_flow *f, unsigned side, const struct w101_segment *seg)
{
	if (f->isn_known[side] && (f->syn[side] || !f->live || f->live->half[side].next > 0))
		return seg->seq != f->isn[side];
	if (!f->live)
		return true;
	const struct w101_half *h = &f->live->half[side];
	if (!h->queue)
		return false;
	int64_t before = h->queue->offset - w101_seq_diff(seg->seq + 1, h->base);
	return before < 0 || before > LATE_SYN;
}

static void note_role(struct w101_flow *f, unsigned side, const struct w101_segment *seg, w101_time at)
{
	bool kept = f->live->half[0].next > 0 || f->live->half[1].next > 0;
	unsigned client = seg->flags & W101_TCP_ACK ? 1 - side : side;
	if (!f->role_sure && !kept) {
		f->client = (uint8_t)client;
		f->role_sure = true;
	}
	if (!(seg->flags & W101_TCP_ACK) && side == f->client)
		f->syn_at = at;
	if (seg->flags & W101_TCP_ACK && f->live->synack == W101_TIME_NONE)
		f->live->synack = at;
}

static void on_syn(struct w101_stream *s, struct w101_flow *f, unsigned side, const struct w101_segment *seg, w101_time at)
{
	struct w101_half *half = f->live->half;
	note_role(f, side, seg, at);
	if (!f->syn[side]) {
		f->syn[side] = true;
		if (!half[side].based)
			w101_reassemble_begin_at(s, f, side, seg->seq + 1);
	}
	if (seg->flags & W101_TCP_ACK && !half[1 - side].based)
		w101_reassemble_begin_at(s, f, 1 - side, seg->ack);
}

static void on_ack(struct w101_half *peer, uint32_t ack)
{
	if (!peer->based) {
		if (!peer->has_ack_min || w101_seq_diff(ack, peer->ack_min) < 0)
			peer->ack_min = ack;
		if (!peer->has_ack_min || w101_seq_diff(ack, peer->ack_max) > 0) {
			peer->ack_by_one = peer->has_ack_min && ack - peer->ack_max == 1;
			peer->ack_max = ack;
		}
		peer->has_ack_min = true;
		return;
	}
	uint64_t offset = w101_half_ack_offset(peer, ack);
	if (offset != W101_OFFSET_NONE && offset > peer->acked) {
		peer->ack_by_one = offset - peer->acked == 1;
		peer->acked = offset;
	}
}

static void anchor(struct w101_half *h, uint32_t seq)
{
	if (!h->anchored) {
		h->anchored = true;
		h->base = seq;
	}
}

/* ---- which connection a segment belongs to */

/* Flows of one key that are looked at for each segment: VLANs and tunnels in
 * which the same addresses and ports are in use at once.  Further ones are found
 * only where both sides are in the same. */
#define SAME_KEY_MAX 8
/* A side that goes on in another tunnel goes on where it was. */
#define MOVED_NEAR (1 << 20)

static bool near(uint32_t a, uint32_t b, int32_t within)
{
	int32_t d = w101_seq_diff(a, b);
	return d <= within && d >= -within;
}

static uint32_t reached(const struct w101_half *h)
{
	return h->base + (uint32_t)(h->next > h->seen_end ? h->next : h->seen_end);
}

/* Do the numbers of a segment fit what is known of the flow?  1: they do; 0: nothing
 * tells; -1: they do not.  close: only when those of both sides tell, and are near. */
static int fits(const struct w101_flow *f, unsigned side, const struct w101_segment *seg, bool close)
{
	unsigned other = 1 - side;
	bool ack = seg->flags & W101_TCP_ACK;
	if (seg->flags & W101_TCP_SYN) {
		int32_t beyond = w101_seq_diff(seg->ack, f->isn[other] + 1); /* data on the SYN */
		return !ack || !f->syn[other] ? 0 : beyond >= 0 && beyond <= UINT16_MAX ? 1 : -1;
	}
	if (!f->live) {
		int32_t d = w101_seq_diff(seg->ack, f->isn[other]);
		return !close && ack && f->isn_known[other] && d > 0 && d <= W101_FAR_AHEAD;
	}
	const struct w101_half *mine = &f->live->half[side], *theirs = &f->live->half[other];
	int32_t within = close ? MOVED_NEAR : (int32_t)W101_FAR_AHEAD;
	bool by_ack = ack && theirs->anchored, by_seq = mine->anchored || mine->has_ack_min;
	if ((by_ack && !near(seg->ack, reached(theirs), within)) ||
		(by_seq && !near(seg->seq, mine->anchored ? reached(mine) : mine->ack_min, within)))
		return -1;
	return close ? by_ack && by_seq : by_ack || by_seq;
}

/* How well a segment belongs to a flow of its key; 0: not at all. */
static int belongs(const struct w101_flow *f, unsigned side, const struct w101_segment *seg)
{
	bool opens = (seg->flags & (W101_TCP_SYN | W101_TCP_ACK)) == W101_TCP_SYN;
	int fit = fits(f, side, seg, false);
	if (f->placed[side] && f->context[side] == seg->context)
		return fit > 0 ? 7 : fit == 0 ? 4 : 1;
	if (!f->placed[side] && f->context[1 - side] == seg->context)
		return fit > 0 ? 6 : fit == 0 ? 3 : 1;
	if (opens)
		return 0;
	if (!f->placed[side])
		return fit > 0 ? 5 : 0;
	return fits(f, side, seg, true) > 0 ? 2 : 0;
}

struct found {
	struct w101_flow *flow; /* NULL: a new one */
	struct w101_flow *over; /* one of its key that is ignored or over; NULL: none */
	unsigned same;          /* flows of its key, SAME_KEY_MAX at most */
};

/* Each side of a connection has its own VLAN or tunnel, which mostly is the
 * same.  Where it is not (GTP-U has an endpoint for each direction, a mirror may
 * tag one of them), or changes on the way, the numbers tell whose it is. */
static struct found find(const struct w101_stream *s, const struct w101_flow_key *key, uint64_t hash, unsigned side,
	const struct w101_segment *seg)
{
	struct found r = { NULL, NULL, 0 };
	int best = 0;
	struct w101_flow *only = w101_flow_next(&s->table, NULL, key, hash), *f = only;
	if (only && !only->shared && only->placed[side] && only->context[side] == seg->context)
		return (struct found){ only, NULL, 1 };
	for (; f && r.same < SAME_KEY_MAX; f = w101_flow_next(&s->table, f, key, hash)) {
		int how = belongs(f, side, seg);
		r.same++;
		r.over = f->live ? r.over : f;
		if (how > best) {
			best = how;
			r.flow = f;
		}
	}
	if (best > 1 || r.same < SAME_KEY_MAX)
		return r;
	uint64_t there = w101_flow_hash_in(&s->table, hash, seg->context);
	for (f = NULL; (f = w101_flow_next(&s->table, f, key, there));)
		if (f->placed[side] ? f->context[side] == seg->context : f->context[1 - side] == seg->context) {
			r.flow = f;
			break;
		}
	return r;
}

/* Where a new flow is kept: with the others of its key, or, when they are too
 * many, by its VLAN or tunnel, too.  One that is over makes room. */
static uint64_t place_for(struct w101_stream *s, const struct found *r, uint64_t hash, uint64_t context)
{
	if (r->same < SAME_KEY_MAX)
		return hash;
	if (!r->over)
		return w101_flow_hash_in(&s->table, hash, context);
	w101_flow_move(&s->table, r->over,
		w101_flow_hash_in(&s->table, hash, r->over->context[r->over->placed[0] ? 0 : 1]));
	return hash;
}

static struct w101_flow *new_flow(struct w101_stream *s, const struct w101_flow_key *key, uint64_t hash, bool shared,
	unsigned side, const struct w101_segment *seg, w101_time at)
{
	struct w101_flow *f = w101_flow_add(&s->table, key, hash);
	if (!f)
		return NULL;
	for (struct w101_flow *g = f; shared && g; g = w101_flow_next(&s->table, g, key, hash))
		g->shared = true;
	f->first = f->last = at;
	f->syn_at = W101_TIME_NONE;
	f->live->synack = f->live->last_data = f->live->rst_at = W101_TIME_NONE;
	/* without a SYN the ephemeral port is a guess; the host may know better */
	f->client = (uint8_t)(seg->src.port < seg->dst.port ? 1 - side : side);
	return f;
}

/* ---- SYNs without an answer (lone.c) */

static bool is_lone(const struct w101_segment *seg)
{
	return seg->flags == W101_TCP_SYN && !seg->payload_len;
}

/* More came: the SYN becomes a connection, as if it had been one from the beginning. */
static void promote(struct w101_stream *s, const struct w101_flow_key *key, uint64_t hash, struct w101_lone *e)
{
	unsigned side = w101_lone_side(e);
	const struct w101_segment syn = { .src = w101_flow_endpoint(key, side), .dst = w101_flow_endpoint(key, 1 - side),
		.context = e->context, .seq = e->seq, .flags = W101_TCP_SYN };
	struct w101_flow *f = new_flow(s, key, hash, w101_flow_next(&s->table, NULL, key, hash) != NULL, side, &syn, e->at);
	if (f) {
		f->number = e->number;
		f->referenced = f->placed[side] = f->live->half[side].seen = true;
		f->context[side] = e->context;
		on_syn(s, f, side, &syn, e->at);
	}
	w101_lone_remove(&s->lone, e);
}

/* The number of the connection that this SYN may begin; 0: it needs an entry in the flow table at once. */
static uint32_t keep_lone(struct w101_stream *s, const struct w101_segment *seg, uint64_t hash, unsigned side, w101_time at)
{
	struct w101_lone *e = w101_lone_add(&s->lone, hash, side);
	if (!e)
		return 0;
	e->at = at;
	e->context = seg->context;
	e->seq = seg->seq;
	e->number = (uint32_t)++s->n_flows;
	return e->number;
}

uint32_t w101_stream_segment(struct w101_stream *s, const struct w101_segment *seg, uint64_t packet, w101_time at)
{
	struct w101_stream_ahead a;
	w101_stream_ahead(s, seg, &a);
	return w101_stream_segment_ahead(s, seg, &a, packet, at);
}

void w101_stream_ahead(const struct w101_stream *s, const struct w101_segment *seg, struct w101_stream_ahead *a)
{
	struct w101_flow_key key;
	_Static_assert(sizeof key == sizeof a->key, "a key is as many words");
	w101_flow_key(seg, &key, &a->side);
	memcpy(a->key, &key, sizeof key);
	a->hash = w101_flow_hash(&s->table, &key);
	__builtin_prefetch(&s->table.bucket[a->hash & (s->table.n_buckets - 1)]);
	w101_lone_ahead(&s->lone, a->hash);
}

void w101_stream_ahead_flow(const struct w101_stream *s, const struct w101_stream_ahead *a)
{
	const struct w101_flow *f = s->table.bucket[a->hash & (s->table.n_buckets - 1)];
	if (!f)
		return;
	__builtin_prefetch(f);
	__builtin_prefetch((const char *)f + 64);
}

void *w101_stream_ahead_live(const struct w101_stream *s, const struct w101_stream_ahead *a)
{
	const struct w101_flow *f = s->table.bucket[a->hash & (s->table.n_buckets - 1)];
	if (!f || f->hash != a->hash || !f->live)
		return NULL;
	const char *mine = (const char *)&f->live->half[a->side];
	__builtin_prefetch(f->live);
	__builtin_prefetch(mine, 1);
	__builtin_prefetch(mine + 64, 1);
	__builtin_prefetch(&f->live->half[1 - a->side]);
	return f->user;
}

void *w101_stream_ahead_user(const struct w101_stream *s, const struct w101_stream_ahead *a)
{
	const struct w101_flow *f = s->table.bucket[a->hash & (s->table.n_buckets - 1)];
	return f && f->hash == a->hash && f->live ? f->user : NULL;
}

uint32_t w101_stream_segment_ahead(struct w101_stream *s, const struct w101_segment *seg,
	const struct w101_stream_ahead *a, uint64_t packet, w101_time at)
{
	struct w101_flow_key key;
	unsigned side = a->side;
	uint64_t hash = a->hash;
	memcpy(&key, a->key, sizeof key);
	w101_reassemble_expire(s, at);
	struct w101_lone *lone = w101_lone_find(&s->lone, hash);
	if (lone) {
		s->busy = NULL;
		promote(s, &key, hash, lone);
	}
	struct found found = find(s, &key, hash, side, seg);
	struct w101_flow *f = found.flow;
	bool syn = seg->flags & W101_TCP_SYN;
	s->busy = f;
	if (f && syn && starts_anew(f, side, seg)) {
		w101_reassemble_finish(s, f, W101_END_CAPTURE);
		hash = f->hash;
		w101_flow_remove(&s->table, f);
		found.same--;
		f = NULL;
	} else if (!f) {
		uint32_t kept = !found.same && is_lone(seg) ? keep_lone(s, seg, hash, side, at) : 0;
		if (kept)
			return kept;
		hash = place_for(s, &found, hash, seg->context);
	}
	if (!f) {
		if (!(f = new_flow(s, &key, hash, found.same > 0, side, seg, at)))
			return 0;
		f->number = (uint32_t)++s->n_flows;
	}
	s->busy = f;
	f->referenced = true;
	f->placed[side] = true;
	f->context[side] = seg->context;
	if (at > f->last)
		f->last = at;
	if (at < f->first)
		f->first = at;
	uint32_t number = f->number;
	if (!f->live)
		return number;

	struct w101_half *half = &f->live->half[side], *peer = &f->live->half[1 - side];
	half->seen = true;
	if (f->spoke && w101_reassemble_next(s, f, side, seg, packet, at))
		return number;
	if (f->live->waiting)
		f->live->wait_packets++;
	if (syn)
		on_syn(s, f, side, seg, at);
	bool ack = seg->flags & W101_TCP_ACK && !(seg->flags & W101_TCP_RST);
	if (ack)
		on_ack(peer, seg->ack);

	uint32_t seq = seg->seq + syn;
	if (!(seg->flags & W101_TCP_RST) && f->live->rst && f->live->rst_side == side && at > f->live->rst_at)
		f->live->rst_doubted = true;
	if (seg->payload_len && !(seg->flags & W101_TCP_RST) &&
		w101_half_plausible(half, w101_seq_offset(half->base, half->next, seq))) {
		w101_flow_spoke(&s->table, f);
		anchor(half, seq);
		f->live->last_data = f->live->last_data > at ? f->live->last_data : at;
		if (f->live->rst && f->live->rst_side == side && at > f->live->rst_at &&
			w101_seq_diff(seq + seg->payload_len, f->live->rst_seq) > 0)
			f->live->rst = false; /* who goes on sending did not reset: the RST was not its own */
		struct w101_waiting like = { .len = seg->payload_len, .packet = packet, .at = at, .ack = seg->ack, .has_ack = ack,
			.offset = w101_seq_offset(half->base, half->next, seq) };
		if (!w101_reassemble_data(s, f, side, &like, seg->payload))
			return number;
	}
	if (seg->flags & W101_TCP_FIN && !half->fin) {
		anchor(half, seq + seg->payload_len);
		int64_t offset = w101_seq_offset(half->base, half->next, seq + seg->payload_len);
		int64_t known = (int64_t)(half->seen_end > half->acked ? half->seen_end : half->acked);
		if (!half->based || (offset >= (int64_t)half->next && offset <= known + W101_FAR_AHEAD)) {
			half->fin = true;
			half->fin_offset = offset;
			half->fin_ack = seg->ack;
			half->fin_has_ack = ack;
			half->fin_at = at;
			half->fin_packet = packet;
		}
	}
	if (seg->flags & W101_TCP_RST && !f->live->rst) {
		f->live->rst = true;
		f->live->rst_side = (uint8_t)side;
		f->live->rst_seq = seg->seq;
		f->live->rst_doubted = false;
		f->live->rst_at = at;
		f->live->rst_packet = packet;
	}
	w101_reassemble_after(s, f, at);
	return number;
}

void w101_stream_tick(struct w101_stream *s, w101_time now)
{
	w101_reassemble_expire(s, now);
}

void w101_stream_flush(struct w101_stream *s)
{
	for (struct w101_flow *f; (f = s->table.live.head) || (f = s->table.silent.head);)
		w101_reassemble_finish(s, f, W101_END_CAPTURE);
}

uint64_t w101_stream_flows(const struct w101_stream *s)
{
	return s->n_flows;
}

/* Who sent its FIN first: the other's FIN acknowledges it, else by time. */
static enum w101_dir fin_first(const struct w101_flow *f)
{
	const struct w101_half *h = f->live->half;
	if (!h[0].fin || !h[1].fin)
		return h[0].fin ? w101_flow_dir(f, 0) : h[1].fin ? w101_flow_dir(f, 1) : W101_NO_DIR;
	for (unsigned side = 0; side < 2; side++) {
		const struct w101_half *other = &h[1 - side];
		if (h[side].based && other->fin_has_ack && other->fin_ack == h[side].base + (uint32_t)h[side].fin_offset + 1)
			return w101_flow_dir(f, side);
	}
	bool second = h[1].fin_at == h[0].fin_at ? h[1].fin_packet < h[0].fin_packet : h[1].fin_at < h[0].fin_at;
	return w101_flow_dir(f, second);
}

/* Bytes of a side without any in the capture, by what the other acknowledged.
 * When that ended with a single number and its sender has ended too, it was the
 * number of the FIN. */
static uint64_t acknowledged(const struct w101_live *l, unsigned side)
{
	const struct w101_half *h = &l->half[side];
	uint64_t n = h->based ? h->acked : h->has_ack_min ? h->ack_max - h->ack_min : 0;
	return n - (n && h->ack_by_one && !h->fin && (l->half[1 - side].fin || l->rst));
}

/* Of this side there are packets, but none of the bytes that the other read: they were lost, or are no longer
 * waited for. */
static bool bytes_not_captured(const struct w101_half *h)
{
	return h->seen && !h->delivered && !h->queue &&
		(h->lost > 1 || h->waived > h->next + 1 || (h->given_up && h->ack_max - h->ack_min > 1));
}

void w101_flow_info(const struct w101_flow *f, struct w101_flow_info *i)
{
	*i = (struct w101_flow_info){ .number = f->number, .client = w101_flow_endpoint(&f->key, f->client),
		.server = w101_flow_endpoint(&f->key, 1 - f->client),
		.role_sure = f->role_sure, .midstream = !f->syn[0] && !f->syn[1], .first = f->first, .last = f->last,
		.syn = f->syn_at, .synack = W101_TIME_NONE, .last_data = W101_TIME_NONE, .rst_at = W101_TIME_NONE,
		.rst_by = W101_NO_DIR, .fin_first = W101_NO_DIR };
	for (unsigned side = 0; side < 2; side++)
		i->context[w101_flow_dir(f, side)] = f->context[f->placed[side] ? side : 1 - side];
	const struct w101_live *l = f->live;
	for (unsigned side = 0; side < 2 && l; side++) {
		const struct w101_half *h = &l->half[side];
		enum w101_dir d = w101_flow_dir(f, side);
		i->delivered[d] = h->delivered;
		i->lost[d] = h->lost;
		i->fin[d] = h->fin;
		i->fin_at[d] = h->fin ? h->fin_at : W101_TIME_NONE;
		i->fin_packet[d] = h->fin_packet;
		bool almost = d == W101_SERVER && bytes_not_captured(h);
		if (h->seen && !almost)
			continue;
		i->one_way = true;
		i->almost = almost;
		if (!h->lost)
			i->lost[d] = acknowledged(l, side);
		i->one_way_sure = almost || i->lost[d] > 1 || (f->syn[1 - side] && (h->based || h->has_ack_min));
	}
	if (l) {
		i->synack = l->synack;
		i->last_data = l->last_data;
		i->fin_first = fin_first(f);
		i->rst = l->rst;
		i->rst_at = l->rst_at;
		i->rst_packet = l->rst_packet;
		if (l->rst)
			i->rst_by = w101_flow_dir(f, l->rst_side);
	}
}

uint32_t w101_flow_number(const struct w101_flow *f)
{
	return f->number;
}

void *w101_flow_user(const struct w101_flow *f)
{
	return f->user;
}

void w101_flow_set_user(struct w101_flow *f, void *user)
{
	f->user = user;
}

void w101_flow_swap(struct w101_flow *f)
{
	f->client = (uint8_t)(1 - f->client);
}
