/* One connection as it goes on: pairing, bodies, held bytes, and that nothing
 * depends on where chunks are cut. */
#include "guard.h"
#include "test_http_talk.h"

#define R "\r\n"
#define REQ                                                                                                            \
	"GET /chat HTTP/1.1" R "Host: h" R "Upgrade: websocket" R "Connection: Upgrade" R                              \
	"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==" R "Sec-WebSocket-Version: 13" R
#define KEY2                                                                                                           \
	"GET /chat HTTP/1.1" R "Host: h" R "Upgrade: websocket" R "Connection: Upgrade" R                              \
	"Sec-WebSocket-Key: YW5vdGhlciBrZXkgaGVyZQ==" R "Sec-WebSocket-Version: 13" R
#define OK                                                                                                             \
	"HTTP/1.1 101 Switching Protocols" R "Upgrade: websocket" R "Connection: Upgrade" R                            \
	"Sec-WebSocket-Accept: BACScCJPNqyz+UBoqMH89VmURoA=" R
#define OK2                                                                                                            \
	"HTTP/1.1 101 Switching Protocols" R "Upgrade: websocket" R "Connection: Upgrade" R                            \
	"Sec-WebSocket-Accept: QVVELULIH5VuQhM7stQXGAmKjxs=" R
#define PLAIN(path) "GET " path " HTTP/1.1" R "Host: h" R R
#define OK200 "HTTP/1.1 200 OK" R "Content-Length: 5" R R "hello"
#define S400 "HTTP/1.1 400 Bad Request" R "Content-Length: 0" R R

/* ---- cuts */

static char first_log[sizeof((struct talk *)0)->log];
static struct talk seam;
static enum w101_dir seam_dir;
static const char *seam_before, *seam_after;

static void seam_begin(void *self)
{
	(void)self;
	talk_begin(&seam);
	seam.cfg.plain_exchanges = true;
	talk_connect(&seam, 1);
	if (seam_dir == W101_SERVER)
		client(&seam, seam_before);
	seam.now += MS;
}

static void seam_feed(void *self, struct w101_bytes piece)
{
	(void)self;
	talk_piece(&seam, seam_dir, piece.p, piece.n, seam.at[w101_dir_other(seam_dir)]);
}

static void seam_end(void *self, const char *way)
{
	(void)self;
	if (seam_dir == W101_CLIENT)
		server(&seam, seam_after);
	talk_close_both(&seam, W101_END_FIN);
	if (strcmp(way, "whole") == 0)
		memcpy(first_log, seam.log, sizeof first_log);
	else if (strcmp(first_log, seam.log))
		fail_msg("%s: whole gives\n%sthis gives\n%s", way, first_log, seam.log);
	talk_end(&seam);
}

static void cuts_change_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *request, *response, *part;
	} rows[] = {
		{ REQ R, OK R "\x81\x02hi", "= switched upgrade 1 ws 1 verified 1" },
		{ PLAIN("/a") "HEAD /b HTTP/1.1" R R PLAIN("/c") REQ R "\x81\x80zzzz",
			OK200 "HTTP/1.1 200 OK" R "Content-Length: 99" R R "HTTP/1.1 200 OK" R
			      "Transfer-Encoding: chunked" R R "5;x=\"y\"" R "hello" R "a" R "0123456789" R "0" R
			      "T: x" R R OK R "\x81",
			"held 220:\x81\x80zzzz" },
		{ "POST /u HTTP/1.1" R "Host: h" R "Content-Length: 3" R R "abc"
		  "POST /u HTTP/1.1" R "Host: h" R "Transfer-Encoding: chunked" R R "00003" R "abc" R "0" R R R R REQ
		  "Content-Length: 2" R R "xy",
			"HTTP/1.1 204 No Content" R R "HTTP/1.1 100 Continue" R R OK200 OK R, "! req-body" },
		{ REQ R PLAIN("/next") KEY2 R, S400 OK200 OK2 R, "= refused upgrade 1" },
		{ REQ R, "junk HTT HTTP/ HHTTP/1.1 101 X" R "Upgrade: websocket" R R, "! res-syntax" },
		{ REQ R, "SSH-2.0-x" R "more", "these bytes are no HTTP" },
		{ REQ R, "HTTP/1.1 abc" R R, "the head cannot be read" },
		{ "BREW /pot HTTP/1.1" R R "\x01\x02 binary", OK200 "HTTP/1.1 304 X" R R, "> BREW /pot" },
		{ "CONNECT h:443 HTTP/1.1" R R "\x16\x03\x01", "HTTP/1.0 200 Connection established" R R "\x16",
			"# switch tunnel" },
		{ "CONNECT h:443 HTTP/1.1" R R PLAIN("/x"), "HTTP/1.1 407 No" R "Content-Length: 0" R R OK200,
			"> GET /x at 26" },
		{ PLAIN("/"), "HTTP/1.0 200 OK" R R "until the end HTTP/1.1 101 X" R R, "= ignored upgrade 0" },
	};
	struct w101_seams s = { NULL, seam_begin, seam_feed, seam_end };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		seam_before = rows[i].request;
		seam_after = rows[i].response;
		seam_dir = W101_CLIENT;
		w101_seams_run(w101_str(rows[i].request), 0, &s);
		if (!strstr(first_log, rows[i].part))
			fail_msg("\"%s\" is not in\n%s", rows[i].part, first_log);
		seam_dir = W101_SERVER;
		w101_seams_run(w101_str(rows[i].response), 0, &s);
		if (!strstr(first_log, rows[i].part))
			fail_msg("\"%s\" is not in\n%s", rows[i].part, first_log);
	}
}

