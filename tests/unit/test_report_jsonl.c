/* JSON lines: exact keys and order, always valid JSON in valid UTF-8. */
#include "report_events.h"

static struct w101_report_options options(void)
{
	static const char *const files[] = { "a.pcap", "b\"\xff.pcap" };
	return (struct w101_report_options){ .payload = W101_PAYLOAD_FULL, .files = files, .n_files = 2 };
}

/* What each test expects is one line for each event. */
static void check(struct out *o, const char *want, size_t n_lines)
{
	char *text = out_text(o);
	assert_json_lines(text, o->n, n_lines);
	assert_string_equal(text, want);
	free(text);
}

#define COMMON(type, flow, dir) \
	"{\"type\":\"" type "\",\"flow\":" flow ",\"stream\":0,\"packet\":7,\"time\":\"2026-01-02T03:04:05.123456789Z\",\"dir\":" dir ","

static void exchange(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	struct shake k;
	(void)state;
	out_open(&o, "jsonl", &opt);
	shake_init(&k, "h:9101", "/echo?\xe9", 101, "Switching Protocols");
	k.server = (struct w101_endpoint){ { 6, { [15] = 1 } }, 80 };
	k.x.subprotocol = W101_LIT("chat");
	send_request(o.sink, 1, &k);
	send_exchange(o.sink, 1, &k);
	shake_init(&k, "", "", 0, "");
	k.x.request = k.x.response = NULL;
	k.x.n_offered = 0;
	k.x.latency = -1;
	k.x.verdict = W101_VERDICT_UNANSWERED;
	send_exchange(o.sink, 2, &k);
	k.x.is_upgrade = false;
	send_exchange(o.sink, 3, &k);
	check(&o,
		"{\"type\":\"exchange\",\"flow\":1,\"stream\":0,\"packet\":7,\"time\":\"2026-01-02T03:04:05.126656789Z\","
		"\"dir\":\"server\",\"client\":\"127.0.0.1:40112\",\"server\":\"[::1]:80\",\"transport\":\"tcp\",\"tls\":null,"
		"\"http\":\"1.1\",\"method\":\"GET\",\"target\":\"/echo?\\u00e9\",\"host\":\"h:9101\","
		"\"request_headers\":[[\"Host\",\"h:9101\"],[\"Upgrade\",\"websocket\"]],\"status\":101,"
		"\"reason\":\"Switching Protocols\",\"response_headers\":[],\"offered\":[\"websocket\"],\"switched\":\"websocket\","
		"\"verdict\":\"switched\",\"accept\":{\"key\":\"dGhlIHNhbXBsZSBub25jZQ==\","
		"\"seen\":\"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\",\"expected\":\"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\",\"ok\":true},"
		"\"subprotocol\":\"chat\",\"extensions\":null,\"latency\":0.0032}\n"
		"{\"type\":\"exchange\",\"flow\":2,\"stream\":0,\"packet\":7,\"time\":\"2026-01-02T03:04:05.126656789Z\","
		"\"dir\":\"server\",\"client\":\"127.0.0.1:40112\",\"server\":\"127.0.0.1:9101\",\"transport\":\"tcp\",\"tls\":null,"
		"\"http\":null,\"method\":null,\"target\":null,\"host\":null,\"request_headers\":[],\"status\":null,\"reason\":null,"
		"\"response_headers\":[],\"offered\":[],\"switched\":null,\"verdict\":\"unanswered\",\"accept\":null,"
		"\"subprotocol\":null,\"extensions\":null,\"latency\":null}\n", 2);
}

