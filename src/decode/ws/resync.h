/* Finding frames again after bytes are missing. */
#ifndef W101_DECODE_WS_RESYNC_H
#define W101_DECODE_WS_RESYNC_H

#include <wire101/types.h>

#include "base/buf.h"

#define W101_WS_RESYNC_WINDOW (64u << 10)

/* What a header must look like to be believed. */
struct w101_ws_expect {
	bool masked;
	uint8_t rsv; /* bits allowed on the first frame of a data message */
};

struct w101_ws_resync {
	struct w101_ws_expect expect;
	struct w101_buf window;  /* bytes behind the gap, at most W101_WS_RESYNC_WINDOW */
	uint64_t offset;         /* of window.p[0] in the stream */
	uint64_t skipped;        /* bytes passed over for good */
	size_t at;               /* place in the window that is on trial */
	size_t need;             /* bytes in the window before it is worth another look */
	bool fresh;              /* the window begins at the gap: a segment begins there */
	uint64_t packet;         /* of the bytes that came last */
	uint8_t begins[W101_WS_RESYNC_WINDOW / 8]; /* a bit for each offset in the window: a segment begins there */
};

/* NULL: no memory. */
struct w101_ws_resync *w101_ws_resync_new(struct w101_quota *, struct w101_ws_expect);
void w101_ws_resync_free(struct w101_ws_resync *); /* NULL is fine */
/* Another gap: what is in the window is passed over. */
void w101_ws_resync_gap(struct w101_ws_resync *);
/* Takes bytes up to the decision, *used of them (all when it is false).  True:
 * the window begins with a frame, at `offset`.  packet: that carried them. */
bool w101_ws_resync_data(struct w101_ws_resync *, struct w101_bytes, uint64_t offset, uint64_t packet, size_t *used);
/* No more bytes will come: decides with what is there. */
bool w101_ws_resync_end(struct w101_ws_resync *);

#endif
