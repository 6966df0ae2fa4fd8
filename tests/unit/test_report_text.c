/* The report: exact text and order. */
#include "report_events.h"

#include "report/phrase.h"

static const char *const files[] = { "chat.pcap" };

static struct w101_report_options options(void)
{
	return (struct w101_report_options){ .payload = W101_PAYLOAD_PREVIEW, .utc = true, .files = files, .n_files = 1,
		.links = "Ethernet" };
}

static void switched(struct w101_sink s, uint32_t flow)
{
	struct shake k;
	shake_init(&k, "127.0.0.1:9101", "/echo", 101, "Switching Protocols");
	k.x.extensions = W101_LIT("permessage-deflate");
	send_request(s, flow, &k);
	send_exchange(s, flow, &k);
	struct w101_ev_close c = close_init(&k);
	c.frames[0][TEXT] = 21;
	c.frames[0][PING] = c.frames[0][CLOSE] = 1;
	c.frames[1][TEXT] = 20;
	c.frames[1][PONG] = c.frames[1][CLOSE] = 1;
	c.status = (struct w101_decoder_status){ .close_by = W101_CLIENT, .has_code = true, .code = 4001,
		.reason = "done with it", .reason_len = 12, .close_at = { T0, T0 + 1 }, .clean = true,
		.wire_payload = { 2150, 1946 }, .plain_payload = { 3994, 3789 }, .compression = true };
	c.ping_rtt.median = c.ping_rtt.min = c.ping_rtt.max = 800000;
	c.ping_rtt.n = 1;
	c.tcp = W101_TCP_END_FIN;
	c.tcp_by = W101_SERVER;
	c.close_to_tcp = 24000000;
	send_close(s, flow, &c);
}

static void refused(struct w101_sink s, uint32_t flow)
{
	struct shake k;
	shake_init(&k, "shop.example", "/live", 400, "Bad Request");
	k.client = v4(10, 0, 0, 5, 51022);
	k.server = v4(10, 0, 0, 9, 80);
	k.x.latency = 1100000;
	send_finding(s, flow, W101_F_req_connection, "close", 1, false);
	send_exchange(s, flow, &k);
	send_hint(s, flow, "an intermediary removed hop-by-hop fields: Via: 1.1 proxy-3");
	struct w101_ev_close c = close_init(&k);
	c.findings[W101_ERROR] = 1;
	send_close(s, flow, &c);
}

static const struct w101_ev_summary two = { .packets = 58, .bytes = 12700, .tcp_packets = 58, .flows = 2, .first = T0,
	.last = T0 + 3020000000, .upgrades = { .offered = 2, .switched = 1, .verified = 1, .refused = 1 },
	.findings = { 0, 0, 1 }, .complete = true };

#define BLOCK_1 \
	"\n#1  127.0.0.1:40112 -> 127.0.0.1:9101   ws://127.0.0.1:9101/echo\n" \
	"    websocket  switched in 3.2 ms   accept verified   permessage-deflate\n" \
	"    client  21 text  1 ping  1 close      2.1 KiB, 3.9 KiB inflated\n" \
	"    server  20 text  1 pong  1 close      1.9 KiB, 3.7 KiB inflated      ping 0.8 ms\n" \
	"    closed by client: 4001 \"done with it\", answered, TCP closed by server, after 24 ms\n"
#define BLOCK_2 \
	"\n#2  10.0.0.5:51022 -> 10.0.0.9:80       GET http://shop.example/live\n" \
	"    REFUSED 400 Bad Request in 1.1 ms\n" \
	"    error  req-connection  Connection does not list \"upgrade\"  (seen \"close\")  RFC 9110 7.8\n" \
	"    hint   an intermediary removed hop-by-hop fields: Via: 1.1 proxy-3\n"
#define TOTALS "\n2 upgrades offered: 1 switched and verified, 1 refused.   findings: 1 error\n"
#define HEADING "chat.pcap   58 packets, 12.4 KiB, 3.02 s, Ethernet\n"

/* Blocks come in the order of connections, not of their ends. */
static void as_designed(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	(void)state;
	out_open(&o, "report", &opt);
	refused(o.sink, 2);
	switched(o.sink, 1);
	send_summary(o.sink, &two);
	char *text = out_text(&o);
	assert_string_equal(text, HEADING BLOCK_1 BLOCK_2 TOTALS);
	free(text);
}

