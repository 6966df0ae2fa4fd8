/* One exchange from its two heads to its verdict.  Decides which rules apply
 * (WebSocket's only where WebSocket is meant) and puts the facts together.  Pure:
 * heads in, verdict and findings out; the circumstances come from http1.c. */
#include "http/upgrade.h"

#include "base/ascii.h"
#include "http/accept.h"
#include "http/answer_rules.h"
#include "http/head.h"

#define NONE ((struct w101_bytes){ 0 })

const char *w101_verdict_name(enum w101_verdict v)
{
	switch (v) {
	case W101_VERDICT_SWITCHED:
		return "switched";
	case W101_VERDICT_SWITCHED_BADLY:
		return "switched-badly";
	case W101_VERDICT_REFUSED:
		return "refused";
	case W101_VERDICT_IGNORED:
		return "ignored";
	case W101_VERDICT_UNANSWERED:
		break;
	}
	return "unanswered";
}

void w101_upgrade_asked(struct w101_judge *j, const struct w101_http_head *q, const struct w101_wish *w,
	struct w101_keys *keys, uint32_t flow)
{
	struct w101_bytes key = { 0 };
	uint8_t digest[W101_DIGEST_LEN];
	w101_request_judge(j, q, w);
	if (keys && w101_request_key(q, &key) == 1 && key.n && w101_accept_digest(key, digest))
		w101_keys_add(keys, digest, flow, q->target, q->at);
}

void w101_upgrade_ended(const struct w101_http_head *q, struct w101_keys *keys, uint32_t flow, w101_time at)
{
	struct w101_bytes key = { 0 };
	uint8_t digest[W101_DIGEST_LEN];
	if (keys && w101_request_key(q, &key) == 1 && key.n && w101_accept_digest(key, digest))
		w101_keys_ended(keys, digest, flow, at);
}

/* A nonce of another connection.  Judged with the verdict, when it is known how
 * long the exchange lasted: the legs of a proxy overlap in time. */
static void judge_reuse(struct w101_judge *j, const struct w101_upgrade *u, struct w101_bytes key)
{
	uint8_t digest[W101_DIGEST_LEN];
	w101_time until = u->response ? u->response->at : u->end;
	w101_upgrade_ended(u->request, u->keys, u->flow, until);
	if (!u->keys || !key.n || !w101_accept_digest(key, digest))
		return;
	if (w101_found_has(&u->asked, W101_F_req_key_form) || w101_found_has(&u->asked, W101_F_req_key_reused))
		return;
	const struct w101_key_use *use = w101_keys_reused(u->keys, digest, u->flow, u->request->target, u->request->at,
		until == W101_TIME_NONE ? INT64_MAX : until);
	if (!use)
		return;
	char digits[16], *d = digits + sizeof digits;
	uint32_t n = use->flow;
	do
		*--d = (char)('0' + n % 10);
	while (n /= 10);
	struct w101_text detail = { .n = 0 };
	w101_text_add(&detail, "", W101_LIT("connection #"));
	w101_text_add(&detail, "", (struct w101_bytes){ (const uint8_t *)d, (size_t)(digits + sizeof digits - d) });
	w101_text_add(&detail, "", W101_LIT(" used it before"));
	w101_judge_field(j, W101_F_req_key_reused, u->request, "Sec-WebSocket-Key", W101_LIT("a random nonce"),
		w101_text_bytes(&detail));
}

/* ---- facts of the exchange */

static struct w101_bytes first_value(const struct w101_http_head *h, const char *name)
{
	size_t i = 0;
	const struct w101_http_field *f = w101_head_find(h, name, &i);
	return f ? f->value : NONE;
}

/* The token that a 101 switches to: of several, "websocket"; of none, what the request wanted. */
static struct w101_bytes switched_to(
	const struct w101_http_head *q, const struct w101_http_head *r, const struct w101_wish *w)
{
	const struct w101_http_head *from[] = { r, q };
	for (size_t k = 0; k < 2; k++) {
		struct w101_list c = { 0 };
		struct w101_bytes m, first = { 0 };
		while (from[k] && w101_head_list(from[k], "Upgrade", &c, &m)) {
			if (w101_eq_nocase(w101_token_name(m), W101_LIT("websocket")))
				return m;
			if (!first.n)
				first = m;
		}
		if (first.n)
			return first;
	}
	return w->sec ? W101_LIT("websocket") : NONE;
}

static void fill_request(struct w101_exchange *x, const struct w101_http_head *q)
{
	struct w101_list c = { 0 };
	struct w101_bytes m;
	x->host = first_value(q, "Host");
	while (x->n_offered < sizeof x->offered / sizeof *x->offered && w101_head_list(q, "Upgrade", &c, &m))
		x->offered[x->n_offered++] = m;
}

/* One field line is borrowed, several are joined in `joined`. */
static struct w101_bytes all_values(const struct w101_http_head *h, const char *name, struct w101_buf *joined)
{
	size_t i = 0;
	const struct w101_http_field *f = w101_head_find(h, name, &i);
	if (!f || !w101_head_find(h, name, &i))
		return f ? f->value : NONE;
	uint8_t *p = w101_buf_reserve(joined, h->raw.n);
	if (!p)
		return f->value;
	joined->n = w101_head_joined(h, name, (char *)p, h->raw.n);
	return w101_buf_bytes(joined);
}

