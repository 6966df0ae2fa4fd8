/* HTTP/1 heads (RFC 9112 sections 2-5): from bytes to a start line and fields,
 * with the defects named.  Reads what lenient servers read, because broken
 * heads are what people look for.  Must not know what fields mean, nor where
 * the bytes come from. */
#include "http/head.h"

#include "base/ascii.h"

#define FIRST_LINE_MAX 2048u /* of a method that is not known, until it is taken for HTTP */
#define METHOD_MAX 32u
#define FIELDS_RESERVED 32u /* places for fields that rules look at, in a head with too many fields */

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* White space around a value or member; line ends count, for the sake of obs-fold. */
static struct w101_bytes trim_fold(struct w101_bytes b)
{
	while (b.n && (is_space(b.p[0]) || b.p[0] == '\r' || b.p[0] == '\n'))
		b.p++, b.n--;
	while (b.n && (is_space(b.p[b.n - 1]) || b.p[b.n - 1] == '\r' || b.p[b.n - 1] == '\n'))
		b.n--;
	return b;
}

static struct w101_bytes between(const uint8_t *from, const uint8_t *to)
{
	return (struct w101_bytes){ from, (size_t)(to - from) };
}

static size_t skip_line_ends(struct w101_bytes in)
{
	size_t i = 0;
	while (i < in.n && (in.p[i] == '\r' || in.p[i] == '\n'))
		i++;
	return i;
}

/* ---- the end of the head */

/* Bytes up to and with the empty line; 0: it is not there yet. */
static size_t find_end(struct w101_bytes in, size_t from)
{
	while (from < in.n) {
		const uint8_t *lf = memchr(in.p + from, '\n', in.n - from);
		if (!lf)
			return 0;
		size_t next = (size_t)(lf - in.p) + 1;
		if (next < in.n && in.p[next] == '\r')
			next++;
		if (next < in.n && in.p[next] == '\n')
			return next + 1;
		from = (size_t)(lf - in.p) + 1;
	}
	return 0;
}

/* ---- parsing of a complete head */

struct parser {
	struct w101_http_head *out;
	struct w101_head_store *store; /* NULL: defects only */
	uint32_t mask;                 /* defects whose first place is wanted */
	bool placed;
	bool folds; /* the last field is listed, so that a fold can lengthen it */
};

static void defect(struct parser *ps, uint32_t bit, const uint8_t *at)
{
	ps->out->defects |= bit;
	if (!(bit & ps->mask) || ps->placed)
		return;
	ps->placed = true;
	ps->out->defect_at = (uint32_t)(at - ps->out->raw.p);
}

/* One line from p, its end left out; *next: behind it. */
static struct w101_bytes take_line(struct parser *ps, const uint8_t *p, const uint8_t **next)
{
	const uint8_t *end = ps->out->raw.p + ps->out->raw.n;
	const uint8_t *lf = memchr(p, '\n', (size_t)(end - p));
	*next = lf ? lf + 1 : end;
	const uint8_t *stop = lf ? lf : end;
	bool bare = lf && (lf == p || lf[-1] != '\r');
	if (lf && !bare)
		stop--;
	for (const uint8_t *c = p; c < stop; c++) {
		if (*c == '\r')
			defect(ps, W101_HEAD_BARE_CR, c);
		else if ((*c < ' ' && *c != '\t') || *c == 0x7f)
			defect(ps, W101_HEAD_CONTROL, c);
	}
	if (bare)
		defect(ps, W101_HEAD_BARE_LF, lf);
	return between(p, stop);
}

/* "HTTP/1.1": 1; readable but not well formed: 0; something else: -1. */
static int version(struct w101_bytes b, int *major, int *minor)
{
	if (b.n < 6 || !w101_eq_nocase((struct w101_bytes){ b.p, 5 }, W101_LIT("HTTP/")) || !is_digit(b.p[5]))
		return -1;
	*major = b.p[5] - '0';
	*minor = b.n > 7 && b.p[6] == '.' && is_digit(b.p[7]) ? b.p[7] - '0' : 0;
	return b.n == 8 && b.p[6] == '.' && is_digit(b.p[7]) && memcmp(b.p, "HTTP", 4) == 0;
}