static void quiet(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	(void)state;
	opt.quiet = true;
	out_open(&o, "report", &opt);
	switched(o.sink, 1);
	refused(o.sink, 2);
	send_summary(o.sink, &two);
	char *text = out_text(&o);
	assert_string_equal(text, HEADING BLOCK_2 TOTALS);
	free(text);
}

static void verbose(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	struct shake k;
	(void)state;
	opt.verbose = 1;
	out_open(&o, "report", &opt);
	shake_init(&k, "a", "/", 101, "");
	send_exchange(o.sink, 1, &k);
	send_message(o.sink, 1, W101_CLIENT, TEXT, W101_LIT("hello"), 1, 5);
	send_finding(o.sink, 1, W101_F_ws_pong_unsolicited, "", 1, false);
	struct w101_ev_close c = close_init(&k);
	send_close(o.sink, 1, &c);
	shake_init(&k, "b", "/plain", 200, "OK");
	k.x.is_upgrade = false;
	send_exchange(o.sink, 2, &k);
	c = close_init(&k);
	c.upgrade = false;
	send_close(o.sink, 2, &c);
	send_summary(o.sink, &two);
	char *text = out_text(&o);
	assert_non_null(strstr(text, "\n    03:04:05.123456 > text 5 \"hello\"\n"));
	assert_non_null(strstr(text, "  A Pong came without a Ping  (client)  RFC 6455 5.5.3\n        A Pong nobody asked"));
	assert_non_null(strstr(text, "GET http://b/plain\n    plain HTTP 200 OK in 3.2 ms\n    no upgrade\n"));
	free(text);
}

/* Refused first, then switched on the same connection; findings stay with their exchange. */
static void two_exchanges(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	struct shake k;
	(void)state;
	out_open(&o, "report", &opt);
	shake_init(&k, "h", "/a", 426, "Upgrade Required");
	send_finding(o.sink, 1, W101_F_req_version, "8", 1, false);
	send_exchange(o.sink, 1, &k);
	shake_init(&k, "h", "/b", 101, "");
	k.x.verdict = W101_VERDICT_SWITCHED_BADLY;
	k.x.verified = 0;
	k.x.accept.ok = false;
	k.x.subprotocol = W101_LIT("chat");
	send_finding(o.sink, 1, W101_F_req_version, "9", 1, false);
	send_finding(o.sink, 1, W101_F_res_accept_wrong, "x", 1, false);
	send_exchange(o.sink, 1, &k);
	send_finding(o.sink, 1, W101_F_ws_mask_weak, "", 1, false);
	send_finding(o.sink, 1, W101_F_ws_mask_weak, "", 311, true);
	struct w101_ev_close c = close_init(&k);
	c.frames[0][TEXT] = 2;
	c.payload_bytes[0] = 10;
	c.lost_bytes[1] = 1448;
	c.tcp = W101_TCP_END_RST;
	c.tcp_by = W101_SERVER;
	send_close(o.sink, 1, &c);
	send_summary(o.sink, &two);
	char *text = out_text(&o);
	assert_string_equal(text, HEADING
		"\n#1  127.0.0.1:40112 -> 127.0.0.1:9101   GET http://h/a\n"
		"    REFUSED 426 Upgrade Required in 3.2 ms\n"
		"    error  req-version  Sec-WebSocket-Version is not given once as 13  (seen \"8\")  RFC 6455 4.1, 4.2.1\n"
		"    ws://h/b\n"
		"    websocket  SWITCHED BADLY in 3.2 ms   accept WRONG   NOT verified   subprotocol chat\n"
		"    error  req-version  Sec-WebSocket-Version is not given once as 13  (seen \"9\")  RFC 6455 4.1, 4.2.1\n"
		"    error  res-accept-wrong  Sec-WebSocket-Accept does not fit the key  (seen \"x\")  RFC 6455 4.1, 4.2.2\n"
		"    client  2 text       10 bytes\n"
		"    server  nothing      0 bytes, 1.4 KiB lost\n"
		"    TCP reset by server without Close\n"
		"    warning  ws-mask-weak  Masking keys are not random  (client)  RFC 6455 5.3, 10.3  and 311 more\n"
		TOTALS);
	free(text);
}

