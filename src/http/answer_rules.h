/* The rules for the final answer to a request that asks for an upgrade, and for
 * a 101 or 426 to one that did not (RFC 9110 7.8, RFC 6455 4.1, 4.2.2 and 4.4,
 * RFC 2817). */
#ifndef W101_HTTP_ANSWER_RULES_H
#define W101_HTTP_ANSWER_RULES_H

#include "http/keys.h"
#include "http/request_rules.h"

/* What an answer is judged by.  Everything is borrowed. */
struct w101_answer {
	const struct w101_http_head *request;  /* NULL: not captured */
	const struct w101_http_head *response; /* final */
	struct w101_wish wish;                 /* of the request */
	const struct w101_found *asked;        /* findings of the request */
	bool websocket;                        /* a 101: it switches to WebSocket; else: it was asked for */
	bool h2c;                              /* a 101: it switches to h2c */
	bool other;                            /* a 101: it switches to a protocol that was offered beside WebSocket */
	const struct w101_accept *accept;
	bool continued;                        /* a 100 came before */
	bool too_early;                        /* sent before the request was complete */
	int64_t latency;                       /* ns, -1 not known */
	const struct w101_keys *keys;          /* may be NULL */
	uint32_t flow;
};

void w101_answer_judge(struct w101_judge *, const struct w101_answer *);

#endif
