/* Judges a request that asks for an upgrade, on its head alone: RFC 9110 7.8 for
 * any protocol, RFC 6455 4.1 and 4.2.1 for WebSocket, RFC 7540 3.2.1 for h2c.
 * Must not know the answer, nor other connections. */
#include "http/request_rules.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "http/deflate_rules.h"
#include "http/extension.h"
#include "http/head.h"

#define NONE ((struct w101_bytes){ 0 })
#define MEMBERS_MAX 64u /* of a list that are compared with one another */

struct w101_wish w101_request_wish(const struct w101_http_head *q)
{
	struct w101_wish w = { 0 };
	struct w101_list c = { 0 };
	struct w101_bytes m;
	for (size_t i = 0; i < q->n_fields; i++) {
		struct w101_bytes name = q->fields[i].name;
		if (name.n <= 14 || !w101_eq_nocase((struct w101_bytes){ name.p, 14 }, W101_LIT("Sec-WebSocket-")))
			continue;
		w.sec = true;
		struct w101_bytes rest = { name.p + 14, name.n - 14 };
		if (w101_eq_nocase(rest, W101_LIT("Key1")) || w101_eq_nocase(rest, W101_LIT("Key2")))
			w.challenge = true;
	}
	while (w101_head_list(q, "Upgrade", &c, &m)) {
		w.upgrade = true;
		m = w101_token_name(m);
		w.websocket = w.websocket || w101_eq_nocase(m, W101_LIT("websocket"));
		w.h2c = w.h2c || w101_eq_nocase(m, W101_LIT("h2c"));
		w.tls = w.tls || w101_eq_nocase(m, W101_LIT("TLS"));
	}
	w.websocket = w.websocket || w.sec;
	return w;
}

unsigned w101_request_key(const struct w101_http_head *q, struct w101_bytes *key)
{
	unsigned n = 0;
	size_t i = 0;
	const struct w101_http_field *f;
	while ((f = w101_head_find(q, "Sec-WebSocket-Key", &i)) != NULL)
		if (!n++)
			*key = f->value;
	return n;
}

bool w101_request_offers_subprotocol(const struct w101_http_head *q, struct w101_bytes name)
{
	struct w101_list c = { 0 };
	struct w101_bytes m;
	while (w101_head_list(q, "Sec-WebSocket-Protocol", &c, &m))
		if (w101_eq(m, name))
			return true;
	return false;
}

/* RFC 9110 7.8: a protocol is the same by name and, where both name one, version. */
bool w101_request_offers(const struct w101_http_head *q, struct w101_bytes token)
{
	struct w101_list c = { 0 };
	struct w101_bytes m, name = w101_token_name(token);
	while (w101_head_list(q, "Upgrade", &c, &m)) {
		struct w101_bytes offer = w101_token_name(m);
		if (!w101_eq_nocase(offer, name))
			continue;
		if (offer.n == m.n || name.n == token.n || w101_eq_nocase(m, token) ||
			w101_eq_nocase(name, W101_LIT("TLS")))
			return true;
	}
	return false;
}

static void on_start_line(struct w101_judge *j, enum w101_finding_id id, const struct w101_http_head *h,
	struct w101_bytes seen, struct w101_bytes wanted, struct w101_bytes detail)
{
	w101_judge_say(j, &(struct w101_finding){ .id = id,
				  .dir = W101_CLIENT,
				  .offset = seen.n ? w101_head_where(h, seen) : h->offset,
				  .seen = seen,
				  .wanted = wanted,
				  .detail = detail });
}

/* ---- any protocol */

static void judge_version(struct w101_judge *j, const struct w101_http_head *q)
{
	if (q->major > 1 || (q->major == 1 && q->minor >= 1))
		return;
	struct w101_bytes seen = q->start_line;
	if (q->major && seen.n > 8) {
		seen = w101_trim(seen);
		seen = (struct w101_bytes){ seen.p + seen.n - 8, 8 };
	}
	on_start_line(j, W101_F_req_http_version, q, seen, W101_LIT("HTTP/1.1"),
		q->major ? NONE : W101_LIT("the request line names no version"));
}

