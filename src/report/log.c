/* Events as lines.  The line of a data frame that is a whole message waits for
 * the message event, which follows at once, so that both make one line. */
#include "report/log.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/close_code.h"
#include "base/safe.h"
#include "report/facts.h"
#include "report/hexdump.h"
#include "report/human.h"
#include "report/phrase.h"

enum { BUFFER = 64 << 10, LINE = 1024, FIELD_MAX = 200, HEX_INDENT = 8 };

struct log {
	struct w101_writer w;
	struct w101_writer held; /* the line of a data frame, without its payload */
	bool holding;
	uint32_t held_flow, held_stream;
	enum w101_dir held_dir;
	struct w101_clock clock;
	struct w101_report_options opt;
	struct w101_tally tally;
};

static void prefix(struct log *s, struct w101_writer *w, const struct w101_event *ev, char mark)
{
	w101_report_paint(w, W101_INK_DIM);
	w101_put_clock(w, &s->clock, ev->at);
	w101_report_paint(w, W101_INK_OFF);
	if (ev->flow) {
		w101_puts(w, " #");
		w101_put_uint(w, ev->flow);
	} else {
		w101_puts(w, " capture");
	}
	if (ev->stream) {
		w101_putc(w, '/');
		w101_put_uint(w, ev->stream);
	}
	w101_putc(w, ' ');
	w101_putc(w, mark);
	w101_putc(w, ' ');
}

static char arrow(enum w101_dir d)
{
	return d == W101_CLIENT ? '>' : d == W101_SERVER ? '<' : '-';
}

static void end_line(struct log *s)
{
	w101_putc(&s->w, '\n');
}

static void put_cut(struct w101_writer *w, struct w101_bytes b)
{
	if (!w101_put_safe(w, b, 0, FIELD_MAX))
		w101_puts(w, "...");
}

static void request(struct log *s, const struct w101_event *ev)
{
	struct w101_writer *w = &s->w;
	const struct w101_http_head *h = ev->u.head.head;
	if (!ev->u.head.about_upgrade && !s->opt.verbose)
		return;
	prefix(s, w, ev, '>');
	put_cut(w, h->method);
	w101_putc(w, ' ');
	put_cut(w, h->target);
	for (size_t i = 0; i < h->n_fields; i++) {
		if (w101_eq_nocase(h->fields[i].name, W101_LIT("upgrade"))) {
			w101_puts(w, "  Upgrade: ");
			put_cut(w, h->fields[i].value);
		}
	}
	end_line(s);
}

static void put_status(struct w101_writer *w, const struct w101_http_head *h)
{
	w101_put_uint(w, (uint64_t)h->status);
	if (h->reason.n) {
		w101_putc(w, ' ');
		put_cut(w, h->reason);
	}
}

/* The final answer is told by the exchange; here are the ones before it. */
static void response(struct log *s, const struct w101_event *ev)
{
	const struct w101_http_head *h = ev->u.head.head;
	if (h->status / 100 != 1 || h->status == 101 || (!ev->u.head.about_upgrade && !s->opt.verbose))
		return;
	prefix(s, &s->w, ev, '<');
	put_status(&s->w, h);
	end_line(s);
}

static void put_loud(struct w101_writer *w, const char *text)
{
	w101_report_paint(w, W101_INK_RED);
	w101_puts(w, text);
	w101_report_paint(w, W101_INK_OFF);
}

static void put_switched(struct w101_writer *w, const struct w101_exchange *x)
{
	const struct w101_accept *a = &x->accept;
	w101_puts(w, "101 ");
	put_cut(w, x->switched);
	if (x->verdict == W101_VERDICT_SWITCHED_BADLY) {
		w101_puts(w, "  ");
		put_loud(w, "SWITCHED BADLY");
	}
	if (x->websocket && a->judged) {
		w101_puts(w, "  ");
		if (a->ok)
			w101_puts(w, "accept ok");
		else
			put_loud(w, a->seen.n ? "accept WRONG" : "accept MISSING");
	} else if (x->verified < 0) {
		w101_puts(w, "  not judged");
	}
	if (x->subprotocol.n) {
		w101_puts(w, "  subprotocol ");
		put_cut(w, x->subprotocol);
	}
	if (x->extensions.n) {
		w101_puts(w, "  ");
		put_cut(w, x->extensions);
	}
}

