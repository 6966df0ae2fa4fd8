/* The log: one line an event, exact text, hostile bytes. */
#include "report_events.h"

static struct w101_report_options options(void)
{
	return (struct w101_report_options){ .payload = W101_PAYLOAD_PREVIEW, .utc = true, .quiet = true };
}

static const uint8_t long_text[300] = { 'a' };
static const struct w101_bytes close_4001 = { (const uint8_t *)"\x0f\xa1" "done", 6 };

static void connection(struct w101_sink s)
{
	struct shake k;
	shake_init(&k, "h", "/echo", 101, "");
	k.x.extensions = W101_LIT("permessage-deflate");
	send_request(s, 1, &k);
	send_exchange(s, 1, &k);
	send_frame(s, 1, W101_CLIENT, TEXT, true, 0, W101_LIT("hello \"you\""));
	send_message(s, 1, W101_CLIENT, TEXT, W101_LIT("hello \"you\""), 1, 11);
	send_frame(s, 1, W101_SERVER, TEXT, true, 4, W101_LIT("\x4a\xcb"));
	send_message(s, 1, W101_SERVER, TEXT, W101_LIT("inflated"), 1, 2);
	send_frame(s, 1, W101_SERVER, TEXT, false, 0, W101_LIT("one "));
	send_frame(s, 1, W101_CLIENT, PING, true, 0, W101_LIT(""));
	send_frame(s, 1, W101_SERVER, CONTINUATION, true, 0, W101_LIT("two"));
	send_message(s, 1, W101_SERVER, TEXT, W101_LIT("one two"), 2, 7);
	send_frame(s, 1, W101_CLIENT, BINARY, true, 0, W101_LIT("\xde\xad\xbe\xef"));
	send_message(s, 1, W101_CLIENT, BINARY, W101_LIT("\xde\xad\xbe\xef"), 1, 4);
	send_finding(s, 1, W101_F_ws_mask_weak, "37fa213d", 1, false);
	send_finding(s, 1, W101_F_req_connection, "close", 1, false);
	struct w101_event ev = ev_of(W101_EV_GAP, 1, W101_SERVER);
	ev.u.gap.missing = 1448;
	send(s, &ev);
	send_frame(s, 1, W101_CLIENT, CLOSE, true, 0, close_4001);
	send_frame(s, 1, W101_SERVER, CLOSE, true, 0, W101_LIT(""));
	send_finding(s, 1, W101_F_ws_mask_weak, "", 311, true);
	send_hint(s, 1, "look there");
	struct w101_ev_close c = close_init(&k);
	send_close(s, 1, &c);
}

static void lines(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	(void)state;
	out_open(&o, "log", &opt);
	connection(o.sink);
	char *text = out_text(&o);
	assert_string_equal(text,
		"03:04:05.123456 #1 > GET /echo  Upgrade: websocket\n"
		"03:04:05.126656 #1 < 101 websocket  accept ok  permessage-deflate\n"
		"03:04:05.123456 #1 > text 11 \"hello \\\"you\\\"\"\n"
		"03:04:05.123456 #1 < text 2 -> 8 bytes \"inflated\"\n"
		"03:04:05.123456 #1 < text 4 fragment \"one \"\n"
		"03:04:05.123456 #1 > ping 0\n"
		"03:04:05.123456 #1 < continuation 3 last \"two\"\n"
		"03:04:05.123456 #1 < message text 7 in 2 frames \"one two\"\n"
		"03:04:05.123456 #1 > binary 4 [de ad be ef]\n"
		"03:04:05.123456 #1 ! warning ws-mask-weak Masking keys are not random (client, seen \"37fa213d\")\n"
		"03:04:05.123456 #1 ! error req-connection Connection does not list \"upgrade\" (seen \"close\")\n"
		"03:04:05.123456 #1 < gap: 1448 bytes not captured\n"
		"03:04:05.123456 #1 > close 4001 \"done\"\n"
		"03:04:05.123456 #1 < close no code\n"
		"03:04:05.123456 #1 ! ... and 311 more of ws-mask-weak\n"
		"03:04:05.123456 #1 ? hint-hop-by-hop look there\n"
		"03:04:05.123456 #1 - open at the end of the capture\n");
	free(text);
}

