/* One connection in the report.  Exchanges, findings and hints are turned into
 * lines as they come and put together at the end, when it is known how the
 * connection ended: each exchange, what was found about it, then the new
 * protocol, then what was found there. */
#include "report/block.h"

#include "base/ascii.h"
#include "base/context.h"
#include "report/human.h"
#include "report/phrase.h"

_Static_assert(W101_F_COUNT <= 256, "an item keeps the id of a finding in 8 bits");

enum { ADDRESSES = 33, URL_MAX = 60, TARGET_MAX = 8 << 10, INDENT = 4 };

enum item_kind { EXCHANGE, FINDING, HINT, URL };

struct w101_block_item {
	uint8_t kind;     /* enum item_kind */
	uint8_t group;    /* the exchange it belongs to; beyond the last: the new protocol */
	uint8_t id, dir;  /* of a finding */
	bool unanswered;  /* of an exchange: no answer was seen */
	uint32_t at, n;   /* its line in text */
	uint64_t more;    /* further findings of that id */
};

struct w101_block *w101_block_new(struct w101_quota *q, uint32_t flow, uint32_t stream)
{
	struct w101_block *b = w101_alloc0(q, sizeof *b);
	if (!b)
		return NULL;
	b->node.flow = flow;
	b->node.stream = stream;
	w101_buf_init(&b->text, q);
	w101_buf_init(&b->items, q);
	w101_buf_init(&b->messages, q);
	return b;
}

void w101_block_free(struct w101_block *b, struct w101_quota *q)
{
	w101_buf_clear(&b->text);
	w101_buf_clear(&b->items);
	w101_buf_clear(&b->messages);
	w101_free(q, b, sizeof *b);
}

static size_t count(const struct w101_block *b)
{
	return b->items.n / sizeof(struct w101_block_item);
}

static struct w101_block_item *item(const struct w101_block *b, size_t i)
{
	return (struct w101_block_item *)(void *)b->items.p + i;
}

/* The line in w becomes an item. */
static bool keep(struct w101_block *b, const struct w101_writer *w, enum item_kind kind, unsigned group)
{
	const struct w101_block_item it = { .kind = (uint8_t)kind, .group = (uint8_t)group, .at = (uint32_t)b->text.n,
		.n = (uint32_t)w->n };
	if (w->cut || b->text.n + w->n > W101_BLOCK_TEXT || !w101_buf_add(&b->text, w->p, w->n) ||
		!w101_buf_add(&b->items, &it, sizeof it)) {
		b->left_out++;
		return false;
	}
	return true;
}

static bool is_switch(const struct w101_exchange *x)
{
	return x->verdict == W101_VERDICT_SWITCHED || x->verdict == W101_VERDICT_SWITCHED_BADLY;
}

static void put_url(struct w101_writer *w, const struct w101_ev_exchange *e)
{
	char text[TARGET_MAX];
	struct w101_writer url = { .p = text, .cap = sizeof text };
	const struct w101_exchange *x = e->x;
	const struct w101_http_head *q = x->request;
	bool ws = x->websocket && is_switch(x);
	if (!ws) {
		w101_put_safe(w, q->method, 0, 16);
		w101_putc(w, ' ');
	}
	if (q->target.n == 0 || q->target.p[0] == '/' || q->target.p[0] == '*') {
		w101_puts(&url, ws ? "ws://" : "http://");
		if (x->host.n)
			w101_put(&url, x->host.p, x->host.n);
		else
			w101_put_endpoint(&url, &e->server);
	}
	w101_put(&url, q->target.p, q->target.n < TARGET_MAX / 2 ? q->target.n : TARGET_MAX / 2);
	if (!w101_put_safe(w, (struct w101_bytes){ (const uint8_t *)text, url.n }, 0, URL_MAX))
		w101_puts(w, "...");
}

static void put_loud(struct w101_writer *w, enum w101_ink ink, const char *text)
{
	w101_report_paint(w, ink);
	w101_puts(w, text);
	w101_report_paint(w, W101_INK_OFF);
}

static void put_status(struct w101_writer *w, const struct w101_exchange *x)
{
	w101_putc(w, ' ');
	w101_put_uint(w, (uint64_t)x->response->status);
	if (x->response->reason.n) {
		w101_putc(w, ' ');
		if (!w101_put_safe(w, x->response->reason, 0, URL_MAX))
			w101_puts(w, "...");
	}
}