static void exchange(struct log *s, const struct w101_event *ev)
{
	struct w101_writer *w = &s->w;
	const struct w101_exchange *x = ev->u.exchange.x;
	if (!x->is_upgrade && !s->opt.verbose)
		return;
	prefix(s, w, ev, x->response ? '<' : '-');
	if (x->verdict == W101_VERDICT_SWITCHED || x->verdict == W101_VERDICT_SWITCHED_BADLY) {
		put_switched(w, x);
	} else if (!x->response) {
		put_loud(w, ev->u.exchange.one_way ? "ANSWER NOT CAPTURED" : "UNANSWERED");
		if (x->request) {
			w101_putc(w, ' ');
			put_cut(w, x->request->target);
		}
	} else {
		put_status(w, x->response);
		if (x->is_upgrade) {
			w101_puts(w, "  ");
			put_loud(w, x->verdict == W101_VERDICT_IGNORED ? "IGNORED" :
				    x->verdict == W101_VERDICT_REFUSED ? "REFUSED" : "UNANSWERED");
		}
	}
	end_line(s);
}

static void change(struct log *s, const struct w101_event *ev)
{
	const struct w101_ev_switch *c = &ev->u.change;
	if (!c->assumed && !s->opt.verbose)
		return;
	prefix(s, &s->w, ev, '-');
	w101_puts(&s->w, c->protocol);
	if (c->assumed) {
		w101_puts(&s->w, " assumed, no whole handshake captured");
	} else {
		w101_puts(&s->w, " begins at client byte ");
		w101_put_uint(&s->w, c->offset[W101_CLIENT]);
		w101_puts(&s->w, ", server byte ");
		w101_put_uint(&s->w, c->offset[W101_SERVER]);
	}
	end_line(s);
}

static bool flag(const struct w101_pdu *pdu, const char *name, bool absent)
{
	const struct w101_value *v = w101_pdu_field(pdu, name);
	return v ? v->u != 0 : absent;
}

static bool compressed(const struct w101_pdu *pdu)
{
	const struct w101_value *v = w101_pdu_field(pdu, "rsv");
	return v && (v->u & 4);
}

static bool is_websocket(const struct w101_pdu *pdu)
{
	return strcmp(pdu->protocol, "websocket") == 0;
}

/* Begins a message of its own: not a continuation, no control frame. */
static bool is_data(const struct w101_pdu *pdu)
{
	return strcmp(pdu->kind, "text") == 0 || strcmp(pdu->kind, "binary") == 0;
}

static void put_dump(struct log *s, const struct w101_pdu *pdu)
{
	bool cut;
	end_line(s);
	if (s->opt.hex)
		w101_put_hexdump(&s->w, w101_payload_shown(pdu, s->opt.payload, &cut), HEX_INDENT);
}

static void put_close_frame(struct w101_writer *w, const struct w101_pdu *pdu)
{
	const struct w101_value *code = w101_pdu_field(pdu, "code"), *reason = w101_pdu_field(pdu, "reason");
	if (!code) {
		w101_puts(w, pdu->payload_bytes ? " malformed" : " no code");
		return;
	}
	const char *name = w101_close_code_name((unsigned)code->u);
	w101_putc(w, ' ');
	w101_put_uint(w, code->u);
	if (name) {
		w101_putc(w, ' ');
		w101_puts(w, name);
	}
	if (reason && reason->s.n) {
		w101_putc(w, ' ');
		w101_put_quoted(w, reason->s, FIELD_MAX);
	}
}

static void put_fields(struct w101_writer *w, const struct w101_pdu *pdu)
{
	for (size_t i = 0; i < pdu->n_fields; i++) {
		const struct w101_value *v = &pdu->fields[i];
		w101_putc(w, ' ');
		w101_puts(w, v->name);
		w101_putc(w, '=');
		if (v->type == W101_VALUE_UINT)
			w101_put_uint(w, v->u);
		else if (v->type == W101_VALUE_BOOL)
			w101_puts(w, v->u ? "true" : "false");
		else
			w101_put_quoted(w, v->s, FIELD_MAX);
	}
}