static void judge_host(struct w101_judge *j, const struct w101_http_head *q, bool websocket)
{
	size_t i = 0;
	const struct w101_http_field *f = w101_head_find(q, "Host", &i);
	const char *what = NULL;
	if (!f) {
		if (!websocket && q->major == 1 && q->minor == 0)
			return; /* HTTP/1.0 had no Host */
		what = "there is none";
	} else if (w101_head_find(q, "Host", &i)) {
		what = "there is more than one";
	} else if (!f->value.n) {
		what = "it is empty";
	} else {
		for (size_t k = 0; k < f->value.n; k++)
			if (f->value.p[k] && strchr(" \t\r\n/?#@", f->value.p[k]))
				what = "it is not a host and port";
	}
	if (what)
		w101_judge_field(j, W101_F_req_host, q, "Host", W101_LIT("one host"), w101_str(what));
}

static void judge_any(struct w101_judge *j, const struct w101_http_head *q, const struct w101_wish *w)
{
	const uint32_t lenient = W101_HEAD_BARE_LF | W101_HEAD_OBS_FOLD;
	uint32_t strict = ~lenient;
	if (!q->major)
		strict &= ~(uint32_t)W101_HEAD_START_LINE; /* the missing version is req-http-version's */
	w101_judge_defects(j, W101_F_req_syntax, q, strict);
	w101_judge_defects(j, W101_F_req_syntax_lenient, q, lenient);
	judge_version(j, q);
	judge_host(j, q, w->websocket);
	if (!w101_head_lists(q, "Connection", "upgrade"))
		w101_judge_field(j, W101_F_req_connection, q, "Connection", W101_LIT("upgrade"), NONE);
}

/* ---- WebSocket */

static bool scheme_is(struct w101_bytes t, const char *scheme)
{
	size_t n = strlen(scheme);
	return t.n > n && w101_eq_nocase((struct w101_bytes){ t.p, n }, w101_str(scheme));
}

static void judge_target(struct w101_judge *j, const struct w101_http_head *q)
{
	struct w101_bytes t = q->target;
	const char *what = NULL;
	if (t.n && memchr(t.p, '#', t.n))
		what = "it has a fragment";
	else if (scheme_is(t, "ws://") || scheme_is(t, "wss://"))
		what = "the request line wants http or https in place of ws or wss";
	else if (!(t.n && t.p[0] == '/') && !scheme_is(t, "http://") && !scheme_is(t, "https://"))
		what = "it is neither a path nor an http or https URI";
	if (what)
		on_start_line(j, W101_F_req_target, q, t, W101_LIT("a path, or an http or https URI"), w101_str(what));
}

static void judge_key(struct w101_judge *j, const struct w101_http_head *q, const struct w101_wish *w)
{
	static const char name[] = "Sec-WebSocket-Key";
	static const uint8_t zero[16];
	struct w101_bytes key = { 0 }, why = { 0 };
	uint8_t raw[24];
	size_t n = 0;
	unsigned keys = w101_request_key(q, &key);
	if (!keys && !w->challenge && !w101_head_count(q, "Sec-WebSocket-Draft"))
		w101_judge_field(j, W101_F_req_key_missing, q, name, W101_LIT("base64 of 16 bytes"), NONE);
	if (keys > 1)
		w101_judge_field(j, W101_F_req_key_repeated, q, name, W101_LIT("once"), NONE);
	if (keys != 1)
		return;
	enum w101_base64_result r = w101_base64_decode(key.p, key.n, raw, sizeof raw, &n);
	if (r == W101_BASE64_BAD || n != 16) {
		const char *what = "it is not base64";
		if (!key.n)
			what = "it is empty";
		else if (memchr(key.p, ' ', key.n) || memchr(key.p, '\t', key.n))
			what = "there is white space inside";
		else if (r != W101_BASE64_BAD)
			what = "it is not 16 bytes long";
		w101_judge_field(j, W101_F_req_key_form, q, name, W101_LIT("base64 of 16 bytes"), w101_str(what));
		return;
	}
	if (r == W101_BASE64_SPARE_BITS)
		w101_judge_field(j, W101_F_req_key_spare_bits, q, name, NONE, NONE);
	if (w101_eq(key, W101_LIT("dGhlIHNhbXBsZSBub25jZQ==")))
		why = W101_LIT("it is the sample key of RFC 6455 1.2");
	else if (w101_eq(key, W101_LIT("AQIDBAUGBwgJCgsMDQ4PEC==")))
		why = W101_LIT("it is the sample key of RFC 6455 4.1");
	else if (memcmp(raw, zero, sizeof zero) == 0)
		why = W101_LIT("all 16 bytes are zero");
	if (why.n)
		w101_judge_field(j, W101_F_req_key_reused, q, name, W101_LIT("a random nonce"), why);
}

/* An old draft is told as such, in place of the fields that it did not have.
 * Versions below 13 are an error of their own (4.1): the info only names the draft. */
