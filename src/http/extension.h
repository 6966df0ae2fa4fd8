/* The grammar of Sec-WebSocket-Extensions (RFC 6455 9.1): pulls extensions and
 * their parameters out of the field lines of a head, in place. */
#ifndef W101_HTTP_EXTENSION_H
#define W101_HTTP_EXTENSION_H

#include <wire101/http.h>

#define W101_EXTENSION_VALUE_MAX 64u

struct w101_extension {
	struct w101_bytes name;
	struct w101_bytes text;   /* all of it, parameters included */
	struct w101_bytes params; /* behind the name, for w101_extension_param */
};

/* Start zeroed. */
struct w101_extension_cursor {
	size_t field, at;
	bool started;
	bool any;              /* an extension was seen */
	struct w101_bytes bad; /* n > 0 or p set: what breaks the grammar */
};

/* 1: *out is filled; 0: no more; -1: the rest of this field line breaks the
 * grammar (c->bad says where) and was passed over.  Quoted values are not yet
 * checked to be tokens: w101_extension_param does. */
int w101_extension_next(const struct w101_http_head *, struct w101_extension_cursor *, struct w101_extension *out);

struct w101_param {
	struct w101_bytes name, value; /* value: without quotes, quoted pairs resolved (in buf) */
	bool has_value;
	uint8_t buf[W101_EXTENSION_VALUE_MAX];
};
/* Start with a zeroed *at.  False: no more.  ext must come from w101_extension_next. */
bool w101_extension_param(const struct w101_extension *, size_t *at, struct w101_param *out);

#endif
