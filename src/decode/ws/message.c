/* Puts messages together: fragments, inflating, the UTF-8 check over the whole
 * text, and the part that is kept (RFC 6455 sections 5.4, 5.6, 8.1; RFC 7692
 * section 7.2).  A message in one uncompressed frame at hand in one piece is
 * sent from where it lies.  Knows no masks and no control frames. */
#include "decode/ws/message.h"

#include <stdio.h>
#include <string.h>

#include "decode/ws/inflate.h"

#define PIECE 8192       /* inflated at a time */
#define BOMB 1000        /* times its size on the wire */

static const uint8_t tail[4] = { 0x00, 0x00, 0xff, 0xff };

void w101_ws_buf_rest(struct w101_buf *b)
{
	if (b->cap > W101_WS_IDLE_MAX)
		w101_buf_clear(b);
	b->n = 0;
}

static void reset(struct w101_ws_message *m)
{
	struct w101_buf kept = m->kept;
	uint32_t run = m->empty_run;
	w101_ws_buf_rest(&kept);
	*m = (struct w101_ws_message){ .kept = kept, .empty_run = run };
}

static bool checks_text(const struct w101_ws_message *m)
{
	return m->opcode == W101_WS_TEXT && !m->opaque;
}

static uint64_t keep_max(const struct w101_ws *ws)
{
	return ws->keep_messages ? ws->limits->message : ws->limits->preview;
}

/* Tells what is due, in the order of the rows. */
static void tell(struct w101_ws *ws, enum w101_dir dir)
{
	static const struct {
		uint16_t due;
		uint16_t id; /* enum w101_finding_id */
		const char *wanted, *detail;
	} rows[] = {
		{ W101_WS_DUE_EMPTY, W101_F_pmd_empty, "one octet 00", NULL },
		{ W101_WS_DUE_INFLATE, W101_F_pmd_inflate, NULL, NULL },
		{ W101_WS_DUE_NO_BLOCK, W101_F_pmd_inflate, NULL,
			"the text is whole, but the empty block that 00 00 ff ff completes is missing" },
		{ W101_WS_DUE_WINDOW, W101_F_pmd_window, NULL, NULL },
		{ W101_WS_DUE_TAIL, W101_F_pmd_tail, "the tail removed", NULL },
		{ W101_WS_DUE_FINAL, W101_F_pmd_bfinal, NULL, NULL },
		{ W101_WS_DUE_BOMB, W101_F_pmd_bomb, NULL, NULL },
		{ W101_WS_DUE_UTF8, W101_F_ws_utf8, "UTF-8", NULL },
		{ W101_WS_DUE_MEMORY, W101_F_limit_reached, NULL,
			"no memory to inflate: compressed messages of this side are not shown" },
		{ W101_WS_DUE_NOT_KEPT, W101_F_limit_reached, NULL, "a message is not kept whole" },
	};
	struct w101_ws_message *m = &ws->side[dir].msg;
	uint16_t due = m->due & (uint16_t)~m->told;
	char text[96];

	m->told |= due;
	for (size_t i = 0; due && i < sizeof rows / sizeof rows[0]; i++) {
		enum w101_finding_id id = (enum w101_finding_id)rows[i].id;
		if (!(due & rows[i].due))
			continue;
		if (rows[i].due == W101_WS_DUE_UTF8) {
			bool cut = !m->utf8.bad;
			snprintf(text, sizeof text, "%s %llu", cut ? "the text ends inside a character, at byte" : "byte",
				(unsigned long long)(cut ? m->utf8.at : m->utf8.bad_at));
			w101_ws_report(ws, dir, id, ws->side[dir].offset, (struct w101_bytes){ &m->bad_byte, !cut },
				rows[i].wanted, text);
		} else if (rows[i].due == W101_WS_DUE_BOMB) {
			snprintf(text, sizeof text, "%llu bytes inflate to %s%llu", (unsigned long long)m->wire_length,
				m->stopped ? "more than " : "", (unsigned long long)m->plain);
			w101_ws_report_frame(ws, dir, id, NULL, text);
		} else if (rows[i].due == W101_WS_DUE_WINDOW) {
			snprintf(text, sizeof text, "agreed: %u bits%s", ws->agreed.bits[dir],
				ws->agreed.no_takeover[dir] ? ", no context takeover" : "");
			w101_ws_report_frame(ws, dir, id, NULL, text);
		} else {
			w101_ws_report_frame(ws, dir, id, rows[i].wanted,
				rows[i].due == W101_WS_DUE_INFLATE ? w101_ws_inflate_why(ws->side[dir].inflate) : rows[i].detail);
		}
	}
}

