/* What the user asked to see.  A connection is chosen by its number, by one of
 * its requests (host, path and token of the same one), or by a message that
 * matches.  Until that is known its events are held, and passed on in their
 * order when it is chosen. */
#include "report/filter.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "report/glob.h"
#include "report/keep.h"
#include "report/map.h"

enum { HOLD_MAX = 256 << 10, HOLD_ALL = 64 << 20 };

struct range {
	uint32_t from, to;
};

struct connection {
	struct w101_map_node node;
	bool head_ok, grep_ok; /* chosen when both are */
	struct w101_report_kept *first, **last;
	size_t held;
};

struct filter {
	struct w101_sink next;
	struct w101_filter_options opt;
	struct w101_quota quota;
	struct w101_map map;
	struct range *ranges;
	size_t n_ranges;
	regex_t regex;
	struct w101_buf searched; /* the payload at hand, NUL behind it */
	enum w101_severity least;
};

static bool by_head(const struct filter *f)
{
	return f->opt.host || f->opt.path || f->opt.token;
}

static bool number_chosen(const struct filter *f, uint32_t flow)
{
	if (!f->opt.connections)
		return true;
	for (size_t i = 0; i < f->n_ranges; i++)
		if (flow >= f->ranges[i].from && flow <= f->ranges[i].to)
			return true;
	return false;
}

/* The next member of a comma separated list; false at its end. */
static bool member(struct w101_bytes *rest, struct w101_bytes *out)
{
	if (rest->n == 0)
		return false;
	const uint8_t *comma = memchr(rest->p, ',', rest->n);
	size_t n = comma ? (size_t)(comma - rest->p) : rest->n;
	*out = w101_trim((struct w101_bytes){ rest->p, n });
	n += comma != NULL;
	rest->p += n;
	rest->n -= n;
	return true;
}

/* "text", or "reserved-*" for all that begin so. */
static bool kind_fits(struct w101_bytes want, const char *name)
{
	struct w101_bytes kind = w101_str(name);
	if (want.n && want.p[want.n - 1] == '*' && --want.n < kind.n)
		kind.n = want.n;
	return w101_eq_nocase(want, kind);
}

static bool kind_chosen(const struct filter *f, const char *kind)
{
	struct w101_bytes rest = w101_str(f->opt.kind), one;
	while (member(&rest, &one))
		if (kind_fits(one, kind))
			return true;
	return !f->opt.kind;
}

/* "name" and "name/version" are one token. */
static bool token_is(const struct filter *f, struct w101_bytes token)
{
	struct w101_bytes want = w101_str(f->opt.token);
	return w101_eq_nocase(token, want) || w101_eq_nocase(w101_token_name(token), want);
}

static bool host_is(const struct filter *f, struct w101_bytes host)
{
	size_t n = host.n;
	while (n && host.p[n - 1] >= '0' && host.p[n - 1] <= '9')
		n--;
	bool port = n && n < host.n && host.p[n - 1] == ':';
	return w101_glob(f->opt.host, host, true) ||
	       (port && w101_glob(f->opt.host, (struct w101_bytes){ host.p, n - 1 }, true));
}

static bool request_chosen(const struct filter *f, const struct w101_http_head *h)
{
	bool host = !f->opt.host, token = !f->opt.token;
	for (size_t i = 0; i < h->n_fields && !(host && token); i++) {
		struct w101_bytes rest = h->fields[i].value, one;
		if (!host && w101_eq_nocase(h->fields[i].name, W101_LIT("host")))
			host = host_is(f, rest);
		if (!token && w101_eq_nocase(h->fields[i].name, W101_LIT("upgrade")))
			while (member(&rest, &one))
				token = token || token_is(f, one);
	}
	return host && token && (!f->opt.path || w101_glob(f->opt.path, h->target, false));
}

/* By the answer's token too; without a captured request by that alone. */
static bool exchange_chosen(const struct filter *f, const struct w101_exchange *x)
{
	bool token = !f->opt.token || (x->switched.n && token_is(f, x->switched));
	for (size_t i = 0; i < x->n_offered && !token; i++)
		token = token_is(f, x->offered[i]);
	return token && (!f->opt.host || (x->host.n && host_is(f, x->host))) &&
	       (!f->opt.path || (x->request && w101_glob(f->opt.path, x->request->target, false)));
}

static bool switch_chosen(const struct filter *f, const struct w101_ev_switch *c)
{
	return !f->opt.host && !f->opt.path && (token_is(f, c->token) || token_is(f, w101_str(c->protocol)));
}

