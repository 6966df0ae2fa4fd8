/* Sentences that the report and the log share: how a connection ended, what was
 * agreed, what a finding saw, the totals.  Knows events, not where lines go. */
#include "report/phrase.h"

#include "base/ascii.h"
#include "base/close_code.h"
#include "base/safe.h"
#include "base/utf8.h"
#include "report/human.h"

enum { EVIDENCE_MAX = 80, PREVIEW_MAX = 80, HEX_MAX = 24, AGREED_MAX = 200 };

struct w101_bytes w101_payload_shown(const struct w101_pdu *pdu, enum w101_payload what, bool *truncated)
{
	struct w101_bytes b = pdu->payload;
	if (what == W101_PAYLOAD_NONE)
		b.n = 0;
	else if (what == W101_PAYLOAD_PREVIEW && b.n > W101_PREVIEW)
		b.n = W101_PREVIEW;
	*truncated = b.n < pdu->payload_bytes;
	return b;
}

static void put_hex(struct w101_writer *w, struct w101_bytes b, size_t max, bool truncated)
{
	static const char digit[] = "0123456789abcdef";
	size_t n = b.n < max ? b.n : max;
	w101_puts(w, " [");
	for (size_t i = 0; i < n; i++) {
		const char text[3] = { ' ', digit[b.p[i] >> 4], digit[b.p[i] & 15] };
		w101_put(w, i ? text : text + 1, i ? 3 : 2);
	}
	w101_puts(w, n < b.n || truncated ? " ...]" : "]");
}

/* A fragment of a text may begin or end inside a character: that is no reason to show it in hex. */
static bool mostly_text(struct w101_bytes b)
{
	size_t odd = 0;
	for (size_t i = 0, n; i < b.n; i += n) {
		uint32_t cp = 0;
		n = w101_utf8_char(b.p + i, b.n - i, &cp);
		odd += n == 0 || (cp != '\n' && cp != '\r' && cp != '\t' && w101_safe_hostile(cp));
		n += n == 0;
	}
	return odd * 2 < b.n;
}

void w101_put_payload(struct w101_writer *w, const struct w101_pdu *pdu, enum w101_payload what)
{
	bool cut, full = what == W101_PAYLOAD_FULL;
	struct w101_bytes b = w101_payload_shown(pdu, what, &cut), text = w101_as_text(b, cut);
	if (b.n == 0)
		return;
	if (!text.p && !mostly_text(b)) {
		put_hex(w, b, full ? SIZE_MAX : HEX_MAX, cut);
		return;
	}
	w101_puts(w, " \"");
	bool whole = w101_put_safe(w, text.p ? text : b, W101_SAFE_QUOTE, full ? 0 : PREVIEW_MAX);
	w101_puts(w, whole && !cut ? "\"" : "\"...");
}

static const char *side(enum w101_dir d)
{
	return d == W101_CLIENT ? " by client" : d == W101_SERVER ? " by server" : "";
}

static void put_tcp(struct w101_writer *w, const struct w101_ev_close *c)
{
	w101_puts(w, c->tcp == W101_TCP_END_RST ? "TCP reset" : "TCP closed");
	w101_puts(w, side(c->tcp_by));
}

static bool knows_close(const struct w101_ev_close *c)
{
	for (unsigned i = 0; i < c->n_kinds; i++)
		if (strcmp(c->kinds[i], "close") == 0)
			return true;
	return false;
}

static void put_code(struct w101_writer *w, const struct w101_decoder_status *s)
{
	if (!s->has_code) {
		w101_puts(w, "no code");
		return;
	}
	const char *name = w101_close_code_name(s->code);
	w101_put_uint(w, s->code);
	if (name) {
		w101_putc(w, ' ');
		w101_puts(w, name);
	}
	if (s->reason_len) {
		w101_putc(w, ' ');
		w101_put_quoted(w, (struct w101_bytes){ (const uint8_t *)s->reason, s->reason_len }, EVIDENCE_MAX);
	}
}

