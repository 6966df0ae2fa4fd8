/* The PROXY protocol, versions 1 and 2 (HAProxy, doc/proxy-protocol.txt): what a
 * load balancer puts in front of the client's first bytes. */
#ifndef W101_HTTP_PROXY_H
#define W101_HTTP_PROXY_H

#include <wire101/types.h>

#define W101_PROXY_NEED 232u /* bytes that decide every header; what is behind them is skipped */
#define W101_PROXY_TEXT 320u /* room for the texts below */

enum w101_proxy_family { W101_PROXY_UNKNOWN, W101_PROXY_TCP, W101_PROXY_UDP, W101_PROXY_UNIX };

struct w101_proxy {
	uint8_t version;               /* 1 or 2, as the form says */
	bool local;                    /* v2: a connection of the proxy's own, without addresses */
	enum w101_proxy_family family; /* UNKNOWN: no addresses */
	struct w101_endpoint from, to; /* TCP, UDP */
	struct w101_bytes path[2];     /* UNIX: from, to; borrowed from what was parsed */
	struct w101_bytes raw;         /* v1: the line without its end; v2: the beginning.  Borrowed */
	const char *defect;            /* static; NULL: well formed.  With one the addresses are not to be believed */
};

/* in: the first bytes of a connection.  > 0: bytes that the header takes, which
 * may be more than in.n (at most 16 + 65535); 0: more bytes are needed, at most
 * W101_PROXY_NEED in all; < 0: this is no PROXY header.  Pure. */
long w101_proxy_parse(struct w101_bytes in, struct w101_proxy *out);

/* For people, without a NUL: the bytes written to text. */
size_t w101_proxy_seen(const struct w101_proxy *, char text[W101_PROXY_TEXT]);   /* v1: the line; v2: hex */
size_t w101_proxy_detail(const struct w101_proxy *, char text[W101_PROXY_TEXT]); /* who the client is, or the defect */

#endif