static void fill_accept(struct w101_exchange *x, const struct w101_http_head *q, const struct w101_http_head *r)
{
	struct w101_accept *a = &x->accept;
	uint8_t digest[W101_DIGEST_LEN];
	unsigned keys = q ? w101_request_key(q, &a->key) : 0;
	size_t i = 0;
	if (a->key.n && w101_accept_digest(a->key, digest))
		w101_accept_text(digest, a->expected);
	if (!r || !x->websocket || r->status != 101)
		return;
	if (w101_head_find(r, "Sec-WebSocket-Accept", &i))
		a->seen = r->fields[i - 1].value;
	a->judged = a->expected[0] != 0; /* an accept that is not there is not right */
	a->ok = a->judged && w101_eq(a->seen, w101_str(a->expected));
	if (keys > 1 && !a->ok)
		a->judged = false; /* which of the keys the server took is not known */
}

/* A challenge of draft-hixie-76, or no key: nothing could be verified. */
static int verified(const struct w101_exchange *x, const struct w101_upgrade *u, const struct w101_wish *w)
{
	if (!u->request || !u->response)
		return -1;
	if (u->response->status != 101 || x->errors)
		return 0;
	return x->websocket && (w->challenge || !x->accept.judged) ? -1 : 1;
}

static const char *early_look(struct w101_bytes b)
{
	if (w101_head_sniff(b, false) == 1)
		return "the bytes look like an HTTP request";
	if (b.n >= 2 && (b.p[0] & 0x30) == 0 && (b.p[0] & 7) <= 2 && (b.p[1] & 0x80))
		return "the bytes look like WebSocket frames";
	return "the bytes do not look like WebSocket frames";
}

static void judge_early(struct w101_judge *j, uint64_t offset, struct w101_bytes bytes)
{
	w101_judge_say(j, &(struct w101_finding){ .id = W101_F_req_early_data,
				  .dir = W101_CLIENT,
				  .offset = offset,
				  .seen = bytes,
				  .detail = w101_str(early_look(bytes)) });
}

void w101_upgrade_early(
	void *self, void (*finding)(void *self, const struct w101_finding *), uint64_t offset, struct w101_bytes bytes)
{
	judge_early(&(struct w101_judge){ .self = self, .finding = finding }, offset, bytes);
}

void w101_upgrade_judge(
	struct w101_judge *j, const struct w101_upgrade *u, struct w101_buf *joined, struct w101_exchange *x)
{
	const struct w101_http_head *q = u->request, *r = u->response;
	struct w101_wish w = { 0 };
	*x = (struct w101_exchange){ .request = q, .response = r, .latency = u->latency };
	if (q) {
		w = w101_request_wish(q);
		fill_request(x, q);
	}
	bool is_101 = r && r->status == 101;
	x->is_upgrade = w101_wish_any(&w) || is_101 || (r && r->status == 426);
	if (is_101)
		x->switched = switched_to(q, r, &w);
	x->websocket = is_101 ? w101_eq_nocase(w101_token_name(x->switched), W101_LIT("websocket")) : w.websocket;
	const bool h2c = is_101 && w101_eq_nocase(w101_token_name(x->switched), W101_LIT("h2c"));
	const bool other = is_101 && !x->websocket && q && w101_request_offers(q, x->switched);
	fill_accept(x, q, r);
	j->found = u->asked;
	if (x->is_upgrade) {
		if (q && w.websocket)
			judge_reuse(j, u, x->accept.key);
		if (u->early && x->websocket)
			judge_early(j, u->early_at, u->early_bytes);
		if (r)
			w101_answer_judge(j, &(struct w101_answer){ .request = q,
						     .response = r,
						     .wish = w,
						     .asked = &u->asked,
						     .websocket = x->websocket,
						     .h2c = h2c,
						     .other = other,
						     .accept = &x->accept,
						     .continued = u->continued,
						     .too_early = u->too_early,
						     .latency = u->latency,
						     .keys = u->keys,
						     .flow = u->flow });
		else if (u->abandoned)
			w101_judge_say(j, &(struct w101_finding){ .id = W101_F_res_unanswered,
						  .dir = W101_SERVER,
						  .offset = u->abandoned_at,
						  .seen = u->abandoned_by });
	}
	x->infos = j->found.n[W101_INFO];
	x->warnings = j->found.n[W101_WARNING];
	x->errors = j->found.n[W101_ERROR] - (other ? u->asked.websocket_errors : 0) -
		    (is_101 && !h2c ? u->asked.h2c_errors : 0);
	if (!r)
		x->verdict = W101_VERDICT_UNANSWERED;
	else if (is_101)
		x->verdict = x->errors ? W101_VERDICT_SWITCHED_BADLY : W101_VERDICT_SWITCHED;
	else
		x->verdict = r->status / 100 == 2 ? W101_VERDICT_IGNORED : W101_VERDICT_REFUSED;
	if (is_101 && x->websocket) {
		x->subprotocol = first_value(r, "Sec-WebSocket-Protocol");
		x->extensions = all_values(r, "Sec-WebSocket-Extensions", joined);
	}
	x->verified = verified(x, u, &w);
}
