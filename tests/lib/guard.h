/* Attacks on the seams of a parser's input: bytes placed against an unreadable
 * page, fed whole, one at a time, and cut in two at each place. */
#ifndef W101_TESTS_GUARD_H
#define W101_TESTS_GUARD_H

#include <stddef.h>
#include <stdint.h>

#include <wire101/types.h>

/* A copy of n bytes whose last byte stands against an unreadable page. */
struct w101_guard {
	uint8_t *map;
	size_t map_n;
	struct w101_bytes bytes;
};
struct w101_guard w101_guard_copy(const void *, size_t n);
void w101_guard_free(struct w101_guard *);

/* Calls feed() with the pieces of `in` (each a guarded copy), once for each way
 * of cutting: whole, bytewise, and in two at each place (at most `places` of
 * them, spread evenly; 0: all).  begin() and end() stand around each way. */
struct w101_seams {
	void *self;
	void (*begin)(void *self);
	void (*feed)(void *self, struct w101_bytes piece);
	void (*end)(void *self, const char *way);
};
void w101_seams_run(struct w101_bytes in, size_t places, const struct w101_seams *);

#endif
