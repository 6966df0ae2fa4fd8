/* Connections of which one direction is in the capture: what is believed without
 * the other, and what is not said.  Knows the header of a WebSocket frame (RFC
 * 6455 5.2) and no connection. */
#include "engine/one_way.h"

#include "decode/ws/frame.h"

#define FRAMES_ENOUGH 3

/* inside: a message is open. */
static bool plausible(const struct w101_ws_header *h, bool inside)
{
	if (w101_ws_is_reserved(h->opcode) || !h->masked || !h->shortest || h->length >> 63)
		return false;
	if (w101_ws_is_control(h->opcode))
		return h->fin && !h->rsv && h->length <= 125;
	bool continues = h->opcode == W101_WS_CONTINUATION;
	return continues == inside && !(h->rsv & ~(continues ? 0 : W101_WS_RSV1));
}

bool w101_one_way_frames(struct w101_bytes b, enum w101_one_way_run how)
{
	struct w101_ws_header h;
	unsigned frames = 0;
	bool inside = false;
	while (b.n && frames < FRAMES_ENOUGH) {
		int n = w101_ws_header_parse(b.p, b.n, &h);
		if (!n || !plausible(&h, inside))
			return false;
		if (h.length > b.n - (size_t)n)
			return how == W101_ONE_WAY_FULL;
		if (!w101_ws_is_control(h.opcode))
			inside = !h.fin;
		b.p += (size_t)n + (size_t)h.length;
		b.n -= (size_t)n + (size_t)h.length;
		frames++;
	}
	return frames == FRAMES_ENOUGH || (how == W101_ONE_WAY_WHOLE && frames);
}

bool w101_one_way_hides(enum w101_finding_id id)
{
	switch (id) {
	case W101_F_ws_pong_unsolicited:
	case W101_F_ws_ping_unanswered:
	case W101_F_close_unanswered:
	case W101_F_pmd_unused:
		return true;
	default:
		return false;
	}
}