static void frames(void **state)
{
	static const struct w101_bytes bye = { (const uint8_t *)"\x03\xe8" "bye", 5 };
	static const struct w101_value fields[] = { { "topic", W101_VALUE_TEXT, 0, { (const uint8_t *)"t", 1 } },
		{ "id", W101_VALUE_BYTES, 0, { (const uint8_t *)"\x01\xff", 2 } } };
	static const struct w101_pdu other = { .protocol = "mqtt", .kind = "publish", .payload_bytes = 9, .fields = fields,
		.n_fields = 2 };
	struct w101_report_options opt = options();
	struct out o;
	(void)state;
	out_open(&o, "jsonl", &opt);
	send_frame(o.sink, 1, W101_CLIENT, TEXT, true, 0, W101_LIT("Hello"));
	send_frame(o.sink, 1, W101_SERVER, CLOSE, true, 0, bye);
	struct w101_event ev = ev_of(W101_EV_FRAME, 1, W101_CLIENT);
	ev.u.pdu = &other;
	send(o.sink, &ev);
	check(&o,
		COMMON("frame", "1", "\"client\"") "\"protocol\":\"websocket\",\"kind\":\"text\",\"fin\":true,\"rsv\":0,"
		"\"masked\":true,\"mask\":\"37fa213d\",\"length\":5}\n"
		COMMON("frame", "1", "\"server\"") "\"protocol\":\"websocket\",\"kind\":\"close\",\"fin\":true,\"rsv\":0,"
		"\"masked\":false,\"length\":5,\"code\":1000,\"reason\":\"bye\"}\n"
		COMMON("frame", "1", "\"client\"") "\"protocol\":\"mqtt\",\"kind\":\"publish\",\"length\":9,"
		"\"fields\":{\"topic\":\"t\",\"id\":\"01ff\"}}\n", 3);
}

#define MESSAGE(kind, frames, compressed, wire, length, rest) \
	COMMON("message", "1", "\"client\"") "\"protocol\":\"websocket\",\"kind\":\"" kind "\",\"frames\":" frames ",\"compressed\":" \
	compressed ",\"wire_length\":" wire ",\"length\":" length "," rest "}\n"

static void messages(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	(void)state;
	out_open(&o, "jsonl", &opt);
	send_message(o.sink, 1, W101_CLIENT, TEXT, W101_LIT("Gr\xc3\xbc\xc3\x9f\n"), 1, 7);
	send_message(o.sink, 1, W101_CLIENT, BINARY, W101_LIT("\xff\0"), 3, 1);
	send_message(o.sink, 1, W101_CLIENT, TEXT, W101_LIT(""), 1, 0);
	struct w101_pdu pdu = { .protocol = "websocket", .kind = "text", .payload_bytes = 99, .payload = W101_LIT("ab\xe2\x82"),
		.truncated = true, .frames = 1, .wire_length = 99, .summary = W101_LIT("sum") };
	struct w101_event ev = ev_of(W101_EV_MESSAGE, 1, W101_CLIENT);
	ev.u.pdu = &pdu;
	send(o.sink, &ev);
	check(&o,
		MESSAGE("text", "1", "false", "7", "7", "\"text\":\"Gr\xc3\xbc\xc3\x9f\\n\",\"truncated\":false")
		MESSAGE("binary", "3", "true", "1", "2", "\"base64\":\"/wA=\",\"truncated\":false")
		MESSAGE("text", "1", "false", "0", "0", "\"text\":\"\",\"truncated\":false")
		MESSAGE("text", "1", "false", "99", "99", "\"text\":\"ab\",\"truncated\":true,\"summary\":\"sum\""), 4);
}

static void payload_modes(void **state)
{
	uint8_t long_text[300];
	struct w101_report_options opt = options();
	struct out o;
	(void)state;
	memset(long_text, 'x', sizeof long_text);
	opt.payload = W101_PAYLOAD_NONE;
	out_open(&o, "jsonl", &opt);
	send_message(o.sink, 1, W101_CLIENT, TEXT, W101_LIT("secret"), 1, 6);
	check(&o, MESSAGE("text", "1", "false", "6", "6", "\"truncated\":true"), 1);

	opt.payload = W101_PAYLOAD_PREVIEW;
	out_open(&o, "jsonl", &opt);
	send_message(o.sink, 1, W101_CLIENT, TEXT, (struct w101_bytes){ long_text, sizeof long_text }, 1, 300);
	char *text = out_text(&o), *at = strstr(text, "\"text\":\"x");
	assert_json_lines(text, o.n, 1);
	assert_non_null(at);
	assert_int_equal(strspn(at + 8, "x"), 256);
	assert_non_null(strstr(text, "\"truncated\":true"));
	free(text);
}