static void payload_modes(void **state)
{
	struct w101_report_options opt = options();
	struct w101_bytes big = { long_text, sizeof long_text };
	struct out o;
	char *text;
	(void)state;
	opt.payload = W101_PAYLOAD_NONE;
	out_open(&o, "log", &opt);
	send_frame(o.sink, 1, W101_CLIENT, TEXT, true, 0, W101_LIT("secret"));
	send_message(o.sink, 1, W101_CLIENT, TEXT, W101_LIT("secret"), 1, 6);
	text = out_text(&o);
	assert_string_equal(text, "03:04:05.123456 #1 > text 6\n");
	free(text);

	opt.payload = W101_PAYLOAD_PREVIEW;
	out_open(&o, "log", &opt);
	send_frame(o.sink, 1, W101_CLIENT, TEXT, true, 0, big);
	send_message(o.sink, 1, W101_CLIENT, TEXT, big, 1, 300);
	text = out_text(&o);
	assert_true(o.n < 120);
	assert_non_null(strstr(text, "\\x00\"...\n"));
	free(text);

	opt.payload = W101_PAYLOAD_FULL;
	out_open(&o, "log", &opt);
	send_frame(o.sink, 1, W101_CLIENT, TEXT, true, 0, big);
	send_message(o.sink, 1, W101_CLIENT, TEXT, big, 1, 300);
	text = out_text(&o);
	assert_true(o.n > 299 * 4);
	assert_null(strstr(text, "..."));
	free(text);

	opt.hex = true;
	out_open(&o, "log", &opt);
	send_frame(o.sink, 1, W101_SERVER, PONG, true, 0, W101_LIT("hi"));
	text = out_text(&o);
	assert_string_equal(text, "03:04:05.123456 #1 < pong 2 \"hi\"\n"
				  "        00000000: 6869                                     hi\n");
	free(text);
}

/* A fragment may end inside a character. */
static void cut_fragment(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	(void)state;
	out_open(&o, "log", &opt);
	send_frame(o.sink, 1, W101_CLIENT, TEXT, false, 0, W101_LIT("Gr\xc3"));
	send_frame(o.sink, 1, W101_CLIENT, CONTINUATION, false, 0, W101_LIT("\xbc\xc3\x9f e \xf0\x9f"));
	send_frame(o.sink, 1, W101_CLIENT, CONTINUATION, true, 0, W101_LIT("\x01\x02\xf0\x03"));
	char *text = out_text(&o);
	assert_string_equal(text, "03:04:05.123456 #1 > text 3 fragment \"Gr\\xc3\"\n"
				  "03:04:05.123456 #1 > continuation 8 fragment \"\\xbc\xc3\x9f e \\xf0\\x9f\"\n"
				  "03:04:05.123456 #1 > continuation 4 last [01 02 f0 03]\n");
	free(text);
}

/* A frame without its message is not lost. */
static void held_frame(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	(void)state;
	out_open(&o, "log", &opt);
	send_frame(o.sink, 1, W101_CLIENT, TEXT, true, 0, W101_LIT("a"));
	send_frame(o.sink, 2, W101_CLIENT, TEXT, true, 0, W101_LIT("b"));
	send_message(o.sink, 2, W101_CLIENT, TEXT, W101_LIT("b"), 1, 1);
	send_frame(o.sink, 3, W101_SERVER, BINARY, true, 0, W101_LIT("c"));
	char *text = out_text(&o);
	assert_string_equal(text, "03:04:05.123456 #1 > text 1\n"
				  "03:04:05.123456 #2 > text 1 \"b\"\n"
				  "03:04:05.123456 #3 < binary 1\n");
	free(text);
}

static void verdicts(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	struct shake k;
	(void)state;
	out_open(&o, "log", &opt);
	shake_init(&k, "h", "/a", 403, "Forbidden");
	send_exchange(o.sink, 1, &k);
	shake_init(&k, "h", "/a", 200, "OK");
	send_exchange(o.sink, 2, &k);
	k.x.is_upgrade = false;
	send_request(o.sink, 2, &k);
	send_exchange(o.sink, 2, &k);
	shake_init(&k, "h", "/a", 0, "");
	k.x.response = NULL;
	k.x.verdict = W101_VERDICT_UNANSWERED;
	send_exchange(o.sink, 3, &k);
	struct w101_event half = ev_of(W101_EV_EXCHANGE, 3, W101_SERVER);
	half.u.exchange = (struct w101_ev_exchange){ .x = &k.x, .one_way = true };
	send(o.sink, &half);
	shake_init(&k, "h", "/a", 101, "");
	k.x.verdict = W101_VERDICT_SWITCHED_BADLY;
	k.x.accept.ok = false;
	send_exchange(o.sink, 4, &k);
	struct w101_event ev = ev_of(W101_EV_SWITCH, 5, W101_NO_DIR);
	ev.stream = 3;
	ev.u.change = (struct w101_ev_switch){ "websocket", W101_LIT("websocket"), { 0, 0 }, true };
	send(o.sink, &ev);
	send_finding(o.sink, 0, W101_F_cap_cut, "", 1, false);
	send_finding(o.sink, 6, W101_F_tls_no_keys, "", 1, false);
	send_finding(o.sink, 7, W101_F_tls_no_keys, "", 1, false);
	char *text = out_text(&o);
	assert_string_equal(text,
		"03:04:05.126656 #1 < 403 Forbidden  REFUSED\n"
		"03:04:05.126656 #2 < 200 OK  IGNORED\n"
		"03:04:05.126656 #3 - UNANSWERED /a\n"
		"03:04:05.123456 #3 - ANSWER NOT CAPTURED /a\n"
		"03:04:05.126656 #4 < 101 websocket  SWITCHED BADLY  accept WRONG\n"
		"03:04:05.123456 #5/3 - websocket assumed, no whole handshake captured\n"
		"03:04:05.123456 capture ! warning cap-cut The capture ends inside a packet or a block\n"
		"03:04:05.123456 #6 ! info tls-no-keys TLS could not be decrypted for lack of secrets (client)\n");
	free(text);
}

