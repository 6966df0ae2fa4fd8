/* Client bytes between an upgrade request and its answer: kept as they came,
 * because nobody knows yet whose they are. */
#ifndef W101_HTTP_HELD_H
#define W101_HTTP_HELD_H

#include <wire101/decoder.h>

#include "base/buf.h"

struct w101_held {
	struct w101_buf bytes;
	struct w101_chunk *chunks; /* bytes.p is set by w101_held_chunks only */
	size_t first, n, cap;      /* chunks first to n - 1 are not yet taken */
	size_t taken;              /* bytes of the front that were taken */
	uint64_t dropped;          /* bytes behind, over the limit or lost in a gap */
};

void w101_held_init(struct w101_held *, struct w101_quota *);
void w101_held_clear(struct w101_held *);
static inline bool w101_held_empty(const struct w101_held *h)
{
	return h->bytes.n == h->taken && !h->dropped;
}
/* The chunk from `used` on, up to max bytes in all; the rest is counted as dropped, and so is all that follows. */
void w101_held_add(struct w101_held *, const struct w101_chunk *, size_t used, size_t max);
void w101_held_gap(struct w101_held *, uint64_t n);
/* The first chunk whose bytes were not taken; false: none. */
bool w101_held_first(struct w101_held *, struct w101_chunk *out);
void w101_held_take(struct w101_held *, size_t n); /* bytes of the first chunk */
/* All chunks; borrowed until the next call. */
const struct w101_chunk *w101_held_chunks(struct w101_held *, size_t *n);

#endif
