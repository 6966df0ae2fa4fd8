/* Finding frames again after bytes are missing. */
#ifndef W101_DECODE_WS_RESYNC_H
#define W101_DECODE_WS_RESYNC_H

#include <wire101/decoder.h>

#include "base/buf.h"

#define W101_WS_RESYNC_WINDOW (64u << 10)

/* What a header must look like to be believed. */
struct w101_ws_expect {
	bool masked;
	uint8_t rsv; /* bits allowed on the first frame of a data message */
};

/* Where a chain of frames stands: what the next data frame may be. */
enum w101_ws_between { W101_WS_ANY, W101_WS_OUTSIDE, W101_WS_INSIDE };

/* One place and the frames that follow from it, as far as they were walked. */
struct w101_ws_trial {
	size_t at;             /* the next frame, in the window */
	unsigned frames, bits; /* that prove something, and how much */
	enum w101_ws_between between;
	size_t last_at, last_n; /* the frame before, header and payload */
	uint8_t last_mask[4];
	bool aligned;          /* a frame ended where a segment did */
};

struct w101_ws_resync {
	struct w101_ws_expect expect;
	struct w101_buf window;  /* bytes behind the gap, at most W101_WS_RESYNC_WINDOW */
	uint64_t offset;         /* of window.p[0] in the stream */
	uint64_t skipped;        /* bytes passed over for good */
	size_t at;               /* place in the window that is on trial */
	size_t need;             /* bytes in the window before it is worth another look */
	struct w101_ws_trial trial;
	uint64_t walked;         /* frames, for all places so far */
	uint64_t walk_limit;     /* beyond it places that merely lack evidence are refused for good */
	bool fresh;              /* the window begins at the gap: a segment begins there */
	uint64_t packet;         /* of the bytes that came last */
	struct w101_chunk *places; /* what carried the window, without bytes; neighbours are merged when there are many */
	size_t n_places, cap_places, given;
	/* a bit for each byte of the window */
	uint8_t begins[W101_WS_RESYNC_WINDOW / 8];     /* a segment begins there */
	uint8_t refused[3][W101_WS_RESYNC_WINDOW / 8]; /* a refused chain came through, by enum w101_ws_between */
};

/* NULL: no memory. */
struct w101_ws_resync *w101_ws_resync_new(struct w101_quota *, struct w101_ws_expect);
void w101_ws_resync_free(struct w101_ws_resync *); /* NULL is fine */
/* Another gap: what is in the window is passed over. */
void w101_ws_resync_gap(struct w101_ws_resync *);
/* Takes bytes up to the decision, *used of them (all when it is false).  True:
 * the window begins with a frame, at `offset`. */
bool w101_ws_resync_data(struct w101_ws_resync *, const struct w101_chunk *, size_t *used);
/* No more bytes will come: decides with what is there. */
bool w101_ws_resync_end(struct w101_ws_resync *);
/* After true: the window piece by piece, each with the place where it was seen;
 * false: no more.  The bytes are borrowed until free. */
bool w101_ws_resync_next(struct w101_ws_resync *, struct w101_chunk *);

#endif