/* "RTSP/1.0", "SIP/2.0", "ICAP/1.0": a request line of another protocol. */
static bool foreign_version(struct w101_bytes b)
{
	size_t i = 0;
	while (i < b.n && b.p[i] >= 'A' && b.p[i] <= 'Z')
		i++;
	return i > 1 && b.n == i + 4 && b.p[i] == '/' && is_digit(b.p[i + 1]) && b.p[i + 2] == '.' &&
	       is_digit(b.p[i + 3]);
}

static bool request_line(struct parser *ps, struct w101_bytes line)
{
	struct w101_http_head *h = ps->out;
	struct w101_bytes all = w101_trim(line);
	bool well = all.n == line.n;
	size_t m = 0, v = all.n;
	while (m < all.n && !is_space(all.p[m]))
		m++;
	h->method = (struct w101_bytes){ all.p, m };
	if (!w101_is_token(h->method))
		return false;
	while (v > m && !is_space(all.p[v - 1]))
		v--;
	struct w101_bytes last = { all.p + v, all.n - v };
	int form = v > m ? version(last, &h->major, &h->minor) : -1;
	if (form < 0) {
		if (foreign_version(last))
			return false;
		h->major = 0;
		h->minor = 9;
		v = all.n;
	}
	h->target = w101_trim((struct w101_bytes){ all.p + m, v - m });
	well = well && form > 0 && h->target.n && h->target.n == v - m - 2 && !memchr(h->target.p, ' ', h->target.n) &&
	       !memchr(h->target.p, '\t', h->target.n) && all.p[m] == ' ' && all.p[v - 1] == ' ';
	if (!well)
		defect(ps, W101_HEAD_START_LINE, line.p);
	return true;
}