static void other_verdicts(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	struct shake k;
	struct w101_ev_close c;
	(void)state;
	out_open(&o, "report", &opt);
	shake_init(&k, "", "/", 200, "OK");
	send_exchange(o.sink, 1, &k);
	c = close_init(&k);
	send_close(o.sink, 1, &c);

	shake_init(&k, "h", "http://h/abs", 0, "");
	k.x.response = NULL;
	k.x.latency = -1;
	k.x.verdict = W101_VERDICT_UNANSWERED;
	send_finding(o.sink, 2, W101_F_res_unanswered, "FIN from the client", 1, false);
	send_exchange(o.sink, 2, &k);
	c = close_init(&k);
	c.tcp = W101_TCP_END_FIN;
	c.tcp_by = W101_CLIENT;
	c.close_to_tcp = 2 * W101_SECOND;
	send_close(o.sink, 2, &c);

	shake_init(&k, "", "", 101, "");
	k.x.request = NULL;
	k.x.latency = -1;
	k.x.verified = -1;
	k.x.accept.judged = false;
	send_exchange(o.sink, 3, &k);
	c = close_init(&k);
	send_close(o.sink, 3, &c);

	struct w101_event ev = ev_of(W101_EV_SWITCH, 4, W101_NO_DIR);
	ev.u.change = (struct w101_ev_switch){ "websocket", W101_LIT("websocket"), { 0, 0 }, true };
	send(o.sink, &ev);
	c.midstream = true;
	c.status.close_by = W101_SERVER;
	c.status.has_code = true;
	c.status.code = 1000;
	c.tcp = W101_TCP_END_FIN;
	send_close(o.sink, 4, &c);

	shake_init(&k, "h", "/raw", 101, "");
	k.x.websocket = false;
	k.x.switched = W101_LIT("foo/2");
	k.x.offered[0] = W101_LIT("foo/2");
	send_exchange(o.sink, 5, &k);
	c = close_init(&k);
	c.protocol = "opaque";
	c.kinds = NULL;
	c.n_kinds = 0;
	c.status.wire_payload[0] = c.status.plain_payload[0] = 300;
	c.status.wire_payload[1] = 7;
	c.status.preview[1] = W101_LIT("\x1b[2Jx\n");
	send_close(o.sink, 5, &c);

	send_finding(o.sink, 6, W101_F_tls_no_keys, "", 1, false);
	c.upgrade = false;
	c.protocol = NULL;
	send_close(o.sink, 6, &c);
	send_finding(o.sink, 7, W101_F_tls_no_keys, "", 1, false);
	send_close(o.sink, 7, &c);
	send_finding(o.sink, 0, W101_F_cap_cut, "", 1, false);

	struct w101_ev_summary m = { .packets = 1, .bytes = 60, .flows = 7, .first = T0, .last = T0,
		.upgrades = { .offered = 4, .switched = 2, .verified = 1, .ignored = 1, .unanswered = 1 },
		.findings = { 2, 1, 0 }, .complete = false };
	send_summary(o.sink, &m);
	char *text = out_text(&o);
	assert_string_equal(text,
		"chat.pcap   1 packet, 60 bytes, 0 s, Ethernet\n"
		"    warning  cap-cut  The capture ends inside a packet or a block\n"
		"    info   tls-no-keys  TLS could not be decrypted for lack of secrets  (2 connections without an upgrade)\n"
		"\n#1  127.0.0.1:40112 -> 127.0.0.1:9101   GET http://127.0.0.1:9101/\n"
		"    IGNORED 200 OK in 3.2 ms\n"
		"\n#2  127.0.0.1:40112 -> 127.0.0.1:9101   GET http://h/abs\n"
		"    UNANSWERED\n"
		"    TCP closed by client, 2.00 s after the last byte\n"
		"    warning  res-unanswered  The upgrade request was never answered  (seen \"FIN from the client\")\n"
		"\n#3  127.0.0.1:40112 -> 127.0.0.1:9101\n"
		"    websocket  switched   accept not judged   not judged   request not captured\n"
		"    client  nothing      0 bytes\n"
		"    server  nothing      0 bytes\n"
		"    open at the end of the capture\n"
		"\n#4  127.0.0.1:40112 -> 127.0.0.1:9101\n"
		"    websocket  assumed: no handshake captured   not judged\n"
		"    client  nothing      0 bytes\n"
		"    server  nothing      0 bytes\n"
		"    closed by server: 1000 normal closure, answer not seen, TCP closed\n"
		"\n#5  127.0.0.1:40112 -> 127.0.0.1:9101   GET http://h/raw\n"
		"    foo/2  switched in 3.2 ms   verified\n"
		"    client  300 bytes\n"
		"    server  7 bytes     \"\\x1b[2Jx\\n\"\n"
		"    open at the end of the capture\n"
		"\n4 upgrades offered: 1 switched and verified, 1 switched, not judged, 1 ignored, 1 unanswered."
		"   findings: 1 warning, 2 info\n"
		"incomplete: the capture ends inside a packet or a block (cap-cut)\n");
	free(text);
}