static void findings(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	(void)state;
	out_open(&o, "jsonl", &opt);
	send_finding(o.sink, 1, W101_F_req_connection, "close", 1, false);
	send_finding(o.sink, 1, W101_F_req_connection, "", 311, true);
	struct w101_event ev = ev_of(W101_EV_FINDING, 0, W101_NO_DIR);
	ev.at = W101_TIME_NONE;
	ev.packet = 0;
	ev.u.finding = (struct w101_ev_finding){ .row = w101_finding_row(W101_F_cap_cut), .id = W101_F_cap_cut,
		.detail = W101_LIT("a.pcap"), .count = 1 };
	send(o.sink, &ev);
	send_hint(o.sink, 1, "look");
	ev = ev_of(W101_EV_GAP, 1, W101_SERVER);
	ev.u.gap.missing = 1448;
	send(o.sink, &ev);
	check(&o,
		COMMON("finding", "1", "\"client\"") "\"id\":\"req-connection\",\"severity\":\"error\","
		"\"spec\":\"RFC 9110 7.8; RFC 6455 4.2.1\",\"text\":\"Connection does not list \\\"upgrade\\\"\",\"seen\":\"close\","
		"\"wanted\":null,\"offset\":12,\"count\":1}\n"
		COMMON("finding", "1", "\"client\"") "\"id\":\"req-connection\",\"severity\":\"error\","
		"\"spec\":\"RFC 9110 7.8; RFC 6455 4.2.1\",\"text\":\"Connection does not list \\\"upgrade\\\"\",\"seen\":null,"
		"\"wanted\":null,\"offset\":12,\"count\":311,\"repeat\":true}\n"
		"{\"type\":\"finding\",\"flow\":0,\"stream\":0,\"packet\":0,\"time\":null,\"dir\":null,\"id\":\"cap-cut\","
		"\"severity\":\"warning\",\"spec\":\"\",\"text\":\"The capture ends inside a packet or a block: a.pcap\","
		"\"seen\":null,\"wanted\":null,\"offset\":0,\"count\":1}\n"
		COMMON("hint", "1", "null") "\"id\":\"hint-hop-by-hop\",\"text\":\"look\","
		"\"evidence\":[\"req-connection\",\"packet 12\"],\"confidence\":\"likely\"}\n"
		COMMON("gap", "1", "\"server\"") "\"missing\":1448}\n", 5);
}

