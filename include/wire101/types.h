/* The smallest words of the shared language: directions, borrowed bytes,
 * addresses, capture time.  Everything else in this folder builds on them.
 * This file must not know any protocol. */
#ifndef W101_TYPES_H
#define W101_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define W101_SCHEMA 1 /* version of the JSON lines; keys are only ever added */

/* Who speaks.  The client is who opened the TCP connection (see engine/). */
enum w101_dir { W101_CLIENT = 0, W101_SERVER = 1, W101_NO_DIR = 2 };

static inline enum w101_dir w101_dir_other(enum w101_dir d)
{
	return d == W101_CLIENT ? W101_SERVER : W101_CLIENT;
}

/* What a consumer of stream bytes answers. */
enum w101_feed {
	W101_FEED_MORE,   /* go on */
	W101_FEED_SWITCH, /* the rest belongs to another protocol */
	W101_FEED_DEAD    /* send no more: nothing here is of interest */
};

/* Bytes that belong to somebody else: valid until the call returns. */
struct w101_bytes {
	const uint8_t *p;
	size_t n;
};

/* Capture time in nanoseconds since 1970-01-01T00:00:00Z; never the clock. */
typedef int64_t w101_time;
#define W101_TIME_NONE INT64_MIN
#define W101_SECOND INT64_C(1000000000)

/* A duration that is never negative: time stamps may go back. */
static inline int64_t w101_elapsed(w101_time from, w101_time to)
{
	return from == W101_TIME_NONE || to == W101_TIME_NONE || to < from ? 0 : to - from;
}

struct w101_addr {
	uint8_t family; /* 4 or 6; 0: not set */
	uint8_t b[16];  /* network order; IPv4 uses the first four, the rest is 0 */
};

struct w101_endpoint {
	struct w101_addr addr;
	uint16_t port;
};

#endif
