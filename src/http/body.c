/* Body framing of HTTP/1 (RFC 9112 sections 6 and 7): how many of the bytes that
 * follow a head belong to its body.  Walks bodies, keeps nothing of them, and
 * must not know what they say. */
#include "http/body.h"

#include "base/ascii.h"
#include "http/head.h"

#define LINE_MAX_BYTES (16u << 10) /* of a chunk-size or trailer line */

enum chunk_state {
	CHUNK_SIZE,      /* hex digits */
	CHUNK_EXTENSION, /* to the end of the line */
	CHUNK_DATA,
	CHUNK_DATA_CR, /* the line end behind the data */
	CHUNK_DATA_LF,
	CHUNK_TRAILER
};

enum length { LENGTH_NONE, LENGTH_OK, LENGTH_BAD };

/* Content-Length: one number, or the same one repeated (RFC 9112 6.3). */
static enum length content_length(const struct w101_http_head *h, uint64_t *out)
{
	struct w101_list c = { 0 };
	struct w101_bytes m;
	enum length r = LENGTH_NONE;
	size_t i = 0;
	while (w101_head_list(h, "Content-Length", &c, &m)) {
		uint64_t v = 0;
		for (size_t k = 0; k < m.n; k++) {
			uint8_t d = (uint8_t)(m.p[k] - '0');
			if (d > 9 || v > (UINT64_MAX - d) / 10)
				return LENGTH_BAD;
			v = v * 10 + d;
		}
		if (r == LENGTH_OK && v != *out)
			return LENGTH_BAD;
		*out = v;
		r = LENGTH_OK;
	}
	return r == LENGTH_NONE && w101_head_find(h, "Content-Length", &i) ? LENGTH_BAD : r;
}

/* Transfer-Encoding: 1 ends in chunked, 0 none, -1 ends in something else. */
static int transfer_encoding(const struct w101_http_head *h)
{
	struct w101_list c = { 0 };
	struct w101_bytes m, last = { 0 };
	while (w101_head_list(h, "Transfer-Encoding", &c, &m))
		last = m;
	return !last.n ? 0 : w101_eq_nocase(last, W101_LIT("chunked")) ? 1 : -1;
}

static void counted(struct w101_body *b, uint64_t n)
{
	*b = (struct w101_body){ .kind = n ? W101_BODY_COUNTED : W101_BODY_NONE, .left = n, .done = !n };
}

void w101_body_request(struct w101_body *b, const struct w101_http_head *h)
{
	uint64_t n = 0;
	int te = transfer_encoding(h);
	if (te) { /* it overrides Content-Length; a request cannot last until the end of the connection */
		*b = (struct w101_body){ .kind = W101_BODY_CHUNKED, .bad = te < 0 };
		return;
	}
	enum length r = content_length(h, &n);
	counted(b, n);
	b->bad = r == LENGTH_BAD;
}

void w101_body_response(struct w101_body *b, const struct w101_http_head *h, struct w101_bytes method)
{
	uint64_t n = 0;
	bool connected = w101_eq(method, W101_LIT("CONNECT")) && h->status / 100 == 2;
	if (h->status / 100 == 1 || h->status == 204 || h->status == 304 || w101_eq(method, W101_LIT("HEAD")) ||
		connected) {
		counted(b, 0);
		return;
	}
	int te = transfer_encoding(h);
	if (te > 0)
		*b = (struct w101_body){ .kind = W101_BODY_CHUNKED };
	else if (te == 0 && content_length(h, &n) == LENGTH_OK)
		counted(b, n);
	else
		*b = (struct w101_body){ .kind = W101_BODY_UNTIL_CLOSE };
}

static int hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = w101_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The line of a chunk size has ended. */
static void size_known(struct w101_body *b)
{
	b->state = b->left ? CHUNK_DATA : CHUNK_TRAILER;
	b->line = 0;
}

/* One byte of framing.  `line` counts the bytes of the line; in a trailer line
 * a CR right at its beginning is not counted, so that CRLF is empty. */
static void framing(struct w101_body *b, uint8_t c)
{
	int v;
	switch ((enum chunk_state)b->state) {
	case CHUNK_SIZE:
		if ((v = hex(c)) >= 0) {
			b->bad = b->left >> 60 != 0;
			b->left = b->left << 4 | (uint64_t)v;
			break;
		}
		if (!b->line) {
			b->bad = true;
			return;
		}
		if (c == '\n')
			size_known(b);
		else if (c == ';' || c == '\r' || c == ' ' || c == '\t')
			b->state = CHUNK_EXTENSION;
		else
			b->bad = true;
		if (c == '\n')
			return;
		break;
	case CHUNK_EXTENSION:
		if (c == '\n') {
			size_known(b);
			return;
		}
		break;
	case CHUNK_DATA_CR:
	case CHUNK_DATA_LF:
		if (c == '\r' && b->state == CHUNK_DATA_CR) {
			b->state = CHUNK_DATA_LF;
			return;
		}
		b->bad = c != '\n';
		b->state = CHUNK_SIZE;
		b->line = 0;
		return;
	case CHUNK_TRAILER:
		if (c == '\n') {
			b->done = b->line == 0;
			b->line = 0;
			return;
		}
		if (c == '\r' && b->line == 0)
			return;
		break;
	case CHUNK_DATA:
		break;
	}
	if (++b->line > LINE_MAX_BYTES)
		b->bad = true;
}

static size_t min_left(const struct w101_body *b, size_t n)
{
	return b->left < n ? (size_t)b->left : n;
}

size_t w101_body_feed(struct w101_body *b, struct w101_bytes in)
{
	if (b->done || b->bad || b->kind == W101_BODY_NONE)
		return 0;
	if (b->kind == W101_BODY_UNTIL_CLOSE)
		return in.n;
	size_t i = 0;
	if (b->kind == W101_BODY_COUNTED) {
		i = min_left(b, in.n);
		b->left -= i;
		b->done = b->left == 0;
		return i;
	}
	while (i < in.n && !b->done && !b->bad) {
		if (b->state != CHUNK_DATA) {
			framing(b, in.p[i++]);
			continue;
		}
		size_t k = min_left(b, in.n - i);
		b->left -= k;
		i += k;
		if (!b->left)
			b->state = CHUNK_DATA_CR;
	}
	return i;
}

uint64_t w101_body_gap(struct w101_body *b, uint64_t n)
{
	if (b->done || b->bad || b->kind == W101_BODY_NONE)
		return 0;
	if (b->kind == W101_BODY_UNTIL_CLOSE)
		return n;
	if (b->kind == W101_BODY_CHUNKED && b->state != CHUNK_DATA)
		return 0;
	uint64_t k = b->left < n ? b->left : n;
	b->left -= k;
	if (!b->left) {
		b->done = b->kind == W101_BODY_COUNTED;
		b->state = CHUNK_DATA_CR;
	}
	return k;
}