/* The other direction is not in the capture: nothing says that there was no answer. */
static void one_way(void **state)
{
	struct w101_report_options opt = options();
	(void)state;
	for (int how = 0; how < 3; how++) { /* found before the verdict, after it, or told with it */
		struct out o;
		struct shake k;
		out_open(&o, "report", &opt);
		shake_init(&k, "h", "/a", 400, "Bad Request");
		send_exchange(o.sink, 1, &k);
		shake_init(&k, "h", "/b", 101, "");
		k.x.response = NULL;
		k.x.verdict = W101_VERDICT_UNANSWERED;
		k.x.switched.n = 0;
		if (how == 0)
			send_finding(o.sink, 1, W101_F_cap_one_way, "", 1, false);
		struct w101_event ev = ev_of(W101_EV_EXCHANGE, 1, W101_SERVER);
		ev.u.exchange = (struct w101_ev_exchange){ .x = &k.x, .client = k.client, .server = k.server, .one_way = how == 2 };
		send(o.sink, &ev);
		if (how == 1)
			send_finding(o.sink, 1, W101_F_cap_one_way, "", 1, false);
		struct w101_ev_close c = close_init(&k);
		send_close(o.sink, 1, &c);
		send_summary(o.sink, &two);
		char *text = out_text(&o);
		assert_non_null(strstr(text, "    REFUSED 400 Bad Request in 3.2 ms\n"
					     "    GET http://h/b\n"
					     "    answer not captured\n"
					     "    open at the end of the capture\n"));
		assert_int_equal(strstr(text, "    warning  cap-one-way  Only one direction") != NULL, how < 2);
		assert_null(strstr(text, "UNANSWERED"));
		free(text);
	}
}

/* ... and what the one side says can still be read. */
static void one_way_frames(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	struct shake k;
	(void)state;
	out_open(&o, "report", &opt);
	shake_init(&k, "h", "/", 101, "");
	k.x.response = NULL;
	k.x.verdict = W101_VERDICT_UNANSWERED;
	k.x.switched.n = 0;
	send_exchange(o.sink, 1, &k);
	struct w101_event ev = ev_of(W101_EV_SWITCH, 1, W101_NO_DIR);
	ev.u.change = (struct w101_ev_switch){ "websocket", W101_LIT("websocket"), { 0, 0 }, true };
	send(o.sink, &ev);
	k.x.switched = W101_LIT("websocket");
	struct w101_ev_close c = close_init(&k);
	c.frames[0][TEXT] = 5;
	c.payload_bytes[0] = 23;
	c.lost_bytes[1] = 256;
	c.tcp = W101_TCP_END_FIN;
	c.tcp_by = W101_CLIENT;
	send_finding(o.sink, 1, W101_F_cap_one_way, "", 1, false);
	send_close(o.sink, 1, &c);
	send_summary(o.sink, &two);
	char *text = out_text(&o);
	assert_string_equal(text, HEADING
		"\n#1  127.0.0.1:40112 -> 127.0.0.1:9101   GET http://h/\n"
		"    answer not captured\n"
		"    websocket  assumed   not judged\n"
		"    client  5 text       23 bytes\n"
		"    server  nothing      0 bytes, 256 bytes lost\n"
		"    TCP closed by client without Close\n"
		"    warning  cap-one-way  Only one direction of the connection was captured  (client)\n"
		TOTALS);
	free(text);
}

