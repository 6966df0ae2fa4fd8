/* Judges the final answer in an exchange that is about an upgrade: the fields
 * that RFC 9110 7.8 asks of any 101, and the classification of a refusal.  What
 * is WebSocket's own is in ws_answer_rules.c.  A fault of the request is not
 * blamed on the answer again, but for res-should-refuse. */
#include "http/answer_rules.h"

#include <stdio.h>

#include "base/ascii.h"
#include "http/head.h"
#include "http/ws_answer_rules.h"

#define NONE ((struct w101_bytes){ 0 })
#define MEMBERS_MAX 16u /* of the Upgrade of a 101 that are looked up in the offer */

static bool has_member(const struct w101_http_head *h, const char *name)
{
	struct w101_list c = { 0 };
	struct w101_bytes m;
	return w101_head_list(h, name, &c, &m);
}

static bool names_tls(const struct w101_http_head *h)
{
	struct w101_list c = { 0 };
	struct w101_bytes m;
	while (w101_head_list(h, "Upgrade", &c, &m))
		if (w101_eq_nocase(w101_token_name(m), W101_LIT("TLS")))
			return true;
	return false;
}

/* A finding about the whole answer. */
static void on_answer(struct w101_judge *j, enum w101_finding_id id, const struct w101_http_head *r,
	struct w101_bytes seen, struct w101_bytes wanted, struct w101_bytes detail)
{
	w101_judge_say(j, &(struct w101_finding){ .id = id,
				  .dir = W101_SERVER,
				  .offset = r->offset,
				  .seen = seen,
				  .wanted = wanted,
				  .detail = detail });
}

/* ---- 101 */

static void judge_offered(struct w101_judge *j, const struct w101_answer *x)
{
	struct w101_list c = { 0 };
	struct w101_bytes m;
	char buf[W101_JUDGE_TEXT];
	bool tls = names_tls(x->response);
	for (unsigned n = 0; n < MEMBERS_MAX && w101_head_list(x->response, "Upgrade", &c, &m); n++) {
		if (tls && w101_eq_nocase(w101_token_name(m), W101_LIT("HTTP")))
			continue; /* "TLS/1.0, HTTP/1.1": what is spoken inside (RFC 2817 3.3) */
		if (w101_request_offers(x->request, m))
			continue;
		struct w101_bytes offer = { (const uint8_t *)buf,
			w101_head_joined(x->request, "Upgrade", buf, sizeof buf) };
		w101_judge_field(j, W101_F_res_not_offered, x->response, "Upgrade", offer, NONE);
		return;
	}
}

/* The Upgrade field of a 101. */
static void judge_upgrade(struct w101_judge *j, const struct w101_answer *x)
{
	struct w101_list c = { 0 };
	struct w101_bytes m = { 0 }, more;
	const struct w101_http_head *r = x->response;
	if (!w101_head_list(r, "Upgrade", &c, &m)) {
		w101_judge_field(
			j, W101_F_res_upgrade_missing, r, "Upgrade", x->websocket ? W101_LIT("websocket") : NONE, NONE);
		return;
	}
	if (x->websocket && (!w101_eq_nocase(m, W101_LIT("websocket")) || w101_head_list(r, "Upgrade", &c, &more))) {
		w101_judge_field(j, W101_F_res_upgrade_missing, r, "Upgrade", W101_LIT("websocket"),
			W101_LIT("it is not this one value"));
		return;
	}
	/* without an offer it is res-unasked; when Sec-WebSocket-* fields asked, the fault is the request's */
	bool meant = x->websocket && x->wish.sec;
	if (x->request && x->wish.upgrade && !meant)
		judge_offered(j, x);
}

/* Also for a version that was not named. */
static bool http_1_0(const struct w101_http_head *h)
{
	return h->major < 1 || (h->major == 1 && h->minor == 0);
}

static void judge_head(struct w101_judge *j, const struct w101_answer *x)
{
	/* lines that end in LF alone are RFC 9112 2.2's, and readers may accept them */
	w101_judge_defects(j, W101_F_res_syntax, x->response, ~(uint32_t)W101_HEAD_BARE_LF);
	if (x->latency > 5 * W101_SECOND) {
		char text[48];
		int n = snprintf(text, sizeof text, "%lld.%03d s", (long long)(x->latency / W101_SECOND),
			(int)(x->latency % W101_SECOND / 1000000));
		on_answer(j, W101_F_res_slow, x->response, (struct w101_bytes){ (const uint8_t *)text, (size_t)n },
			NONE, NONE);
	}
}

/* The errors for which a server must refuse.  Those of permessage-deflate offers
 * ask only that the offer be declined; what res-unasked tells is not told again. */