/* ---- order */

TALK(findings_come_before_the_verdict)
{
	client(t, REQ "User-Agent: Mozilla/5.0" R R);
	server(t, OK "Via: 1.1 p" R R);
	const char *q = strstr(t->log, "> GET"), *w = strstr(t->log, "! req-origin"), *a = strstr(t->log, "< 101"),
		   *i = strstr(t->log, "! res-proxy"), *x = strstr(t->log, "= switched"),
		   *s = strstr(t->log, "# switch");
	assert_true(q && w && a && i && x && s);
	assert_true(q < w && w < a && a < i && i < x && x < s);
	expect(t, "e0 w1 i1");
	expect(t, "latency 1000000 ");
}

TALK(kept_alive_connection_upgrades_late)
{
	client(t, PLAIN("/1"));
	server(t, OK200);
	client(t, PLAIN("/2"));
	server(t, OK200);
	client(t, REQ R);
	server(t, OK R);
	expect_not(t, "= ignored");
	expect(t, "= switched upgrade 1 ws 1 verified 1 offered websocket host h switched websocket accept 11");
	assert_int_equal(t->feed, W101_FEED_SWITCH);
	assert_int_equal(t->sw.offset[W101_CLIENT], t->at[W101_CLIENT]);
}

TALK(the_rest_of_the_segment_belongs_to_the_next_protocol)
{
	client(t, REQ "Sec-WebSocket-Extensions: bbf-usp-protocol" R "Sec-WebSocket-Extensions: permessage-deflate" R
		      "Sec-WebSocket-Protocol: v1" R R);
	server(t, OK "Sec-WebSocket-Extensions: permessage-deflate" R "Sec-WebSocket-Protocol: v1" R
		     "Sec-WebSocket-Extensions: bbf-usp-protocol" R R "\x81\x02hi");
	expect(t,
		"# switch websocket ext permessage-deflate, bbf-usp-protocol of bbf-usp-protocol, permessage-deflate");
	expect(t, "sub v1");
	assert_int_equal(t->sw.offset[W101_SERVER], t->at[W101_SERVER] - 4);
	assert_true(w101_eq(t->sw.subprotocol, W101_LIT("v1")));
	assert_int_equal(t->sw.verified, 1);
	assert_true(t->sw.websocket);
}

TALK(plain_http_is_told_only_when_wanted)
{
	client(t, PLAIN("/"));
	server(t, OK200);
	expect(t, "> GET / at 0\n< 200 at 0\n");
	expect_not(t, "=");
	t->cfg.plain_exchanges = true;
	talk_connect(t, 2);
	client(t, PLAIN("/"));
	server(t, OK200);
	expect(t, "= ignored upgrade 0 ws 0");
	assert_string_equal(t->ids, "");
}

