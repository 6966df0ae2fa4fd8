/* One direction of a connection: what was passed on, what waits for a hole to
 * be filled.  Pure bookkeeping: it delivers nothing itself. */
#ifndef W101_STREAM_HALF_H
#define W101_STREAM_HALF_H

#include <wire101/types.h>

#include "base/quota.h"

#define W101_OFFSET_NONE UINT64_MAX
#define W101_HISTORY 4
#define W101_WAITING_COST 256 /* what a waiting piece counts beside its bytes: it bounds their number */

/* A segment that waits. */
struct w101_waiting {
	struct w101_waiting *next;
	int64_t offset;    /* relative to the half's base; before the base is known to the first byte seen */
	uint32_t len;      /* bytes on the wire */
	uint32_t have;     /* bytes captured, at `data` */
	uint64_t packet;
	w101_time at;
	uint32_t ack;      /* raw number; valid with has_ack */
	bool has_ack;
	uint8_t data[];
};

/* What every segment needs stands first. */
struct w101_half {
	uint32_t base;     /* sequence number of offset 0 */
	bool anchored;     /* base is set, perhaps only for the time being ... */
	bool based;        /* ... or settled */
	bool fin, ended, seen;
	uint8_t far;       /* segments in a row that lie far ahead of all that is known (far_at) */
	uint8_t history_at;
	bool ack_by_one;   /* the last acknowledgment that told of more told of one number more */
	struct w101_waiting *queue; /* by offset, without overlaps */
	uint64_t next;     /* passed on (or lost) up to here */
	uint64_t seen_end; /* highest end of any segment */
	uint64_t acked;    /* the peer has acknowledged up to here */
	uint64_t delivered;
	struct { uint64_t offset; uint32_t len, sum; } history[W101_HISTORY]; /* of segments passed on */

	struct w101_waiting *last; /* of the queue */
	uint32_t queued;   /* bytes that wait, and W101_WAITING_COST for each piece */
	bool syn, fin_has_ack, has_ack_min;
	bool given_up;     /* no longer waited for, though its beginning was never seen */
	uint64_t waived;   /* the peer's bytes up to here are no longer waited for */
	uint64_t lost;
	int64_t fin_offset;
	uint32_t fin_ack;
	uint32_t ack_min, ack_max; /* lowest and highest number the peer acknowledged before the base was known */
	w101_time fin_at;
	uint64_t fin_packet;
	int64_t far_at;    /* where segments lie far ahead */
};

/* Keeps what is new of [offset, offset + len), as far as the quota allows: the
 * first copy of a byte wins.  *differs: a byte was there already with another
 * value, at *differs_at. */
void w101_half_queue(struct w101_half *, struct w101_quota *, const struct w101_waiting *like,
				       struct w101_bytes data, bool *differs, int64_t *differs_at);
struct w101_waiting *w101_half_pop(struct w101_half *); /* the first; the caller frees it */
void w101_waiting_free(struct w101_quota *, struct w101_waiting *);
void w101_half_clear(struct w101_half *, struct w101_quota *);
/* An acknowledgment or segment further ahead of everything known than this is
 * nonsense, or of an earlier connection, unless more like it follow. */
#define W101_FAR_AHEAD (INT64_C(16) << 20)
/* Whether bytes at this offset can belong to the stream. */
bool w101_half_plausible(struct w101_half *, int64_t offset);

/* Settles the base: offsets in the queue become relative to `base`; what does not fit it is dropped. */
void w101_half_rebase(struct w101_half *, struct w101_quota *, uint32_t base);

/* Remembers a segment that was passed on; `repeated` asks whether a second copy differs. */
void w101_half_remember(struct w101_half *, uint64_t offset, struct w101_bytes);
bool w101_half_contradicts(const struct w101_half *, uint64_t offset, struct w101_bytes);

#endif