/* Which side closed, and what is known of the answer. */
static void closings(void **state)
{
	enum { LOST = 1, BROKEN = 2, MUTE = 4, ANSWERED = 8, FIRST = 16, NO_CODE = 32 };
	static const struct {
		unsigned is;
		enum w101_tcp_end tcp;
		const char *want;
	} rows[] = {
		{ 0, W101_TCP_END_FIN, "closed by client: 1001 going away \"bye\", never answered, TCP closed by server, after 60.0 s" },
		{ 0, W101_TCP_END_NONE,
			"closed by client: 1001 going away \"bye\", not answered yet, TCP open at the end of the capture" },
		{ ANSWERED, W101_TCP_END_RST, "closed by client: 1001 going away \"bye\", answered, TCP reset by server, after 60.0 s" },
		{ LOST, W101_TCP_END_FIN,
			"closed by client: 1001 going away \"bye\", answer not seen, TCP closed by server, after 60.0 s" },
		{ BROKEN | NO_CODE, W101_TCP_END_FIN, "closed by client: no code, answer not seen, TCP closed by server, after 60.0 s" },
		{ MUTE, W101_TCP_END_NONE,
			"closed by client: 1001 going away \"bye\", answer not seen, TCP open at the end of the capture" },
		{ LOST | ANSWERED, W101_TCP_END_FIN, "closed by client: 1001 going away \"bye\", answered, TCP closed by server, after 60.0 s" },
		{ FIRST, W101_TCP_END_FIN,
			"TCP closed by server without Close, 60.0 s after the last byte; "
			"the client's Close 1001 going away \"bye\" came too late" },
		{ FIRST | NO_CODE, W101_TCP_END_RST,
			"TCP reset by server without Close, 60.0 s after the last byte; the client's Close (no code) came too late" },
	};
	struct shake k;
	struct w101_writer w;
	(void)state;
	shake_init(&k, "h", "/", 101, "");
	assert_true(w101_writer_init(&w, NULL, 512));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const unsigned is = rows[i].is;
		struct w101_ev_close c = close_init(&k);
		c.wire_bytes[0] = 100;
		c.wire_bytes[1] = is & MUTE ? 0 : 100;
		c.lost_bytes[1] = is & LOST ? 7 : 0;
		c.status.broken[1] = is & BROKEN;
		c.status.close_by = W101_CLIENT;
		c.status.close_at[0] = T0;
		if (is & ANSWERED)
			c.status.close_at[1] = T0 + 1;
		c.status.has_code = !(is & NO_CODE);
		if (c.status.has_code) {
			c.status.code = 1001;
			c.status.reason = "bye";
			c.status.reason_len = 3;
		}
		c.tcp = rows[i].tcp;
		c.tcp_by = W101_SERVER;
		c.tcp_first = is & FIRST;
		c.close_to_tcp = 60 * W101_SECOND;
		w101_put_closing(&w, &c);
		assert_int_equal(w.n, strlen(rows[i].want));
		assert_memory_equal(w.p, rows[i].want, w.n);
		w101_writer_reset(&w);
	}
	w101_writer_close(&w);
}

/* Several gaps of a side: their sum is told. */
static void gaps(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	struct shake k;
	(void)state;
	out_open(&o, "report", &opt);
	shake_init(&k, "h", "/", 101, "");
	send_exchange(o.sink, 1, &k);
	send_finding(o.sink, 1, W101_F_tcp_gap, "", 1, false);
	send_finding(o.sink, 1, W101_F_gap_suspends, "", 1, false);
	send_finding(o.sink, 1, W101_F_tcp_gap, "", 2, true);
	send_finding(o.sink, 1, W101_F_gap_suspends, "", 1, true);
	send_finding(o.sink, 0, W101_F_tcp_gap, "", 3, false);
	send_finding(o.sink, 0, W101_F_tcp_gap, "", 3, false);
	struct w101_ev_close c = close_init(&k);
	c.lost_bytes[0] = 1497;
	send_close(o.sink, 1, &c);
	send_summary(o.sink, &two);
	char *text = out_text(&o);
	assert_non_null(strstr(text, "RFC 9293 3.4  and 2 more gaps: 1497 bytes in all\n"));
	assert_non_null(strstr(text, "  gap-suspends  Checks are suspended after a gap  (client)  and 1 more\n"));
	assert_non_null(strstr(text, "RFC 9293 3.4  and 5 more\n"));
	free(text);
}

/* The ways to have switched, in the report and in the log. */
static void totals(void **state)
{
	struct w101_report_options opt = options();
	(void)state;
	for (const char *const *format = (const char *const[]){ "report", "log", NULL }; *format; format++) {
		struct out o;
		struct shake k;
		out_open(&o, *format, &opt);
		shake_init(&k, "h", "/", 101, "");
		send_exchange(o.sink, 1, &k);
		k.x.verified = -1;
		send_exchange(o.sink, 2, &k);
		send_exchange(o.sink, 3, &k);
		k.x.verified = 0;
		k.x.verdict = W101_VERDICT_SWITCHED_BADLY;
		send_exchange(o.sink, 4, &k);
		struct w101_ev_summary m = { .packets = 9, .flows = 5, .first = T0, .last = T0,
			.upgrades = { .offered = 5, .switched = 5, .verified = 1 } };
		send_summary(o.sink, &m);
		char *text = out_text(&o);
		assert_non_null(strstr(text, "5 upgrades offered: 1 switched and verified, 1 switched badly, "
					     "2 switched, not judged, 1 switched, not shown.   no findings\n"
					     "incomplete: not all packets of the input were analysed\n"));
		free(text);
	}
}

