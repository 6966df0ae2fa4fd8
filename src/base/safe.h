/* The one way of captured bytes to a person: controls, ESC, C1, bidirectional
 * overrides and broken UTF-8 are escaped, so that no capture can write to a
 * terminal what the terminal would obey. */
#ifndef W101_BASE_SAFE_H
#define W101_BASE_SAFE_H

#include <stddef.h>

#include <wire101/types.h>

enum w101_safe_flag {
	W101_SAFE_QUOTE = 1, /* escape " and \ as well, for text shown in quotes */
};

/* Writes at most max - 1 bytes and a NUL (max > 0); never half a character or
 * half an escape.  Returns the bytes of `in` that were shown; less than in.n:
 * it did not fit. */
size_t w101_safe_text(struct w101_bytes in, unsigned flags, char *out, size_t max, size_t *n_out);

/* Whether a code point must not be shown as it is. */
bool w101_safe_hostile(uint32_t cp);

#endif