static void judge_ws_version(struct w101_judge *j, const struct w101_http_head *q, const struct w101_wish *w)
{
	static const char name[] = "Sec-WebSocket-Version", draft[] = "Sec-WebSocket-Draft";
	size_t i = 0;
	const struct w101_http_field *f = w101_head_find(q, name, &i);
	unsigned n = w101_head_count(q, name);
	bool hixie = w->challenge || w101_head_count(q, draft);
	if (hixie)
		w101_judge_field(j, W101_F_req_old_draft, q, w101_head_count(q, draft) ? draft : "Sec-WebSocket-Key1", NONE,
			W101_LIT("draft-ietf-hybi-thewebsocketprotocol-00 (hixie-76)"));
	if (!f && hixie)
		return;
	if (f && n == 1 && w101_eq(f->value, W101_LIT("13")))
		return;
	w101_judge_field(j, W101_F_req_version, q, name, W101_LIT("13"),
		!f      ? W101_LIT("there is none")
		: n > 1 ? W101_LIT("there is more than one")
			: NONE);
	if (!hixie && f && n == 1 && f->value.n == 1 && f->value.p[0] >= '0' && f->value.p[0] <= '8')
		w101_judge_field(j, W101_F_req_old_draft, q, name, NONE,
			f->value.p[0] == '8'   ? W101_LIT("draft-ietf-hybi-thewebsocketprotocol-08 to -12")
			: f->value.p[0] == '7' ? W101_LIT("draft-ietf-hybi-thewebsocketprotocol-07")
					       : W101_LIT("draft-ietf-hybi-thewebsocketprotocol-06 or older"));
}

/* RFC 6455 4.1 item 10.  Empty members are passed over as in any list (RFC 9110 5.6.1.2). */
static void judge_subprotocols(struct w101_judge *j, const struct w101_http_head *q)
{
	static const char name[] = "Sec-WebSocket-Protocol";
	struct w101_bytes seen[MEMBERS_MAX], m;
	struct w101_list c = { 0 };
	size_t n = 0;
	const char *what = NULL;
	bool any = false;
	while (!what && w101_head_list(q, name, &c, &m)) {
		any = true;
		if (!w101_is_token(m))
			what = "a member is not a token";
		for (size_t k = 0; k < n && !what; k++)
			if (w101_eq(seen[k], m))
				what = "a member is there twice";
		if (n < MEMBERS_MAX) /* an endless list is not compared with itself to the end */
			seen[n++] = m;
	}
	if (!any && w101_head_count(q, name))
		what = "it is empty";
	if (what)
		w101_judge_field(
			j, W101_F_req_subprotocol_form, q, name, W101_LIT("tokens, all different"), w101_str(what));
}

static void judge_extensions(struct w101_judge *j, const struct w101_http_head *q)
{
	/* the registry of RFC 6455 11.4 */
	static const char *const registered[] = { "permessage-deflate", "bbf-usp-protocol" };
	static const char name[] = "Sec-WebSocket-Extensions";
	struct w101_extension_cursor c = { 0 };
	struct w101_extension e;
	struct w101_bytes strange[MEMBERS_MAX];
	size_t n = 0;
	bool bad = false;
	int r;
	while ((r = w101_extension_next(q, &c, &e)) != 0) {
		bad = bad || r < 0;
		bool known = r < 0 || n == MEMBERS_MAX;
		for (size_t i = 0; i < sizeof registered / sizeof *registered && !known; i++)
			known = w101_eq_nocase(e.name, w101_str(registered[i]));
		for (size_t i = 0; i < n && !known; i++)
			known = w101_eq_nocase(e.name, strange[i]);
		if (!known)
			strange[n++] = e.name;
	}
	if (bad || (!c.any && w101_head_count(q, name)))
		w101_judge_field(j, W101_F_req_extensions_form, q, name,
			W101_LIT("token *( \";\" token [ \"=\" token ] )"), c.bad.p ? c.bad : W101_LIT("it is empty"));
	for (size_t i = 0; i < n; i++)
		w101_judge_say(j, &(struct w101_finding){ .id = W101_F_ext_unregistered,
					  .dir = W101_CLIENT,
					  .offset = w101_head_where(q, strange[i]),
					  .seen = strange[i] });
	w101_deflate_judge_offers(j, q);
}

