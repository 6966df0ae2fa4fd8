/* The rules for frame headers (RFC 6455 sections 5.1 to 5.5, RFC 7692 section
 * 6): each fault is told, none changes how the frame is read.  Knows no payload. */
#include "decode/ws/rules.h"

#include <inttypes.h>
#include <stdio.h>

#define MASK_RUN 3           /* frames in a row whose keys follow from each other */
#define FRAGMENTS 1000       /* in one message */
#define EMPTY_FRAGMENTS 100  /* in a row */

enum step { STEP_NONE, STEP_SAME, STEP_UP, STEP_DOWN, STEP_UP_LE, STEP_DOWN_LE };

static uint32_t swap(uint32_t v)
{
	return v >> 24 | (v >> 8 & 0xff00) | (v << 8 & 0xff0000) | v << 24;
}

static enum step step_of(uint32_t last, uint32_t now)
{
	if (now == last)
		return STEP_SAME;
	if (now == last + 1)
		return STEP_UP;
	if (now == last - 1)
		return STEP_DOWN;
	if (swap(now) == swap(last) + 1)
		return STEP_UP_LE;
	return swap(now) == swap(last) - 1 ? STEP_DOWN_LE : STEP_NONE;
}

bool w101_ws_key_is_fine(struct w101_ws_side *s, const uint8_t k[4])
{
	uint32_t key = (uint32_t)k[0] << 24 | (uint32_t)k[1] << 16 | (uint32_t)k[2] << 8 | k[3];
	if (!key || (s->mask_run && step_of(s->mask_last, key) != STEP_NONE))
		return false;
	s->mask_run = 1;
	s->mask_step = STEP_NONE;
	s->mask_last = key;
	return true;
}

static void weak(struct w101_ws *ws, enum w101_dir dir, const char *how)
{
	const struct w101_ws_side *s = &ws->side[dir];
	char key[9];
	snprintf(key, sizeof key, "%02x%02x%02x%02x", s->head.mask[0], s->head.mask[1], s->head.mask[2],
		s->head.mask[3]);
	w101_ws_report(ws, dir, W101_F_ws_mask_weak, s->offset, (struct w101_bytes){ (const uint8_t *)key, 8 },
		"an unpredictable key for each frame", how);
}

/* A zero key that leaves a payload readable is told once for a side. */
static void judge_key(struct w101_ws *ws, enum w101_dir dir)
{
	struct w101_ws_side *s = &ws->side[dir];
	const uint8_t *k = s->head.mask;
	uint32_t key = (uint32_t)k[0] << 24 | (uint32_t)k[1] << 16 | (uint32_t)k[2] << 8 | k[3];

	if (!s->head.masked) {
		s->mask_run = 0;
		return;
	}
	enum step step = s->mask_run ? step_of(s->mask_last, key) : STEP_NONE;
	if (step == STEP_NONE)
		s->mask_run = 1;
	else if (step != (enum step)s->mask_step)
		s->mask_run = 2;
	else if (s->mask_run <= MASK_RUN)
		s->mask_run++;
	s->mask_step = (uint8_t)step;
	s->mask_last = key;
	if (key == 0 && s->head.length && !s->zero_told) {
		s->zero_told = true;
		weak(ws, dir, "a zero key: the payload is sent as it is");
	} else if (s->mask_run == MASK_RUN && !(key == 0 && s->zero_told)) {
		weak(ws, dir, step == STEP_SAME ? "three frames in a row with one key"
		                                : "three frames in a row with a key that counts");
	}
}

static void judge_rsv(struct w101_ws *ws, enum w101_dir dir)
{
	struct w101_ws_side *s = &ws->side[dir];
	const struct w101_ws_header *h = &s->head;

	if (!h->rsv)
		return;
	if (ws->agreed.unknown || ws->assumed) {
		if (!s->rsv_told)
			w101_ws_report_frame(ws, dir, W101_F_ws_rsv_unknown, NULL,
				ws->assumed ? "the handshake was not captured" : NULL);
		s->rsv_told = true;
		return;
	}
	if (!ws->agreed.pmd || (h->rsv & (W101_WS_RSV2 | W101_WS_RSV3)))
		w101_ws_report_frame(ws, dir, W101_F_ws_rsv, ws->agreed.pmd ? "RSV2 and RSV3 zero" : "RSV bits zero", NULL);
	if (ws->agreed.pmd && (h->rsv & W101_WS_RSV1) && (w101_ws_is_control(h->opcode) || h->opcode == 0))
		w101_ws_report_frame(ws, dir, W101_F_ws_rsv1_place, "RSV1 on the first frame of a data message only", NULL);
}

