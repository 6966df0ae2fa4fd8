/* WebSocket after the switch (RFC 6455 section 5): walks the bytes of each
 * direction from header to header, hands payload on and sends frames.  Bytes may
 * come in any pieces and with holes.  Knows no HTTP and no TCP. */
#include "decode/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "decode/ws/conn.h"
#include "decode/ws/control.h"
#include "decode/ws/foreign.h"
#include "decode/ws/inflate.h"
#include "decode/ws/mask.h"
#include "decode/ws/message.h"
#include "decode/ws/quick.h"
#include "decode/ws/resync.h"
#include "decode/ws/rules.h"

#define PIECE 8192       /* unmasked at a time */
#define FOREIGN_SHOWN 64 /* bytes of what is no frame */

static size_t shown_max(const struct w101_ws *ws, const struct w101_ws_side *s)
{
	size_t max = ws->limits->preview;
	return w101_ws_control_now(s) && max < W101_WS_CONTROL_MAX ? W101_WS_CONTROL_MAX : max;
}

static void send_frame(struct w101_ws *ws, enum w101_dir dir, struct w101_bytes shown)
{
	struct w101_ws_side *s = &ws->side[dir];
	const struct w101_ws_header *h = &s->head;
	struct w101_value fields[7];
	struct w101_bytes reason;
	unsigned code;
	size_t n = 0;

	fields[n++] = (struct w101_value){ .name = "fin", .type = W101_VALUE_BOOL, .u = h->fin };
	fields[n++] = (struct w101_value){ .name = "rsv", .type = W101_VALUE_UINT, .u = h->rsv };
	fields[n++] = (struct w101_value){ .name = "masked", .type = W101_VALUE_BOOL, .u = h->masked };
	if (h->masked)
		fields[n++] = (struct w101_value){ .name = "mask", .type = W101_VALUE_BYTES, .s = { h->mask, 4 } };
	fields[n++] = (struct w101_value){ .name = "length", .type = W101_VALUE_UINT, .u = h->length };
	if (h->opcode == W101_WS_CLOSE) {
		if (w101_ws_close_read(shown, &code, &reason))
			fields[n++] = (struct w101_value){ .name = "code", .type = W101_VALUE_UINT, .u = code };
		fields[n++] = (struct w101_value){ .name = "reason", .type = W101_VALUE_TEXT, .s = reason };
	}
	if (shown.n > ws->limits->preview)
		shown.n = ws->limits->preview;
	struct w101_pdu pdu = {
		.protocol = W101_WS_PROTOCOL,
		.kind = w101_ws_kinds[h->opcode],
		.kind_no = h->opcode,
		.offset = s->offset,
		.wire_bytes = h->length > UINT64_MAX - h->size ? UINT64_MAX : h->size + h->length,
		.payload_bytes = h->length,
		.payload = shown,
		.truncated = shown.n < h->length,
		.fields = fields,
		.n_fields = n,
	};
	ws->out.frame(ws->out.self, dir, &pdu);
}

/* A piece of the payload, unmasked; end: the last one of the frame. */
static void take_piece(struct w101_ws *ws, enum w101_dir dir, const uint8_t *p, size_t n, bool end)
{
	struct w101_ws_side *s = &ws->side[dir];
	bool control = w101_ws_control_now(s);
	size_t max = shown_max(ws, s);
	struct w101_bytes shown = { p, n < max ? n : max };

	if (s->hole) {
		shown = w101_buf_bytes(&s->part);
	} else if (s->partial || !end) {
		size_t room = s->part.n < max ? max - s->part.n : 0;
		s->hole = !w101_buf_add(&s->part, p, n < room ? n : room);
		s->partial = true;
		shown = w101_buf_bytes(&s->part);
	}
	if (end) {
		send_frame(ws, dir, shown);
		if (control)
			w101_ws_control(ws, dir, shown);
	}
	if (!control && !w101_ws_is_reserved(s->head.opcode))
		w101_ws_message_data(ws, dir, p, n, end);
	if (end) {
		w101_ws_buf_rest(&s->part);
		s->in_frame = s->partial = s->hole = false;
		s->n_raw = 0;
		w101_ws_goes_on(ws, dir);
	}
}

