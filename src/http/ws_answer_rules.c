/* Judges what is WebSocket's own in a 101: the accept hash, the subprotocol, the
 * extensions (RFC 6455 4.1, 4.2.2, 9.1).  Without the request, or without its
 * key, what depends on it is not judged. */
#include "http/ws_answer_rules.h"

#include "base/ascii.h"
#include "http/accept.h"
#include "http/deflate_rules.h"
#include "http/extension.h"
#include "http/head.h"

#define NONE ((struct w101_bytes){ 0 })
#define EXTENSIONS_MAX 64u /* of an answer that are looked up in the offer */

static void judge_accept(struct w101_judge *j, const struct w101_answer *x)
{
	static const char name[] = "Sec-WebSocket-Accept";
	const struct w101_http_head *r = x->response;
	struct w101_bytes expected = w101_str(x->accept->expected);
	unsigned n = w101_head_count(r, name);
	if (n > 1) {
		w101_judge_field(j, W101_F_res_accept_repeated, r, name, expected, NONE);
	} else if (!n) {
		if (x->accept->key.n)
			w101_judge_field(j, W101_F_res_accept_missing, r, name, expected, NONE);
	} else if (x->accept->judged && !x->accept->ok) {
		char cause[W101_ACCEPT_CAUSE_MAX];
		w101_accept_cause(x->accept->key, x->accept->seen, x->keys, x->flow, cause);
		w101_judge_field(j, W101_F_res_accept_wrong, r, name, expected, w101_str(cause));
	}
}

static void judge_subprotocol(struct w101_judge *j, const struct w101_answer *x)
{
	static const char name[] = "Sec-WebSocket-Protocol";
	const struct w101_http_head *q = x->request, *r = x->response;
	size_t i = 0;
	struct w101_list c = { 0 };
	struct w101_bytes m;
	char buf[W101_JUDGE_TEXT];
	struct w101_bytes offer = { (const uint8_t *)buf, w101_head_joined(q, name, buf, sizeof buf) };
	const struct w101_http_field *f = w101_head_find(r, name, &i);
	const char *what = NULL;
	if (!f) {
		if (w101_head_list(q, name, &c, &m) && !w101_found_has(x->asked, W101_F_req_subprotocol_form))
			w101_judge_field(j, W101_F_res_subprotocol_none, r, name, offer, NONE);
		return;
	}
	if (w101_head_find(r, name, &i))
		what = "it is there more than once";
	else if (!w101_is_token(f->value))
		what = f->value.n ? "it is not one token" : "it is empty";
	else if (!w101_request_offers_subprotocol(q, f->value))
		what = offer.n ? "it was not offered" : "none was offered";
	if (what)
		w101_judge_field(j, W101_F_res_subprotocol_unasked, r, name, offer, w101_str(what));
}

static bool offered(const struct w101_http_head *q, struct w101_bytes name)
{
	struct w101_extension_cursor c = { 0 };
	struct w101_extension e;
	int r;
	while ((r = w101_extension_next(q, &c, &e)) != 0)
		if (r > 0 && w101_eq_nocase(e.name, name))
			return true;
	return false;
}

/* Extensions that put a meaning on RSV1. */
static bool uses_rsv1(struct w101_bytes name)
{
	static const char *const names[] = { "permessage-deflate", "permessage-bzip2", "permessage-snappy",
		"permessage-lz4", "permessage-compress", "x-webkit-deflate-frame", "deflate-frame",
		"x-webkit-permessage-deflate" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (w101_eq_nocase(name, w101_str(names[i])))
			return true;
	return false;
}

/* request may be NULL: then only the form is judged. */
static void judge_extensions(struct w101_judge *j, const struct w101_answer *x)
{
	static const char name[] = "Sec-WebSocket-Extensions";
	const struct w101_http_head *r = x->response;
	bool compare = x->request && !w101_found_has(x->asked, W101_F_req_extensions_form);
	struct w101_extension_cursor c = { 0 };
	struct w101_extension e;
	unsigned n = 0, rsv1 = 0;
	bool unasked = false;
	int got;
	size_t i = 0;
	if (!w101_head_find(r, name, &i))
		return;
	while ((got = w101_extension_next(r, &c, &e)) > 0 && n++ < EXTENSIONS_MAX) {
		rsv1 += uses_rsv1(e.name);
		if (!compare || unasked || offered(x->request, e.name))
			continue;
		unasked = true;
		w101_judge_say(j, &(struct w101_finding){ .id = W101_F_res_extension_unasked,
					  .dir = W101_SERVER,
					  .offset = w101_head_where(r, e.text),
					  .seen = e.text });
	}
	if (got < 0 || !c.any) {
		w101_judge_field(j, W101_F_res_extensions_form, r, name,
			W101_LIT("token *( \";\" token [ \"=\" token ] )"), c.any ? c.bad : W101_LIT("it is empty"));
		return;
	}
	if (rsv1 > 1)
		w101_judge_field(
			j, W101_F_res_extensions_clash, r, name, W101_LIT("one extension that uses RSV1"), NONE);
	else if (compare)
		w101_deflate_judge_answer(j, x->request, x->asked, r);
}

void w101_ws_answer_judge(struct w101_judge *j, const struct w101_answer *x)
{
	static const char key[] = "Sec-WebSocket-Key", version[] = "Sec-WebSocket-Version";
	const struct w101_http_head *r = x->response;
	bool asked = x->request && x->wish.websocket;
	judge_accept(j, x);
	if (asked)
		judge_subprotocol(j, x);
	if (asked || !x->request)
		judge_extensions(j, x);
	if (w101_head_count(r, key))
		w101_judge_field(j, W101_F_res_request_fields, r, key, NONE, w101_str(key));
	else if (w101_head_count(r, version))
		w101_judge_field(j, W101_F_res_request_fields, r, version, NONE, w101_str(version));
}