static void put_tcp_alone(struct w101_writer *w, const struct w101_ev_close *c)
{
	put_tcp(w, c);
	if (knows_close(c))
		w101_puts(w, " without Close");
	if (c->close_to_tcp >= 0) {
		w101_puts(w, ", ");
		w101_put_duration(w, c->close_to_tcp);
		w101_puts(w, " after the last byte");
	}
}

static void put_late_close(struct w101_writer *w, const struct w101_decoder_status *s)
{
	w101_puts(w, s->close_by == W101_CLIENT ? "; the client's Close " : "; the server's Close ");
	if (s->has_code)
		put_code(w, s);
	else
		w101_puts(w, "(no code)");
	w101_puts(w, " came too late");
}

/* Whether a Close of that side would be in the capture. */
static bool seen_whole(const struct w101_ev_close *c, enum w101_dir d)
{
	return c->wire_bytes[d] && !c->lost_bytes[d] && !c->status.broken[d];
}

static const char *answer(const struct w101_ev_close *c)
{
	enum w101_dir other = w101_dir_other(c->status.close_by);
	if (c->status.close_at[other] != W101_TIME_NONE)
		return ", answered, ";
	if (!seen_whole(c, other))
		return ", answer not seen, ";
	return c->tcp == W101_TCP_END_NONE ? ", not answered yet, " : ", never answered, ";
}

/* Who was first is not known: only what was seen is told. */
static void put_half_closing(struct w101_writer *w, const struct w101_ev_close *c)
{
	const struct w101_decoder_status *s = &c->status;
	if (s->close_by != W101_NO_DIR) {
		w101_puts(w, "Close");
		w101_puts(w, side(s->close_by));
		w101_puts(w, ": ");
		put_code(w, s);
	} else if (c->tcp != W101_TCP_END_NONE) {
		put_tcp(w, c);
	} else {
		w101_puts(w, "open at the end of the capture");
	}
	w101_puts(w, "; the other side was not captured");
}

void w101_put_closing(struct w101_writer *w, const struct w101_ev_close *c)
{
	const struct w101_decoder_status *s = &c->status;
	bool ended = c->tcp != W101_TCP_END_NONE;
	if (c->one_way) {
		put_half_closing(w, c);
		return;
	}
	if (s->close_by == W101_NO_DIR) {
		if (ended)
			put_tcp_alone(w, c);
		else
			w101_puts(w, "open at the end of the capture");
		return;
	}
	if (c->tcp_first && c->tcp_by != s->close_by) {
		put_tcp_alone(w, c);
		put_late_close(w, s);
		return;
	}
	w101_puts(w, "closed");
	w101_puts(w, side(s->close_by));
	w101_puts(w, ": ");
	put_code(w, s);
	w101_puts(w, answer(c));
	if (!ended) {
		w101_puts(w, "TCP open at the end of the capture");
		return;
	}
	put_tcp(w, c);
	if (c->close_to_tcp == 0) {
		w101_puts(w, " at once");
	} else if (c->close_to_tcp > 0) {
		w101_puts(w, ", after ");
		w101_put_duration(w, c->close_to_tcp);
	}
}

static void put_accept(struct w101_writer *w, const struct w101_exchange *x, const char *gap)
{
	const struct w101_accept *a = &x->accept;
	const char *word = a->judged ? a->ok ? x->verified == 1 ? "accept verified" : "accept right" : a->seen.n ? "accept WRONG" : "accept MISSING" :
			   x->verified == 0 && x->response && a->seen.n == 0 ? "accept MISSING" : "accept not judged";
	w101_puts(w, gap);
	w101_report_paint(w, a->judged && a->ok ? W101_INK_GREEN : a->judged ? W101_INK_RED : W101_INK_YELLOW);
	w101_puts(w, word);
	w101_report_paint(w, W101_INK_OFF);
}