static bool wants_bytes(const struct w101_ws *ws, enum w101_dir dir)
{
	const struct w101_ws_side *s = &ws->side[dir];
	return s->part.n < shown_max(ws, s) || w101_ws_message_wants(ws, dir);
}

static void take_payload(struct w101_ws *ws, enum w101_dir dir, const uint8_t *p, size_t n)
{
	struct w101_ws_side *s = &ws->side[dir];
	uint8_t clear[PIECE];

	while (n) {
		size_t k = n;
		const uint8_t *from = p;
		if (s->head.masked && wants_bytes(ws, dir)) {
			k = n < sizeof clear ? n : sizeof clear;
			w101_ws_unmask(clear, p, k, s->head.mask, s->head.length - s->left);
			from = clear;
		}
		s->left -= k;
		p += k;
		n -= k;
		take_piece(ws, dir, from, k, s->left == 0);
	}
}

static void begin_frame(struct w101_ws *ws, enum w101_dir dir)
{
	struct w101_ws_side *s = &ws->side[dir];

	s->in_frame = true;
	s->left = s->head.length;
	w101_ws_judge_header(ws, dir);
	s->any = true;
	s->last_masked = s->head.masked;
	if (!w101_ws_control_now(s) && !w101_ws_is_reserved(s->head.opcode))
		w101_ws_message_frame(ws, dir);
	if (!s->left)
		take_piece(ws, dir, NULL, 0, true);
}

static void tell_foreign(struct w101_ws *ws, enum w101_dir dir)
{
	struct w101_ws_side *s = &ws->side[dir];
	if (!s->broken || s->broken_told)
		return;
	s->broken_told = true;
	w101_ws_report(ws, dir, W101_F_ws_not_frames, s->offset, w101_buf_bytes(&s->part), "a frame header",
		"this side is not decoded any further");
	w101_buf_clear(&s->part);
}

/* The first line of what is no frame, for people. */
static void take_foreign(struct w101_ws *ws, enum w101_dir dir, struct w101_bytes b)
{
	struct w101_ws_side *s = &ws->side[dir];
	for (size_t i = 0; i < b.n && !s->broken_told; i++) {
		bool kept = b.p[i] != '\n' && w101_buf_add(&s->part, b.p + i, 1);
		if (!kept || s->part.n == FOREIGN_SHOWN)
			tell_foreign(ws, dir);
	}
}

static void walk(struct w101_ws *, enum w101_dir, struct w101_bytes, uint64_t offset);

/* Reads a header at the start of b; returns the bytes used.  A header that is
 * not complete waits in s->raw, for bytes that come one by one. */
static size_t take_header(struct w101_ws *ws, enum w101_dir dir, struct w101_bytes b, uint64_t offset)
{
	struct w101_ws_side *s = &ws->side[dir];
	const struct w101_ws_agreed *agreed = ws->assumed ? NULL : &ws->agreed;
	size_t had = s->n_raw, n = sizeof s->raw - had;

	n = b.n < n ? b.n : n;
	memcpy(s->raw + had, b.p, n);
	if (!had)
		s->offset = offset;
	size_t all = had + n;
	enum w101_ws_foreign foreign = w101_ws_foreign_text(s->raw, all, !s->any && !s->gap_told, agreed);
	int used = 0;
	if (foreign == W101_WS_FRAMES) {
		used = w101_ws_header_parse(s->raw, all, &s->head);
		if (used && !s->any && !s->gap_told && w101_ws_foreign_header(&s->head, dir, agreed))
			foreign = W101_WS_FOREIGN;
	}
	if (foreign == W101_WS_FOREIGN) {
		s->broken = true;
		w101_ws_buf_rest(&s->part);
		take_foreign(ws, dir, (struct w101_bytes){ s->raw, had });
		return 0;
	}
	if (!used) {
		s->n_raw = (uint8_t)all;
		return n;
	}
	s->n_raw = (uint8_t)used;
	if ((size_t)used >= had) {
		begin_frame(ws, dir);
		return (size_t)used - had;
	}
	/* bytes were held that looked like text: those behind the header are payload */
	uint8_t held[W101_WS_HEADER_MAX];
	size_t n_held = had - (size_t)used;
	memcpy(held, s->raw + used, n_held);
	begin_frame(ws, dir);
	walk(ws, dir, (struct w101_bytes){ held, n_held }, s->offset + (uint64_t)used);
	return 0;
}

