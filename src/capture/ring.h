/* The last packets, within a bound of memory: for input that cannot be read a
 * second time.  */
#ifndef W101_CAPTURE_RING_H
#define W101_CAPTURE_RING_H

#include <wire101/packet.h>

struct w101_ring;

#define W101_RING_DEFAULT (UINT64_C(64) << 20)

/* max: bytes at most, headers included.  NULL: no memory. */
struct w101_ring *w101_ring_new(uint64_t max);
void w101_ring_free(struct w101_ring *);
/* Copies the packet; the oldest fall out for it.  One larger than the ring falls out at once. */
void w101_ring_add(struct w101_ring *, const struct w101_packet *);
/* From the oldest on: *at 0 at first.  False: no more.  Borrowed until the ring changes. */
bool w101_ring_next(const struct w101_ring *, uint64_t *at, struct w101_packet *);
uint64_t w101_ring_fallen(const struct w101_ring *); /* packets that fell out */
uint64_t w101_ring_first(const struct w101_ring *);  /* number of the oldest packet still there; 0: none */

#endif