static void send_message(struct w101_ws *ws, enum w101_dir dir, struct w101_bytes payload)
{
	struct w101_ws_side *s = &ws->side[dir];
	const struct w101_ws_message *m = &s->msg;
	struct w101_pdu pdu = {
		.protocol = W101_WS_PROTOCOL,
		.kind = w101_ws_kinds[m->opcode],
		.kind_no = m->opcode,
		.offset = m->offset,
		.wire_bytes = m->wire_bytes,
		.payload_bytes = m->plain,
		.payload = payload,
		.truncated = payload.n < m->plain || m->stopped,
		.frames = m->frames,
		.compressed = m->compressed,
		.text = checks_text(m),
		.wire_length = m->wire_length,
	};
	s->wire_payload += m->wire_length;
	s->plain_payload += m->plain;
	ws->out.message(ws->out.self, dir, &pdu);
}

/* The message is complete; `last`: its final piece, when nothing was kept before. */
static void complete(struct w101_ws *ws, enum w101_dir dir, struct w101_bytes last)
{
	struct w101_ws_message *m = &ws->side[dir].msg;
	uint64_t max = keep_max(ws);

	if (checks_text(m) && !m->stopped && !w101_utf8_done(&m->utf8))
		m->due |= W101_WS_DUE_UTF8;
	if (m->kept.n || m->full)
		last = w101_buf_bytes(&m->kept);
	if (last.n > max)
		last.n = (size_t)max;
	if (ws->keep_messages && !m->stopped && last.n < m->plain)
		m->due |= W101_WS_DUE_NOT_KEPT;
	tell(ws, dir);
	send_message(ws, dir, last);
}

/* Plain bytes.  The final piece is kept only when there are earlier ones. */
static void plain(struct w101_ws *ws, struct w101_ws_message *m, const uint8_t *p, size_t n, bool final)
{
	uint64_t max = keep_max(ws);

	if (!n)
		return;
	if (checks_text(m) && !m->utf8.bad) {
		uint64_t before = m->utf8.at;
		if (!w101_utf8_feed(&m->utf8, p, n)) {
			m->bad_byte = p[m->utf8.bad_at - before];
			m->due |= W101_WS_DUE_UTF8;
		}
	}
	m->plain += n;
	if (m->full || m->kept.n >= max || (final && !m->kept.n))
		return;
	if (n > max - m->kept.n)
		n = (size_t)(max - m->kept.n);
	m->full = !w101_buf_add(&m->kept, p, n);
}

static void not_inflated(struct w101_ws *ws, enum w101_dir dir, enum w101_ws_inflated how)
{
	struct w101_ws_side *s = &ws->side[dir];
	struct w101_ws_message *m = &s->msg;

	m->lost = true;
	m->due &= (uint16_t)~W101_WS_DUE_UTF8; /* of a text that is not what was sent */
	if (how == W101_WS_INFLATE_NO_MEMORY) {
		m->due |= W101_WS_DUE_MEMORY;
	} else if (!w101_ws_inflate_partial(s->inflate)) {
		m->due |= W101_WS_DUE_INFLATE;
	}
	if (s->inflate)
		w101_ws_inflate_lose(s->inflate);
	w101_buf_clear(&m->kept);
}

