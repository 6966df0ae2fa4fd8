/* The state of one connection, shared by http1.c, which walks it, and verdict.c,
 * which judges what was walked.  Private to these two. */
#ifndef W101_HTTP_VERDICT_H
#define W101_HTTP_VERDICT_H

#include "http/held.h"
#include "http/http1.h"
#include "http/side.h"
#include "http/upgrade.h"
#include "http/waiting.h"

struct w101_http1 {
	struct w101_http1_config cfg;
	struct w101_side side[2];
	struct w101_http_queue queue;
	struct w101_held held;
	uint64_t skip;      /* answers to come for requests that fell out of the queue */
	bool walking;       /* the client's message belongs to the last request of the queue */
	bool unsure;        /* bytes are missing: the next answer is paired by what it acknowledges */
	bool blind;         /* an answer may have been lost */
	bool dead;
	struct w101_http1_switch sw;
	uint64_t fin_acked; /* of the client's end */
	struct w101_buf kept; /* the texts of sw */
};

static inline bool w101_ended_by_tcp(const struct w101_side *s)
{
	return s->ended && (s->how == W101_END_FIN || s->how == W101_END_RST);
}

/* Findings of a request that asks for an upgrade. */
void w101_verdict_asked(struct w101_http1 *, struct w101_http_waiting *, const struct w101_http_head *,
			const struct w101_wish *);
/* The final answer r; w: the request it belongs to, NULL when not known. */
void w101_verdict_answered(struct w101_http1 *, const struct w101_http_waiting *w, const struct w101_http_head *r);
/* Likewise for one whose answer is not in the capture, though frames follow it. */
void w101_verdict_assumed(struct w101_http1 *, const struct w101_http_waiting *);
/* The oldest request that waits has no answer, nor will it be given one. */
void w101_verdict_unanswered(struct w101_http1 *, const struct w101_http_waiting *);
/* Everything that waits is unanswered, and leaves the queue.  over: no answer can come any more, for sure. */
void w101_verdict_drain(struct w101_http1 *, bool over);
/* A finding about the answer to the oldest request, when that is about an upgrade and no head came of it. */
void w101_verdict_no_head(struct w101_http1 *, enum w101_finding_id, struct w101_bytes seen, const char *detail);
/* The request that is answered with an upgrade had a head above the limit. */
void w101_verdict_over(struct w101_http1 *, struct w101_http_waiting *);
/* The connection ended inside a request head: tells what is there of it. */
void w101_verdict_unfinished(struct w101_http1 *);

#endif
