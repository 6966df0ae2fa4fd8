/* What control frames mean for the connection (RFC 6455 sections 5.5, 7.1 and
 * 7.4).  Knows no data frames. */
#include "decode/ws/control.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/hash.h"
#include "decode/ws/close.h"

#define PINGS 32    /* remembered of a side */
#define BURST 100   /* Pings within a second */

/* How long a connection goes on before a Ping without a Pong is one that was not answered. */
#define UNANSWERED_TIME (10 * W101_SECOND)
#define UNANSWERED_FRAMES 20 /* of the side that should answer, sent when it had the Ping */

struct w101_ws_place {
	uint64_t offset, end, packet;
	w101_time at;
};

struct w101_ws_pings {
	uint32_t hash[PINGS]; /* of the payloads; Ping i is in slot i % PINGS */
	uint32_t answered;    /* bit a slot: by a Pong to it or to a later one */
	uint32_t n;
	w101_time last;
	w101_time *burst;     /* times of the last BURST Pings, while they come fast */
	uint32_t n_burst;
	uint32_t waiting;     /* Pings in a row without a Pong */
	struct w101_ws_place first, newest; /* of these; first: the oldest whose place is known */
	uint8_t frames;       /* that the other side sent since it had the first */
	bool went_on;
};

static uint32_t payload_hash(struct w101_bytes payload, uint64_t length)
{
	static const uint8_t seed[16]; /* a collision hides one info: not worth a secret */
	size_t n = payload.n < W101_WS_CONTROL_MAX ? payload.n : W101_WS_CONTROL_MAX;
	return (uint32_t)(w101_hash(seed, payload.p, n) + length);
}

static void burst_free(struct w101_ws *ws, struct w101_ws_pings *p)
{
	w101_free(ws->quota, p->burst, BURST * sizeof *p->burst);
	p->burst = NULL;
	p->n_burst = 0;
}

static void ping_rate(struct w101_ws *ws, enum w101_dir dir, struct w101_ws_pings *p)
{
	bool fast = p->last != W101_TIME_NONE && w101_elapsed(p->last, ws->at) <= W101_SECOND;
	if (!fast) {
		burst_free(ws, p);
	} else if (!p->burst) {
		p->burst = w101_alloc(ws->quota, BURST * sizeof *p->burst);
		if (p->burst)
			p->burst[p->n_burst++] = p->last;
	}
	p->last = ws->at;
	if (!p->burst)
		return;
	p->burst[p->n_burst++ % BURST] = ws->at;
	if (p->n_burst >= BURST && w101_elapsed(p->burst[p->n_burst % BURST], ws->at) <= W101_SECOND) {
		w101_ws_report_frame(ws, dir, W101_F_ws_flood, NULL, "100 Pings within 1 s");
		burst_free(ws, p);
		p->last = W101_TIME_NONE;
	}
}

static void wait_from_newest(struct w101_ws_pings *p)
{
	p->first = p->newest;
	p->frames = 0;
	p->went_on = false;
}

static void ping(struct w101_ws *ws, enum w101_dir dir, struct w101_bytes shown)
{
	struct w101_ws_side *s = &ws->side[dir];
	if (!s->pings) {
		s->pings = w101_alloc0(ws->quota, sizeof *s->pings);
		if (!s->pings) {
			s->pings_lost = true;
			return;
		}
		s->pings->last = W101_TIME_NONE;
	}
	struct w101_ws_pings *p = s->pings;
	ping_rate(ws, dir, p);
	if (s->hole) {
		s->pings_lost = true;
		return;
	}
	uint32_t bit = UINT32_C(1) << p->n % PINGS;
	if (p->n >= PINGS && !(p->answered & bit))
		s->pings_unknown = true;
	p->answered &= ~bit;
	p->hash[p->n++ % PINGS] = payload_hash(shown, s->head.length);
	p->newest = (struct w101_ws_place){ s->offset, s->offset + s->head.size + s->head.length, ws->packet, ws->at };
	if (p->waiting++ == 0)
		wait_from_newest(p);
}