static void nothing_there(void **state)
{
	struct w101_report_options opt = options();
	struct w101_ev_summary m = { .packets = 9, .bytes = 900, .first = T0, .last = T0, .complete = true };
	struct out o;
	char *text;
	(void)state;
	out_open(&o, "report", &opt);
	send_summary(o.sink, &m);
	text = out_text(&o);
	assert_non_null(strstr(text, "\nNo TCP connection in 9 packets.\n"));
	free(text);
	m.flows = 1;
	out_open(&o, "report", &opt);
	send_summary(o.sink, &m);
	text = out_text(&o);
	assert_non_null(strstr(text, "\nNo HTTP upgrade in 1 connection. -v lists plain HTTP"));
	free(text);
	m.packets = 0;
	m.first = m.last = W101_TIME_NONE;
	out_open(&o, "report", &opt);
	send_summary(o.sink, &m);
	text = out_text(&o);
	assert_string_equal(text, "chat.pcap   0 packets, 900 bytes, Ethernet\n\nNo packets.\n");
	free(text);
}

static void what_could_not_be_read(void **state)
{
	static const struct {
		uint64_t incomplete, encrypted;
		const char *last;
	} cases[] = {
		{ 1, 0, "in 9 packets.\n"
			"1 IP datagram lacks fragments (a filter by port keeps only the first of each)\n" },
		{ 0, 1, "in 9 packets.\n1 802.11 frame is encrypted: not read\n" },
		{ 2, 3, "in 9 packets.\n"
			"2 IP datagrams lack fragments (a filter by port keeps only the first of each)\n"
			"3 802.11 frames are encrypted: not read\n" },
	};
	struct w101_report_options opt = options();
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (const char *const *format = (const char *const[]){ "report", "log", NULL }; *format; format++) {
			struct w101_ev_summary m = { .packets = 9, .first = T0, .last = T0, .complete = true,
				.incomplete = cases[i].incomplete, .encrypted = cases[i].encrypted };
			struct out o;
			out_open(&o, *format, &opt);
			send_summary(o.sink, &m);
			char *text = out_text(&o), *last = strstr(text, "in 9 packets.");
			assert_non_null(last);
			assert_string_equal(last, cases[i].last);
			free(text);
		}
	}
}

/* The first URL is shortened to keep the heading near 100 columns. */
static void long_url(void **state)
{
	char target[20001] = "/";
	struct w101_report_options opt = options();
	struct out o;
	struct shake k;
	(void)state;
	memset(target + 1, 'a', sizeof target - 2);
	out_open(&o, "report", &opt);
	shake_init(&k, "h", target, 101, "");
	send_exchange(o.sink, 1, &k);
	struct w101_ev_close c = close_init(&k);
	send_close(o.sink, 1, &c);
	send_summary(o.sink, &two);
	char *text = out_text(&o), *line = strstr(text, "\n#1");
	assert_non_null(line);
	assert_true(strcspn(line + 1, "\n") < 110);
	assert_memory_equal(line + 1 + strcspn(line + 1, "\n") - 4, "a...", 4);
	free(text);
}

static void colours(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	(void)state;
	opt.color = true;
	out_open(&o, "report", &opt);
	refused(o.sink, 1);
	send_summary(o.sink, &two);
	char *text = out_text(&o);
	assert_non_null(strstr(text, "    \033[1;31mREFUSED\033[0m 400 Bad Request"));
	assert_non_null(strstr(text, "    \033[1;31merror\033[0m  req-connection"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_designed),
		cmocka_unit_test(quiet),
		cmocka_unit_test(verbose),
		cmocka_unit_test(two_exchanges),
		cmocka_unit_test(other_verdicts),
		cmocka_unit_test(one_way),
		cmocka_unit_test(one_way_frames),
		cmocka_unit_test(closings),
		cmocka_unit_test(gaps),
		cmocka_unit_test(totals),
		cmocka_unit_test(nothing_there),
		cmocka_unit_test(what_could_not_be_read),
		cmocka_unit_test(long_url),
		cmocka_unit_test(colours),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