static void walk(struct w101_ws *ws, enum w101_dir dir, struct w101_bytes b, uint64_t offset)
{
	struct w101_ws_side *s = &ws->side[dir];
	while (b.n && !s->broken) {
		size_t n;
		if (!s->in_frame && ws->quiet && !s->n_raw && (n = w101_ws_quick(ws, dir, b, offset))) {
			/* nothing to say of them */
		} else if (!s->in_frame) {
			n = take_header(ws, dir, b, offset);
		} else {
			n = s->left < b.n ? (size_t)s->left : b.n;
			take_payload(ws, dir, b.p, n);
		}
		b.p += n;
		b.n -= n;
		offset += n;
	}
	if (s->broken)
		take_foreign(ws, dir, b);
}

static void at_chunk(struct w101_ws *ws, const struct w101_chunk *c)
{
	ws->packet = c->packet;
	ws->at = c->at;
	ws->acked = c->acked;
}

/* Frames were found again: walks the window, each piece at its own place, then
 * goes on at the chunk at hand. */
static void in_step(struct w101_ws *ws, enum w101_dir dir, const struct w101_chunk *now)
{
	struct w101_ws_side *s = &ws->side[dir];
	struct w101_ws_resync *r = s->resync;
	struct w101_chunk piece;
	char text[112];

	s->resync = NULL;
	snprintf(text, sizeof text,
		"%" PRIu64 " bytes skipped, frames again at offset %" PRIu64 "; the open message and inflate history are lost",
		r->skipped, r->offset);
	for (bool told = false; w101_ws_resync_next(r, &piece); told = true) {
		at_chunk(ws, &piece);
		w101_ws_tell_place(ws, piece.packet, piece.at);
		if (!told)
			w101_ws_report(ws, dir, W101_F_gap_suspends, piece.offset, (struct w101_bytes){ NULL, 0 }, NULL, text);
		walk(ws, dir, piece.bytes, piece.offset);
	}
	at_chunk(ws, now);
	w101_ws_tell_place(ws, now->packet, now->at);
	w101_ws_resync_free(r);
}

static enum w101_feed data(void *self, enum w101_dir dir, const struct w101_chunk *c)
{
	struct w101_ws *ws = self;
	struct w101_ws_side *s = &ws->side[dir];
	struct w101_bytes b = c->bytes;
	uint64_t offset = c->offset;

	at_chunk(ws, c);
	if (s->resync) {
		size_t used;
		bool found = w101_ws_resync_data(s->resync, c, &used);
		b.n -= used;
		b.p = b.n ? b.p + used : b.p;
		offset += used;
		if (found)
			in_step(ws, dir, c);
	}
	walk(ws, dir, b, offset);
	return ws->side[0].broken_told && ws->side[1].broken_told ? W101_FEED_DEAD : W101_FEED_MORE;
}

/* Bytes with a header among them are missing. */
static void out_of_step(struct w101_ws *ws, enum w101_dir dir, uint64_t offset)
{
	struct w101_ws_side *s = &ws->side[dir];
	bool known = !ws->agreed.unknown && !ws->assumed;
	struct w101_ws_expect expect = {
		.masked = s->any ? s->last_masked : dir == W101_CLIENT,
		.rsv = ws->agreed.pmd || !known ? W101_WS_RSV1 : 0,
	};

	w101_ws_message_lose(ws, dir);
	s->mask_run = 0;
	s->pings_lost = true;
	w101_ws_pong_lost(ws, dir);
	s->resync = w101_ws_resync_new(ws->quota, expect);
	if (s->resync) {
		s->resync->skipped = s->n_raw;
	} else {
		s->broken = s->broken_told = true;
		w101_ws_report(ws, dir, W101_F_limit_reached, offset, (struct w101_bytes){ NULL, 0 }, NULL,
			"memory: frames are not searched for after the gap");
	}
	s->n_raw = 0;
}

