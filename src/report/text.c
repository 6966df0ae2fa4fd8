/* The report.  Its first line needs totals that are known last, and connections
 * end in another order than they began: so each block is made when its
 * connection closes and waits in a spool for the summary. */
#include "report/text.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/safe.h"
#include "report/block.h"
#include "report/facts.h"
#include "report/human.h"
#include "report/phrase.h"

enum { BUFFER = 64 << 10, SCRATCH = 64 << 10, MEMORY = 256 << 20, CAPTURE_MAX = 16 << 10, NAME_MAX_SHOWN = 200 };

struct text {
	struct w101_writer w;
	struct w101_writer scratch;
	struct w101_quota quota;    /* of map, blocks and spool; our own, since the sink lives beside the engine */
	struct w101_map map;
	struct w101_spool spool;
	struct w101_clock clock;
	struct w101_report_options opt;
	struct w101_tally tally;
	uint64_t lost;                        /* connections without room for a block */
	struct w101_block *capture;           /* findings about the capture as a whole */
	uint64_t elsewhere[W101_F_COUNT];     /* connections without an upgrade, by finding */
};

static struct w101_block *block_of(struct text *s, const struct w101_event *ev)
{
	if (ev->flow == 0)
		return s->capture;
	struct w101_block *b = w101_map_find(&s->map, ev->flow, ev->stream);
	if (b)
		return b;
	b = w101_block_new(&s->quota, ev->flow, ev->stream);
	if (b && !w101_map_add(&s->map, &b->node)) {
		w101_block_free(b, &s->quota);
		b = NULL;
	}
	return b;
}

static void message(struct text *s, const struct w101_event *ev)
{
	const struct w101_pdu *pdu = ev->u.pdu;
	struct w101_block *b = block_of(s, ev);
	struct w101_writer *w = &s->scratch;
	if (!b)
		return;
	w101_writer_reset(w);
	w101_put_spaces(w, 4);
	w101_put_clock(w, &s->clock, ev->at);
	w101_puts(w, ev->dir == W101_CLIENT ? " > " : " < ");
	w101_puts(w, pdu->kind);
	w101_putc(w, ' ');
	w101_put_uint(w, pdu->payload_bytes);
	w101_put_payload(w, pdu, s->opt.payload);
	w101_putc(w, '\n');
	w101_block_message(b, w);
}

static void drop(struct text *s, struct w101_block *b)
{
	if (!b)
		return;
	w101_map_remove(&s->map, &b->node);
	w101_block_free(b, &s->quota);
}

static bool wanted(const struct text *s, const struct w101_block *b, const struct w101_ev_close *c)
{
	bool wrong = c->findings[W101_ERROR] || c->findings[W101_WARNING] || c->verified == 0 || b->odd;
	return s->opt.quiet ? c->upgrade && wrong : c->upgrade || s->opt.verbose;
}

static void closed(struct text *s, const struct w101_event *ev)
{
	const struct w101_ev_close *c = ev->u.close;
	struct w101_block *b = w101_map_find(&s->map, ev->flow, ev->stream);
	if (!b && (c->upgrade || s->opt.verbose))
		b = block_of(s, ev);
	if (!b) {
		s->lost += c->upgrade;
		return;
	}
	if (!c->upgrade)
		w101_block_count(b, s->elsewhere);
	if (wanted(s, b, c)) {
		w101_block_print(b, &s->scratch, c, s->opt.verbose, &s->spool);
		w101_spool_end(&s->spool, ev->flow);
	}
	drop(s, b);
}

static void put_heading(struct text *s, const struct w101_ev_summary *m)
{
	struct w101_writer *w = &s->w;
	w101_report_paint(w, W101_INK_BOLD);
	if (s->opt.n_files && !w101_put_safe(w, w101_str(s->opt.files[0]), 0, NAME_MAX_SHOWN))
		w101_puts(w, "...");
	w101_report_paint(w, W101_INK_OFF);
	if (s->opt.n_files > 1) {
		w101_puts(w, " and ");
		w101_put_uint(w, s->opt.n_files - 1);
		w101_puts(w, " more");
	}
	if (s->opt.n_files)
		w101_puts(w, "   ");
	w101_put_count(w, m->packets, "packet");
	w101_puts(w, ", ");
	w101_put_size(w, m->bytes);
	if (m->packets) {
		w101_puts(w, ", ");
		w101_put_duration(w, w101_elapsed(m->first, m->last));
	}
	if (s->opt.links && *s->opt.links) {
		w101_puts(w, ", ");
		if (!w101_put_safe(w, w101_str(s->opt.links), 0, NAME_MAX_SHOWN))
			w101_puts(w, "...");
	}
	w101_putc(w, '\n');
}