static void put_verdict(struct w101_writer *w, const struct w101_exchange *x)
{
	w101_put_spaces(w, INDENT);
	if (is_switch(x)) {
		w101_put_safe(w, x->websocket ? w101_str("websocket") : x->switched, 0, URL_MAX);
		w101_puts(w, "  ");
		if (x->verdict == W101_VERDICT_SWITCHED)
			w101_puts(w, "switched");
		else
			put_loud(w, W101_INK_RED, "SWITCHED BADLY");
	} else if (!x->response) {
		put_loud(w, W101_INK_RED, "UNANSWERED");
	} else if (!x->is_upgrade) {
		w101_puts(w, "plain HTTP");
		put_status(w, x);
	} else {
		put_loud(w, W101_INK_RED, x->verdict == W101_VERDICT_IGNORED ? "IGNORED" :
					  x->verdict == W101_VERDICT_REFUSED ? "REFUSED" : "UNANSWERED");
		put_status(w, x);
	}
	if (x->latency >= 0 && x->response) {
		w101_puts(w, " in ");
		w101_put_duration(w, x->latency);
	}
	if (is_switch(x))
		w101_put_agreed(w, x, "   ");
	if (!x->request)
		w101_puts(w, "   request not captured");
	w101_putc(w, '\n');
}

static bool same_url(const struct w101_block *b, const struct w101_writer *w)
{
	for (size_t i = count(b); i-- > 0;) {
		const struct w101_block_item *it = item(b, i);
		if (it->kind == URL)
			return it->n == w->n && memcmp(b->text.p + it->at, w->p, w->n) == 0;
	}
	return false;
}

void w101_block_exchange(struct w101_block *b, struct w101_writer *w, const struct w101_ev_exchange *e)
{
	const struct w101_exchange *x = e->x;
	b->unanswered = x->verdict == W101_VERDICT_UNANSWERED;
	b->one_way = b->one_way || e->one_way;
	b->request_lost = b->request_lost || !x->request;
	if (x->is_upgrade && (!is_switch(x) || x->verified != 1))
		b->odd = true;
	if (b->exchanges == W101_BLOCK_EXCHANGES) {
		b->left_out++;
		return;
	}
	if (x->request) {
		w101_writer_reset(w);
		put_url(w, e);
		if (!same_url(b, w))
			keep(b, w, URL, b->exchanges);
	}
	w101_writer_reset(w);
	put_verdict(w, x);
	if (keep(b, w, EXCHANGE, b->exchanges)) {
		item(b, count(b) - 1)->unanswered = !x->response;
		b->exchanges++;
	}
}

/* The line that one more finding of this kind only adds to: of the same side,
 * and about the same exchange unless repeats are told at the end. */
static struct w101_block_item *told(const struct w101_block *b, const struct w101_ev_finding *f, enum w101_dir dir)
{
	if (f->id == W101_F_req_proxy_header) /* each names addresses of its own */
		return NULL;
	for (size_t i = count(b); i-- > 0;) {
		struct w101_block_item *it = item(b, i);
		bool here = f->repeat || it->group == b->exchanges;
		bool another = !b->node.flow && f->detail.n; /* of the capture as a whole each says something else */
		if (it->kind == FINDING && it->id == f->id && it->dir == dir && here && !another)
			return it;
	}
	return NULL;
}

void w101_block_finding(struct w101_block *b, struct w101_writer *w, const struct w101_ev_finding *f, enum w101_dir dir,
	int verbose)
{
	struct w101_block_item *same = told(b, f, dir);
	b->one_way = b->one_way || f->id == W101_F_cap_one_way;
	if (same) {
		same->more += f->count;
		return;
	}
	if (b->findings == W101_BLOCK_FINDINGS) {
		b->left_out += f->count;
		return;
	}
	const char *name = w101_severity_name(f->row->severity);
	const char *spec = f->row->spec;
	w101_writer_reset(w);
	w101_put_spaces(w, INDENT);
	put_loud(w, w101_severity_ink(f->row->severity), name);
	w101_put_spaces(w, strlen(name) < 5 ? 7 - strlen(name) : 2);
	w101_puts(w, f->row->id);
	w101_puts(w, "  ");
	w101_put_sentence(w, f);
	w101_put_evidence(w, f, dir, "  ");
	if (*spec) {
		w101_puts(w, "  ");
		w101_put(w, spec, verbose ? strlen(spec) : strcspn(spec, ";"));
	}
	w101_putc(w, '\n');
	if (keep(b, w, FINDING, b->exchanges)) {
		struct w101_block_item *it = item(b, count(b) - 1);
		it->id = (uint8_t)f->id;
		it->dir = (uint8_t)dir;
		it->more = f->count - 1;
		b->findings++;
	}
}