/* regexec wants a NUL behind the text, and a payload may hold NULs itself: a copy is searched piece by piece. */
static bool grep(struct filter *f, struct w101_bytes b)
{
	bool hit = false;
	f->searched.n = 0;
	if (!w101_buf_add(&f->searched, b.n ? b.p : (const uint8_t *)"", b.n) || !w101_buf_add(&f->searched, "", 1))
		return false;
	const char *text = (const char *)f->searched.p;
	for (size_t at = 0; at <= b.n && !hit; at += strlen(text + at) + 1)
		hit = regexec(&f->regex, text + at, 0, NULL, 0) == 0;
	return hit;
}

static void discard(struct filter *f, struct connection *c)
{
	for (struct w101_report_kept *k = c->first, *next; k; k = next) {
		next = k->next;
		w101_report_kept_free(&f->quota, k);
	}
	w101_map_remove(&f->map, &c->node);
	w101_free(&f->quota, c, sizeof *c);
}

static void hold(struct filter *f, struct connection *c, const struct w101_event *ev)
{
	struct w101_report_kept *k = c->held < HOLD_MAX ? w101_report_keep(&f->quota, ev) : NULL;
	if (!k)
		return;
	*c->last = k;
	c->last = &k->next;
	c->held += k->size;
}

static void replay(struct filter *f, struct connection *c)
{
	for (struct w101_report_kept *k = c->first, *next; k; k = next) {
		next = k->next;
		f->next.ops->event(f->next.self, &k->ev);
		w101_report_kept_free(&f->quota, k);
	}
	c->first = NULL;
	c->last = &c->first;
}

static struct connection *connection_of(struct filter *f, const struct w101_event *ev)
{
	struct connection *c = w101_map_find(&f->map, ev->flow, ev->stream);
	if (c)
		return c;
	c = w101_alloc0(&f->quota, sizeof *c);
	if (!c)
		return NULL;
	c->node.flow = ev->flow;
	c->node.stream = ev->stream;
	c->last = &c->first;
	c->head_ok = !by_head(f);
	c->grep_ok = !f->opt.grep;
	if (w101_map_add(&f->map, &c->node))
		return c;
	w101_free(&f->quota, c, sizeof *c);
	return NULL;
}

static void decide(struct filter *f, struct connection *c, const struct w101_event *ev)
{
	if (ev->type == W101_EV_MESSAGE)
		c->grep_ok = true; /* only those that match come here */
	if (c->head_ok)
		return;
	if (ev->type == W101_EV_REQUEST)
		c->head_ok = request_chosen(f, ev->u.head.head);
	else if (ev->type == W101_EV_EXCHANGE)
		c->head_ok = exchange_chosen(f, ev->u.exchange.x);
	else if (ev->type == W101_EV_SWITCH)
		c->head_ok = switch_chosen(f, &ev->u.change);
}

/* Whether the event itself is of a kind that was asked for. */
static bool event_chosen(struct filter *f, const struct w101_event *ev)
{
	switch (ev->type) {
	case W101_EV_FINDING:
		return ev->u.finding.row->severity >= f->least;
	case W101_EV_FRAME:
		return !f->opt.grep && kind_chosen(f, ev->u.pdu->kind);
	case W101_EV_MESSAGE:
		return kind_chosen(f, ev->u.pdu->kind) && (!f->opt.grep || grep(f, ev->u.pdu->payload));
	default:
		return true;
	}
}

static void event(void *self, const struct w101_event *ev)
{
	struct filter *f = self;
	bool whole = ev->flow == 0 || ev->type == W101_EV_SUMMARY;
	if ((!whole && !number_chosen(f, ev->flow)) || !event_chosen(f, ev))
		return;
	if (whole || (!by_head(f) && !f->opt.grep)) {
		f->next.ops->event(f->next.self, ev);
		return;
	}
	struct connection *c = connection_of(f, ev);
	if (!c)
		return;
	decide(f, c, ev);
	if (c->head_ok && c->grep_ok) {
		replay(f, c);
		f->next.ops->event(f->next.self, ev);
	} else {
		hold(f, c, ev);
	}
	if (ev->type == W101_EV_CLOSE)
		discard(f, c);
}

static int close_sink(void *self)
{
	struct filter *f = self;
	struct connection *c;
	while ((c = w101_map_any(&f->map)))
		discard(f, c);
	w101_map_clear(&f->map);
	w101_buf_clear(&f->searched);
	w101_quota_clear(&f->quota);
	if (f->opt.grep)
		regfree(&f->regex);
	free(f->ranges);
	int error = f->next.ops->close(f->next.self);
	free(f);
	return error;
}

