/* Sec-WebSocket-Extensions (RFC 6455 9.1): 1#(token *(";" token ["=" value])),
 * white space allowed between, null elements passed over as RFC 2616 2.1 lets
 * one do.  Knows no extension by name. */
#include "http/extension.h"

#include "base/ascii.h"
#include "http/head.h"

static const char field_name[] = "Sec-WebSocket-Extensions";

/* A position in one field value. */
struct scan {
	struct w101_bytes in;
	size_t at;
};

static void skip_space(struct scan *s)
{
	while (s->at < s->in.n &&
		(s->in.p[s->at] == ' ' || s->in.p[s->at] == '\t' || s->in.p[s->at] == '\r' || s->in.p[s->at] == '\n'))
		s->at++;
}

/* White space around it is passed over. */
static struct w101_bytes token(struct scan *s)
{
	skip_space(s);
	size_t from = s->at;
	while (s->at < s->in.n && w101_is_tchar(s->in.p[s->at]))
		s->at++;
	struct w101_bytes t = { s->in.p + from, s->at - from };
	skip_space(s);
	return t;
}

static bool take(struct scan *s, uint8_t c)
{
	if (s->at >= s->in.n || s->in.p[s->at] != c)
		return false;
	s->at++;
	return true;
}

/* Behind the opening quote.  The unescaped value must be a token; only its
 * first W101_EXTENSION_VALUE_MAX bytes are kept when it has escapes. */
static bool quoted(struct scan *s, struct w101_param *out)
{
	size_t from = s->at, n = 0;
	bool escaped = false;
	for (; s->at < s->in.n && s->in.p[s->at] != '"'; s->at++) {
		if (s->in.p[s->at] == '\\') {
			escaped = true;
			if (++s->at >= s->in.n)
				return false;
		}
		if (!w101_is_tchar(s->in.p[s->at]))
			return false;
		if (n < sizeof out->buf)
			out->buf[n++] = s->in.p[s->at];
	}
	if (s->at >= s->in.n || s->at == from)
		return false;
	out->value = escaped ? (struct w101_bytes){ out->buf, n } : (struct w101_bytes){ s->in.p + from, s->at - from };
	s->at++;
	skip_space(s);
	return true;
}

static bool param(struct scan *s, struct w101_param *out)
{
	out->value = (struct w101_bytes){ 0 };
	out->has_value = false;
	out->name = token(s);
	if (!out->name.n)
		return false;
	if (!take(s, '='))
		return true;
	out->has_value = true;
	skip_space(s);
	if (take(s, '"'))
		return quoted(s, out);
	out->value = token(s);
	return out->value.n > 0;
}

/* One extension; the scan stops behind it, at a comma or the end. */
static bool extension(struct scan *s, struct w101_extension *out)
{
	struct w101_param p;
	out->name = token(s);
	if (!out->name.n)
		return false;
	size_t from = s->at;
	while (take(s, ';'))
		if (!param(s, &p))
			return false;
	out->params = (struct w101_bytes){ s->in.p + from, s->at - from };
	out->text = (struct w101_bytes){ out->name.p, (size_t)(s->in.p + s->at - out->name.p) };
	out->text = w101_trim(out->text);
	return s->at == s->in.n || s->in.p[s->at] == ',';
}

int w101_extension_next(const struct w101_http_head *h, struct w101_extension_cursor *c, struct w101_extension *out)
{
	for (;;) {
		if (!c->started) {
			if (!w101_head_find(h, field_name, &c->field))
				return 0;
			c->at = 0;
			c->started = true;
		}
		struct scan s = { h->fields[c->field - 1].value, c->at };
		do {
			skip_space(&s);
		} while (take(&s, ','));
		if (s.at == s.in.n) {
			c->started = false;
			continue;
		}
		size_t from = s.at;
		c->any = true;
		if (extension(&s, out)) {
			c->at = s.at;
			return 1;
		}
		c->bad = (struct w101_bytes){ s.in.p + from, s.in.n - from };
		c->started = false;
		return -1;
	}
}

bool w101_extension_param(const struct w101_extension *e, size_t *at, struct w101_param *out)
{
	struct scan s = { e->params, *at };
	if (!take(&s, ';'))
		return false;
	bool ok = param(&s, out);
	*at = s.at;
	return ok;
}