static void put_flags(struct w101_writer *w, const struct w101_pdu *pdu, enum w101_dir dir)
{
	const struct w101_value *rsv = w101_pdu_field(pdu, "rsv");
	bool data = is_data(pdu), fin = flag(pdu, "fin", true);
	if (!fin)
		w101_puts(w, " fragment");
	else if (strcmp(pdu->kind, "continuation") == 0)
		w101_puts(w, " last");
	if (flag(pdu, "masked", dir == W101_CLIENT) != (dir == W101_CLIENT))
		w101_puts(w, dir == W101_CLIENT ? " unmasked" : " masked");
	if (rsv && rsv->u & (data ? 3 : 7)) {
		w101_puts(w, " rsv ");
		w101_put_uint(w, rsv->u);
	}
}

static void frame(struct log *s, const struct w101_event *ev)
{
	const struct w101_pdu *pdu = ev->u.pdu;
	bool ws = is_websocket(pdu), hold = ws && is_data(pdu) && flag(pdu, "fin", true);
	struct w101_writer *w = hold ? &s->held : &s->w;
	if (hold)
		w101_writer_reset(w);
	prefix(s, w, ev, arrow(ev->dir));
	w101_puts(w, pdu->kind);
	if (ws && strcmp(pdu->kind, "close") == 0) {
		put_flags(w, pdu, ev->dir);
		put_close_frame(w, pdu);
		put_dump(s, pdu);
		return;
	}
	w101_putc(w, ' ');
	w101_put_uint(w, pdu->payload_bytes);
	if (ws)
		put_flags(w, pdu, ev->dir);
	else
		put_fields(w, pdu);
	if (hold) {
		s->holding = true;
		s->held_flow = ev->flow;
		s->held_stream = ev->stream;
		s->held_dir = ev->dir;
		return;
	}
	if (compressed(pdu))
		w101_puts(w, " compressed");
	else
		w101_put_payload(w, pdu, s->opt.payload);
	put_dump(s, pdu);
}

static void release(struct log *s)
{
	s->holding = false;
	w101_put(&s->w, s->held.p, s->held.n);
}

static void message(struct log *s, const struct w101_event *ev)
{
	struct w101_writer *w = &s->w;
	const struct w101_pdu *pdu = ev->u.pdu;
	bool waits = s->holding && s->held_flow == ev->flow && s->held_stream == ev->stream && s->held_dir == ev->dir;
	if (waits && pdu->frames == 1) {
		release(s);
	} else {
		if (s->holding) {
			release(s);
			end_line(s);
		}
		if (!is_websocket(pdu) && pdu->frames <= 1 && !pdu->compressed && !pdu->summary.n)
			return; /* its frame said it all */
		prefix(s, w, ev, arrow(ev->dir));
		w101_puts(w, "message ");
		w101_puts(w, pdu->kind);
		w101_putc(w, ' ');
		w101_put_uint(w, pdu->compressed ? pdu->wire_length : pdu->payload_bytes);
	}
	if (pdu->compressed) {
		w101_puts(w, " -> ");
		w101_put_count(w, pdu->payload_bytes, "byte");
	}
	if (pdu->frames > 1) {
		w101_puts(w, " in ");
		w101_put_count(w, pdu->frames, "frame");
	}
	if (pdu->summary.n) {
		w101_puts(w, "  ");
		put_cut(w, pdu->summary);
	}
	w101_put_payload(w, pdu, s->opt.payload);
	put_dump(s, pdu);
}

