/* The bytes of a capture file as a FILE for libpcap: plain or gzip'ed. */
#ifndef W101_CAPTURE_STREAM_H
#define W101_CAPTURE_STREAM_H

#include <stdio.h>

#include "capture/source.h"

struct w101_stream;

enum w101_stream_state {
	W101_STREAM_FINE,
	W101_STREAM_CUT,     /* a gzip file ends before its end */
	W101_STREAM_DAMAGED, /* gzip data that cannot be unpacked */
	W101_STREAM_FAILED   /* reading failed */
};

/* Takes fd over, on failure too.  NULL when no capture begins here; error says why. */
struct w101_stream *w101_stream_open(int fd, char error[W101_SOURCE_ERROR]);
void w101_stream_close(struct w101_stream *);

/* A FILE that reads from the stream.  Its owner closes it before the stream.  NULL: no memory. */
FILE *w101_stream_file(struct w101_stream *);

/* What went wrong so far; error gets a line unless it is FINE. */
enum w101_stream_state w101_stream_state(struct w101_stream *, char error[W101_SOURCE_ERROR]);

uint64_t w101_stream_position(const struct w101_stream *);
uint64_t w101_stream_size(const struct w101_stream *);

#endif
