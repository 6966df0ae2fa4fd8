/* The short way for frames about which there is nothing to say. */
#ifndef W101_DECODE_WS_QUICK_H
#define W101_DECODE_WS_QUICK_H

#include "decode/ws/conn.h"

/* Takes whole frames off the front of b, as long as each is one uncompressed
 * message in order that breaks no rule; offset: of b.p[0] in the stream.
 * Returns the bytes used; what follows is for the usual way, which finds the
 * side as if it had read them all. */
size_t w101_ws_quick(struct w101_ws *, enum w101_dir, struct w101_bytes b, uint64_t offset);

#endif
