/* One direction of an HTTP/1 connection: finds heads in the stream, across
 * chunks, and finds its way back after a gap. */
#ifndef W101_HTTP_SIDE_H
#define W101_HTTP_SIDE_H

#include <wire101/decoder.h>

#include "base/buf.h"
#include "http/body.h"
#include "http/head.h"

enum w101_side_state {
	W101_SIDE_HEAD, /* between messages, or inside a head */
	W101_SIDE_OVER, /* client: inside a head above the limit, up to its empty line */
	W101_SIDE_BODY,
	W101_SIDE_SEEK, /* server: bytes that are no head, until one begins */
	W101_SIDE_HOLD, /* client: waits for the verdict on an upgrade */
	W101_SIDE_MUTE  /* not readable any more */
};

struct w101_side {
	enum w101_side_state state;
	struct w101_body body;
	struct w101_buf partial; /* a head that began in an earlier chunk; SEEK: the first bytes that were no head */
	uint64_t partial_at;     /* stream offset of partial.p[0] */
	uint64_t begun_acked;    /* `acked` of the chunk where it began */
	size_t scanned;          /* bytes of partial without the end of a head */
	bool sniffed;            /* partial begins like a head */
	uint8_t blank;           /* OVER: bytes of LF CR LF, or of LF LF */
	bool lost;               /* after a gap: a head may begin at the beginning of any chunk */
	bool cut;                /* the capture began midstream: the first head may lack its beginning */
	bool strange;            /* bytes that were no head came before */
	uint8_t matched;         /* SEEK: bytes of "HTTP/1." */
	uint32_t sought;         /* SEEK: bytes passed over */
	uint64_t next;           /* stream offset behind the last byte that was taken */
	bool ended;
	enum w101_end how;
	w101_time ended_at;
	uint64_t ended_packet;
};

enum w101_side_result {
	W101_SIDE_COMPLETE,
	W101_SIDE_MORE,    /* all bytes were taken */
	W101_SIDE_NO_HEAD, /* this is no head; nothing of it was taken */
	W101_SIDE_BROKEN,  /* it began like a head, but is none */
	W101_SIDE_LIMIT    /* it is above the limit, or there is no memory; what partial holds of it was taken */
};

/* A head from *used on.  When complete, *out borrows from the chunk or from
 * s->partial until w101_side_head_done. */
enum w101_side_result w101_side_head(struct w101_side *, enum w101_dir, const struct w101_chunk *, size_t *used,
				     size_t max, struct w101_head_store *, struct w101_http_head *out);
void w101_side_head_done(struct w101_side *);
/* OVER: passes over bytes up to the end of the head.  True: it ended at *used. */
void w101_side_over_begin(struct w101_side *);
bool w101_side_over(struct w101_side *, const struct w101_chunk *, size_t *used);
/* SEEK: passes over bytes up to the next "HTTP/1.", at most `max` of them since
 * the state was entered.  False: there were more. */
void w101_side_seek_begin(struct w101_side *, const struct w101_chunk *, size_t used);
bool w101_side_seek(struct w101_side *, const struct w101_chunk *, size_t *used, size_t max);
/* n bytes are missing; returns true when the framing survived. */
bool w101_side_gap(struct w101_side *, uint64_t n, uint64_t at);

#endif