void w101_block_hint(struct w101_block *b, struct w101_writer *w, const struct w101_ev_hint *h)
{
	if (b->hints == W101_BLOCK_HINTS) {
		b->left_out++;
		return;
	}
	w101_writer_reset(w);
	w101_put_spaces(w, INDENT);
	w101_puts(w, "hint   ");
	w101_put_safe(w, w101_str(h->text), 0, 4096);
	w101_putc(w, '\n');
	/* a hint about an exchange comes behind its verdict */
	if (keep(b, w, HINT, b->exchanges && !b->switched ? b->exchanges - 1 : b->exchanges))
		b->hints++;
}

void w101_block_message(struct w101_block *b, const struct w101_writer *w)
{
	if (w->cut || b->messages.n + w->n > W101_BLOCK_TEXT || !w101_buf_add(&b->messages, w->p, w->n))
		b->messages_cut++;
}

/* To the spool, and the scratch is empty again; without a spool w is the output itself. */
static void pass(struct w101_writer *w, struct w101_spool *out)
{
	if (!out)
		return;
	w101_spool_put(out, w->p, w->n);
	w101_writer_reset(w);
}

static void put_wrapped(struct w101_writer *w, const char *text)
{
	enum { WIDTH = 92 };
	size_t column = 0;
	while (*text) {
		size_t n = strcspn(text, " ");
		if (column == 0 || column + n > WIDTH) {
			if (column)
				w101_putc(w, '\n');
			w101_put_spaces(w, INDENT + 4);
			column = 0;
		} else {
			w101_putc(w, ' ');
		}
		w101_put(w, text, n);
		column += n + 1;
		text += n + strspn(text + n, " ");
	}
	w101_putc(w, '\n');
}

/* "and 1 more"; for gaps their sum too, since one tells little.  c may be NULL. */
static void put_more(struct w101_writer *w, const struct w101_block_item *it, const struct w101_ev_close *c)
{
	w101_puts(w, "  and ");
	if (it->id != W101_F_tcp_gap || it->dir > W101_SERVER || !c) {
		w101_put_uint(w, it->more);
		w101_puts(w, " more");
		return;
	}
	w101_put_count(w, it->more, "more gap");
	w101_puts(w, ": ");
	w101_put_count(w, c->lost_bytes[it->dir], "byte");
	w101_puts(w, " in all");
}

static void print_finding(const struct w101_block_item *it, struct w101_bytes line, struct w101_writer *w,
	const struct w101_ev_close *c, int verbose)
{
	w101_put(w, line.p, line.n - 1);
	if (it->more)
		put_more(w, it, c);
	w101_putc(w, '\n');
	if (verbose)
		put_wrapped(w, w101_finding_row((enum w101_finding_id)it->id)->explanation);
}

/* The items of one group, or with `last` of all groups from there on: findings first, then hints.  c may be NULL. */
static void print_found(const struct w101_block *b, unsigned group, bool last, struct w101_writer *w,
	const struct w101_ev_close *c, int verbose, struct w101_spool *out)
{
	static const enum item_kind order[] = { FINDING, HINT };
	for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
		for (size_t i = 0; i < count(b); i++) {
			const struct w101_block_item *it = item(b, i);
			struct w101_bytes line = { b->text.p + it->at, it->n };
			if (it->kind != order[k] || it->group < group || (!last && it->group > group))
				continue;
			if (it->kind == FINDING)
				print_finding(it, line, w, c, verbose);
			else
				w101_put(w, line.p, line.n);
			pass(w, out);
		}
	}
}

