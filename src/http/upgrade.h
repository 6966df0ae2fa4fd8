/* The verdict on one exchange: request and final answer in, findings and struct
 * w101_exchange out. */
#ifndef W101_HTTP_UPGRADE_H
#define W101_HTTP_UPGRADE_H

#include "base/buf.h"
#include "http/judge.h"
#include "http/keys.h"
#include "http/request_rules.h"

/* Judges a request and remembers its key.  keys may be NULL. */
void w101_upgrade_asked(struct w101_judge *, const struct w101_http_head *, const struct w101_wish *,
			struct w101_keys *, uint32_t flow);

/* The wait for an answer is over: no later use of its key overlaps with it. */
void w101_upgrade_ended(const struct w101_http_head *request, struct w101_keys *, uint32_t flow, w101_time at);

/* All that is known of an exchange when it is judged. */
struct w101_upgrade {
	const struct w101_http_head *request;  /* NULL: not captured */
	const struct w101_http_head *response; /* NULL: none came */
	struct w101_found asked;               /* what w101_upgrade_asked found */
	bool continued, too_early;             /* see struct w101_answer */
	int64_t latency;
	bool early;                            /* the client sent bytes before the answer */
	uint64_t early_at;                     /* their stream offset */
	struct w101_bytes early_bytes;
	bool abandoned;                        /* without response: the connection ended, so that none can come */
	struct w101_bytes abandoned_by;        /* how it ended, for people */
	uint64_t abandoned_at;                 /* stream offset of the server where the answer would be */
	w101_time end;                         /* without response: when the wait ended */
	struct w101_keys *keys;
	uint32_t flow;
};

/* Makes the findings of the answer and fills *out, which borrows from the heads
 * and from `joined` (an empty buffer that the caller clears). */
void w101_upgrade_judge(struct w101_judge *, const struct w101_upgrade *, struct w101_buf *joined,
			struct w101_exchange *out);

/* req-early-data: bytes that the client sent before it had the whole 101. */
void w101_upgrade_early(void *self, void (*finding)(void *self, const struct w101_finding *), uint64_t offset,
			struct w101_bytes);

#endif