/* ---- bytes before the answer */

TALK(early_frames)
{
	client(t, REQ R);
	size_t head = (size_t)t->at[W101_CLIENT];
	talk_bytes(t, W101_CLIENT, "\x81\x82zzzzhi", 8, 0);
	server(t, OK R);
	assert_string_equal(t->ids, "req-early-data");
	assert_int_equal(t->offset, head);
	assert_string_equal(t->detail, t->bytewise == 1 ? t->detail : "the bytes look like WebSocket frames");
	assert_int_equal(t->verdict, W101_VERDICT_SWITCHED_BADLY);
	assert_int_equal(t->sw.n_held, 1);
	assert_int_equal(t->sw.held[0].chunk.bytes.n, 8);
	assert_int_equal(t->sw.held[0].chunk.offset, head);
	assert_int_equal(t->sw.offset[W101_CLIENT], head);
}

TALK(bytes_that_the_capture_shows_too_soon_are_not_early)
{
	client(t, REQ R);
	/* captured before the 101, but it acknowledges it */
	talk_bytes(t, W101_CLIENT, "\x81\x82zzzzhi", 8, strlen(OK R));
	server(t, OK R);
	assert_string_equal(t->ids, "");
	assert_int_equal(t->sw.n_held, 1);
}

TALK(early_by_time_when_nothing_is_acknowledged)
{
	client(t, REQ R);
	talk_bytes(t, W101_CLIENT, "hello", 5, UNKNOWN);
	w101_time sent = t->now;
	server(t, OK R);
	assert_string_equal(t->ids, "req-early-data");
	talk_connect(t, 1);
	*t->ids = 0;
	client(t, REQ R);
	t->now += MS;
	talk_bytes(t, W101_CLIENT, "hello", 5, UNKNOWN);
	t->now = sent; /* the packets are in the wrong order in the file */
	server(t, OK R);
	assert_string_equal(t->ids, "");
}

static void early_after_the_switch(void **state)
{
	(void)state;
	struct talk t;
	talk_begin(&t);
	struct w101_chunk c = { { (const uint8_t *)"\x81\x82zzzzhi", 8 }, 500, 9, 0, 99 };
	assert_true(w101_http1_early(&t.cfg.host, &c, 100));
	assert_string_equal(t.ids, "req-early-data");
	assert_int_equal(t.offset, 500);
	assert_false(w101_http1_early(&t.cfg.host, &c, 99));
	c.acked = UNKNOWN;
	assert_false(w101_http1_early(&t.cfg.host, &c, 100));
	assert_string_equal(t.ids, "req-early-data");
	talk_end(&t);
}

TALK(pipelined_behind_a_refused_upgrade)
{
	client(t, REQ R);
	client(t, PLAIN("/a") PLAIN("/b"));
	expect_not(t, "/a");
	server(t, S400);
	expect(t, "= refused");
	expect(t, "> GET /a at 144\n> GET /b at 172\n");
	server(t, OK200 OK200);
	client(t, KEY2 R);
	server(t, OK2 R);
	assert_string_equal(t->ids, "res-refused");
	expect(t, "= switched upgrade 1 ws 1 verified 1");
}

TALK(many_upgrades_pipelined)
{
	client(t, REQ R REQ R PLAIN("/a") KEY2 R);
	server(t, S400 S400);
	expect(t, "> GET /a");
	server(t, OK200 OK2 R);
	assert_string_equal(t->ids, "res-refused res-refused");
	assert_int_equal(t->verdict, W101_VERDICT_SWITCHED);
}

TALK(held_bytes_are_bounded)
{
	t->limits.held_client = 16;
	client(t, REQ R);
	client(t, "0123456789");
	client(t, "abcdefghij");
	client(t, "more");
	server(t, OK R);
	assert_int_equal(t->sw.held_dropped, 8);
	size_t n = 0;
	for (size_t i = 0; i < t->sw.n_held; i++)
		n += t->sw.held[i].chunk.bytes.n;
	assert_int_equal(n, 16);
}