static void ends(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	struct shake k;
	(void)state;
	out_open(&o, "jsonl", &opt);
	shake_init(&k, "h", "/", 101, "");
	struct w101_ev_close c = close_init(&k);
	c.frames[0][TEXT] = 21;
	c.frames[1][CLOSE] = 1;
	c.messages[0] = 21;
	c.wire_bytes[0] = 5000;
	c.payload_bytes[0] = 100;
	c.lost_bytes[1] = 3;
	c.connect = 1000000;
	c.ping_rtt.min = 1000;
	c.ping_rtt.median = 2000;
	c.ping_rtt.max = 3000;
	c.ping_rtt.n = 3;
	c.status.close_by = W101_SERVER;
	c.status.has_code = true;
	c.status.code = 1000;
	c.status.reason = "ok\x1b";
	c.status.reason_len = 3;
	c.tcp = W101_TCP_END_RST;
	c.findings[W101_WARNING] = 2;
	c.context[0] = c.context[1] = UINT64_C(1) << 56 | 10;
	send_close(o.sink, 1, &c);
	shake_init(&k, "h", "/", 404, "");
	c = close_init(&k);
	send_close(o.sink, 2, &c);
	c.upgrade = false;
	send_close(o.sink, 3, &c);
	const struct w101_ev_summary m = { .packets = 58, .bytes = 9, .tcp_packets = 57, .tcp_bytes = 5, .flows = 3, .first = T0, .last = T0,
		.upgrades = { 1, 2, 3, 4, 5, 6, 0 }, .frames = 7, .messages = 8, .incomplete = 12, .encrypted = 13, .findings = { 9, 10, 11 }, .complete = true };
	send_summary(o.sink, &m);
	check(&o,
		COMMON("connection", "1", "null") "\"client\":\"127.0.0.1:40112\",\"server\":\"127.0.0.1:9101\","
		"\"protocol\":\"websocket\",\"verified\":true,\"first\":\"2026-01-02T03:04:05.123456789Z\","
		"\"last\":\"2026-01-02T03:04:06.123456789Z\",\"frames\":{\"client\":{\"text\":21},\"server\":{\"close\":1}},"
		"\"messages\":{\"client\":21,\"server\":0},\"wire_bytes\":{\"client\":5000,\"server\":0},"
		"\"payload_bytes\":{\"client\":100,\"server\":0},\"lost_bytes\":{\"client\":0,\"server\":3},"
		"\"ping_rtt\":{\"min\":0.000001,\"median\":0.000002,\"max\":0.000003,\"n\":3},"
		"\"timing\":{\"connect\":0.001,\"first_frame\":null,\"longest_silence\":null},"
		"\"close\":{\"by\":\"server\",\"code\":1000,\"reason\":\"ok\\u001b\",\"clean\":false,\"tcp\":\"rst\"},"
		"\"findings\":{\"error\":0,\"warning\":2,\"info\":0},\"network\":\"VLAN 10\"}\n"
		COMMON("connection", "2", "null") "\"client\":\"127.0.0.1:40112\",\"server\":\"127.0.0.1:9101\","
		"\"protocol\":null,\"verified\":null,\"first\":\"2026-01-02T03:04:05.123456789Z\","
		"\"last\":\"2026-01-02T03:04:06.123456789Z\",\"frames\":{\"client\":{},\"server\":{}},"
		"\"messages\":{\"client\":0,\"server\":0},\"wire_bytes\":{\"client\":0,\"server\":0},"
		"\"payload_bytes\":{\"client\":0,\"server\":0},\"lost_bytes\":{\"client\":0,\"server\":0},\"ping_rtt\":null,"
		"\"timing\":{\"connect\":null,\"first_frame\":null,\"longest_silence\":null},"
		"\"close\":{\"by\":\"none\",\"code\":null,\"reason\":\"\",\"clean\":false,\"tcp\":\"none\"},"
		"\"findings\":{\"error\":0,\"warning\":0,\"info\":0},\"network\":null}\n"
		COMMON("summary", "0", "null") "\"schema\":1,\"files\":[\"a.pcap\",\"b\\\"\\u00ff.pcap\"],\"packets\":58,"
		"\"tcp_packets\":57,\"tcp_bytes\":5,\"flows\":3,\"upgrades\":{\"offered\":1,\"switched\":2,\"verified\":3,\"refused\":4,"
		"\"ignored\":5,\"unanswered\":6,\"one_way\":0},\"frames\":7,\"messages\":8,"
		"\"incomplete_datagrams\":12,\"encrypted_frames\":13,\"findings\":{\"error\":11,\"warning\":10,\"info\":9},"
		"\"complete\":true}\n", 3);
}

/* Each byte value and some bad sequences in each place where captured bytes go. */
static void hostile(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	struct shake k;
	size_t n = 0;
	(void)state;
	opt.verbose = 1;
	out_open(&o, "jsonl", &opt);
	for (unsigned i = 0; i < 256; i++) {
		const uint8_t raw[] = { (uint8_t)i, 0xe2, 0x80, 0xae, (uint8_t)i, 'x', (uint8_t)i, 0, 0xc3 };
		struct w101_bytes bad = { raw, sizeof raw };
		shake_init(&k, "", "", 101, "");
		k.fields[0] = (struct w101_http_field){ bad, bad };
		k.request.method = k.request.target = k.response.reason = k.x.host = k.x.offered[0] = k.x.switched = bad;
		k.x.accept.key = k.x.accept.seen = k.x.subprotocol = k.x.extensions = bad;
		send_exchange(o.sink, 1, &k);
		send_message(o.sink, 1, W101_CLIENT, TEXT, bad, 1, 9);
		struct w101_event ev = ev_of(W101_EV_FINDING, 1, W101_CLIENT);
		ev.u.finding = (struct w101_ev_finding){ .row = w101_finding_row(W101_F_res_syntax), .id = W101_F_res_syntax,
			.seen = bad, .wanted = bad, .detail = bad, .count = 1 };
		send(o.sink, &ev);
		struct w101_ev_close c = close_init(&k);
		c.status.reason = (const char *)raw;
		c.status.reason_len = sizeof raw;
		send_close(o.sink, 1, &c);
		n += 4;
	}
	char *text = out_text(&o);
	assert_json_lines(text, o.n, n);
	assert_harmless(text, o.n);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exchange),
		cmocka_unit_test(frames),
		cmocka_unit_test(messages),
		cmocka_unit_test(payload_modes),
		cmocka_unit_test(findings),
		cmocka_unit_test(ends),
		cmocka_unit_test(hostile),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