static void skip_payload(struct w101_ws *ws, enum w101_dir dir, uint64_t n, uint64_t offset)
{
	struct w101_ws_side *s = &ws->side[dir];

	if (!s->gap_told)
		w101_ws_report(ws, dir, W101_F_gap_suspends, offset, (struct w101_bytes){ NULL, 0 }, NULL,
			"inside a frame: decoding goes on, its message is not shown or checked");
	s->gap_told = true;
	s->hole = true;
	s->left -= n;
	if (!w101_ws_control_now(s) && !w101_ws_is_reserved(s->head.opcode))
		w101_ws_message_hole(ws, dir, n);
	if (!s->left)
		take_piece(ws, dir, NULL, 0, true);
}

static void gap(void *self, enum w101_dir dir, uint64_t n, const struct w101_chunk *where)
{
	struct w101_ws *ws = self;
	struct w101_ws_side *s = &ws->side[dir];

	at_chunk(ws, where);
	if (!n)
		return;
	const struct w101_ws_side *other = &ws->side[w101_dir_other(dir)];
	s->after_close_gap |= other->closed || other->resync;
	tell_foreign(ws, dir);
	if (s->broken)
		return;
	if (s->resync) {
		w101_ws_resync_gap(s->resync);
		return;
	}
	uint64_t inside = 0;
	if (s->in_frame) {
		inside = n < s->left ? n : s->left;
		skip_payload(ws, dir, inside, where->offset);
		n -= inside;
	}
	s->gap_told = true;
	if (n)
		out_of_step(ws, dir, where->offset + inside);
}

static void judge_end(struct w101_ws *ws, enum w101_dir dir)
{
	const struct w101_ws_side *s = &ws->side[dir];
	char text[96];

	if (s->in_frame) {
		snprintf(text, sizeof text, "inside a frame: %" PRIu64 " of %" PRIu64 " payload bytes came",
			s->head.length - s->left, s->head.length);
		w101_ws_report_frame(ws, dir, W101_F_ws_unfinished, NULL, text);
	} else if (s->n_raw) {
		w101_ws_report_frame(ws, dir, W101_F_ws_unfinished, NULL, "inside the header of a frame");
	} else if (s->msg.open == W101_WS_OPEN) {
		snprintf(text, sizeof text, "inside a message: %" PRIu32 " frames came, none of them the last", s->msg.frames);
		w101_ws_report(ws, dir, W101_F_ws_unfinished, s->msg.offset, (struct w101_bytes){ NULL, 0 }, NULL, text);
	}
}

static void end(void *self, enum w101_dir dir, enum w101_end how, const struct w101_chunk *where)
{
	struct w101_ws *ws = self;
	struct w101_ws_side *s = &ws->side[dir];
	char text[64];

	at_chunk(ws, where);
	s->ended = (uint8_t)(how + 1);
	s->end_offset = where->offset;
	s->ended_at = where->at;
	s->ended_packet = where->packet;
	tell_foreign(ws, dir);
	if (s->resync && w101_ws_resync_end(s->resync))
		in_step(ws, dir, where);
	if (s->resync) {
		snprintf(text, sizeof text, "%" PRIu64 " bytes skipped, no frames found again", s->resync->skipped);
		w101_ws_report(ws, dir, W101_F_gap_suspends, where->offset, (struct w101_bytes){ NULL, 0 }, NULL, text);
	}
	w101_ws_message_end(ws, dir);
	if (!s->broken && !s->resync && (how == W101_END_FIN || how == W101_END_RST))
		judge_end(ws, dir);
}