/* Digits at *s, which is moved behind them. */
static bool number(struct w101_bytes *s, uint32_t *out)
{
	uint64_t n = 0;
	const size_t before = s->n;
	for (; s->n && s->p[0] >= '0' && s->p[0] <= '9'; s->p++, s->n--) {
		n = n * 10 + (uint64_t)(s->p[0] - '0');
		if (n > UINT32_MAX)
			return false;
	}
	*out = (uint32_t)n;
	return s->n < before;
}

/* "7", "4-7", "4-" */
static bool range(struct w101_bytes s, struct range *out)
{
	if (!number(&s, &out->from))
		return false;
	out->to = out->from;
	if (s.n && s.p[0] == '-') {
		s.p++;
		s.n--;
		out->to = UINT32_MAX;
		if (s.n && !number(&s, &out->to))
			return false;
	}
	return s.n == 0 && out->from <= out->to;
}

static bool parse_connections(struct filter *f)
{
	struct w101_bytes rest = w101_str(f->opt.connections), one;
	size_t n = 1;
	for (size_t i = 0; i < rest.n; i++)
		n += rest.p[i] == ',';
	f->ranges = calloc(n, sizeof *f->ranges);
	if (!f->ranges)
		return false;
	while (member(&rest, &one))
		if (!range(one, &f->ranges[f->n_ranges++]))
			return false;
	return f->n_ranges == n;
}

/* False: *bad is a kind that does not exist. */
static bool parse_kinds(const char *list, struct w101_bytes *bad)
{
	static const char *const kinds[] = { "text", "binary", "continuation", "ping", "pong", "close", "reserved-3",
		"reserved-4", "reserved-5", "reserved-6", "reserved-7", "reserved-b", "reserved-c", "reserved-d",
		"reserved-e", "reserved-f" };
	struct w101_bytes rest = w101_str(list);
	do {
		bool known = false;
		if (!member(&rest, bad))
			*bad = rest; /* an empty list */
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !known; i++)
			known = kind_fits(*bad, kinds[i]);
		if (!known)
			return false;
	} while (rest.n);
	return true;
}

static bool parse_severity(struct filter *f)
{
	for (int s = W101_INFO; s <= W101_ERROR; s++) {
		if (strcmp(f->opt.severity, w101_severity_name((enum w101_severity)s)) == 0) {
			f->least = (enum w101_severity)s;
			return true;
		}
	}
	return false;
}

static int parse(struct filter *f, char error[W101_FILTER_ERROR])
{
	int bad;
	struct w101_bytes kind;
	if (f->opt.connections && !parse_connections(f)) {
		snprintf(error, W101_FILTER_ERROR, "--connection: \"%.100s\" is not a list like 1,4-7",
			f->opt.connections);
		return -1;
	}
	if (f->opt.kind && !parse_kinds(f->opt.kind, &kind)) {
		snprintf(error, W101_FILTER_ERROR,
			"--kind: \"%.*s\" is none of text, binary, continuation, ping, pong, close, reserved-3 to "
			"reserved-7, reserved-b to reserved-f",
			kind.n < 60 ? (int)kind.n : 60, (const char *)kind.p);
		return -1;
	}
	if (f->opt.severity && !parse_severity(f)) {
		snprintf(error, W101_FILTER_ERROR, "--severity: \"%.100s\" is none of info, warning, error",
			f->opt.severity);
		return -1;
	}
	if (f->opt.grep && (bad = regcomp(&f->regex, f->opt.grep, REG_EXTENDED | REG_NOSUB))) {
		char why[128];
		regerror(bad, &f->regex, why, sizeof why);
		snprintf(error, W101_FILTER_ERROR, "--grep: \"%.100s\": %s", f->opt.grep, why);
		return -1;
	}
	return 0;
}

int w101_filter_open(const struct w101_filter_options *opt, struct w101_sink next, struct w101_sink *out,
	char error[W101_FILTER_ERROR])
{
	static const struct w101_sink_ops ops = { event, close_sink };
	const struct w101_filter_options *o = opt;
	if (!o->connections && !o->host && !o->path && !o->token && !o->kind && !o->grep && !o->severity) {
		*out = next; /* nothing to choose */
		return 0;
	}
	struct filter *f = calloc(1, sizeof *f);
	if (!f) {
		snprintf(error, W101_FILTER_ERROR, "--connection and other filters: no memory");
		return -1;
	}
	f->next = next;
	f->opt = *opt;
	f->map.quota = &f->quota;
	w101_quota_init(&f->quota, HOLD_ALL, 0);
	w101_buf_init(&f->searched, &f->quota);
	if (parse(f, error)) {
		free(f->ranges);
		free(f);
		return -1;
	}
	*out = (struct w101_sink){ &ops, f, opt->grep ? 0 : next.skips };
	return 0;
}