void w101_put_agreed(struct w101_writer *w, const struct w101_exchange *x, const char *gap)
{
	if (x->websocket)
		put_accept(w, x, gap);
	if (x->verified != 1 || !x->websocket) {
		w101_puts(w, gap);
		w101_puts(w, x->verified == 1 ? "verified" : x->verified == 0 ? "NOT verified" : "not judged");
	}
	if (x->subprotocol.n) {
		w101_puts(w, gap);
		w101_puts(w, "subprotocol ");
		if (!w101_put_safe(w, x->subprotocol, 0, AGREED_MAX))
			w101_puts(w, "...");
	}
	if (x->extensions.n) {
		w101_puts(w, gap);
		if (!w101_put_safe(w, x->extensions, 0, AGREED_MAX))
			w101_puts(w, "...");
	}
}

void w101_put_evidence(struct w101_writer *w, const struct w101_ev_finding *f, enum w101_dir dir, const char *before)
{
	/* the rows of the handshake come first in the table, and their sentences say whose bytes they are about */
	bool name = dir != W101_NO_DIR && f->id >= W101_F_ws_client_unmasked;
	const char *gap = "";
	if (f->seen.n == 0 && f->wanted.n == 0 && !name)
		return;
	w101_puts(w, before);
	w101_putc(w, '(');
	if (name) {
		w101_puts(w, dir == W101_CLIENT ? "client" : "server");
		gap = ", ";
	}
	if (f->seen.n) {
		w101_puts(w, gap);
		w101_puts(w, "seen ");
		w101_put_quoted(w, f->seen, EVIDENCE_MAX);
		gap = ", ";
	}
	if (f->wanted.n) {
		w101_puts(w, gap);
		w101_puts(w, "wanted ");
		w101_put_quoted(w, f->wanted, EVIDENCE_MAX);
	}
	w101_putc(w, ')');
}

void w101_put_sentence(struct w101_writer *w, const struct w101_ev_finding *f)
{
	w101_puts(w, f->row->sentence);
	if (f->detail.n) {
		w101_puts(w, ": ");
		if (!w101_put_safe(w, f->detail, 0, 4 * EVIDENCE_MAX))
			w101_puts(w, "...");
	}
}

enum w101_ink w101_severity_ink(enum w101_severity s)
{
	return s == W101_ERROR ? W101_INK_RED : s == W101_WARNING ? W101_INK_YELLOW : W101_INK_DIM;
}

static void add_exchange(struct w101_tally *t, const struct w101_exchange *x)
{
	if (x->verdict == W101_VERDICT_SWITCHED_BADLY)
		t->badly++;
	else if (x->verdict == W101_VERDICT_SWITCHED && x->verified != 1)
		t->unjudged++;
}

void w101_tally_add(struct w101_tally *t, const struct w101_event *ev)
{
	if (ev->type == W101_EV_EXCHANGE)
		add_exchange(t, ev->u.exchange.x);
	else if (ev->type == W101_EV_SWITCH)
		t->assumed += ev->u.change.assumed;
	else if (ev->type == W101_EV_FINDING && ev->u.finding.id == W101_F_cap_cut)
		t->cut = true;
}

/* "1 switched" with ", " before all but the first. */
static void part(struct w101_writer *w, bool *comma, uint64_t n, const char *what)
{
	if (n == 0)
		return;
	if (*comma)
		w101_puts(w, ", ");
	w101_put_uint(w, n);
	w101_putc(w, ' ');
	w101_puts(w, what);
	*comma = true;
}