/* A Pong may answer any Ping, and answers the earlier ones with it. */
static void pong(struct w101_ws *ws, enum w101_dir dir, struct w101_bytes shown)
{
	const struct w101_ws_side *s = &ws->side[dir];
	struct w101_ws_side *pinger = &ws->side[w101_dir_other(dir)];
	struct w101_ws_pings *p = pinger->pings;
	uint32_t kept = !p ? 0 : p->n < PINGS ? p->n : PINGS;

	if (s->hole) {
		w101_ws_pong_lost(ws, dir);
		return;
	}
	uint32_t hash = payload_hash(shown, s->head.length);
	for (uint32_t age = 1; age <= kept; age++) {
		if (p->hash[(p->n - age) % PINGS] != hash)
			continue;
		if (p->waiting >= age) {
			p->waiting = age - 1;
			wait_from_newest(p);
		}
		for (; age <= kept; age++)
			p->answered |= UINT32_C(1) << (p->n - age) % PINGS;
		pinger->pings_unknown = false;
		return;
	}
	if (!pinger->pings_unknown && !pinger->pings_lost)
		w101_ws_report(ws, dir, W101_F_ws_pong_unsolicited, s->offset, shown, NULL, NULL);
	else
		w101_ws_pong_lost(ws, dir); /* perhaps to a Ping that was not captured, later than those that wait */
}

void w101_ws_pong_lost(struct w101_ws *ws, enum w101_dir dir)
{
	struct w101_ws_pings *p = ws->side[w101_dir_other(dir)].pings;
	if (p)
		p->waiting = 0;
}

void w101_ws_goes_on(struct w101_ws *ws, enum w101_dir dir)
{
	if (ws->side[W101_CLIENT].closed || ws->side[W101_SERVER].closed)
		return;
	for (unsigned d = 0; d < 2; d++) {
		struct w101_ws_pings *p = ws->side[d].pings;
		if (!p || !p->waiting || p->went_on || (ws->assumed && !ws->side[w101_dir_other((enum w101_dir)d)].any))
			continue;
		bool had_it = ws->acked == UINT64_MAX ? ws->at > p->first.at : ws->acked >= p->first.end;
		if (d != (unsigned)dir && had_it)
			p->frames++;
		p->went_on = p->frames >= UNANSWERED_FRAMES || w101_elapsed(p->first.at, ws->at) >= UNANSWERED_TIME;
	}
}

void w101_ws_pings_finish(struct w101_ws *ws)
{
	for (unsigned d = 0; d < 2; d++) {
		const struct w101_ws_pings *p = ws->side[d].pings;
		const struct w101_ws_side *other = &ws->side[w101_dir_other((enum w101_dir)d)];
		if (!p || !p->waiting || !p->went_on || other->broken || other->resync)
			continue;
		char text[48];
		snprintf(text, sizeof text, "%u Pings in a row", p->waiting);
		w101_ws_tell_place(ws, p->first.packet, p->first.at);
		w101_ws_report(ws, (enum w101_dir)d, W101_F_ws_ping_unanswered, p->first.offset, (struct w101_bytes){ NULL, 0 },
			"a Pong", p->waiting > 1 ? text : NULL);
		w101_ws_tell_place(ws, ws->packet, ws->at);
	}
}

bool w101_ws_close_read(struct w101_bytes payload, unsigned *code, struct w101_bytes *reason)
{
	*code = 0;
	*reason = (struct w101_bytes){ NULL, 0 };
	if (payload.n < 2)
		return false;
	*code = (unsigned)payload.p[0] << 8 | payload.p[1];
	*reason = (struct w101_bytes){ payload.p + 2, payload.n - 2 };
	return true;
}

/* An answer repeats the code it got (RFC 6455 5.5.1): the choice was the other's.
 * What was searched for after a gap is read later than it came. */
static bool repeated(const struct w101_ws_closing *first, unsigned code, uint64_t packet, w101_time at)
{
	return first && first->has_code && first->code == code &&
	       (first->at < at || (first->at == at && first->packet <= packet));
}