/* Returns the spaces that bring a URL into its column. */
static size_t put_heading(struct w101_writer *w, const struct w101_ev_close *c, uint32_t flow, uint32_t stream)
{
	w101_putc(w, '\n');
	w101_report_paint(w, W101_INK_BOLD);
	size_t from = w->n;
	w101_putc(w, '#');
	w101_put_uint(w, flow);
	if (stream) {
		w101_putc(w, '/');
		w101_put_uint(w, stream);
	}
	w101_put_spaces(w, w->n - from < 3 ? 4 - (w->n - from) : 1);
	w101_report_paint(w, W101_INK_OFF);
	from = w->n;
	w101_put_endpoint(w, &c->client);
	w101_puts(w, " -> ");
	w101_put_endpoint(w, &c->server);
	char context[W101_CONTEXT_WORDS];
	if (*w101_context_words(c->context, context)) {
		w101_puts(w, " (");
		w101_puts(w, context);
		w101_putc(w, ')');
	}
	return 3 + (w->n - from < ADDRESSES ? ADDRESSES - (w->n - from) : 0);
}

static void put_frame_counts(struct w101_writer *w, const struct w101_ev_close *c, int d)
{
	size_t from = w->n;
	for (int last = 0; last < 2; last++) { /* what closes the connection stands at the end */
		for (unsigned k = 0; k < c->n_kinds && k < W101_KINDS_MAX; k++) {
			if (!c->frames[d][k] || last != (strcmp(c->kinds[k], "close") == 0))
				continue;
			if (w->n > from)
				w101_puts(w, "  ");
			w101_put_uint(w, c->frames[d][k]);
			w101_putc(w, ' ');
			w101_puts(w, c->kinds[k]);
		}
	}
	if (w->n == from)
		w101_puts(w, c->one_way && !c->wire_bytes[d] ? "not captured" : "nothing");
}

static void put_sizes(struct w101_writer *w, const struct w101_ev_close *c, int d)
{
	const struct w101_decoder_status *s = &c->status;
	if (c->n_kinds == 0 || s->compression)
		w101_put_size(w, s->wire_payload[d]);
	else
		w101_put_size(w, c->payload_bytes[d]);
	if (s->compression) {
		w101_puts(w, ", ");
		w101_put_size(w, s->plain_payload[d]);
		w101_puts(w, " inflated");
	}
	if (c->lost_bytes[d]) {
		w101_puts(w, ", ");
		w101_put_size(w, c->lost_bytes[d]);
		w101_puts(w, " lost");
	}
}

static void put_ping(struct w101_writer *w, const struct w101_ev_close *c, int verbose)
{
	w101_puts(w, "ping ");
	w101_put_duration(w, c->ping_rtt.median);
	if (verbose) {
		w101_puts(w, " (");
		w101_put_duration(w, c->ping_rtt.min);
		w101_puts(w, " to ");
		w101_put_duration(w, c->ping_rtt.max);
		w101_puts(w, ", ");
		w101_put_uint(w, c->ping_rtt.n);
		w101_putc(w, ')');
	}
}

/* The two lines of the sides, their columns aligned. */
static void put_sides(struct w101_writer *w, const struct w101_ev_close *c, int verbose)
{
	static const char *const name[2] = { "client", "server" };
	char text[2][2][256];
	size_t wide[2] = { 0, 0 }, n[2][2];
	for (int d = 0; d < 2; d++) {
		for (int column = 0; column < 2; column++) {
			struct w101_writer part = { .p = text[d][column], .cap = sizeof text[d][column] };
			if (column == 0 && c->n_kinds)
				put_frame_counts(&part, c, d);
			else if (column == 1)
				put_sizes(&part, c, d);
			n[d][column] = part.n;
			if (part.n > wide[column])
				wide[column] = part.n;
		}
	}
	for (int d = 0; d < 2; d++) {
		w101_put_spaces(w, INDENT);
		w101_puts(w, name[d]);
		w101_puts(w, "  ");
		if (c->n_kinds) {
			w101_put(w, text[d][0], n[d][0]);
			w101_put_spaces(w, wide[0] - n[d][0] + 6);
		}
		w101_put(w, text[d][1], n[d][1]);
		if (c->status.preview[d].n) {
			w101_put_spaces(w, wide[1] - n[d][1] + 3);
			w101_put_quoted(w, c->status.preview[d], 64);
		}
		if (d == W101_SERVER && c->ping_rtt.n) {
			w101_put_spaces(w, wide[1] - n[d][1] + 6);
			put_ping(w, c, verbose);
		}
		w101_putc(w, '\n');
	}
}