static bool status_line(struct parser *ps, struct w101_bytes line)
{
	struct w101_http_head *h = ps->out;
	const uint8_t *p = line.p, *end = line.p + line.n, *from = p;
	while (p < end && !is_space(*p))
		p++;
	bool well = version(between(from, p), &h->major, &h->minor) > 0;
	if (!well && version(between(from, p), &h->major, &h->minor) < 0)
		return false;
	from = p;
	while (p < end && is_space(*p))
		p++;
	well = well && p == from + 1 && *from == ' ';
	if (end - p < 3 || !is_digit(p[0]) || p[0] == '0' || !is_digit(p[1]) || !is_digit(p[2]) ||
		(end - p > 3 && is_digit(p[3])))
		return false;
	h->status = (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
	p += 3;
	well = well && p < end && *p == ' '; /* RFC 9112 4: sent even when no reason follows */
	if (p < end && is_space(*p))
		p++;
	h->reason = between(p, end);
	if (!well)
		defect(ps, W101_HEAD_START_LINE, line.p);
	return true;
}

/* Fields without which a head would be misjudged or its body misread. */
static bool matters(struct w101_bytes name)
{
	static const char *const names[] = { "Host", "Upgrade", "Connection", "Content-Length", "Transfer-Encoding",
		"Expect", "Origin", "HTTP2-Settings", "Via" };
	if (name.n > 14 && w101_eq_nocase((struct w101_bytes){ name.p, 14 }, W101_LIT("Sec-WebSocket-")))
		return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (w101_eq_nocase(name, w101_str(names[i])))
			return true;
	return false;
}

static void field_line(struct parser *ps, struct w101_bytes line, bool first)
{
	struct w101_http_head *h = ps->out;
	if (line.n && is_space(line.p[0])) {
		if (first) {
			defect(ps, W101_HEAD_LEADING_SPACE, line.p);
		} else {
			defect(ps, W101_HEAD_OBS_FOLD, line.p);
			if (ps->folds) {
				struct w101_http_field *f = &ps->store->fields[h->n_fields - 1];
				f->value = trim_fold(between(f->value.p, line.p + line.n));
			}
			return;
		}
	}
	const uint8_t *colon = line.n ? memchr(line.p, ':', line.n) : NULL;
	ps->folds = false;
	if (!colon) {
		defect(ps, W101_HEAD_NO_COLON, line.p);
		return;
	}
	struct w101_bytes name = between(line.p, colon), bare = w101_trim(name);
	if (bare.n && bare.p + bare.n < colon)
		defect(ps, W101_HEAD_SPACE_COLON, bare.p + bare.n);
	if (!w101_is_token(bare))
		defect(ps, W101_HEAD_BAD_NAME, line.p);
	if (!ps->store)
		return;
	size_t i = h->n_fields;
	ps->store->n_all++;
	if (i >= W101_HTTP_FIELDS_MAX || (i >= W101_HTTP_FIELDS_MAX - FIELDS_RESERVED && !matters(bare)))
		return;
	struct w101_bytes value = w101_trim(between(colon + 1, line.p + line.n));
	if (!value.n)
		value.p = colon + 1; /* where a fold would begin */
	ps->store->fields[i] = (struct w101_http_field){ bare, value };
	h->n_fields++;
	ps->folds = true;
}

/* raw, response and the place are set in ps->out. */
static bool parse(struct parser *ps)
{
	struct w101_http_head *h = ps->out;
	const uint8_t *p = h->raw.p, *end = p + h->raw.n;
	h->start_line = take_line(ps, p, &p);
	if (!(h->response ? status_line(ps, h->start_line) : request_line(ps, h->start_line)))
		return false;
	for (bool first = true; p < end; first = false) {
		struct w101_bytes line = take_line(ps, p, &p);
		if (!line.n)
			break;
		field_line(ps, line, first);
	}
	return true;
}

long w101_head_parse(
	struct w101_bytes in, bool response, size_t scanned, struct w101_head_store *store, struct w101_http_head *out)
{
	size_t skip = skip_line_ends(in);
	/* an LF among the last two bytes seen may be the beginning of the empty line */
	size_t from = scanned > 2 ? scanned - 2 : 0;
	size_t end = find_end(in, from > skip ? from : skip);
	if (!end)
		return 0;
	*out = (struct w101_http_head){
		.response = response, .raw = { in.p + skip, end - skip }, .fields = store->fields
	};
	store->n_all = 0;
	struct parser ps = { .out = out, .store = store, .mask = UINT32_MAX };
	return parse(&ps) ? (long)end : -1;
}

uint32_t w101_head_defect(const struct w101_http_head *h, uint32_t mask)
{
	struct w101_http_head again = { .response = h->response, .raw = h->raw };
	struct parser ps = { .out = &again, .mask = mask };
	parse(&ps);
	return again.defect_at;
}

/* ---- sniffing */

/* 1 when b begins with `what`, 0 when it may, -1 when it does not. */
static int begins(struct w101_bytes b, const char *what)
{
	size_t n = strlen(what), k = b.n < n ? b.n : n;
	if (k && memcmp(b.p, what, k) != 0)
		return -1;
	return k == n;
}

static int sniff_response(struct w101_bytes in)
{
	int r = begins(in, "HTTP/");
	if (r <= 0 || in.n == 5)
		return r < 0 ? -1 : 0;
	return is_digit(in.p[5]) ? 1 : -1;
}

/* RFC 9110, PATCH (5789), WebDAV and its kin (4918, 3253, 3744, 5323, 5842), UPnP. */
static const char *const methods[] = {
	"GET ",
	"HEAD ",
	"POST ",
	"PUT ",
	"DELETE ",
	"CONNECT ",
	"OPTIONS ",
	"TRACE ",
	"PATCH ",
	"PROPFIND ",
	"PROPPATCH ",
	"MKCOL ",
	"COPY ",
	"MOVE ",
	"LOCK ",
	"UNLOCK ",
	"ACL ",
	"SEARCH ",
	"REPORT ",
	"MKCALENDAR ",
	"VERSION-CONTROL ",
	"CHECKOUT ",
	"CHECKIN ",
	"UNCHECKOUT ",
	"MKWORKSPACE ",
	"UPDATE ",
	"LABEL ",
	"MERGE ",
	"BASELINE-CONTROL ",
	"MKACTIVITY ",
	"ORDERPATCH ",
	"BIND ",
	"REBIND ",
	"UNBIND ",
	"LINK ",
	"UNLINK ",
	"M-SEARCH ",
	"NOTIFY ",
	"SUBSCRIBE ",
	"UNSUBSCRIBE ",
	"PURGE ",
	"QUERY ",
};

/* A method that is not known: the whole line must be that of HTTP/1. */
static int sniff_unknown(struct w101_bytes in)
{
	size_t m = 0;
	while (m < in.n && m <= METHOD_MAX && w101_is_tchar(in.p[m]))
		m++;
	if (m > METHOD_MAX)
		return -1;
	if (m == in.n)
		return 0;
	if (!m || in.p[m] != ' ')
		return -1;
	struct w101_bytes rest = { in.p + m + 1, in.n - m - 1 };
	if (!rest.n)
		return 0;
	int absolute = begins(rest, "http");
	if (rest.p[0] != '/' && rest.p[0] != '*' && absolute <= 0)
		return absolute;
	const uint8_t *lf = memchr(rest.p, '\n', rest.n);
	if (!lf)
		return in.n < FIRST_LINE_MAX ? 0 : -1;
	struct w101_bytes line = between(in.p, lf);
	if (line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n > FIRST_LINE_MAX || line.n < 9 || w101_eq(line, W101_LIT("PRI * HTTP/2.0")))
		return -1;
	struct w101_bytes v = { line.p + line.n - 8, 8 };
	int major, minor;
	return line.p[line.n - 9] == ' ' && version(v, &major, &minor) > 0 ? 1 : -1;
}

static struct w101_bytes without_line_ends(struct w101_bytes in)
{
	size_t skip = skip_line_ends(in);
	return (struct w101_bytes){ in.p + skip, in.n - skip };
}

static int sniff_method(struct w101_bytes in)
{
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		int r = begins(in, methods[i]);
		if (r >= 0)
			return r;
	}
	return -1;
}