static void judge_role(struct w101_ws *ws, enum w101_dir dir, uint64_t offset, unsigned code)
{
	char text[16];
	int n = snprintf(text, sizeof text, "%u", code);
	struct w101_bytes seen = { (const uint8_t *)text, (size_t)n };

	if (code == 1010 && dir == W101_SERVER)
		w101_ws_report(ws, dir, W101_F_close_role, offset, seen, NULL, w101_ws_code_name(code));
	if (code == 1011 && dir == W101_CLIENT)
		w101_ws_report(ws, dir, W101_F_close_role_1011, offset, seen, NULL, w101_ws_code_name(code));
}

/* The other side was searched for frames when this one closed: unless it was in
 * vain, it is known now which Close repeats which. */
static void judge_role_due(struct w101_ws *ws, enum w101_dir dir)
{
	const struct w101_ws_side *s = &ws->side[dir], *other = &ws->side[w101_dir_other(dir)];
	const struct w101_ws_closing *c = s->closing;

	if (!s->role_due || !c || other->resync || other->broken || repeated(other->closing, c->code, c->packet, c->at))
		return;
	w101_ws_tell_place(ws, c->packet, c->at);
	judge_role(ws, dir, c->offset, c->code);
	w101_ws_tell_place(ws, ws->packet, ws->at);
}

static void judge_code(struct w101_ws *ws, enum w101_dir dir, unsigned code)
{
	struct w101_ws_side *s = &ws->side[dir];
	enum w101_ws_code_class class = w101_ws_code_class(code);
	char text[16];
	int n = snprintf(text, sizeof text, "%u", code);
	struct w101_bytes seen = { (const uint8_t *)text, (size_t)n };

	if (class == W101_WS_CODE_LOCAL)
		w101_ws_report(ws, dir, W101_F_close_reserved, s->offset, seen, NULL, w101_ws_code_name(code));
	if (class == W101_WS_CODE_UNDEFINED)
		w101_ws_report(ws, dir, W101_F_close_range, s->offset, seen, NULL, NULL);
	s->close_fault |= class != W101_WS_CODE_FINE;
	const struct w101_ws_side *other = &ws->side[w101_dir_other(dir)];
	if (other->resync)
		s->role_due |= !s->closed;
	else if (!repeated(other->closing, code, ws->packet, ws->at))
		judge_role(ws, dir, s->offset, code);
}

static void judge_reason(struct w101_ws *ws, enum w101_dir dir, struct w101_bytes reason, bool whole)
{
	struct w101_ws_side *s = &ws->side[dir];
	struct w101_utf8 u;
	char text[48];

	w101_utf8_init(&u);
	if (w101_utf8_feed(&u, reason.p, reason.n) && (!whole || w101_utf8_done(&u)))
		return;
	s->close_fault = true;
	snprintf(text, sizeof text, "byte %llu of the reason", (unsigned long long)(u.bad ? u.bad_at : u.at));
	w101_ws_report(ws, dir, W101_F_close_utf8, s->offset, reason, "UTF-8", text);
}

/* The later Close is an answer only if its sender had the other one by then. */
static void judge_answer(struct w101_ws *ws)
{
	enum w101_dir by = w101_ws_close_by(ws), other = w101_dir_other(by);
	const struct w101_ws_closing *first = ws->side[by].closing, *answer = ws->side[other].closing;
	char seen[16], wanted[16];

	if (!first || !answer || !first->has_code || !answer->has_code || first->code == answer->code ||
		answer->acked < first->end)
		return;
	int n = snprintf(seen, sizeof seen, "%u", answer->code);
	snprintf(wanted, sizeof wanted, "%u", first->code);
	w101_ws_report(ws, other, W101_F_close_code_differs, answer->offset,
		(struct w101_bytes){ (const uint8_t *)seen, (size_t)n }, wanted, NULL);
}

