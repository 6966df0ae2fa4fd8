/* One HTTP/1 connection: heads and bodies of both directions, requests paired
 * with answers, upgrades judged.  Stops at the first byte of a foreign protocol
 * and does not know it.  The engine is its host. */
#ifndef W101_HTTP_HTTP1_H
#define W101_HTTP_HTTP1_H

#include <wire101/decoder.h> /* struct w101_chunk, w101_end */
#include <wire101/finding.h>
#include <wire101/http.h>
#include <wire101/limits.h>

#include "http/held.h"
#include "http/keys.h"

struct w101_http1;

struct w101_http1_host {
	void *self;
	void (*request)(void *self, const struct w101_http_head *, bool about_upgrade);
	void (*response)(void *self, const struct w101_http_head *, bool about_upgrade);
	void (*finding)(void *self, const struct w101_finding *);      /* before the exchange they belong to */
	void (*exchange)(void *self, const struct w101_exchange *); /* the verdict; plain HTTP too (is_upgrade false) */
};

struct w101_http1_config {
	struct w101_http1_host host;
	const struct w101_limits *limits;
	struct w101_quota *quota;
	struct w101_keys *keys;
	uint32_t flow;       /* connection number, for keys */
	bool plain_exchanges;/* call exchange() for plain HTTP too */
	bool midstream;      /* bytes before the first ones may be missing, in both directions */
};

struct w101_http1 *w101_http1_new(const struct w101_http1_config *); /* NULL: no memory */
void w101_http1_free(struct w101_http1 *);

/* Chunks come in order within a direction, and in causal order between the two
 * wherever the capture allows: an answer after what it acknowledges.
 * *used: bytes taken.  MORE: all of them.  SWITCH (only for the server's
 * direction): the head that switches ended at *used; the rest of the chunk and
 * all later bytes of both directions belong to the next protocol.  DEAD: not
 * HTTP, or no longer readable as such. */
enum w101_feed w101_http1_data(struct w101_http1 *, enum w101_dir, const struct w101_chunk *, size_t *used);
enum w101_feed w101_http1_gap(struct w101_http1 *, enum w101_dir, uint64_t n, const struct w101_chunk *where);
/* The bytes of one direction end here.  When both have ended, or when finish is
 * called, what waits for an answer gets its verdict. */
void w101_http1_end(struct w101_http1 *, enum w101_dir, enum w101_end, const struct w101_chunk *where);
void w101_http1_finish(struct w101_http1 *);

/* The answer is not in the capture. */
struct w101_http1_run {
	struct w101_bytes bytes; /* the client's, directly behind the request that waits, up to the first hole */
	bool websocket;          /* what the request asks for */
	bool whole;              /* no bytes are behind these */
	bool full;               /* there is little room for more, or there are more already */
};
bool w101_http1_holds(const struct w101_http1 *);                        /* a request waits, and may have a run */
bool w101_http1_held(struct w101_http1 *, struct w101_http1_run *out);   /* false: it has none */
/* The run is WebSocket's; gives the verdict, and W101_FEED_SWITCH is done as if data() had said so. */
void w101_http1_assume(struct w101_http1 *);
/* The run is the client's next request: what waits has the verdict of an answer that is not known, and all that was
 * held is read on. */
enum w101_feed w101_http1_read_on(struct w101_http1 *);

/* After SWITCH. */
struct w101_http1_switch {
	bool tunnel;                   /* CONNECT 2xx: whatever follows is sniffed anew */
	bool websocket;
	bool assumed;                  /* without an answer: what was agreed, and where the server's side begins, is
	                                  not known */
	bool old_draft;                /* of WebSocket (hixie-76): what follows are not the frames of RFC 6455 */
	struct w101_bytes token;       /* of the 101 without version, or of the request when the 101 names none */
	struct w101_bytes subprotocol, extensions, offered_extensions; /* n == 0: none */
	int verified;                  /* 1, 0, -1 */
	uint64_t offset[2];            /* stream offsets where the new protocol begins.  The client's may lie ahead of
	                                  the bytes given so far: what is below still belongs to the request's body */
	/* client bytes that came before the verdict, as they came; feed them first */
	bool client_lost;              /* client bytes are missing just before offset[]: the new protocol may have begun
	                                  in them */
	const struct w101_held_piece *held;
	size_t n_held;
	uint64_t held_dropped;         /* bytes behind the held ones that were over the limit: a gap */
};
void w101_http1_switched(const struct w101_http1 *, struct w101_http1_switch *out); /* borrowed until free */
/* When nothing was held at a switch to WebSocket: the first client bytes that come
 * after SWITCH, which may have been sent before the client had the 101 all the
 * same.  server_offset: where the server's new protocol begins.  Makes the
 * finding req-early-data and returns true when that is known. */
bool w101_http1_early(const struct w101_http1_host *, const struct w101_chunk *, uint64_t server_offset);

#endif
