/* Removing the mask of a frame (RFC 6455 section 5.3). */
#ifndef W101_DECODE_WS_MASK_H
#define W101_DECODE_WS_MASK_H

#include <stddef.h>
#include <stdint.h>

/* to[i] = from[i] xor key[(at + i) mod 4]; `at` is the place of from[0] in the
 * payload.  to == from is allowed, other overlaps are not. */
void w101_ws_unmask(uint8_t *to, const uint8_t *from, size_t n, const uint8_t key[4], uint64_t at);

#endif
