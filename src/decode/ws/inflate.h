/* One sender's compressed messages (RFC 7692 section 7.2): inflating, and a
 * second, stricter inflater that verifies the agreed window. */
#ifndef W101_DECODE_WS_INFLATE_H
#define W101_DECODE_WS_INFLATE_H

#include <wire101/types.h>

struct w101_quota;
struct w101_ws_inflate;

enum w101_ws_inflated { W101_WS_INFLATED, W101_WS_INFLATE_BAD, W101_WS_INFLATE_NO_MEMORY };

/* bits, no_takeover: what was agreed; only the verifier minds.  NULL: no memory. */
struct w101_ws_inflate *w101_ws_inflate_new(struct w101_quota *, unsigned bits, bool no_takeover);
void w101_ws_inflate_free(struct w101_ws_inflate *); /* NULL is fine */

/* A message begins. */
enum w101_ws_inflated w101_ws_inflate_begin(struct w101_ws_inflate *);
/* Takes from *in and writes at most cap bytes to out, *got of them; call again
 * while in->n > 0 or *got == cap.  After BAD or NO_MEMORY: _lose. */
enum w101_ws_inflated w101_ws_inflate_step(
	struct w101_ws_inflate *, struct w101_bytes *in, uint8_t *out, size_t cap, size_t *got);
/* The data so far ends at the end of a block and on a byte: with the tail 00 00
 * FF FF a message is complete, without it the block of the tail is missing. */
bool w101_ws_inflate_at_boundary(const struct w101_ws_inflate *);
/* ... and that block had BFINAL=1: the message needs no tail. */
bool w101_ws_inflate_at_final(const struct w101_ws_inflate *);
/* What zlib said about the last BAD; static. */
const char *w101_ws_inflate_why(const struct w101_ws_inflate *);
/* The message is complete: wire bytes made plain ones.  `at` in capture time, so
 * that the contexts of slow connections shrink to their windows until the next
 * message. */
void w101_ws_inflate_done(struct w101_ws_inflate *, uint64_t wire, uint64_t plain, w101_time at);
/* Over at least 100 messages the compressed bytes are more than the plain ones.
 * The argument may be NULL (a sender that never compressed): false. */
bool w101_ws_inflate_wasteful(const struct w101_ws_inflate *);

/* Bytes of this sender are lost: the history is empty from here. */
void w101_ws_inflate_lose(struct w101_ws_inflate *);
/* Failures mean nothing: a message may refer to history that was lost. */
bool w101_ws_inflate_partial(const struct w101_ws_inflate *);

/* Since the last call: a distance went beyond the agreed window (told once for
 * a sender), a block had BFINAL=1. */
bool w101_ws_inflate_take_window(struct w101_ws_inflate *);
bool w101_ws_inflate_take_final(struct w101_ws_inflate *);

#endif