/* Inflates *in; the rest of the output, if it is one piece, is left in out[0..*used). */
static bool inflate_piece(
	struct w101_ws *ws, enum w101_dir dir, struct w101_bytes in, uint8_t out[PIECE], size_t *used)
{
	struct w101_ws_side *s = &ws->side[dir];
	struct w101_ws_message *m = &s->msg;
	size_t got;

	do {
		if (*used == PIECE) {
			plain(ws, m, out, *used, false);
			*used = 0;
		}
		uint64_t room = ws->limits->inflate - (m->plain + *used);
		size_t cap = PIECE - *used;
		if (room < cap)
			cap = (size_t)room + 1; /* one byte more tells that there is more */
		enum w101_ws_inflated how = w101_ws_inflate_step(s->inflate, &in, out + *used, cap, &got);
		if (how != W101_WS_INFLATED) {
			not_inflated(ws, dir, how);
			return false;
		}
		if (got > room) {
			*used += (size_t)room;
			m->stopped = true;
			m->due |= W101_WS_DUE_BOMB;
			w101_ws_inflate_lose(s->inflate);
			return false;
		}
		*used += got;
		if (got < cap && !in.n)
			break;
	} while (true);
	return true;
}

/* The end of the compressed data: the tail that the sender removed. */
static void inflate_end(struct w101_ws *ws, enum w101_dir dir, uint8_t out[PIECE], size_t *used)
{
	struct w101_ws_side *s = &ws->side[dir];
	struct w101_ws_message *m = &s->msg;

	if (!m->wire_length) {
		m->due |= W101_WS_DUE_EMPTY;
	} else if (!w101_ws_inflate_at_boundary(s->inflate)) {
		if (!inflate_piece(ws, dir, (struct w101_bytes){ tail, sizeof tail }, out, used))
			return;
		if (!w101_ws_inflate_at_boundary(s->inflate)) {
			not_inflated(ws, dir, W101_WS_INFLATE_BAD);
			return;
		}
	} else if (!w101_ws_inflate_at_final(s->inflate)) {
		bool kept = m->wire_length >= sizeof tail && memcmp(m->tail, tail, sizeof tail) == 0;
		m->due |= kept ? W101_WS_DUE_TAIL : W101_WS_DUE_NO_BLOCK;
	}
	if (m->plain + *used > BOMB * m->wire_length)
		m->due |= W101_WS_DUE_BOMB;
	w101_ws_inflate_done(s->inflate, m->wire_length, m->plain + *used, ws->at);
}

static void remember_tail(struct w101_ws_message *m, const uint8_t *p, size_t n)
{
	if (n >= sizeof m->tail) {
		memcpy(m->tail, p + n - sizeof m->tail, sizeof m->tail);
	} else if (n) {
		memmove(m->tail, m->tail + n, sizeof m->tail - n);
		memcpy(m->tail + sizeof m->tail - n, p, n);
	}
}

static void compressed_data(struct w101_ws *ws, enum w101_dir dir, const uint8_t *p, size_t n, bool final)
{
	struct w101_ws_side *s = &ws->side[dir];
	struct w101_ws_message *m = &s->msg;
	uint8_t out[PIECE];
	size_t used = 0;

	if (!m->lost && !m->stopped) {
		remember_tail(m, p, n);
		bool going = !n || inflate_piece(ws, dir, (struct w101_bytes){ p, n }, out, &used);
		if (going && final)
			inflate_end(ws, dir, out, &used);
		if (w101_ws_inflate_take_window(s->inflate))
			m->due |= W101_WS_DUE_WINDOW;
		if (w101_ws_inflate_take_final(s->inflate))
			m->due |= W101_WS_DUE_FINAL;
	}
	if (m->lost)
		used = 0;
	plain(ws, m, out, used, final);
	if (final && !m->lost)
		complete(ws, dir, (struct w101_bytes){ out, used });
}