static bool must_refuse(const struct w101_answer *x, enum w101_finding_id id)
{
	switch (id) {
	case W101_F_req_http_version:
	case W101_F_req_early_data:
	case W101_F_pmd_takeover_value:
	case W101_F_pmd_bits_value:
		return false;
	case W101_F_h2c_settings:
	case W101_F_h2c_connection:
		return x->h2c;
	case W101_F_req_syntax:
	case W101_F_req_host:
	case W101_F_req_connection:
		return true;
	case W101_F_req_upgrade_token:
		return x->wish.upgrade && !x->other;
	default: /* WebSocket's */
		return !x->other && w101_finding_row(id)->severity == W101_ERROR;
	}
}

static void judge_should_refuse(struct w101_judge *j, const struct w101_answer *x)
{
	struct w101_text names = { .n = 0 };
	for (unsigned i = 0; i < W101_F_COUNT; i++) {
		enum w101_finding_id id = (enum w101_finding_id)i;
		if (w101_found_has(x->asked, id) && must_refuse(x, id))
			w101_text_add(&names, ", ", w101_str(w101_finding_row(id)->id));
	}
	if (names.n)
		on_answer(j, W101_F_res_should_refuse, x->response, x->response->start_line, W101_LIT("400 or 426"),
			w101_text_bytes(&names));
}

/* RFC 2817 3.3: "the tokens of the new protocol stack" from the bottom up. */
static void judge_tls_101(struct w101_judge *j, const struct w101_answer *x)
{
	struct w101_list c = { 0 };
	struct w101_bytes m;
	bool tls = false, http = false;
	while (w101_head_list(x->response, "Upgrade", &c, &m)) {
		if (m.n > 6 && w101_eq_nocase((struct w101_bytes){ m.p, 6 }, W101_LIT("TLS/1.")))
			tls = true;
		else if (tls && w101_eq_nocase(m, W101_LIT("HTTP/1.1")))
			http = true;
	}
	if (!http)
		w101_judge_field(j, W101_F_tlsup_101, x->response, "Upgrade", W101_LIT("TLS/1.x, HTTP/1.1"), NONE);
}

static void judge_101(struct w101_judge *j, const struct w101_answer *x)
{
	const struct w101_http_head *q = x->request, *r = x->response;
	if (http_1_0(r))
		on_answer(j, W101_F_res_http_version, r, r->start_line, W101_LIT("HTTP/1.1"), NONE);
	if (q && (!x->wish.upgrade || http_1_0(q)))
		on_answer(j, W101_F_res_unasked, r, r->start_line, NONE,
			x->wish.upgrade ? W101_LIT("the request was HTTP/1.0, which has no Upgrade")
					: W101_LIT("the request had no Upgrade"));
	judge_upgrade(j, x);
	if ((x->websocket || has_member(r, "Upgrade")) && !w101_head_lists(r, "Connection", "upgrade"))
		w101_judge_field(j, W101_F_res_connection, r, "Connection", W101_LIT("upgrade"), NONE);
	if (x->websocket)
		w101_ws_answer_judge(j, x);
	if (names_tls(r))
		judge_tls_101(j, x);
	if (x->wish.h2c && w101_head_count(r, "HTTP2-Settings"))
		w101_judge_field(
			j, W101_F_h2c_settings, r, "HTTP2-Settings", NONE, W101_LIT("a server does not send it"));
	if (w101_head_count(r, "Content-Length"))
		w101_judge_field(j, W101_F_res_101_body, r, "Content-Length", NONE, NONE);
	else if (w101_head_count(r, "Transfer-Encoding"))
		w101_judge_field(j, W101_F_res_101_body, r, "Transfer-Encoding", NONE, NONE);
	if (q && !http_1_0(q) && w101_head_lists(q, "Expect", "100-continue") && !x->continued)
		on_answer(j, W101_F_res_no_continue, r, r->start_line, W101_LIT("100 before the 101"), NONE);
	if (x->too_early)
		on_answer(j, W101_F_res_too_early, r, r->start_line, NONE, NONE);
	judge_should_refuse(j, x);
}

/* ---- a refusal */

