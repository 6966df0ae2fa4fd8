/* Body framing of HTTP/1 messages (RFC 9112 section 6): counted, chunked with
 * extensions and trailers, until close.  Bodies are walked, not kept. */
#ifndef W101_HTTP_BODY_H
#define W101_HTTP_BODY_H

#include <wire101/http.h>

enum w101_body_kind { W101_BODY_NONE, W101_BODY_COUNTED, W101_BODY_CHUNKED, W101_BODY_UNTIL_CLOSE };

struct w101_body {
	enum w101_body_kind kind;
	uint64_t left;  /* bytes of the body or of the chunk */
	int state;      /* of the chunk parser */
	uint32_t line;  /* length of the chunk-size or trailer line so far (bounded) */
	bool done, bad;
};

void w101_body_request(struct w101_body *, const struct w101_http_head *);
/* request_method: of the request it answers; HEAD, CONNECT, 1xx, 204, 304 have no body. */
void w101_body_response(struct w101_body *, const struct w101_http_head *, struct w101_bytes request_method);
/* Bytes of `in` that belong to the body; less than in.n only when it is done or bad. */
size_t w101_body_feed(struct w101_body *, struct w101_bytes in);
/* A gap of n bytes: how many of them lie inside the body for sure.  Less than n: the framing is lost
 * (or the body ended exactly there: done is set). */
uint64_t w101_body_gap(struct w101_body *, uint64_t n);

#endif