static void finding(struct log *s, const struct w101_event *ev)
{
	struct w101_writer *w = &s->w;
	const struct w101_ev_finding *f = &ev->u.finding;
	if (f->id == W101_F_tls_no_keys && s->tally.encrypted++ && !s->opt.verbose)
		return; /* one line stands for all of them */
	prefix(s, w, ev, '!');
	if (f->repeat) {
		w101_puts(w, "... and ");
		w101_put_uint(w, f->count);
		w101_puts(w, " more of ");
		w101_puts(w, f->row->id);
		end_line(s);
		return;
	}
	w101_report_paint(w, w101_severity_ink(f->row->severity));
	w101_puts(w, w101_severity_name(f->row->severity));
	w101_report_paint(w, W101_INK_OFF);
	w101_putc(w, ' ');
	w101_puts(w, f->row->id);
	w101_putc(w, ' ');
	w101_put_sentence(w, f);
	w101_put_evidence(w, f, ev->dir, " ");
	end_line(s);
}

static void hint(struct log *s, const struct w101_event *ev)
{
	const struct w101_ev_hint *h = &ev->u.hint;
	prefix(s, &s->w, ev, '?');
	w101_puts(&s->w, h->id);
	w101_putc(&s->w, ' ');
	w101_put_safe(&s->w, w101_str(h->text), 0, 0);
	end_line(s);
}

static void gap(struct log *s, const struct w101_event *ev)
{
	prefix(s, &s->w, ev, arrow(ev->dir));
	w101_puts(&s->w, "gap: ");
	w101_put_count(&s->w, ev->u.gap.missing, "byte");
	w101_puts(&s->w, " not captured");
	end_line(s);
}

static void closing(struct log *s, const struct w101_event *ev)
{
	if (!ev->u.close->upgrade && !s->opt.verbose)
		return;
	prefix(s, &s->w, ev, '-');
	w101_put_closing(&s->w, ev->u.close);
	end_line(s);
}

static void summary(struct log *s, const struct w101_ev_summary *m)
{
	static const struct w101_facts_style style = { "* ", "* ", "* " };
	w101_put_facts(&s->w, s->opt.facts, &style, s->opt.verbose);
	w101_put_totals(&s->w, m, &s->tally);
}

static void event(void *self, const struct w101_event *ev)
{
	struct log *s = self;
	if (s->holding && ev->type != W101_EV_MESSAGE) {
		release(s);
		end_line(s);
	}
	w101_tally_add(&s->tally, ev);
	switch (ev->type) {
	case W101_EV_REQUEST:
		request(s, ev);
		break;
	case W101_EV_RESPONSE:
		response(s, ev);
		break;
	case W101_EV_EXCHANGE:
		exchange(s, ev);
		break;
	case W101_EV_SWITCH:
		change(s, ev);
		break;
	case W101_EV_FRAME:
		frame(s, ev);
		break;
	case W101_EV_MESSAGE:
		message(s, ev);
		break;
	case W101_EV_FINDING:
		finding(s, ev);
		break;
	case W101_EV_HINT:
		hint(s, ev);
		break;
	case W101_EV_GAP:
		gap(s, ev);
		break;
	case W101_EV_CLOSE:
		closing(s, ev);
		break;
	case W101_EV_SUMMARY:
		if (!s->opt.quiet)
			summary(s, ev->u.summary);
		break;
	case W101_EV_OPEN:
	case W101_EV_TLS:
	case W101_EV_PAIR:
		break;
	}
	if (s->opt.live && !s->holding && s->w.n)
		w101_writer_flush(&s->w);
}

static int close_sink(void *self)
{
	struct log *s = self;
	if (s->holding) {
		release(s);
		end_line(s);
	}
	w101_writer_close(&s->held);
	int error = w101_writer_close(&s->w);
	free(s);
	return error;
}

bool w101_log_open(FILE *f, const struct w101_report_options *opt, struct w101_sink *out)
{
	static const struct w101_sink_ops ops = { event, close_sink };
	struct log *s = calloc(1, sizeof *s);
	if (!s)
		return false;
	if (!w101_writer_init(&s->w, f, BUFFER) || !w101_writer_init(&s->held, NULL, LINE)) {
		free(s->w.p);
		free(s);
		return false;
	}
	s->opt = *opt;
	s->w.color = s->held.color = opt->color;
	s->clock.utc = opt->utc;
	s->tally.verbose = opt->verbose > 0;
	*out = (struct w101_sink){ &ops, s, 0 };
	return true;
}
