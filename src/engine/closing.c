/* What is judged when a connection is over (RFC 6455 7.1), and the sums of the
 * CLOSE event: who ended it, by which means, after what silence. */
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "decode/table.h"
#include "engine/conn.h"

#define EARLY_CLOSE W101_SECOND
#define LATE_TCP (10 * W101_SECOND)

struct place {
	w101_time at;
	uint64_t packet;
};

/* By time; clocks are coarse, then the file's order tells. */
static bool before(struct place a, struct place b)
{
	return a.at == b.at ? a.packet < b.packet : a.at < b.at;
}

/* The first end of TCP: how, *where and *by.  What follows it (the other FIN, a RST
 * to late bytes) is its consequence. */
static enum w101_tcp_end tcp_end(const struct w101_flow_info *i, struct place *where, enum w101_dir *by)
{
	enum w101_tcp_end how = i->fin_first == W101_NO_DIR ? W101_TCP_END_NONE : W101_TCP_END_FIN;
	*by = i->fin_first;
	*where = *by == W101_NO_DIR ? (struct place){ W101_TIME_NONE, 0 }
				    : (struct place){ i->fin_at[*by], i->fin_packet[*by] };
	struct place rst = { i->rst_at, i->rst_packet };
	if (i->rst && (where->at == W101_TIME_NONE || before(rst, *where))) {
		*where = rst;
		*by = i->rst_by;
		how = W101_TCP_END_RST;
	}
	return how;
}

/* "FIN by the server after 60.041 s of silence" */
static void describe_end(const struct w101_ev_close *e, int64_t silence, char *text, size_t max)
{
	const char *how = e->tcp == W101_TCP_END_RST ? "RST" : "FIN", *who = e->tcp_by == W101_CLIENT ? "client" : "server";
	if (silence < W101_SECOND)
		snprintf(text, max, "%s by the %s after %lld.%lld ms of silence", how, who, (long long)(silence / 1000000),
			(long long)(silence % 1000000 / 100000));
	else
		snprintf(text, max, "%s by the %s after %lld.%03lld s of silence", how, who, (long long)(silence / W101_SECOND),
			(long long)(silence % W101_SECOND / 1000000));
}

static void tell(struct w101_conn *c, enum w101_finding_id id, enum w101_dir dir, const char *detail)
{
	w101_conn_tell(c, &(struct w101_finding){ .id = id, .dir = dir, .detail = w101_str(detail) });
}

/* Did TCP end before the side that ended it had sent a Close, and before it could answer one? */
static bool ended_without_close(const struct w101_ev_close *e)
{
	const struct w101_decoder_status *s = &e->status;
	if (e->tcp == W101_TCP_END_NONE || e->lost_bytes[0] || e->lost_bytes[1] || s->broken[0] || s->broken[1])
		return false;
	if (s->close_by == W101_NO_DIR)
		return true;
	return e->tcp_first && s->close_at[e->tcp_by] == W101_TIME_NONE;
}

/* A Close that crosses the end of TCP does not end the silence before it. */
static w101_time last_frame_before(const struct w101_conn *c, w101_time end)
{
	w101_time at = c->last_frame_at != W101_TIME_NONE && c->last_frame_at > end ? c->frame_before_at : c->last_frame_at;
	return at == W101_TIME_NONE ? c->switched_at : at;
}

static void judge_websocket(struct w101_conn *c, const struct w101_ev_close *e, w101_time end, bool one_way)
{
	const struct w101_decoder_status *s = &e->status;
	uint64_t frames = 0;
	char text[128];
	for (unsigned k = 0; k < W101_KINDS_MAX; k++)
		frames += e->frames[0][k] + e->frames[1][k];
	if (!one_way && ended_without_close(e)) {
		bool early = frames == 0 && w101_elapsed(c->switched_at, end) <= EARLY_CLOSE;
		describe_end(e, w101_elapsed(last_frame_before(c, end), end), text, sizeof text);
		tell(c, early ? W101_F_switch_closed_early : W101_F_close_missing, e->tcp_by, text);
	}
	if (s->close_at[0] == W101_TIME_NONE || s->close_at[1] == W101_TIME_NONE)
		return;
	w101_time closed = s->close_at[0] > s->close_at[1] ? s->close_at[0] : s->close_at[1];
	if (e->tcp_by == W101_CLIENT)
		tell(c, W101_F_close_tcp_order, W101_CLIENT, "the client ended TCP first");
	else if (w101_elapsed(closed, end == W101_TIME_NONE ? c->engine->summary.last : end) > LATE_TCP)
		tell(c, W101_F_close_tcp_order, W101_SERVER, "TCP stayed open for more than 10 s");
}

