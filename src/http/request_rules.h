/* The rules for a request that asks for an upgrade (RFC 9110 7.8, RFC 6455 4.1
 * and 4.2.1, RFC 7540 3.2.1). */
#ifndef W101_HTTP_REQUEST_RULES_H
#define W101_HTTP_REQUEST_RULES_H

#include "http/judge.h"

/* What a request asks for. */
struct w101_wish {
	bool upgrade;    /* a protocol in Upgrade */
	bool sec;        /* Sec-WebSocket-* fields */
	bool websocket;  /* judged by RFC 6455: "websocket" in Upgrade, or sec */
	bool h2c, tls;   /* listed in Upgrade */
	bool challenge;  /* draft-hixie-76: Sec-WebSocket-Key1 or -Key2, and 8 bytes behind the head */
};

struct w101_wish w101_request_wish(const struct w101_http_head *);
static inline bool w101_wish_any(const struct w101_wish *w)
{
	return w->upgrade || w->sec;
}

void w101_request_judge(struct w101_judge *, const struct w101_http_head *, const struct w101_wish *);

/* Number of Sec-WebSocket-Key fields; *key is the first. */
unsigned w101_request_key(const struct w101_http_head *, struct w101_bytes *key);
/* Whether Upgrade lists that protocol. */
bool w101_request_offers(const struct w101_http_head *, struct w101_bytes token);
/* Whether that subprotocol was offered, with case. */
bool w101_request_offers_subprotocol(const struct w101_http_head *, struct w101_bytes);

#endif
