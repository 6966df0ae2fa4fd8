/* The bytes of a capture file, plain or gzip'ed, as a window that moves on. */
#ifndef W101_CAPTURE_INPUT_H
#define W101_CAPTURE_INPUT_H

#include <stdio.h>

#include "capture/source.h"

struct w101_input;

enum w101_input_state {
	W101_STREAM_FINE,
	W101_STREAM_CUT,     /* a gzip file ends before its end */
	W101_STREAM_DAMAGED, /* gzip data that cannot be unpacked */
	W101_STREAM_FAILED   /* reading failed */
};

/* The most that stands in the window at once: no packet and no block that is read whole is larger. */
#define W101_INPUT_WINDOW_MAX (16u << 20)

/* Takes fd over, on failure too.  NULL when no capture begins here; error says why. */
struct w101_input *w101_input_open(int fd, char error[W101_SOURCE_ERROR]);
/* The same over bytes in memory, which are borrowed until the close: never read
 * beyond their end.  For tests and fuzzers. */
struct w101_input *w101_input_memory(struct w101_bytes, char error[W101_SOURCE_ERROR]);
void w101_input_close(struct w101_input *);

/* The next n bytes (W101_INPUT_WINDOW_MAX at most) in one piece, without moving on; valid until the next call.
 * NULL: so many do not come any more, *have (may be NULL) do; w101_input_state says whether that is a failure.
 * A pipe is not read beyond what is asked for and what it has at once. */
const uint8_t *w101_input_peek(struct w101_input *, size_t n, size_t *have);
/* Moves on by n bytes, also beyond the window; false: the input ended before. */
bool w101_input_skip(struct w101_input *, uint64_t n);

/* The window itself, for who cannot afford a call for each header: the bytes that are there already.
 * To move `at` on is the same as a skip within them; peek and skip change both. */
struct w101_window {
	const uint8_t *at, *end;
};
struct w101_window *w101_input_window(struct w101_input *); /* belongs to the input */

/* A FILE that reads from here on.  Its owner closes it before the input.  NULL: no memory. */
FILE *w101_input_file(struct w101_input *);

/* What went wrong so far; error gets a line unless it is FINE. */
enum w101_input_state w101_input_state(struct w101_input *, char error[W101_SOURCE_ERROR]);
/* The word of a reader whose packet or block does not come whole: CUT or FAILED, with a line in error. */
enum w101_source_next w101_input_short(struct w101_input *, char error[W101_SOURCE_ERROR]);

uint64_t w101_input_position(const struct w101_input *);
uint64_t w101_input_size(const struct w101_input *);

#endif
