/* Client bytes between an upgrade request and its answer: kept as they came,
 * because nobody knows yet whose they are. */
#ifndef W101_HTTP_HELD_H
#define W101_HTTP_HELD_H

#include <wire101/decoder.h>

#include "base/buf.h"

/* Bytes as they came, or a hole among them. */
struct w101_held_piece {
	struct w101_chunk chunk; /* of a hole: without bytes; where it is and when it was known */
	uint64_t gap;            /* bytes that are missing; 0: none, the chunk has its bytes */
};

struct w101_held {
	struct w101_buf bytes;
	struct w101_held_piece *pieces; /* chunk.bytes.p is set by w101_held_pieces only */
	size_t first, n, cap;           /* pieces first to n - 1 are not yet taken */
	size_t taken;                   /* bytes of the front that were taken */
	uint64_t dropped;               /* bytes of the stream behind the last piece, over the limit */
};

void w101_held_init(struct w101_held *, struct w101_quota *);
void w101_held_clear(struct w101_held *);
/* The chunk from `used` on, up to max bytes in all; the rest is counted as dropped, and so is all that follows. */
void w101_held_add(struct w101_held *, const struct w101_chunk *, size_t used, size_t max);
/* n bytes are missing at where->offset. */
void w101_held_gap(struct w101_held *, const struct w101_chunk *where, uint64_t n, size_t max);
/* The first piece that was not taken; false: none. */
bool w101_held_first(struct w101_held *, struct w101_held_piece *out);
void w101_held_take(struct w101_held *, size_t n); /* bytes of the first piece; a hole has 0 and is taken whole */
/* All pieces; borrowed until the next call. */
const struct w101_held_piece *w101_held_pieces(struct w101_held *, size_t *n);

#endif