static void put_upgrades(struct w101_writer *w, const struct w101_ev_summary *s, const struct w101_tally *t)
{
	const uint64_t verified = s->upgrades.verified, switched = s->upgrades.switched;
	const uint64_t rest = switched > verified ? switched - verified : 0;
	const uint64_t badly = t->badly < rest ? t->badly : rest;
	const uint64_t unjudged = t->unjudged < rest - badly ? t->unjudged : rest - badly;
	bool comma = false;
	w101_put_uint(w, s->upgrades.offered);
	w101_puts(w, s->upgrades.offered == 1 ? " upgrade offered: " : " upgrades offered: ");
	part(w, &comma, verified, "switched and verified");
	part(w, &comma, badly, "switched badly");
	part(w, &comma, unjudged, "switched, not judged");
	part(w, &comma, rest - badly - unjudged, "switched, not shown"); /* left out by a filter */
	part(w, &comma, s->upgrades.refused, "refused");
	part(w, &comma, s->upgrades.ignored, "ignored");
	part(w, &comma, s->upgrades.unanswered - s->upgrades.one_way, "unanswered");
	part(w, &comma, s->upgrades.one_way, "without its answer in the capture");
	w101_putc(w, '.');
}

static void put_none(struct w101_writer *w, const struct w101_ev_summary *s, const struct w101_tally *t)
{
	if (s->packets == 0) {
		w101_puts(w, "No packets.");
		return;
	}
	if (s->flows == 0) {
		w101_puts(w, "No TCP connection in ");
		w101_put_count(w, s->packets, "packet");
		w101_putc(w, '.');
		return;
	}
	w101_puts(w, "No HTTP upgrade in ");
	w101_put_count(w, s->flows, "connection");
	w101_putc(w, '.');
	if (t->assumed) {
		w101_putc(w, ' ');
		w101_put_count(w, t->assumed, "connection");
		w101_puts(w, " recognised without a handshake.");
	}
	if (t->encrypted) {
		w101_putc(w, ' ');
		w101_put_uint(w, t->encrypted);
		w101_puts(w, t->encrypted == 1 ? " is TLS" : " are TLS");
		w101_puts(w, " without keys: try --keylog.");
	} else if (!t->assumed && !t->verbose) {
		w101_puts(w, " -v lists plain HTTP; "
			     "an upgrade shows only when the capture has the start of its connection.");
	}
}

/* What stood in the capture and could not be read. */
static void put_unread(struct w101_writer *w, const struct w101_ev_summary *s)
{
	if (s->incomplete) {
		w101_put_count(w, s->incomplete, "IP datagram");
		w101_puts(w, s->incomplete == 1 ? " lacks" : " lack");
		w101_puts(w, " fragments (a filter by port keeps only the first of each)\n");
	}
	if (s->encrypted) {
		w101_put_count(w, s->encrypted, "802.11 frame");
		w101_puts(w, s->encrypted == 1 ? " is" : " are");
		w101_puts(w, " encrypted: not read\n");
	}
}

void w101_put_totals(struct w101_writer *w, const struct w101_ev_summary *s, const struct w101_tally *t)
{
	const uint64_t *f = s->findings;
	if (s->upgrades.offered || s->upgrades.switched || s->upgrades.refused)
		put_upgrades(w, s, t);
	else
		put_none(w, s, t);
	if (f[W101_ERROR] || f[W101_WARNING] || f[W101_INFO]) {
		bool comma = false;
		w101_puts(w, "   findings: ");
		part(w, &comma, f[W101_ERROR], f[W101_ERROR] == 1 ? "error" : "errors");
		part(w, &comma, f[W101_WARNING], f[W101_WARNING] == 1 ? "warning" : "warnings");
		part(w, &comma, f[W101_INFO], "info");
	} else if (s->upgrades.offered) {
		w101_puts(w, "   no findings");
	}
	w101_putc(w, '\n');
	if (!s->complete)
		w101_puts(w, t->cut ? "incomplete: the capture ends inside a packet or a block (cap-cut)\n" :
				      "incomplete: not all packets of the input were analysed\n");
	put_unread(w, s);
}

const struct w101_value *w101_pdu_field(const struct w101_pdu *pdu, const char *name)
{
	for (size_t i = 0; i < pdu->n_fields; i++)
		if (strcmp(pdu->fields[i].name, name) == 0)
			return &pdu->fields[i];
	return NULL;
}