TALK(held_http_over_the_limit_is_a_gap)
{
	t->limits.held_client = 40;
	client(t, REQ R PLAIN("/a") PLAIN("/b"));
	server(t, S400);
	expect(t, "> GET /a");
	expect_not(t, "> GET /b");
	client(t, KEY2 R);
	server(t, OK2 R);
	assert_int_equal(t->verdict, W101_VERDICT_SWITCHED);
	assert_string_equal(t->ids, "res-refused");
}

TALK(a_body_is_walked_before_the_upgrade)
{
	client(t, "POST /x HTTP/1.1" R "Host: h" R "Upgrade: foo" R "Connection: Upgrade" R "Content-Length: 10" R R
		  "01234");
	client(t, "56789");
	client(t, "next");
	server(t, "HTTP/1.1 101 OK" R "Upgrade: foo" R "Connection: Upgrade" R R);
	assert_string_equal(t->ids, "");
	expect(t, ":next dropped 0");
}

TALK(too_early)
{
	const char *head =
		"POST /x HTTP/1.1" R "Host: h" R "Upgrade: foo" R "Connection: Upgrade" R "Content-Length: 10" R R;
	const char *ok = "HTTP/1.1 101 OK" R "Upgrade: foo" R "Connection: Upgrade" R R;
	client(t, head);
	client(t, "01234");
	server(t, ok);
	assert_string_equal(t->ids, "res-too-early");
	assert_int_equal(t->sw.offset[W101_CLIENT], strlen(head) + 10); /* the rest of the body is still HTTP's */
	/* the whole request is in the capture before the answer, which does not know of its end */
	talk_connect(t, 1);
	*t->ids = 0;
	client(t, head);
	client(t, "0123456789");
	talk_bytes(t, W101_SERVER, ok, strlen(ok), strlen(head) + 9);
	assert_string_equal(t->ids, "res-too-early");
	talk_connect(t, 1);
	*t->ids = 0;
	client(t, head);
	client(t, "0123456789");
	talk_bytes(t, W101_SERVER, ok, strlen(ok), UNKNOWN);
	assert_string_equal(t->ids, "");
	talk_connect(t, 1);
	client(t, "POST /x HTTP/1.1" R "Host: h" R "Upgrade: foo" R "Connection: Upgrade" R
		  "Transfer-Encoding: chunked" R R "5" R);
	server(t, ok);
	assert_string_equal(t->ids, "res-too-early");
}

TALK(refused_before_the_body_is_complete)
{
	client(t, "POST /x HTTP/1.1" R "Host: h" R "Upgrade: foo" R "Connection: Upgrade" R "Content-Length: 10" R R
		  "01234");
	server(t, S400);
	client(t, "56789" KEY2 R);
	server(t, OK2 R);
	assert_string_equal(t->ids, "res-refused");
	assert_int_equal(t->verdict, W101_VERDICT_SWITCHED);
}

TALK(slow)
{
	client(t, REQ R);
	t->now += 5 * W101_SECOND;
	server(t, OK R);
	assert_string_equal(t->ids, "res-slow");
	assert_string_equal(t->seen, "5.001 s");
	talk_connect(t, 1);
	*t->ids = 0;
	client(t, REQ R);
	t->now += 5 * W101_SECOND - MS;
	server(t, OK R);
	assert_string_equal(t->ids, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_change_nothing),
		cmocka_unit_test(findings_come_before_the_verdict),
		cmocka_unit_test(kept_alive_connection_upgrades_late),
		cmocka_unit_test(the_rest_of_the_segment_belongs_to_the_next_protocol),
		cmocka_unit_test(plain_http_is_told_only_when_wanted),
		cmocka_unit_test(early_frames),
		cmocka_unit_test(bytes_that_the_capture_shows_too_soon_are_not_early),
		cmocka_unit_test(early_by_time_when_nothing_is_acknowledged),
		cmocka_unit_test(early_after_the_switch),
		cmocka_unit_test(pipelined_behind_a_refused_upgrade),
		cmocka_unit_test(many_upgrades_pipelined),
		cmocka_unit_test(held_bytes_are_bounded),
		cmocka_unit_test(held_http_over_the_limit_is_a_gap),
		cmocka_unit_test(a_body_is_walked_before_the_upgrade),
		cmocka_unit_test(too_early),
		cmocka_unit_test(refused_before_the_body_is_complete),
		cmocka_unit_test(slow),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