static const char *status_class(int s, const struct w101_answer *x)
{
	if (s / 100 == 3)
		return "a redirect";
	switch (s) {
	case 400:
		return "the request is called bad";
	case 401:
	case 407:
		return "authentication";
	case 403:
		return "origin or policy";
	case 404:
	case 410:
		return "there is no such resource";
	case 405:
		return "the method is not allowed";
	case 426:
		if (w101_found_has(x->asked, W101_F_req_version))
			return "the version of WebSocket";
		return w101_found_has(x->asked, W101_F_req_upgrade_token) ? "the upgrade is missing"
									  : "another protocol or version";
	case 429:
		return "too many requests";
	case 502:
	case 503:
	case 504:
		return "no server behind the proxy, or overload";
	default:
		break;
	}
	return s / 100 == 4   ? "the request is called wrong"
	       : s / 100 == 5 ? "an error of the server"
			      : "an unknown status";
}

static bool error_besides(const struct w101_found *f, enum w101_finding_id but)
{
	for (unsigned i = 0; i < W101_F_COUNT; i++)
		if (i != but && w101_found_has(f, (enum w101_finding_id)i) &&
			w101_finding_row((enum w101_finding_id)i)->severity == W101_ERROR)
			return true;
	return false;
}

static void judge_refusal(struct w101_judge *j, const struct w101_answer *x)
{
	const struct w101_http_head *r = x->response;
	bool version = w101_found_has(x->asked, W101_F_req_version),
	     other = error_besides(x->asked, W101_F_req_version);
	char status[16];
	int n = snprintf(status, sizeof status, "%d", r->status);
	struct w101_bytes seen = { (const uint8_t *)status, (size_t)n };
	if (!x->request || w101_wish_any(&x->wish))
		on_answer(j, W101_F_res_refused, r, seen,
			other     ? W101_LIT("400 or 426")
			: version ? W101_LIT("426")
				  : NONE,
			w101_str(status_class(r->status, x)));
	else
		w101_judge_field(j, W101_F_res_upgrade_required, r, "Upgrade", NONE, NONE);
	if (r->status == 426) {
		if (!has_member(r, "Upgrade"))
			w101_judge_field(j, W101_F_res_426_upgrade, r, "Upgrade",
				W101_LIT("the protocols that are required"), NONE);
		else if (x->wish.tls && !names_tls(r))
			w101_judge_field(j, W101_F_tlsup_426, r, "Upgrade", W101_LIT("TLS/1.0, HTTP/1.1"), NONE);
	}
	/* with other faults a 400 may be about those */
	if (x->wish.websocket && version && (r->status == 426 || (r->status == 400 && !other)) &&
		!w101_head_count(r, "Sec-WebSocket-Version"))
		w101_judge_field(j, W101_F_res_version_list, r, "Sec-WebSocket-Version", W101_LIT("13"), NONE);
}

/* ---- intermediaries */

static bool starts(struct w101_bytes v, const char *with)
{
	size_t n = strlen(with);
	return v.n >= n && w101_eq_nocase((struct w101_bytes){ v.p, n }, w101_str(with));
}

/* passed_on: the answer is one that a server of files would not give by itself. */
static bool proxy_server(struct w101_bytes v, bool passed_on)
{
	static const char *const always[] = { "cloudflare", "cloudfront", "varnish", "squid", "haproxy", "envoy",
		"istio-envoy", "awselb", "ats/", "akamaighost", "tinyproxy", "traefik", "google frontend", "privoxy" };
	static const char *const both[] = { "nginx", "openresty", "caddy" };
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		if (starts(v, always[i]))
			return true;
	for (size_t i = 0; i < sizeof both / sizeof *both && passed_on; i++)
		if (starts(v, both[i]))
			return true;
	return false;
}

static void judge_proxy(struct w101_judge *j, const struct w101_answer *x)
{
	static const char *const signs[] = { "Via", "X-Cache", "Age", "CF-Ray", "X-Varnish", "X-Amz-Cf-Id" };
	const struct w101_http_head *r = x->response;
	const char *name = NULL;
	size_t i = 0;
	for (size_t k = 0; k < sizeof signs / sizeof *signs && !name; k++)
		if (w101_head_count(r, signs[k]))
			name = signs[k];
	const struct w101_http_field *f = w101_head_find(r, "Server", &i);
	bool passed_on = r->status == 502 || r->status == 503 || r->status == 504;
	if (!name && f && proxy_server(f->value, passed_on || (r->status == 101 && x->websocket)))
		name = "Server";
	if (name)
		w101_judge_field(j, W101_F_res_proxy_signs, r, name, NONE, w101_str(name));
}

void w101_answer_judge(struct w101_judge *j, const struct w101_answer *x)
{
	judge_head(j, x);
	if (x->response->status == 101)
		judge_101(j, x);
	else if (x->response->status / 100 == 2)
		on_answer(j, W101_F_res_ignored, x->response, x->response->start_line, W101_LIT("101"), NONE);
	else
		judge_refusal(j, x);
	judge_proxy(j, x);
}
