/* Round trips of Pings (RFC 6455 5.5.2, 5.5.3), from capture time.  Internal to engine/. */
#ifndef W101_ENGINE_PINGS_H
#define W101_ENGINE_PINGS_H

#include <wire101/types.h>

#include "base/quota.h"

#define W101_PINGS_OPEN 16     /* Pings of one side that may still be answered */
#define W101_PINGS_SAMPLES 128 /* round trips kept for the median: the latest */

struct w101_pings {
	struct { uint64_t hash; w101_time at; } open[2][W101_PINGS_OPEN]; /* by who sent the Ping; at W101_TIME_NONE: free */
	uint8_t next[2];
	int64_t sample[W101_PINGS_SAMPLES];
	int64_t min, max;
	uint64_t n;
};

/* A Ping of side d. */
void w101_pings_sent(struct w101_pings *, enum w101_dir d, struct w101_bytes payload, w101_time);
/* A Pong of side d: closes the latest open Ping of the other side with the same payload. */
void w101_pings_answered(struct w101_pings *, enum w101_dir d, struct w101_bytes payload, w101_time);
int64_t w101_pings_median(const struct w101_pings *); /* -1: no round trip */

struct w101_pings *w101_pings_new(struct w101_quota *); /* NULL: no memory */
void w101_pings_free(struct w101_quota *, struct w101_pings *);

#endif