int w101_head_sniff(struct w101_bytes in, bool response)
{
	in = without_line_ends(in);
	if (!in.n)
		return 0;
	if (response)
		return sniff_response(in);
	int r = sniff_method(in);
	return r >= 0 ? r : sniff_unknown(in);
}

int w101_head_sniff_strict(struct w101_bytes in, bool response)
{
	in = without_line_ends(in);
	if (!in.n || !response)
		return in.n ? sniff_method(in) : 0;
	int r = sniff_response(in);
	if (r <= 0)
		return r;
	if ((in.n > 6 && in.p[6] != '.') || (in.n > 7 && !is_digit(in.p[7])) || (in.n > 8 && !is_space(in.p[8])))
		return -1;
	return in.n > 8;
}

/* ---- fields */

const struct w101_http_field *w101_head_find(const struct w101_http_head *h, const char *name, size_t *i)
{
	struct w101_bytes want = w101_str(name);
	while (*i < h->n_fields) {
		const struct w101_http_field *f = &h->fields[(*i)++];
		if (w101_eq_nocase(f->name, want))
			return f;
	}
	return NULL;
}

unsigned w101_head_count(const struct w101_http_head *h, const char *name)
{
	unsigned n = 0;
	for (size_t i = 0; w101_head_find(h, name, &i);)
		n++;
	return n;
}

/* The member that begins at *at; *at is moved behind its comma. */
static struct w101_bytes take_member(struct w101_bytes value, size_t *at)
{
	size_t i = *at;
	bool quoted = false;
	for (; i < value.n; i++) {
		uint8_t c = value.p[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (c == ',' && !quoted)
			break;
	}
	if (i > value.n)
		i = value.n;
	struct w101_bytes m = { value.p + *at, i - *at };
	*at = i < value.n ? i + 1 : i;
	return trim_fold(m);
}

bool w101_head_list(const struct w101_http_head *h, const char *name, struct w101_list *c, struct w101_bytes *member)
{
	for (;;) {
		if (!c->started) {
			if (!w101_head_find(h, name, &c->field))
				return false;
			c->at = 0;
			c->started = true;
		}
		struct w101_bytes value = h->fields[c->field - 1].value;
		while (c->at < value.n) {
			*member = take_member(value, &c->at);
			if (member->n)
				return true;
		}
		c->started = false;
	}
}

bool w101_head_lists(const struct w101_http_head *h, const char *name, const char *member)
{
	struct w101_list c = { 0 };
	struct w101_bytes m;
	while (w101_head_list(h, name, &c, &m))
		if (w101_eq_nocase(m, w101_str(member)))
			return true;
	return false;
}

size_t w101_head_joined(const struct w101_http_head *h, const char *name, char *buf, size_t max)
{
	size_t n = 0, i = 0;
	const struct w101_http_field *f;
	for (bool first = true; (f = w101_head_find(h, name, &i)) != NULL; first = false) {
		if (!first && max - n >= 2) {
			memcpy(buf + n, ", ", 2);
			n += 2;
		}
		size_t k = f->value.n < max - n ? f->value.n : max - n;
		if (k)
			memcpy(buf + n, f->value.p, k);
		n += k;
	}
	return n;
}