static void judge_length(struct w101_ws *ws, enum w101_dir dir)
{
	const struct w101_ws_header *h = &ws->side[dir].head;
	char text[48];

	if (!h->shortest) {
		snprintf(text, sizeof text, "length %" PRIu64 " in %d bits", h->length,
			h->size - (h->masked ? 4 : 0) == 4 ? 16 : 64);
		w101_ws_report_frame(ws, dir, W101_F_ws_length_form, h->length < 126 ? "7 bits" : "16 bits", text);
	}
	if (h->length >> 63) {
		snprintf(text, sizeof text, "length %" PRIu64, h->length);
		w101_ws_report_frame(ws, dir, W101_F_ws_length_top_bit, "a length below 2^63", text);
	}
}

static void judge_control(struct w101_ws *ws, enum w101_dir dir)
{
	const struct w101_ws_header *h = &ws->side[dir].head;

	if (h->length > 125)
		w101_ws_report_frame(ws, dir, W101_F_ws_control_long, "at most 125 bytes", NULL);
	if (!h->fin)
		w101_ws_report_frame(ws, dir, W101_F_ws_control_fragment, "FIN set", NULL);
}

static void judge_data(struct w101_ws *ws, enum w101_dir dir)
{
	struct w101_ws_side *s = &ws->side[dir];
	struct w101_ws_message *m = &s->msg;
	const struct w101_ws_header *h = &s->head;

	if (s->closed) {
		s->close_fault = true;
		w101_ws_report_frame(ws, dir, W101_F_close_data_after, "no data frame after Close", NULL);
	}
	if (w101_ws_is_reserved(h->opcode))
		return;
	if (h->opcode == W101_WS_CONTINUATION && m->open == W101_WS_NONE)
		w101_ws_report_frame(ws, dir, W101_F_ws_continuation, "a text or binary frame", NULL);
	if (h->opcode != W101_WS_CONTINUATION && m->open == W101_WS_OPEN)
		w101_ws_report_frame(ws, dir, W101_F_ws_interleaved, "a continuation", NULL);

	uint32_t before = h->opcode == W101_WS_CONTINUATION && m->open == W101_WS_OPEN ? m->frames : 0;
	if (before + 1 == FRAGMENTS)
		w101_ws_report_frame(ws, dir, W101_F_ws_flood, NULL, "1,000 fragments in one message");
	if (h->length || (h->fin && h->opcode != W101_WS_CONTINUATION))
		m->empty_run = 0;
	else if (++m->empty_run == EMPTY_FRAGMENTS)
		w101_ws_report_frame(ws, dir, W101_F_ws_flood, NULL, "100 empty fragments in a row");
}

void w101_ws_judge_header(struct w101_ws *ws, enum w101_dir dir)
{
	const struct w101_ws_header *h = &ws->side[dir].head;

	if (dir == W101_CLIENT && !h->masked)
		w101_ws_report_frame(ws, dir, W101_F_ws_client_unmasked, "the mask bit set", NULL);
	if (dir == W101_SERVER && h->masked)
		w101_ws_report_frame(ws, dir, W101_F_ws_server_masked, "the mask bit clear", NULL);
	judge_key(ws, dir);
	judge_rsv(ws, dir);
	if (w101_ws_is_reserved(h->opcode))
		w101_ws_report_frame(ws, dir, W101_F_ws_opcode, "0, 1, 2, 8, 9 or a", NULL);
	judge_length(ws, dir);
	if (!w101_ws_is_control(h->opcode))
		judge_data(ws, dir);
	else if (!w101_ws_is_reserved(h->opcode))
		judge_control(ws, dir);
}
