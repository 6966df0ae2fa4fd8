/* permessage-deflate (RFC 7692 7.1): whether each offer is well formed, whether
 * the answer is, and whether some offer allows it.  An offer with a wrong value
 * is told by the rule of that value; pmd-offer is for parameters that are
 * unknown or there twice.  Must not know how frames are inflated. */
#include "http/deflate_rules.h"

#include "base/ascii.h"
#include "http/extension.h"

#define NONE ((struct w101_bytes){ 0 })

enum param { SERVER_TAKEOVER, CLIENT_TAKEOVER, SERVER_BITS, CLIENT_BITS, N_PARAMS };
static const char *const param_names[N_PARAMS] = { "server_no_context_takeover", "client_no_context_takeover",
	"server_max_window_bits", "client_max_window_bits" };

enum fault { FAULT_PARAM, FAULT_TAKEOVER, FAULT_BITS, N_FAULTS };

/* One element, read. */
struct pmd {
	struct w101_extension e;
	bool there[N_PARAMS];
	unsigned bits[N_PARAMS];             /* 0: no value, or not a valid one */
	struct w101_bytes culprit[N_FAULTS]; /* n > 0: name of the parameter that is wrong */
};

static bool broken(const struct pmd *p)
{
	return p->culprit[FAULT_PARAM].n || p->culprit[FAULT_TAKEOVER].n || p->culprit[FAULT_BITS].n;
}

/* 8-15 without leading zeros; 0: something else. */
static unsigned window_bits(struct w101_bytes v)
{
	if (v.n == 1 && (v.p[0] == '8' || v.p[0] == '9'))
		return v.p[0] - '0';
	return v.n == 2 && v.p[0] == '1' && v.p[1] >= '0' && v.p[1] <= '5' ? 10u + v.p[1] - '0' : 0;
}

static void blame(struct pmd *p, enum fault f, struct w101_bytes name)
{
	if (!p->culprit[f].n)
		p->culprit[f] = name;
}

static void read_pmd(const struct w101_extension *e, bool offer, struct pmd *out)
{
	struct w101_param p;
	size_t at = 0;
	*out = (struct pmd){ .e = *e };
	while (w101_extension_param(e, &at, &p)) {
		unsigned i = 0;
		while (i < N_PARAMS && !w101_eq_nocase(p.name, w101_str(param_names[i])))
			i++;
		if (i == N_PARAMS || out->there[i]) {
			blame(out, FAULT_PARAM, p.name);
			continue;
		}
		out->there[i] = true;
		if (i == SERVER_TAKEOVER || i == CLIENT_TAKEOVER) {
			if (p.has_value)
				blame(out, FAULT_TAKEOVER, p.name);
			continue;
		}
		out->bits[i] = p.has_value ? window_bits(p.value) : 0;
		bool may_lack = offer && i == CLIENT_BITS;
		if (!out->bits[i] && (p.has_value || !may_lack))
			blame(out, FAULT_BITS, p.name);
	}
}

/* The next permessage-deflate element; lines that break the grammar are passed over. */
static bool next_pmd(const struct w101_http_head *h, struct w101_extension_cursor *c, struct pmd *out)
{
	struct w101_extension e;
	int r;
	while ((r = w101_extension_next(h, c, &e)) != 0) {
		if (r > 0 && w101_eq_nocase(e.name, W101_LIT("permessage-deflate"))) {
			read_pmd(&e, !h->response, out);
			return true;
		}
	}
	return false;
}

static void say(struct w101_judge *j, enum w101_finding_id id, const struct w101_http_head *h, const struct pmd *p,
	struct w101_bytes wanted, struct w101_bytes detail)
{
	w101_judge_say(j, &(struct w101_finding){ .id = id,
				  .dir = h->response ? W101_SERVER : W101_CLIENT,
				  .offset = h->offset + (uint64_t)(p->e.text.p - h->raw.p),
				  .seen = p->e.text,
				  .wanted = wanted,
				  .detail = detail });
}