/* A PDU of a protocol that the log knows nothing about. */
static void other_protocol(void **state)
{
	struct w101_report_options opt = options();
	const struct w101_value fields[] = {
		{ "topic", W101_VALUE_TEXT, 0, W101_LIT("a\x1b/b") },
		{ "qos", W101_VALUE_UINT, 1, { NULL, 0 } },
		{ "retain", W101_VALUE_BOOL, 1, { NULL, 0 } },
	};
	const struct w101_pdu pdu = { .protocol = "mqtt", .kind = "publish", .payload_bytes = 2, .payload = W101_LIT("hi"),
		.fields = fields, .n_fields = 3 };
	struct w101_event ev = ev_of(W101_EV_FRAME, 1, W101_CLIENT);
	struct out o;
	(void)state;
	out_open(&o, "log", &opt);
	ev.u.pdu = &pdu;
	send(o.sink, &ev);
	char *text = out_text(&o);
	assert_string_equal(text, "03:04:05.123456 #1 > publish 2 topic=\"a\\x1b/b\" qos=1 retain=true \"hi\"\n");
	free(text);
}

/* Live: a line is out before the next event comes. */
static void live(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	(void)state;
	opt.live = true;
	out_open(&o, "log", &opt);
	send_frame(o.sink, 1, W101_CLIENT, PING, true, 0, W101_LIT(""));
	assert_string_equal(o.text, "03:04:05.123456 #1 > ping 0\n");
	send_frame(o.sink, 1, W101_CLIENT, TEXT, true, 0, W101_LIT("x"));
	send_message(o.sink, 1, W101_CLIENT, TEXT, W101_LIT("x"), 1, 1);
	assert_non_null(strstr(o.text, "text 1 \"x\"\n"));
	free(out_text(&o));
}

static void hostile(void **state)
{
	static const char bad[] = "\x1b]0;x\x07\r\n\xe2\x80\xae\xff\xc2\x9b\xc3";
	static const struct w101_bytes close_bad = { (const uint8_t *)"\x03\xe8\x1b[2J\xff\n", 8 };
	struct w101_report_options opt = options();
	struct out o;
	struct shake k;
	(void)state;
	opt.verbose = 1;
	out_open(&o, "log", &opt);
	for (int status = 100; status < 600; status++) {
		shake_init(&k, bad, bad, status, bad);
		k.fields[1].value = k.request.method = k.x.subprotocol = k.x.extensions = w101_str(bad);
		if (status == 101)
			k.x.switched = w101_str(bad);
		send_request(o.sink, 1, &k);
		struct w101_event ev = ev_of(W101_EV_RESPONSE, 1, W101_SERVER);
		ev.u.head = (struct w101_ev_head){ &k.response, true };
		send(o.sink, &ev);
		send_exchange(o.sink, 1, &k);
	}
	send_finding(o.sink, 1, W101_F_req_key_form, bad, 1, false);
	send_hint(o.sink, 1, bad);
	for (unsigned kind = CONTINUATION; kind <= PONG; kind++) {
		send_frame(o.sink, 1, W101_CLIENT, kind, true, 7, close_bad);
		send_message(o.sink, 1, W101_CLIENT, kind, w101_str(bad), 1, 3);
	}
	char *text = out_text(&o);
	assert_harmless(text, o.n);
	assert_non_null(strstr(text, "\\x1b[2J\\xff\\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(payload_modes),
		cmocka_unit_test(cut_fragment),
		cmocka_unit_test(held_frame),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(other_protocol),
		cmocka_unit_test(live),
		cmocka_unit_test(hostile),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
