/* The filter: which events of which connections pass, and in which order. */
#include "report_events.h"

#include "guard.h"
#include "report/filter.h"

struct record {
	char text[8192];
	bool closed;
};

static void on_event(void *self, const struct w101_event *ev)
{
	static const char *const names[] = { "open", "tls", "request", "response", "exchange", "switch", "frame", "message",
		"finding", "hint", "pair", "gap", "close", "summary" };
	struct record *r = self;
	size_t n = strlen(r->text);
	n += (size_t)snprintf(r->text + n, sizeof r->text - n, "%s%s%u", n ? " " : "", names[ev->type], ev->flow);
	if (ev->type == W101_EV_EXCHANGE)
		snprintf(r->text + n, sizeof r->text - n, "(%.*s)", (int)ev->u.exchange.x->host.n, ev->u.exchange.x->host.p);
	else if (ev->type == W101_EV_FINDING)
		snprintf(r->text + n, sizeof r->text - n, "(%s,%.*s)", ev->u.finding.row->id, (int)ev->u.finding.seen.n,
			(const char *)ev->u.finding.seen.p);
	else if (ev->type == W101_EV_REQUEST)
		snprintf(r->text + n, sizeof r->text - n, "(%.*s)", (int)ev->u.head.head->fields[0].value.n,
			ev->u.head.head->fields[0].value.p);
	else if (ev->type == W101_EV_HINT)
		snprintf(r->text + n, sizeof r->text - n, "(%s,%s)", ev->u.hint.text, ev->u.hint.evidence[1]);
}

static int on_close(void *self)
{
	((struct record *)self)->closed = true;
	return 5;
}

static struct w101_sink open_filter(const struct w101_filter_options *opt, struct record *r)
{
	static const struct w101_sink_ops ops = { on_event, on_close };
	struct w101_sink out;
	char error[W101_FILTER_ERROR];
	memset(r, 0, sizeof *r);
	assert_int_equal(w101_filter_open(opt, (struct w101_sink){ &ops, r, 0 }, &out, error), 0);
	return out;
}

static void done(struct w101_sink s, const struct record *r, const char *want)
{
	assert_string_equal(r->text, want);
	assert_int_equal(s.ops->close(s.self), 5);
	assert_true(r->closed);
}

/* What is sent lives in memory that is overwritten afterwards, as an engine would. */
static void connection(struct w101_sink s, uint32_t flow, const char *host, const char *path, const char *message)
{
	char seen[] = "seen", h[64], p[64], hint[] = "hint";
	struct shake k;
	snprintf(h, sizeof h, "%s", host);
	snprintf(p, sizeof p, "%s", path);
	shake_init(&k, h, p, 101, "");
	send_finding(s, flow, W101_F_req_origin_missing, seen, 1, false);
	send_request(s, flow, &k);
	send_exchange(s, flow, &k);
	send_hint(s, flow, hint);
	struct w101_event ev = ev_of(W101_EV_GAP, flow, W101_CLIENT);
	ev.u.gap.missing = 1;
	send(s, &ev);
	memset(seen, 'X', 4), memset(h, 'X', 4), memset(p, 'X', 4), memset(hint, 'X', 4);
	memset(&k.x, 0, sizeof k.x), memset(&k.request, 0, sizeof k.request);
	send_frame(s, flow, W101_CLIENT, TEXT, true, 0, w101_str(message));
	send_message(s, flow, W101_CLIENT, TEXT, w101_str(message), 1, strlen(message));
	send_frame(s, flow, W101_SERVER, PONG, true, 0, W101_LIT(""));
	shake_init(&k, host, path, 101, "");
	struct w101_ev_close c = close_init(&k);
	send_close(s, flow, &c);
}

static void three(struct w101_sink s)
{
	static const struct w101_ev_summary m = { .packets = 1 };
	connection(s, 1, "shop.example:8080", "/live?x=1", "apples");
	connection(s, 2, "Chat.Example", "/chat", "pears");
	connection(s, 3, "other.net", "/live", "apples and pears");
	send_finding(s, 0, W101_F_cap_cut, "f", 1, false);
	send_summary(s, &m);
}

#define ALL(n, host) \
	"finding" n "(req-origin-missing,seen) request" n "(" host ") exchange" n "(" host ") switch" n " hint" n \
	"(hint,packet 12) gap" n " frame" n " message" n " frame" n " close" n
