/* The bytes of a capture file as a FILE for libpcap: plain or gzip'ed. */
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

/* Takes fd over, on failure too.  NULL when no capture begins here; error says why. */
struct w101_input *w101_input_open(int fd, char error[W101_SOURCE_ERROR]);
void w101_input_close(struct w101_input *);

/* A FILE that reads from the stream.  Its owner closes it before the stream.  NULL: no memory. */
FILE *w101_input_file(struct w101_input *);

/* What went wrong so far; error gets a line unless it is FINE. */
enum w101_input_state w101_input_state(struct w101_input *, char error[W101_SOURCE_ERROR]);

uint64_t w101_input_position(const struct w101_input *);
uint64_t w101_input_size(const struct w101_input *);

#endif