static void judge_origin(struct w101_judge *j, const struct w101_http_head *q)
{
	size_t i = 0;
	const struct w101_http_field *f = w101_head_find(q, "User-Agent", &i);
	if (!f || w101_head_count(q, "Origin") || w101_head_count(q, "Sec-WebSocket-Origin"))
		return;
	if (scheme_is(f->value, "Mozilla/") || scheme_is(f->value, "Opera/"))
		w101_judge_field(j, W101_F_req_origin_missing, q, "User-Agent", W101_LIT("Origin"), NONE);
}

static void judge_body(struct w101_judge *j, const struct w101_http_head *q)
{
	struct w101_list c = { 0 };
	struct w101_bytes m;
	if (w101_head_count(q, "Transfer-Encoding")) {
		w101_judge_field(j, W101_F_req_body, q, "Transfer-Encoding", NONE, NONE);
		return;
	}
	while (w101_head_list(q, "Content-Length", &c, &m))
		for (size_t i = 0; i < m.n; i++)
			if (m.p[i] != '0') {
				w101_judge_field(j, W101_F_req_body, q, "Content-Length", NONE, NONE);
				return;
			}
}

static void judge_websocket(struct w101_judge *j, const struct w101_http_head *q, const struct w101_wish *w)
{
	bool listed = false;
	struct w101_list c = { 0 };
	struct w101_bytes m;
	if (!w101_eq(q->method, W101_LIT("GET")))
		on_start_line(j, W101_F_req_method, q, q->method, W101_LIT("GET"), NONE);
	judge_target(j, q);
	while (!listed && w101_head_list(q, "Upgrade", &c, &m))
		listed = w101_eq_nocase(w101_token_name(m), W101_LIT("websocket"));
	if (!listed)
		w101_judge_field(j, W101_F_req_upgrade_token, q, "Upgrade", W101_LIT("websocket"), NONE);
	judge_key(j, q, w);
	judge_ws_version(j, q, w);
	judge_subprotocols(j, q);
	judge_extensions(j, q);
	judge_origin(j, q);
	judge_body(j, q);
	if (w101_head_count(q, "Sec-WebSocket-Accept"))
		w101_judge_field(j, W101_F_req_accept, q, "Sec-WebSocket-Accept", NONE, NONE);
}

/* ---- h2c */

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The payload of a SETTINGS frame (RFC 7540 6.5); NULL: nothing wrong. */
static const char *settings_fault(const uint8_t *p, size_t n)
{
	if (!n || n % 6)
		return "its length is not a multiple of 6 bytes";
	for (; n; p += 6, n -= 6) {
		unsigned id = (unsigned)(p[0] << 8 | p[1]);
		uint32_t v = be32(p + 2);
		if (id == 2 && v > 1)
			return "ENABLE_PUSH is neither 0 nor 1";
		if (id == 4 && v > 0x7fffffff)
			return "INITIAL_WINDOW_SIZE is above 2^31 - 1";
		if (id == 5 && (v < 16384 || v > 16777215))
			return "MAX_FRAME_SIZE is out of its range";
	}
	return NULL;
}

static void judge_h2c(struct w101_judge *j, const struct w101_http_head *q)
{
	static const char name[] = "HTTP2-Settings";
	uint8_t raw[1536]; /* 256 settings: more than there are names for */
	size_t i = 0, n = 0;
	const struct w101_http_field *f = w101_head_find(q, name, &i);
	const char *what = NULL;
	if (!f)
		what = "there is none";
	else if (w101_head_find(q, name, &i))
		what = "there is more than one";
	else if (w101_base64url_decode(f->value.p, f->value.n, raw, sizeof raw, &n) != W101_BASE64_OK)
		what = "it is not base64url without padding";
	else
		what = settings_fault(raw, n);
	w101_judge_field(j, W101_F_h2c_deprecated, q, "Upgrade", NONE, NONE);
	if (what)
		w101_judge_field(
			j, W101_F_h2c_settings, q, name, W101_LIT("one SETTINGS payload in base64url"), w101_str(what));
	if (!w101_head_lists(q, "Connection", name))
		w101_judge_field(j, W101_F_h2c_connection, q, "Connection", W101_LIT("HTTP2-Settings"), NONE);
}

void w101_request_judge(struct w101_judge *j, const struct w101_http_head *q, const struct w101_wish *w)
{
	judge_any(j, q, w);
	unsigned before = j->found.n[W101_ERROR];
	if (w->websocket)
		judge_websocket(j, q, w);
	j->found.websocket_errors = j->found.n[W101_ERROR] - before;
	before = j->found.n[W101_ERROR];
	if (w->h2c)
		judge_h2c(j, q);
	j->found.h2c_errors = j->found.n[W101_ERROR] - before;
}