/* Each rule once a head: fall-back offers tend to repeat a mistake. */
static void judge_form(struct w101_judge *j, const struct w101_http_head *h, const struct pmd *p, uint8_t *told)
{
	static const struct {
		enum w101_finding_id offer, answer;
		const char *wanted;
	} rules[N_FAULTS] = {
		[FAULT_PARAM] = { W101_F_pmd_offer, W101_F_pmd_answer, "the four parameters of RFC 7692, each once" },
		[FAULT_TAKEOVER] = { W101_F_pmd_takeover_value, W101_F_pmd_takeover_value, "no value" },
		[FAULT_BITS] = { W101_F_pmd_bits_value, W101_F_pmd_bits_value, "8 to 15, no leading zero" },
	};
	for (unsigned f = 0; f < N_FAULTS; f++) {
		if (!p->culprit[f].n || *told >> f & 1)
			continue;
		*told |= (uint8_t)(1u << f);
		say(j, h->response ? rules[f].answer : rules[f].offer, h, p, w101_str(rules[f].wanted), p->culprit[f]);
	}
}

static bool eight(const struct pmd *p)
{
	return p->bits[SERVER_BITS] == 8 || p->bits[CLIENT_BITS] == 8;
}

void w101_deflate_judge_offers(struct w101_judge *j, const struct w101_http_head *q)
{
	struct w101_extension_cursor c = { 0 };
	struct pmd p;
	uint8_t told = 0;
	while (next_pmd(q, &c, &p)) {
		judge_form(j, q, &p, &told);
		if (eight(&p) && !w101_found_has(&j->found, W101_F_pmd_bits_8))
			say(j, W101_F_pmd_bits_8, q, &p, NONE, NONE);
	}
}

/* What an answer breaks when it accepts this offer. */
struct misfit {
	bool accepted, unasked, greater, dropped;
};

static unsigned weight(const struct misfit *m)
{
	/* of two that fit equally, a valid offer is the one that was meant */
	return 2u * (m->accepted + m->unasked + m->greater + m->dropped) + m->accepted;
}

static struct misfit compare(const struct pmd *offer, const struct pmd *a)
{
	struct misfit m = { .accepted = broken(offer) };
	m.unasked = a->there[CLIENT_BITS] && !offer->there[CLIENT_BITS];
	m.dropped = offer->there[SERVER_TAKEOVER] && !a->there[SERVER_TAKEOVER];
	for (unsigned i = SERVER_BITS; i <= CLIENT_BITS; i++)
		if (offer->bits[i] && a->bits[i] > offer->bits[i])
			m.greater = true;
	if (offer->bits[SERVER_BITS] && !a->there[SERVER_BITS])
		m.greater = true;
	return m;
}

void w101_deflate_judge_answer(struct w101_judge *j, const struct w101_http_head *q, const struct w101_found *asked,
	const struct w101_http_head *r)
{
	struct w101_extension_cursor c = { 0 };
	struct pmd a, offer, closest = { .there = { false } };
	struct misfit least = { .accepted = false };
	unsigned n = 0;
	uint8_t told = 0;
	if (!next_pmd(r, &c, &a))
		return;
	judge_form(j, r, &a, &told);
	if (eight(&a) && !w101_found_has(asked, W101_F_pmd_bits_8))
		say(j, W101_F_pmd_bits_8, r, &a, NONE, NONE);
	for (c = (struct w101_extension_cursor){ 0 }; next_pmd(q, &c, &offer); n++) {
		struct misfit m = compare(&offer, &a);
		if (n == 0 || weight(&m) < weight(&least)) {
			closest = offer;
			least = m;
		}
	}
	if (!n)
		return;
	struct w101_bytes which = n > 1 ? W101_LIT("against the offer that comes closest") : NONE;
	if (least.accepted) { /* it had to be declined: nothing more to compare */
		say(j, W101_F_pmd_offer_accepted, r, &a, closest.e.text, which);
		return;
	}
	if (least.unasked)
		say(j, W101_F_pmd_client_bits_unasked, r, &a, closest.e.text, which);
	if (least.greater)
		say(j, W101_F_pmd_bits_greater, r, &a, closest.e.text, which);
	if (least.dropped)
		say(j, W101_F_pmd_takeover_dropped, r, &a, closest.e.text, which);
}