static void finish(void *self)
{
	struct w101_ws *ws = self;
	const struct w101_ws_side *c = &ws->side[W101_CLIENT], *s = &ws->side[W101_SERVER];
	bool over = c->ended == W101_END_FIN + 1 || c->ended == W101_END_RST + 1 || s->ended == W101_END_FIN + 1 ||
	            s->ended == W101_END_RST + 1;
	bool missing = c->gap_told || s->gap_told;
	struct w101_bytes none = { NULL, 0 };

	w101_ws_pings_finish(ws);
	w101_ws_close_finish(ws);
	if (ws->agreed.pmd && !ws->agreed.unknown && over && !missing && (c->data_seen || s->data_seen) &&
		!c->compressed_seen && !s->compressed_seen)
		w101_ws_report(ws, W101_SERVER, W101_F_pmd_unused, ws->offset, none, NULL, NULL);
	if (w101_ws_inflate_wasteful(c->inflate))
		w101_ws_report(ws, W101_CLIENT, W101_F_pmd_wasteful, c->end_offset, none, NULL, NULL);
	if (w101_ws_inflate_wasteful(s->inflate))
		w101_ws_report(ws, W101_SERVER, W101_F_pmd_wasteful, s->end_offset, none, NULL, NULL);
}

static void status(const void *self, struct w101_decoder_status *st)
{
	const struct w101_ws *ws = self;
	const struct w101_ws_side *c = &ws->side[W101_CLIENT], *s = &ws->side[W101_SERVER];

	*st = (struct w101_decoder_status){
		.close_by = w101_ws_close_by(ws),
		.reason = "",
		.clean = c->closed && s->closed && !c->close_fault && !s->close_fault,
		.compression = ws->agreed.pmd,
	};
	for (int d = 0; d < 2; d++) {
		const struct w101_ws_closing *closing = ws->side[d].closing;
		st->close_at[d] = closing ? closing->at : W101_TIME_NONE;
		st->close_packet[d] = closing ? closing->packet : 0;
		st->wire_payload[d] = ws->side[d].wire_payload;
		st->plain_payload[d] = ws->side[d].plain_payload;
		st->broken[d] = ws->side[d].broken;
	}
	const struct w101_ws_closing *first = st->close_by == W101_NO_DIR ? NULL : ws->side[st->close_by].closing;
	if (first) {
		st->has_code = first->has_code;
		st->code = first->code;
		st->reason = (const char *)first->reason;
		st->reason_len = first->n_reason;
	}
}

static void free_ws(void *self)
{
	struct w101_ws *ws = self;
	for (int d = 0; d < 2; d++) {
		struct w101_ws_side *s = &ws->side[d];
		w101_ws_message_clear(s);
		w101_ws_control_clear(ws, s);
		w101_ws_resync_free(s->resync);
		w101_buf_clear(&s->part);
	}
	w101_free(ws->quota, ws, sizeof *ws);
}

static void *open_ws(const struct w101_handshake *h, const struct w101_out *out)
{
	struct w101_ws *ws = w101_alloc0(h->quota, sizeof *ws);
	if (!ws)
		return NULL;
	ws->out = *out;
	ws->limits = h->limits;
	ws->quota = h->quota;
	ws->keep_messages = h->keep_messages;
	ws->assumed = h->assumed;
	ws->quiet = h->quiet && out->quiet;
	ws->offset = h->offset[W101_SERVER];
	w101_ws_agreed_parse(h->extensions, &ws->agreed);
	for (int d = 0; d < 2; d++) {
		struct w101_ws_side *s = &ws->side[d];
		w101_buf_init(&s->part, h->quota);
		w101_buf_init(&s->msg.kept, h->quota);
		s->msg.open = h->assumed ? W101_WS_UNKNOWN : W101_WS_NONE;
		s->pings_lost = s->history_lost = h->assumed;
	}
	return ws;
}

static void ahead(const void *self)
{
	const struct w101_ws *ws = self;
	__builtin_prefetch(ws, 1);
	__builtin_prefetch(&ws->agreed, 1);
	__builtin_prefetch(&ws->side[0], 1);
	__builtin_prefetch((const char *)&ws->side[0] + 64, 1);
	__builtin_prefetch(&ws->side[1], 1);
	__builtin_prefetch((const char *)&ws->side[1] + 64, 1);
}

const struct w101_decoder_ops w101_websocket_decoder = {
	.token = "websocket",
	.protocol = W101_WS_PROTOCOL,
	.kinds = w101_ws_kinds,
	.n_kinds = 16,
	.open = open_ws,
	.data = data,
	.gap = gap,
	.end = end,
	.finish = finish,
	.status = status,
	.free = free_ws,
	.ahead = ahead,
};
