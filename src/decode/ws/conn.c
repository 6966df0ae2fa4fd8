/* How the files of this folder report a finding, and where.  Knows the state, no rule. */
#include "decode/ws/conn.h"

#include "base/ascii.h"

void w101_ws_tell_place(const struct w101_ws *ws, uint64_t packet, w101_time at)
{
	if (ws->out.place)
		ws->out.place(ws->out.self, packet, at);
}

void w101_ws_report(struct w101_ws *ws, enum w101_dir dir, enum w101_finding_id id, uint64_t offset,
	struct w101_bytes seen, const char *wanted, const char *detail)
{
	struct w101_finding f = {
		.id = id,
		.dir = dir,
		.offset = offset,
		.seen = seen,
		.wanted = w101_str(wanted),
		.detail = w101_str(detail),
	};
	ws->out.finding(ws->out.self, &f);
}

void w101_ws_report_frame(
	struct w101_ws *ws, enum w101_dir dir, enum w101_finding_id id, const char *wanted, const char *detail)
{
	static const char digit[] = "0123456789abcdef";
	const struct w101_ws_side *s = &ws->side[dir];
	uint8_t hex[3 * W101_WS_HEADER_MAX];
	size_t n = 0;

	for (size_t i = 0; i < s->n_raw; i++) {
		if (i)
			hex[n++] = ' ';
		hex[n++] = (uint8_t)digit[s->raw[i] >> 4];
		hex[n++] = (uint8_t)digit[s->raw[i] & 15];
	}
	w101_ws_report(ws, dir, id, s->offset, (struct w101_bytes){ hex, n }, wanted, detail);
}
