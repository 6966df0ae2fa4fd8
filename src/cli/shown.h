/* A sink behind the filter that remembers which connections are shown. */
#ifndef W101_CLI_SHOWN_H
#define W101_CLI_SHOWN_H

#include <wire101/sink.h>

#include "base/buf.h"

struct w101_shown {
	struct w101_sink next;
	struct w101_quota quota;
	struct w101_buf bits;  /* one for each connection number */
	bool all;              /* plain HTTP too (-v) */
	uint64_t n;            /* connections shown */
	uint64_t left_out;     /* ... for whose numbers there was no room */
};

/* The sink lives in *shown, which stays the caller's; closing it closes next and forgets nothing. */
struct w101_sink w101_shown_open(struct w101_shown *shown, bool all, struct w101_sink next);
bool w101_shown_has(const struct w101_shown *, uint32_t flow);
void w101_shown_clear(struct w101_shown *);

#endif