#define END " finding0(cap-cut,f) summary0"

static void choosing(void **state)
{
	static const struct { struct w101_filter_options opt; const char *want; } rows[] = {
		{ { 0 }, ALL("1", "shop.example:8080") " " ALL("2", "Chat.Example") " " ALL("3", "other.net") END },
		{ { .connections = "2" }, ALL("2", "Chat.Example") END },
		{ { .connections = "1, 3-" }, ALL("1", "shop.example:8080") " " ALL("3", "other.net") END },
		{ { .host = "shop.example" }, ALL("1", "shop.example:8080") END },
		{ { .host = "*.EXAMPLE*" }, ALL("1", "shop.example:8080") " " ALL("2", "Chat.Example") END },
		{ { .path = "/live" }, ALL("3", "other.net") END },
		{ { .path = "/live*", .host = "other.*" }, ALL("3", "other.net") END },
		{ { .token = "WebSocket", .connections = "2" }, ALL("2", "Chat.Example") END },
		{ { .token = "h2c" }, "finding0(cap-cut,f) summary0" },
		{ { .severity = "error" }, "request1(shop.example:8080) exchange1(shop.example:8080) switch1 hint1(hint,packet 12) gap1 "
			"frame1 message1 frame1 close1 request2(Chat.Example) exchange2(Chat.Example) switch2 hint2(hint,packet 12) gap2 "
			"frame2 message2 frame2 close2 request3(other.net) exchange3(other.net) switch3 hint3(hint,packet 12) gap3 "
			"frame3 message3 frame3 close3 summary0" },
		{ { .kind = "ping, pong", .connections = "2" }, "finding2(req-origin-missing,seen) request2(Chat.Example) "
			"exchange2(Chat.Example) switch2 hint2(hint,packet 12) gap2 frame2 close2" END },
		{ { .grep = "^app(le)+s$" }, "finding1(req-origin-missing,seen) request1(shop.example:8080) "
			"exchange1(shop.example:8080) switch1 hint1(hint,packet 12) gap1 message1 close1" END },
		{ { .grep = "pears", .path = "/live" }, "finding3(req-origin-missing,seen) request3(other.net) "
			"exchange3(other.net) switch3 hint3(hint,packet 12) gap3 message3 close3" END },
	};
	static struct record r;
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct w101_sink s = open_filter(&rows[i].opt, &r);
		three(s);
		done(s, &r, rows[i].want);
	}
}

/* The second request of a connection is the one that fits; the ones before are shown with it. */
static void later_request(void **state)
{
	static struct record r;
	struct w101_filter_options opt = { .path = "/ws" };
	struct w101_sink s = open_filter(&opt, &r);
	struct shake k;
	(void)state;
	shake_init(&k, "a", "/index.html", 200, "OK");
	send_request(s, 1, &k);
	send_exchange(s, 1, &k);
	assert_string_equal(r.text, "");
	shake_init(&k, "b", "/ws", 101, "");
	send_request(s, 1, &k);
	done(s, &r, "request1(a) exchange1(a) request1(b)");
}

/* Host and path must fit the same request. */
static void not_mixed(void **state)
{
	static struct record r;
	struct w101_filter_options opt = { .path = "/ws", .host = "a" };
	struct w101_sink s = open_filter(&opt, &r);
	struct shake k;
	(void)state;
	shake_init(&k, "a", "/x", 200, "OK");
	send_exchange(s, 1, &k);
	shake_init(&k, "b", "/ws", 101, "");
	send_exchange(s, 1, &k);
	struct w101_ev_close c = close_init(&k);
	send_close(s, 1, &c);
	done(s, &r, "");
}

static void midstream(void **state)
{
	static struct record r;
	struct w101_filter_options opt = { .token = "websocket" };
	struct w101_sink s = open_filter(&opt, &r);
	struct w101_event ev = ev_of(W101_EV_SWITCH, 1, W101_NO_DIR);
	(void)state;
	ev.u.change = (struct w101_ev_switch){ "websocket", { NULL, 0 }, { 0, 0 }, true };
	send(s, &ev);
	done(s, &r, "switch1");
}