static void close_frame(struct w101_ws *ws, enum w101_dir dir, struct w101_bytes shown)
{
	struct w101_ws_side *s = &ws->side[dir], *other = &ws->side[w101_dir_other(dir)];
	struct w101_bytes reason;
	unsigned code;
	bool has_code = w101_ws_close_read(shown, &code, &reason);

	if (s->head.length == 1) {
		s->close_fault = true;
		w101_ws_report_frame(ws, dir, W101_F_close_length, "0, or 2 and more bytes", NULL);
	}
	if (has_code) {
		judge_code(ws, dir, code);
		judge_reason(ws, dir, reason, shown.n == s->head.length);
	}
	if (s->closed)
		return;
	s->closed = true;
	s->closing = w101_alloc(ws->quota, sizeof *s->closing);
	if (s->closing) {
		struct w101_ws_closing *c = s->closing;
		*c = (struct w101_ws_closing){
			.offset = s->offset,
			.end = s->offset + s->head.size + s->head.length,
			.acked = ws->acked,
			.packet = ws->packet,
			.at = ws->at,
			.code = (uint16_t)code,
			.has_code = has_code,
			.n_reason = (uint8_t)(reason.n < sizeof c->reason ? reason.n : sizeof c->reason),
		};
		if (c->n_reason)
			memcpy(c->reason, reason.p, c->n_reason);
	}
	if (other->closed)
		judge_answer(ws);
	else
		ws->first_close = (uint8_t)dir;
}

void w101_ws_control(struct w101_ws *ws, enum w101_dir dir, struct w101_bytes shown)
{
	switch (ws->side[dir].head.opcode) {
	case W101_WS_CLOSE:
		close_frame(ws, dir, shown);
		break;
	case W101_WS_PING:
		ping(ws, dir, shown);
		break;
	case W101_WS_PONG:
		pong(ws, dir, shown);
		break;
	default:
		break;
	}
}

enum w101_dir w101_ws_close_by(const struct w101_ws *ws)
{
	const struct w101_ws_side *c = &ws->side[W101_CLIENT], *s = &ws->side[W101_SERVER];
	if (!c->closed && !s->closed)
		return W101_NO_DIR;
	if (!c->closed || !s->closed)
		return c->closed ? W101_CLIENT : W101_SERVER;
	const struct w101_ws_closing *a = c->closing, *b = s->closing;
	if (!a || !b)
		return (enum w101_dir)ws->first_close;
	/* who had received the other's Close answered it; clocks are asked only when neither had */
	if (a->acked != UINT64_MAX && a->acked >= b->end)
		return W101_SERVER;
	if (b->acked != UINT64_MAX && b->acked >= a->end)
		return W101_CLIENT;
	if (a->at == b->at && a->packet == b->packet)
		return (enum w101_dir)ws->first_close;
	return a->at < b->at || (a->at == b->at && a->packet < b->packet) ? W101_CLIENT : W101_SERVER;
}

void w101_ws_close_finish(struct w101_ws *ws)
{
	judge_role_due(ws, W101_CLIENT);
	judge_role_due(ws, W101_SERVER);
	enum w101_dir by = w101_ws_close_by(ws);
	if (by == W101_NO_DIR)
		return;
	enum w101_dir mute = w101_dir_other(by);
	struct w101_ws_side *s = &ws->side[mute];
	bool over = s->ended == W101_END_FIN + 1 || s->ended == W101_END_RST + 1;
	if (s->closed || !over || s->broken || s->resync || s->after_close_gap)
		return;
	const struct w101_ws_closing *asked = ws->side[by].closing;
	bool before = asked && (s->ended_at == asked->at ? s->ended_packet < asked->packet : s->ended_at < asked->at);
	if (before && s->ended == W101_END_FIN + 1)
		return; /* it had ended TCP before it was asked: its fault is another (close-missing) */
	s->close_fault = true;
	w101_ws_report(ws, mute, W101_F_close_unanswered, s->end_offset, (struct w101_bytes){ NULL, 0 }, "a Close frame",
		s->ended == W101_END_FIN + 1 ? "it ended with FIN" : "it ended with RST");
}

void w101_ws_control_clear(struct w101_ws *ws, struct w101_ws_side *s)
{
	w101_free(ws->quota, s->closing, sizeof *s->closing);
	if (s->pings) {
		burst_free(ws, s->pings);
		w101_free(ws->quota, s->pings, sizeof *s->pings);
	}
}