/* Findings in connections that have no block of their own. */
static void put_elsewhere(struct text *s)
{
	struct w101_writer *w = &s->w;
	for (unsigned id = 0; id < W101_F_COUNT; id++) {
		const struct w101_finding_row *row = w101_finding_row((enum w101_finding_id)id);
		if (!s->elsewhere[id] || s->opt.verbose || (s->opt.quiet && row->severity == W101_INFO))
			continue;
		const char *name = w101_severity_name(row->severity);
		w101_puts(w, "    ");
		w101_report_paint(w, w101_severity_ink(row->severity));
		w101_puts(w, name);
		w101_report_paint(w, W101_INK_OFF);
		w101_put_spaces(w, strlen(name) < 5 ? 7 - strlen(name) : 2);
		w101_puts(w, row->id);
		w101_puts(w, "  ");
		w101_puts(w, row->sentence);
		w101_puts(w, "  (");
		w101_put_count(w, s->elsewhere[id], "connection");
		w101_puts(w, " without an upgrade)\n");
	}
}

static void summary(struct text *s, const struct w101_ev_summary *m)
{
	static const struct w101_facts_style style = { "    comment  ", "    name     ", "    " };
	struct w101_block *b;
	while ((b = w101_map_any(&s->map))) {
		w101_block_count(b, s->elsewhere);
		drop(s, b);
	}
	s->tally.encrypted = s->elsewhere[W101_F_tls_no_keys];
	s->lost += s->spool.lost;
	put_heading(s, m);
	w101_block_print_found(s->capture, &s->w, s->opt.verbose);
	put_elsewhere(s);
	if (!s->opt.quiet)
		w101_put_facts(&s->w, s->opt.facts, &style, s->opt.verbose);
	w101_spool_print(&s->spool, &s->w);
	w101_putc(&s->w, '\n');
	if (s->lost) {
		w101_put_count(&s->w, s->lost, "connection");
		w101_puts(&s->w, " not shown for want of room: -o jsonl has all\n");
	}
	w101_put_totals(&s->w, m, &s->tally);
	w101_writer_flush(&s->w);
}

static void event(void *self, const struct w101_event *ev)
{
	struct text *s = self;
	struct w101_block *b;
	w101_tally_add(&s->tally, ev);
	switch (ev->type) {
	case W101_EV_EXCHANGE:
		if ((ev->u.exchange.x->is_upgrade || s->opt.verbose) && (b = block_of(s, ev)))
			w101_block_exchange(b, &s->scratch, &ev->u.exchange);
		break;
	case W101_EV_SWITCH:
		if ((b = block_of(s, ev))) {
			b->switched = true;
			b->assumed = ev->u.change.assumed;
		}
		break;
	case W101_EV_MESSAGE:
		if (s->opt.verbose || s->opt.hex)
			message(s, ev);
		break;
	case W101_EV_FINDING:
		if ((b = block_of(s, ev)))
			w101_block_finding(b, &s->scratch, &ev->u.finding, ev->dir, s->opt.verbose);
		break;
	case W101_EV_HINT:
		if ((b = block_of(s, ev)))
			w101_block_hint(b, &s->scratch, &ev->u.hint);
		break;
	case W101_EV_CLOSE:
		closed(s, ev);
		break;
	case W101_EV_SUMMARY:
		summary(s, ev->u.summary);
		break;
	default:
		break;
	}
}

static int close_sink(void *self)
{
	struct text *s = self;
	struct w101_block *b;
	while ((b = w101_map_any(&s->map)))
		drop(s, b);
	w101_map_clear(&s->map);
	w101_block_free(s->capture, &s->quota);
	int error = s->spool.error;
	w101_spool_clear(&s->spool);
	w101_writer_close(&s->scratch);
	int written = w101_writer_close(&s->w);
	w101_quota_clear(&s->quota);
	free(s);
	return written ? written : error;
}

bool w101_text_open(FILE *f, const struct w101_report_options *opt, struct w101_sink *out)
{
	static const struct w101_sink_ops ops = { event, close_sink };
	const bool shows_messages = opt->verbose || opt->hex;
	struct text *s = calloc(1, sizeof *s);
	if (!s)
		return false;
	w101_quota_init(&s->quota, MEMORY, 0);
	if (!w101_writer_init(&s->w, f, BUFFER) || !w101_writer_init(&s->scratch, NULL, SCRATCH) ||
		!(s->capture = w101_block_new(&s->quota, 0, 0))) {
		free(s->w.p);
		free(s->scratch.p);
		free(s);
		return false;
	}
	s->opt = *opt;
	s->w.color = s->scratch.color = opt->color;
	s->clock.utc = opt->utc;
	s->tally.verbose = opt->verbose > 0;
	s->map.quota = &s->quota;
	w101_spool_init(&s->spool, &s->quota);
	*out = (struct w101_sink){ &ops, s, W101_SKIP(W101_EV_FRAME) | (shows_messages ? 0 : W101_SKIP(W101_EV_MESSAGE)) };
	return true;
}