static void binary_grep(void **state)
{
	static struct record r;
	struct w101_filter_options opt = { .grep = "needle" };
	struct w101_sink s = open_filter(&opt, &r);
	struct w101_guard g = w101_guard_copy("xneedle", 7); /* no NUL behind it, nor anything readable */
	(void)state;
	send_message(s, 4, W101_CLIENT, TEXT, g.bytes, 1, 7);
	w101_guard_free(&g);
	send_message(s, 1, W101_CLIENT, BINARY, W101_LIT("\0\0needle\0"), 1, 9);
	send_message(s, 2, W101_CLIENT, BINARY, W101_LIT("\0\0need\0le"), 1, 9);
	send_message(s, 3, W101_CLIENT, BINARY, W101_LIT(""), 1, 0);
	done(s, &r, "message4 message1");
}

/* What is held is bounded, and a connection that is never chosen leaves nothing. */
static void bounded(void **state)
{
	static struct record r;
	struct w101_filter_options opt = { .grep = "x" };
	struct w101_sink s = open_filter(&opt, &r);
	struct shake k;
	char *host = calloc(1, 60001);
	(void)state;
	assert_non_null(host);
	memset(host, 'h', 60000);
	shake_init(&k, host, "/", 400, "");
	for (unsigned i = 0; i < 10; i++)
		send_exchange(s, 1, &k);
	for (unsigned i = 2; i < 2000; i++)
		send_exchange(s, i, &k);
	free(host);
	done(s, &r, "");
}

static void errors(void **state)
{
	static const struct { struct w101_filter_options opt; const char *begins; } rows[] = {
		{ { .connections = "" }, "--connection: \"\" is not" }, { { .connections = "1," }, "--connection: \"1,\"" },
		{ { .connections = "a" }, "--connection: \"a\"" }, { { .connections = "3-1" }, "--connection: \"3-1\"" },
		{ { .connections = "1-x" }, "--connection" }, { { .connections = "99999999999" }, "--connection" },
		{ { .severity = "bad" }, "--severity: \"bad\" is none of" }, { { .grep = "(" }, "--grep: \"(\": " },
	};
	const struct w101_sink next = { NULL, NULL, 0 };
	struct w101_sink out;
	char error[W101_FILTER_ERROR];
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(w101_filter_open(&rows[i].opt, next, &out, error), -1);
		assert_memory_equal(error, rows[i].begins, strlen(rows[i].begins));
		assert_null(strchr(error, '\n'));
	}
}

static void kinds(void **state)
{
	static const char *const good[] = { "text", "TEXT, Close", "ping,pong,continuation,binary", "reserved-3", "reserved-f",
		"reserved-*", "p*", "*", "text,reserved-b" };
	static const struct {
		const char *list, *bad;
	} wrong[] = {
		{ "foo", "\"foo\"" }, { "text,foo,ping", "\"foo\"" }, { "", "\"\"" }, { "text,,ping", "\"\"" },
		{ "reserved-8", "\"reserved-8\"" }, { "texts", "\"texts\"" }, { "foo*", "\"foo*\"" }, { "tex", "\"tex\"" },
	};
	char error[W101_FILTER_ERROR];
	struct record r;
	struct w101_sink s;
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		const struct w101_filter_options opt = { .kind = good[i] };
		s = open_filter(&opt, &r);
		s.ops->close(s.self);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		const struct w101_filter_options opt = { .kind = wrong[i].list };
		assert_int_equal(w101_filter_open(&opt, (struct w101_sink){ 0 }, &s, error), -1);
		assert_ptr_equal(strstr(error, "--kind: "), error);
		assert_non_null(strstr(error, wrong[i].bad));
	}
	const struct w101_filter_options opt = { .kind = "p*,text" };
	s = open_filter(&opt, &r);
	send_frame(s, 1, W101_CLIENT, PING, true, 0, W101_LIT(""));
	send_frame(s, 2, W101_CLIENT, CLOSE, true, 0, W101_LIT(""));
	send_frame(s, 3, W101_CLIENT, PONG, true, 0, W101_LIT(""));
	send_frame(s, 4, W101_CLIENT, BINARY, true, 0, W101_LIT(""));
	send_frame(s, 5, W101_CLIENT, TEXT, true, 0, W101_LIT(""));
	done(s, &r, "frame1 frame3 frame5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(choosing),
		cmocka_unit_test(later_request),
		cmocka_unit_test(not_mixed),
		cmocka_unit_test(midstream),
		cmocka_unit_test(binary_grep),
		cmocka_unit_test(bounded),
		cmocka_unit_test(errors),
		cmocka_unit_test(kinds),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