static void put_protocol(const struct w101_block *b, struct w101_writer *w, const struct w101_ev_close *c, int verbose,
	struct w101_spool *out)
{
	if (b->assumed) {
		w101_put_spaces(w, INDENT);
		w101_puts(w, c->protocol);
		w101_puts(w, b->exchanges ? "  assumed   not judged\n" : "  assumed: no handshake captured   not judged\n");
	}
	put_sides(w, c, verbose);
	pass(w, out);
	w101_spool_put(out, b->messages.p, b->messages.n);
	if (b->messages_cut) {
		w101_put_spaces(w, INDENT);
		w101_puts(w, "... and ");
		w101_put_count(w, b->messages_cut, "message");
		w101_puts(w, " more: -o log shows all\n");
	}
}

static void put_closing(struct w101_writer *w, const struct w101_ev_close *c)
{
	w101_put_spaces(w, INDENT);
	w101_put_closing(w, c);
	w101_putc(w, '\n');
}

/* Instead of UNANSWERED: the other direction is not in the capture, which is known last. */
static void put_unheard(struct w101_writer *w)
{
	w101_put_spaces(w, INDENT);
	put_loud(w, W101_INK_YELLOW, "answer not captured");
	w101_putc(w, '\n');
}

/* Each exchange with what was found about it; the first URL stands in the heading. */
static void print_exchanges(const struct w101_block *b, struct w101_writer *w, const struct w101_ev_close *c,
	size_t column, int verbose, struct w101_spool *out)
{
	bool heading = true;
	for (size_t i = 0; i < count(b); i++) {
		const struct w101_block_item *it = item(b, i);
		if (it->kind == URL) {
			w101_put_spaces(w, heading ? column : INDENT);
		} else if (it->kind != EXCHANGE) {
			continue;
		} else if (heading) {
			w101_putc(w, '\n');
		}
		if (it->kind == EXCHANGE && it->unanswered && b->one_way)
			put_unheard(w);
		else
			w101_put(w, b->text.p + it->at, it->n);
		if (it->kind == URL)
			w101_putc(w, '\n');
		else if (b->unanswered && !c->protocol && it->group + 1u == b->exchanges)
			put_closing(w, c);
		pass(w, out);
		if (it->kind == EXCHANGE)
			print_found(b, it->group, false, w, c, verbose, out);
		heading = false;
	}
	if (heading)
		w101_putc(w, '\n');
}

void w101_block_print(const struct w101_block *b, struct w101_writer *w, const struct w101_ev_close *c, int verbose,
	struct w101_spool *out)
{
	w101_writer_reset(w);
	size_t column = put_heading(w, c, b->node.flow, b->node.stream);
	pass(w, out);
	print_exchanges(b, w, c, column, verbose, out);
	if (!c->upgrade && !b->request_lost) { /* a request that was lost may have asked for one */
		w101_put_spaces(w, INDENT);
		w101_puts(w, "no upgrade\n");
	}
	if (c->protocol) {
		put_protocol(b, w, c, verbose, out);
		put_closing(w, c);
	}
	pass(w, out);
	print_found(b, b->exchanges, true, w, c, verbose, out);
	if (b->left_out) {
		w101_put_spaces(w, INDENT);
		w101_puts(w, "and ");
		w101_put_uint(w, b->left_out);
		w101_puts(w, " more: -o jsonl has all\n");
		pass(w, out);
	}
}

void w101_block_print_found(const struct w101_block *b, struct w101_writer *w, int verbose)
{
	print_found(b, 0, true, w, NULL, verbose, NULL);
}

void w101_block_count(const struct w101_block *b, uint64_t n[W101_F_COUNT])
{
	for (size_t i = 0; i < count(b); i++)
		if (item(b, i)->kind == FINDING)
			n[item(b, i)->id]++;
}