/* What bytes of an unknown protocol look like to somebody who knows the common ones. */
static const char *looks_like(struct w101_bytes b)
{
	if (!b.n)
		return "nothing was sent";
	if (b.n > 2 && b.p[0] == 0x16 && b.p[1] == 3)
		return "looks like TLS";
	if (b.n > 4 && memcmp(b.p, "SSH-", 4) == 0)
		return "looks like SSH";
	if (b.n > 5 && memcmp(b.p, "HTTP/", 5) == 0)
		return "looks like HTTP";
	size_t text = 0;
	for (size_t k = 0; k < b.n; k++)
		text += (b.p[k] >= 0x20 && b.p[k] != 0x7f) || b.p[k] == '\n' || b.p[k] == '\r' || b.p[k] == '\t';
	return text == b.n ? "looks like text" : "looks like binary data";
}

static void judge_token(struct w101_conn *c, const struct w101_ev_close *e)
{
	char text[96];
	if (w101_token_known(w101_str(c->token)))
		return;
	snprintf(text, sizeof text, "client: %s; server: %s", looks_like(e->status.preview[0]),
		looks_like(e->status.preview[1]));
	w101_conn_tell(c, &(struct w101_finding){ .id = W101_F_token_unknown, .dir = W101_SERVER,
				  .seen = w101_str(c->token), .detail = w101_str(text) });
}

void w101_conn_judge_end(struct w101_conn *c, enum w101_end why, struct w101_ev_close *e)
{
	struct w101_flow_info i;
	struct place tcp_ended;
	w101_flow_info(c->flow, &i);
	(void)why;
	if (c->http1)
		w101_http1_finish(c->http1);
	e->client = i.client;
	e->server = i.server;
	e->context[0] = i.context[0];
	e->context[1] = i.context[1];
	e->midstream = i.midstream;
	e->one_way = i.one_way_sure;
	e->first = i.first;
	e->last = i.last;
	e->connect = i.syn == W101_TIME_NONE || i.synack == W101_TIME_NONE ? -1 : w101_elapsed(i.syn, i.synack);
	e->first_frame = e->longest_silence = e->close_to_tcp = -1;
	e->status.close_by = W101_NO_DIR;
	e->status.reason = "";
	e->status.close_at[0] = e->status.close_at[1] = W101_TIME_NONE;
	e->tcp = tcp_end(&i, &tcp_ended, &e->tcp_by);
	w101_time end = tcp_ended.at;
	memcpy(e->frames, c->frames, sizeof e->frames);
	for (unsigned d = 0; d < 2; d++) {
		e->messages[d] = c->messages[d];
		e->payload_bytes[d] = c->payload_bytes[d];
		e->wire_bytes[d] = i.delivered[d];
		e->lost_bytes[d] = i.lost[d];
	}
	if (c->decoder) {
		c->ops->finish(c->decoder);
		c->ops->status(c->decoder, &e->status);
		e->protocol = c->ops->protocol;
		e->kinds = c->ops->kinds;
		e->n_kinds = c->ops->n_kinds;
		e->token = w101_str(c->token);
		if (c->first_frame_at != W101_TIME_NONE) {
			if (c->switched_at != W101_TIME_NONE)
				e->first_frame = w101_elapsed(c->switched_at, c->first_frame_at);
			e->longest_silence = c->longest_silence;
		}
		if (c->pings) {
			e->ping_rtt.min = c->pings->min;
			e->ping_rtt.max = c->pings->max;
			e->ping_rtt.median = w101_pings_median(c->pings);
			e->ping_rtt.n = c->pings->n;
		}
		w101_time from = i.last_data;
		for (unsigned d = 0; d < 2; d++)
			if (e->status.close_at[d] != W101_TIME_NONE && (from == i.last_data || e->status.close_at[d] < from))
				from = e->status.close_at[d];
		if (end != W101_TIME_NONE) {
			enum w101_dir by = e->status.close_by;
			e->tcp_first = by != W101_NO_DIR && e->status.close_at[by] != W101_TIME_NONE &&
				before(tcp_ended, (struct place){ e->status.close_at[by], e->status.close_packet[by] });
			e->close_to_tcp = w101_elapsed(e->tcp_first ? last_frame_before(c, end) : from, end);
		}
		if (c->ops == &w101_websocket_decoder)
			judge_websocket(c, e, end, i.one_way);
		else
			judge_token(c, e);
	}
	if (c->upgrade && i.one_way_sure)
		tell(c, W101_F_cap_one_way, W101_NO_DIR,
			i.almost                  ? "of the server only packets without data"
			: i.delivered[W101_CLIENT] ? "packets of the client alone"
						   : "packets of the server alone");
	e->upgrade = c->upgrade;
	e->verified = c->verified;
}
