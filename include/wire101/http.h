/* HTTP/1 heads and the verdict on an upgrade exchange, as values that cross
 * rooms.  Parsing and judging are http/'s. */
#ifndef W101_HTTP_H
#define W101_HTTP_H

#include <wire101/types.h>

/* Defects of a head; it was read all the same. */
enum w101_head_defect {
	W101_HEAD_BARE_LF = 1u << 0,       /* a line ends in LF alone */
	W101_HEAD_OBS_FOLD = 1u << 1,      /* a field goes on in the next line */
	W101_HEAD_BARE_CR = 1u << 2,       /* CR inside a line */
	W101_HEAD_SPACE_COLON = 1u << 3,   /* white space between field name and colon */
	W101_HEAD_CONTROL = 1u << 4,       /* control byte (NUL ... ) in a line */
	W101_HEAD_NO_COLON = 1u << 5,      /* a line without a colon */
	W101_HEAD_BAD_NAME = 1u << 6,      /* field name empty or not a token */
	W101_HEAD_START_LINE = 1u << 7,    /* start line not well formed but readable */
	W101_HEAD_LEADING_SPACE = 1u << 8, /* first field line begins with white space */
	W101_HEAD_BYTES_BEFORE = 1u << 9,  /* bytes (more than CRLF) before the head */
	W101_HEAD_UNFINISHED = 1u << 10    /* the connection ended inside the head */
};

struct w101_http_field {
	struct w101_bytes name;  /* as sent */
	struct w101_bytes value; /* white space around it removed; an obs-fold is left inside as sent */
};

/* A request or response head.  All bytes are borrowed from `raw`. */
struct w101_http_head {
	bool response;
	struct w101_bytes raw;        /* start line to the empty line, both included */
	struct w101_bytes start_line; /* without its line end */
	struct w101_bytes method, target; /* request */
	int status;                   /* response: 100-999 */
	struct w101_bytes reason;
	int major, minor;             /* HTTP version; 0.9 when a request names none */
	const struct w101_http_field *fields;
	size_t n_fields;
	uint32_t defects;             /* enum w101_head_defect */
	uint32_t defect_at;           /* offset in raw of the first defect */
	uint64_t offset;              /* of raw in that direction's stream */
	uint64_t packet;              /* that completed it */
	w101_time at;
};

enum w101_verdict {
	W101_VERDICT_SWITCHED,       /* 101, no rule for errors broken */
	W101_VERDICT_SWITCHED_BADLY, /* 101, but a rule is broken; decoded all the same */
	W101_VERDICT_REFUSED,        /* a final status other than 2xx */
	W101_VERDICT_IGNORED,        /* 2xx: answered as plain HTTP */
	W101_VERDICT_UNANSWERED      /* no final answer */
};

/* Accept hash.  `judged` false: no key or no answer was captured, or not WebSocket.
 * An answer without the field was judged and is not ok. */
struct w101_accept {
	struct w101_bytes key, seen;
	char expected[29]; /* base64(SHA-1(key + GUID)), "" when there is no key */
	bool judged, ok;
};

/* One HTTP exchange that is about an upgrade.  Everything is borrowed until
 * the event call returns. */
struct w101_exchange {
	const struct w101_http_head *request;  /* NULL: not captured */
	const struct w101_http_head *response; /* NULL: none; the final one */
	struct w101_bytes host;                /* first Host value */
	struct w101_bytes offered[16];         /* members of Upgrade, version included ("foo/2") */
	size_t n_offered;
	struct w101_bytes switched;            /* token of the 101 (or of the request when the 101 names none); n == 0: not */
	bool is_upgrade;                       /* offered something, has Sec-WebSocket-*, was answered 101, or demands an upgrade (426).
	                                          False: plain HTTP, for -v */
	bool websocket;                        /* judged by RFC 6455 */
	enum w101_verdict verdict;
	struct w101_accept accept;
	struct w101_bytes subprotocol;         /* that the server selected; n == 0: none */
	struct w101_bytes extensions;          /* field value(s) of the server as sent, joined by ", "; n == 0: none */
	int verified;                          /* 1 true, 0 false, -1 not judged (null) */
	int64_t latency;                       /* ns from the request's last byte to the answer's head, -1: not known */
	unsigned errors, warnings, infos;      /* findings that apply to this handshake */
};

const char *w101_verdict_name(enum w101_verdict); /* http/: "switched-badly" */

#endif
