/* The life of one connection after reassembly (DESIGN 4): sniffed, read as
 * HTTP, switched, decoded; and what is remembered of it for its end.
 * Internal to engine/. */
#ifndef W101_ENGINE_CONN_H
#define W101_ENGINE_CONN_H

#include <wire101/event.h>

#include "base/buf.h"
#include "engine/engine_impl.h"
#include "engine/pings.h"
#include "http/http1.h"

enum w101_conn_state {
	W101_CONN_SNIFF,   /* first bytes, or first bytes inside a tunnel */
	W101_CONN_HTTP1,
	W101_CONN_DECODER, /* behind a switch */
	W101_CONN_IGNORED
};

/* A finding or gap from before the connection was known to be about an upgrade. */
struct w101_early {
	enum w101_finding_id id;
	bool is_gap;
	enum w101_dir dir;
	uint64_t offset, missing, packet;
	w101_time at;
	uint16_t n_seen, n_wanted, n_detail;
	uint8_t *texts; /* the three, one behind the other; NULL: none */
};
#define W101_EARLY_MAX 8
#define W101_EARLY_TEXT 320u /* bytes kept of each of its texts */

struct w101_repeat {
	uint8_t id, dir;
	uint32_t n;
};

/* What every frame needs stands first. */
struct w101_conn {
	struct w101_engine *engine;
	struct w101_flow *flow;
	uint32_t number;
	uint8_t state; /* enum w101_conn_state */
	bool opened;   /* OPEN was sent */
	bool upgrade;  /* is about an upgrade: has a connection line */
	bool tunnel;   /* inside a CONNECT tunnel */
	bool resync;   /* began midstream or lost bytes: a head may begin at any chunk */
	uint8_t proxies; /* PROXY headers that were read */
	bool await_client; /* the client's first bytes behind the switch may have been sent before it */
	bool server_lost;  /* where the server's frames begin is not known, and none came yet */

	/* where the analysis is: the packet and time that new events carry */
	uint64_t packet;
	w101_time at;

	const struct w101_decoder_ops *ops;
	void *decoder;
	uint64_t from[2]; /* stream offsets where the new protocol begins; what lies below is not its */
	w101_time switched_at, first_frame_at, last_frame_at, frame_before_at;
	int64_t longest_silence;
	uint64_t messages[2], payload_bytes[2];
	uint64_t frames[2][W101_KINDS_MAX];

	/* SNIFF and HTTP1 */
	struct w101_buf sniffed[2];
	struct w101_chunk first[2]; /* place of the first byte sniffed */
	uint64_t passed[2];         /* bytes looked at in vain */
	uint64_t proxy_at;          /* where the next PROXY header would begin */
	uint32_t proxy_left;        /* of the PROXY header, to be skipped */
	struct w101_http1 *http1;
	char token[32];

	/* for the end */
	int verified;
	struct w101_pings *pings; /* NULL until the first */
	unsigned findings[3];
	uint64_t told[3][(W101_F_COUNT + 63) / 64]; /* findings sent, by direction */
	struct w101_repeat *repeats;
	uint32_t n_repeats, cap_repeats;
	uint8_t n_early;
	struct w101_early *early; /* W101_EARLY_MAX of them, NULL until needed */
};

/* The stream's callbacks. */
enum w101_feed w101_conn_data(struct w101_engine *, struct w101_flow *, enum w101_dir, const struct w101_chunk *);
void w101_conn_gap(struct w101_engine *, struct w101_flow *, enum w101_dir, uint64_t n, bool cut,
	const struct w101_chunk *where);
void w101_conn_end(struct w101_engine *, struct w101_flow *, enum w101_dir, enum w101_end, const struct w101_chunk *where);
void w101_conn_close(struct w101_engine *, struct w101_flow *, enum w101_end);
void w101_conn_finding(struct w101_engine *, struct w101_flow *, const struct w101_finding *, const struct w101_chunk *where);

/* Memory that a connection's next bytes need is fetched; the second a little after the first.  NULL: none. */
static inline void w101_conn_ahead(const struct w101_conn *c)
{
	if (!c)
		return;
	__builtin_prefetch(c, 1);
	__builtin_prefetch((const char *)c + 64, 1);
	__builtin_prefetch((const char *)c + 128, 1);
	__builtin_prefetch((const char *)c + 192, 1);
}

static inline void w101_conn_ahead_decoder(const struct w101_conn *c)
{
	if (c && c->decoder && c->ops->ahead)
		c->ops->ahead(c->decoder);
}

/* emit.c: a connection's facts become events; equal findings are told once and counted. */
struct w101_event w101_conn_event(struct w101_conn *, enum w101_event_type, enum w101_dir);
void w101_conn_tell(struct w101_conn *, const struct w101_finding *);
void w101_conn_tell_repeats(struct w101_conn *);
void w101_conn_open(struct w101_conn *);
void w101_conn_is_upgrade(struct w101_conn *); /* from here on its early findings are told */
void w101_conn_forget_early(struct w101_conn *);
void w101_conn_lost(struct w101_conn *, enum w101_dir, uint64_t n, bool cut, const struct w101_chunk *where);
extern const struct w101_http1_host w101_conn_http1_host; /* self is to be set */
extern const struct w101_out w101_conn_out;               /* likewise */

/* closing.c: what is judged when the connection is over, and the CLOSE event. */
void w101_conn_judge_end(struct w101_conn *, enum w101_end, struct w101_ev_close *);

#endif