static void begin_compressed(struct w101_ws *ws, enum w101_dir dir)
{
	struct w101_ws_side *s = &ws->side[dir];
	s->compressed_seen = true;
	s->msg.compressed = true;
	if (!s->inflate) {
		s->inflate = w101_ws_inflate_new(ws->quota, ws->agreed.bits[dir], ws->agreed.no_takeover[dir]);
		if (s->inflate && s->history_lost)
			w101_ws_inflate_lose(s->inflate);
	}
	enum w101_ws_inflated how = s->inflate ? w101_ws_inflate_begin(s->inflate) : W101_WS_INFLATE_NO_MEMORY;
	if (how != W101_WS_INFLATED) {
		s->history_lost = true;
		not_inflated(ws, dir, how);
	}
}

void w101_ws_message_frame(struct w101_ws *ws, enum w101_dir dir)
{
	struct w101_ws_side *s = &ws->side[dir];
	struct w101_ws_message *m = &s->msg;
	const struct w101_ws_header *h = &s->head;

	if (h->opcode != W101_WS_CONTINUATION) {
		if (m->open == W101_WS_OPEN && m->compressed && !m->lost && !m->stopped)
			w101_ws_inflate_lose(s->inflate); /* abandoned in the middle of its data */
		reset(m);
		m->open = W101_WS_OPEN;
		m->opcode = h->opcode;
		m->offset = s->offset;
		s->data_seen = true;
		if ((h->rsv & W101_WS_RSV1) && ws->agreed.pmd && !ws->agreed.unknown)
			begin_compressed(ws, dir);
	}
	if (h->rsv && (ws->agreed.unknown || ws->assumed))
		m->opaque = true;
	m->frames++;
	m->wire_bytes += h->size;
}

bool w101_ws_message_wants(const struct w101_ws *ws, enum w101_dir dir)
{
	const struct w101_ws_message *m = &ws->side[dir].msg;
	if (m->open != W101_WS_OPEN || m->lost || m->stopped)
		return false;
	return m->compressed || (checks_text(m) && !m->utf8.bad) || (!m->full && m->kept.n < keep_max(ws));
}

void w101_ws_message_data(struct w101_ws *ws, enum w101_dir dir, const uint8_t *p, size_t n, bool frame_end)
{
	struct w101_ws_side *s = &ws->side[dir];
	struct w101_ws_message *m = &s->msg;
	bool final = frame_end && s->head.fin;

	m->wire_length += n;
	m->wire_bytes += n;
	if (m->open == W101_WS_OPEN) {
		if (m->compressed) {
			compressed_data(ws, dir, p, n, final);
		} else if (!m->lost) {
			plain(ws, m, p, n, final);
			if (final)
				complete(ws, dir, (struct w101_bytes){ p, n });
		}
		if (frame_end)
			tell(ws, dir);
	}
	if (final) { /* the rest is reset when the next one begins */
		m->open = W101_WS_NONE;
		m->compressed = false;
		w101_ws_buf_rest(&m->kept);
	}
}

void w101_ws_message_hole(struct w101_ws *ws, enum w101_dir dir, uint64_t n)
{
	struct w101_ws_side *s = &ws->side[dir];
	struct w101_ws_message *m = &s->msg;

	m->wire_length += n;
	m->wire_bytes += n;
	if (m->compressed && !m->lost && !m->stopped)
		w101_ws_inflate_lose(s->inflate);
	m->lost = true;
	w101_buf_clear(&m->kept);
}

void w101_ws_message_lose(struct w101_ws *ws, enum w101_dir dir)
{
	struct w101_ws_side *s = &ws->side[dir];
	tell(ws, dir);
	reset(&s->msg);
	s->msg.open = W101_WS_UNKNOWN;
	s->msg.empty_run = 0;
	s->history_lost = true;
	if (s->inflate)
		w101_ws_inflate_lose(s->inflate);
}

void w101_ws_message_end(struct w101_ws *ws, enum w101_dir dir)
{
	tell(ws, dir);
}

void w101_ws_message_clear(struct w101_ws_side *s)
{
	w101_buf_clear(&s->msg.kept);
	w101_ws_inflate_free(s->inflate);
}
