/* One connection in trouble: ends without an answer, missing bytes, keys of other
 * connections, limits, hostile input. */
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

/* ---- ends */

TALK(unanswered)
{
	static const struct {
		enum w101_end client, server;
		const char *ids, *seen;
	} rows[] = {
		{ W101_END_FIN, W101_END_FIN, "res-unanswered", "FIN from the client" },
		{ W101_END_CAPTURE, W101_END_RST, "res-unanswered", "RST from the server" },
		{ W101_END_RST, W101_END_CAPTURE, "res-unanswered", "RST from the client" },
		{ W101_END_RST, W101_END_RST, "res-unanswered", "RST" },
		{ W101_END_FIN, W101_END_RST, "res-unanswered", "FIN from the client" },
		{ W101_END_CAPTURE, W101_END_CAPTURE, "", "" },
		{ W101_END_EVICTED, W101_END_EVICTED, "", "" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		talk_connect(t, 1);
		*t->ids = *t->log = *t->seen = 0;
		t->verdict = -1;
		client(t, REQ R);
		talk_close(t, W101_CLIENT, rows[i].client);
		assert_int_equal(t->verdict, -1);
		talk_close(t, W101_SERVER, rows[i].server);
		assert_int_equal(t->verdict, W101_VERDICT_UNANSWERED);
		assert_int_equal(t->verified, -1);
		assert_string_equal(t->ids, rows[i].ids);
		assert_string_equal(t->seen, rows[i].seen);
	}
	talk_connect(t, 1);
	*t->ids = 0;
	client(t, REQ R);
	w101_http1_finish(t->http);
	w101_http1_finish(t->http);
	assert_string_equal(t->ids, "");
}

TALK(the_client_closed_but_the_server_had_sent_more)
{
	client(t, REQ R);
	t->at[W101_SERVER] = 200; /* the client acknowledges bytes that the capture has not */
	talk_close(t, W101_CLIENT, W101_END_FIN);
	talk_close(t, W101_SERVER, W101_END_CAPTURE);
	assert_string_equal(t->ids, "");
	assert_int_equal(t->verdict, W101_VERDICT_UNANSWERED);
}

TALK(plain_requests_may_stay_unanswered)
{
	client(t, PLAIN("/"));
	talk_close_both(t, W101_END_RST);
	assert_string_equal(t->ids, "");
	assert_int_equal(t->verdict, -1);
}

TALK(the_answer_ends_inside_its_head)
{
	client(t, REQ R);
	server(t, "HTTP/1.1 101 Switching Protocols" R "Upgr");
	talk_close_both(t, W101_END_FIN);
	assert_string_equal(t->ids, "res-syntax");
	assert_string_equal(t->detail, "the connection ended inside the head");
	assert_int_equal(t->verdict, W101_VERDICT_UNANSWERED);
	talk_connect(t, 1);
	*t->ids = 0;
	client(t, REQ R);
	server(t, "HTTP/1.1 101 Switching Protocols" R "Upgr");
	talk_close_both(t, W101_END_CAPTURE);
	assert_string_equal(t->ids, "");
}

TALK(the_request_ends_inside_its_head)
{
	client(t, REQ "Ori");
	talk_close_both(t, W101_END_FIN);
	assert_string_equal(t->ids, "req-syntax");
	assert_string_equal(t->detail, "the connection ended inside the head");
	expect(t, "= unanswered upgrade 1 ws 1 verified -1 offered websocket");
	talk_connect(t, 1);
	*t->ids = *t->log = 0;
	client(t, REQ);
	talk_close_both(t, W101_END_CAPTURE);
	assert_string_equal(t->ids, "");
	expect(t, "= unanswered upgrade 1");
	talk_connect(t, 1);
	*t->log = 0;
	client(t, "GET / HTTP/1.1" R "Host: h" R);
	talk_close_both(t, W101_END_FIN);
	assert_string_equal(t->log, "");
}

/* ---- missing bytes */

TALK(a_gap_inside_a_counted_body)
{
	client(t, "POST / HTTP/1.1" R "Content-Length: 1000" R R "abc");
	talk_gap(t, W101_CLIENT, 990);
	client(t, "abcdefg" REQ R);
	server(t, "HTTP/1.1 200 OK" R "Content-Length: 100" R R);
	talk_gap(t, W101_SERVER, 100);
	server(t, OK R);
	assert_string_equal(t->ids, "");
	assert_int_equal(t->verdict, W101_VERDICT_SWITCHED);
	assert_int_equal(t->verified, 1);
}

TALK(a_gap_inside_a_chunk)
{
	client(t, REQ "Transfer-Encoding: chunked" R R "64" R);
	talk_gap(t, W101_CLIENT, 100);
	client(t, R "0" R R "held");
	server(t, OK R);
	assert_string_equal(t->ids, "req-body req-early-data");
	expect(t, ":held");
}

TALK(a_request_is_lost)
{
	client(t, PLAIN("/a"));
	server(t, OK200);
	talk_gap(t, W101_CLIENT, 300);
	t->packet++;
	t->now += MS;
	server(t, OK R);
	expect(t, "= switched upgrade 1 ws 1 verified -1");
	expect(t, "accept 00");
	assert_string_equal(t->ids, "");
	assert_true(t->sw.websocket);
	assert_int_equal(t->sw.verified, -1);
	assert_int_equal(t->sw.offset[W101_CLIENT], t->at[W101_CLIENT]);
}

/* From here on chunks are whole: after a gap a head is looked for at the beginning of chunks. */
#define WHOLE                                                                                                          \
	if (t->bytewise)                                                                                               \
	return

TALK(an_answer_is_lost)
{
	WHOLE;
	client(t, PLAIN("/a"));
	talk_gap(t, W101_SERVER, 500);
	server(t, "the end of a body");
	client(t, REQ R);
	server(t, OK R);
	assert_string_equal(t->ids, "");
	assert_int_equal(t->verified, 1);
}

TALK(an_answer_to_an_older_request_after_a_gap)
{
	WHOLE;
	client(t, PLAIN("/a"));
	size_t first = (size_t)t->at[W101_CLIENT];
	talk_gap(t, W101_SERVER, 10);
	client(t, REQ R);
	talk_bytes(t, W101_SERVER, OK200, strlen(OK200), first); /* does not know the second request */
	server(t, OK R);
	assert_string_equal(t->ids, "");
	assert_int_equal(t->verified, 1);
}

TALK(the_refusal_is_lost_and_the_client_goes_on)
{
	WHOLE;
	client(t, REQ R);
	talk_gap(t, W101_SERVER, 80);
	client(t, PLAIN("/a"));
	server(t, OK200);
	expect(t, "= unanswered upgrade 1");
	expect(t, "> GET /a");
	expect_not(t, "= ignored");
	client(t, KEY2 R);
	server(t, OK2 R);
	assert_string_equal(t->ids, "");
	assert_int_equal(t->verified, 1);
}

TALK(a_gap_inside_a_head)
{
	WHOLE;
	client(t, "GET /chat HTTP/1.1" R "Upgrade: web");
	talk_gap(t, W101_CLIENT, 100);
	client(t, "-Version: 13" R R);
	server(t, S400);
	client(t, REQ R);
	server(t, "HTTP/1.1 101 Swi");
	talk_gap(t, W101_SERVER, 60);
	server(t, "nection: Upgrade" R R "HTTP/1.1 101 inside");
	assert_int_equal(t->feed, W101_FEED_MORE);
	talk_close_both(t, W101_END_FIN);
	assert_string_equal(t->ids, "");
	assert_int_equal(t->verdict, W101_VERDICT_UNANSWERED);
}

TALK(a_gap_among_held_bytes)
{
	client(t, REQ R "abc");
	talk_gap(t, W101_CLIENT, 100);
	client(t, "def");
	server(t, OK R);
	expect(t, " held 144:abc 147 gap 100 247:def dropped 0");
	assert_string_equal(t->ids, "req-early-data");
	talk_connect(t, 1);
	client(t, REQ R);
	talk_gap(t, W101_CLIENT, 60);
	talk_gap(t, W101_CLIENT, 40);
	server(t, OK R);
	expect(t, " held 144 gap 100 dropped 0");
}

TALK(early_bytes_behind_a_gap)
{
	client(t, REQ R);
	talk_gap(t, W101_CLIENT, 10);
	client(t, "abcdef");
	server(t, OK R);
	expect(t, " held 144 gap 10 154:abcdef dropped 0");
	assert_string_equal(t->ids, "req-early-data");
	assert_int_equal(t->offset, 154);
}

TALK(a_gap_behind_the_bound_of_held_bytes)
{
	t->limits.held_client = 4;
	client(t, REQ R "abcdef");
	talk_gap(t, W101_CLIENT, 100);
	client(t, "ghi");
	server(t, OK R);
	expect(t, " held 144:abcd dropped 105");
}

TALK(gaps_among_held_bytes_are_bounded)
{
	t->limits.held_client = 64;
	client(t, REQ R);
	for (int i = 0; i < 50; i++) {
		talk_gap(t, W101_CLIENT, 1);
		client(t, "a");
	}
	server(t, OK R);
	uint64_t n = t->sw.held_dropped;
	for (size_t i = 0; i < t->sw.n_held; i++)
		n += t->sw.held[i].gap + t->sw.held[i].chunk.bytes.n;
	assert_int_equal(n, 100);
	assert_int_equal(t->sw.n_held, 21);
}

TALK(a_gap_among_requests_behind_a_refused_upgrade)
{
	WHOLE;
	client(t, REQ R);
	client(t, PLAIN("/a"));
	talk_gap(t, W101_CLIENT, 100);
	client(t, PLAIN("/b"));
	server(t, S400);
	expect(t, "> GET /a");
	expect(t, "> GET /b");
	server(t, OK200 OK200 OK200);
	client(t, KEY2 R);
	server(t, OK2 R);
	assert_string_equal(t->ids, "res-refused");
	assert_int_equal(t->verified, 1);
}

TALK(bytes_before_the_request_are_not_before_the_answer)
{
	server(t, "abc HTTP/1.1 is spoken here, HTTP/1.0 200 OK" R R);
	assert_string_equal(t->ids, "");
	talk_connect(t, 1);
	client(t, PLAIN("/"));
	server(t, OK200 " and some more than was said");
	client(t, REQ R);
	server(t, OK R);
	assert_string_equal(t->ids, "");
	assert_int_equal(t->verified, 1);
}

TALK(answers_without_a_request)
{
	server(t, OK200);
	server(t, "HTTP/1.1 426 X" R "Upgrade: foo" R "Content-Length: 0" R R);
	expect(t, "= refused upgrade 1 ws 0 verified -1");
	server(t, OK R);
	expect(t, "= switched upgrade 1 ws 1 verified -1");
	assert_string_equal(t->ids, "res-refused");
}

TALK(an_answer_of_its_own_faults_without_a_request)
{
	server(t, "HTTP/1.0 101 X" R "Upgrade: websocket" R "Content-Length: 0" R R);
	assert_string_equal(t->ids, "res-http-version res-connection res-101-body");
	assert_int_equal(t->verdict, W101_VERDICT_SWITCHED_BADLY);
	assert_int_equal(t->verified, -1);
}

TALK(a_lost_request_is_not_the_one_before_it)
{
	WHOLE;
	client(t, PLAIN("/a"));
	talk_gap(t, W101_SERVER, 38);
	talk_gap(t, W101_CLIENT, 144);
	server(t, OK R);
	assert_string_equal(t->ids, "");
	expect(t, "= switched upgrade 1 ws 1 verified -1 offered host  switched websocket");
	assert_true(t->sw.client_lost);
	assert_int_equal(t->sw.offset[W101_CLIENT], t->at[W101_CLIENT]);
}

TALK(a_lost_request_that_is_not_yet_known_as_lost)
{
	WHOLE;
	client(t, PLAIN("/a"));
	talk_gap(t, W101_SERVER, 38);
	talk_bytes(t, W101_SERVER, OK R, strlen(OK R), t->at[W101_CLIENT] + 144);
	assert_string_equal(t->ids, "");
	assert_int_equal(t->verified, -1);
	assert_false(t->sw.client_lost); /* the gap is still to come */
}

TALK(a_gap_before_the_answer_has_nothing_of_the_request)
{
	WHOLE;
	client(t, PLAIN("/a"));
	talk_gap(t, W101_CLIENT, 100);
	talk_gap(t, W101_SERVER, 38);
	client(t, REQ R);
	server(t, OK R);
	assert_string_equal(t->ids, "");
	assert_int_equal(t->verified, 1);
	assert_false(t->sw.client_lost);
}

TALK(a_refused_upgrade_and_a_lost_request)
{
	WHOLE;
	client(t, REQ R);
	talk_gap(t, W101_SERVER, 80);
	talk_gap(t, W101_CLIENT, 100);
	server(t, OK200);
	client(t, KEY2 R);
	server(t, OK2 R);
	assert_string_equal(t->ids, "");
	expect_not(t, "= ignored");
	assert_int_equal(t->verified, 1);
}

TALK(a_gap_over_the_end_of_a_counted_body)
{
	WHOLE;
	client(t, "POST / HTTP/1.1" R "Content-Length: 10" R R "abc");
	uint64_t end = t->at[W101_CLIENT] + 7;
	talk_gap(t, W101_CLIENT, 100);
	talk_bytes(t, W101_SERVER, "HTTP/1.1 426 X" R R, 18, end);
	assert_string_equal(t->ids, "res-upgrade-required res-426-upgrade");
	talk_connect(t, 1);
	*t->ids = 0;
	client(t, "POST / HTTP/1.1" R "Content-Length: 10" R R "abc");
	talk_gap(t, W101_CLIENT, 100);
	server(t, OK R);
	assert_string_equal(t->ids, "");
	assert_true(t->sw.client_lost);
}

TALK(heads_without_their_first_bytes)
{
	WHOLE;
	talk_gap(t, W101_CLIENT, 2);
	client(t, &(REQ R)[2]);
	server(t, OK R);
	assert_string_equal(t->ids, "");
	expect_not(t, "> ");
	assert_int_equal(t->verified, -1);
	assert_true(t->sw.client_lost);

	t->cfg.midstream = true;
	talk_connect(t, 1);
	*t->log = 0;
	client(t, &(REQ R)[2]);
	server(t, OK R);
	assert_string_equal(t->ids, "");
	expect_not(t, "> ");
	assert_int_equal(t->verified, -1);

	static const char *const rest[] = { &(OK R)[1], &(OK R)[8], "\x81\x05hello", "HTTP/1x 101 A" R R };
	for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
		talk_connect(t, 1);
		*t->log = 0;
		client(t, REQ R);
		server(t, rest[i]);
		talk_close_both(t, W101_END_FIN);
		assert_string_equal(t->ids, "");
		assert_int_equal(t->verdict, W101_VERDICT_UNANSWERED);
	}
}

TALK(whole_heads_midstream)
{
	t->cfg.midstream = true;
	talk_connect(t, 1);
	client(t, REQ R);
	server(t, OK R);
	assert_string_equal(t->ids, "");
	assert_int_equal(t->verified, 1);
	assert_false(t->sw.client_lost);
	talk_connect(t, 2);
	client(t, KEY2 R);
	talk_close_both(t, W101_END_FIN);
	assert_string_equal(t->ids, "res-unanswered");
}

/* ---- keys of several connections */

TALK(a_key_is_used_again)
{
	client(t, REQ R);
	server(t, OK R);
	talk_connect(t, 2);
	client(t, REQ R);
	server(t, OK R);
	assert_string_equal(t->ids, "req-key-reused");
	assert_string_equal(t->detail, "connection #1 used it before");
	assert_int_equal(t->verified, 1); /* a warning */
}

TALK(a_key_is_used_again_on_one_connection)
{
	client(t, REQ R);
	server(t, S400);
	client(t, REQ R);
	server(t, OK R);
	assert_string_equal(t->ids, "res-refused");
}

/* Two connections at one time: the first is put aside. */
static void two_legs(struct talk *t, const char *a, const char *b, bool overlap)
{
	client(t, a);
	struct w101_http1 *first = t->http;
	uint64_t at[2] = { t->at[0], t->at[1] };
	t->http = NULL;
	if (!overlap) {
		struct w101_chunk where = { { NULL, 0 }, at[1], 9, t->now + 1, at[0] };
		w101_http1_end(first, W101_SERVER, W101_END_RST, &where);
	}
	talk_connect(t, 2);
	client(t, b);
	server(t, OK R);
	w101_http1_free(t->http);
	t->http = first;
	t->at[0] = at[0];
	t->at[1] = at[1];
	t->feed = W101_FEED_MORE;
	if (overlap)
		server(t, OK R);
}

TALK(the_legs_of_a_proxy)
{
	two_legs(t, REQ R, REQ R, true);
	assert_string_equal(t->ids, "");
}

TALK(the_legs_of_a_forward_proxy)
{
	two_legs(t,
		"GET http://h.example:80/chat HTTP/1.1" R "Host: h" R "Upgrade: websocket" R "Connection: Upgrade" R
		"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==" R "Sec-WebSocket-Version: 13" R R,
		REQ R, true);
	assert_string_equal(t->ids, "");
}

TALK(two_targets_are_no_legs)
{
	two_legs(t,
		"GET /other HTTP/1.1" R "Host: h" R "Upgrade: websocket" R "Connection: Upgrade" R
		"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==" R "Sec-WebSocket-Version: 13" R R,
		REQ R, true);
	assert_string_equal(t->ids, "req-key-reused");
}

TALK(a_try_again_is_no_leg)
{
	two_legs(t, REQ R, REQ R, false);
	assert_string_equal(t->ids, "req-key-reused");
}

TALK(no_keys_are_remembered_without_memory)
{
	w101_keys_free(t->keys);
	t->cfg.keys = t->keys = NULL;
	talk_connect(t, 1);
	client(t, REQ R);
	server(t, OK R);
	talk_connect(t, 2);
	client(t, REQ R);
	server(t, OK R);
	assert_string_equal(t->ids, "");
	assert_int_equal(t->verified, 1);
}

/* ---- limits and hostile input */

TALK(a_head_above_the_limit)
{
	t->limits.http_head = 256;
	client(t, REQ R);
	char big[400];
	snprintf(big, sizeof big, "HTTP/1.1 101 X" R "X: %0300d" R R, 0);
	server(t, big);
	assert_int_equal(t->feed, W101_FEED_DEAD);
	assert_string_equal(t->ids, "limit-reached");
	assert_int_equal(t->verdict, W101_VERDICT_UNANSWERED);
}

#define LONG "X: 0123456789012345678901234567890123456789012345678901234567890123456789" R

TALK(a_request_above_the_limit_switches)
{
	t->limits.http_head = 200;
	client(t, REQ LONG R);
	assert_int_equal(t->feed, W101_FEED_MORE);
	client(t, "abc");
	server(t, OK R);
	expect(t, "< 101 at 0 about\n! limit-reached dir 0 at 0 () [] {the head of the request}\n! req-early-data");
	expect(t, "= switched");
	expect(t, " switched websocket accept 00");
	expect(t, "client 219 server 129 held 219:abc dropped 0");
	assert_int_equal(t->verified, -1);
	assert_true(t->sw.websocket);
}

TALK(a_request_above_the_limit_in_many_packets)
{
	t->limits.http_head = 200;
	client(t, PLAIN("/a") "GET /b HTTP/1.1" R);
	for (int i = 0; i < 5; i++)
		client(t, LONG);
	client(t, "Upgrade: websocket" R);
	client(t, R);
	uint64_t end = t->at[W101_CLIENT];
	server(t, OK200 OK R);
	expect(t, "= switched upgrade 1 ws 1 verified -1");
	assert_string_equal(t->ids, "limit-reached");
	assert_int_equal(t->sw.offset[W101_CLIENT], end);
}

TALK(a_plain_request_above_the_limit)
{
	WHOLE;
	t->limits.http_head = 200;
	client(t, "POST /long HTTP/1.1" R "Content-Length: 4" R LONG LONG LONG R "a=b&");
	client(t, PLAIN("/a"));
	server(t, OK200);
	expect(t, "> GET /a");
	server(t, OK200);
	t->limits.http_head = 1024;
	client(t, REQ R);
	server(t, OK R);
	assert_string_equal(t->ids, "");
	assert_int_equal(t->verified, 1);
}

TALK(the_answer_to_a_head_request_above_the_limit_has_no_body)
{
	t->limits.http_head = 200;
	client(t, "HEAD / HTTP/1.1" R LONG LONG LONG R);
	server(t, "HTTP/1.1 200 OK" R "Content-Length: 500" R R "HTTP/1.1 426 X" R "Upgrade: foo" R R);
	expect(t, "< 426");
}

TALK(a_request_above_the_limit_is_refused_before_its_end)
{
	t->limits.http_head = 200;
	client(t, "GET / HTTP/1.1" R LONG LONG LONG);
	server(t, "HTTP/1.1 431 X" R "Content-Length: 0" R R);
	client(t, LONG R);
	t->limits.http_head = 1024;
	client(t, REQ R);
	server(t, OK R);
	assert_string_equal(t->ids, "");
	assert_int_equal(t->verified, 1);
}

TALK(requests_fall_out_of_the_queue)
{
	t->limits.pending = 2;
	t->cfg.plain_exchanges = true;
	talk_connect(t, 1);
	client(t, PLAIN("/1") PLAIN("/2") PLAIN("/3") REQ R);
	server(t, OK200 OK200 "HTTP/1.1 302 X" R "Content-Length: 0" R R OK R);
	assert_int_equal(t->verdict, W101_VERDICT_SWITCHED);
	assert_int_equal(t->verified, 1);
	assert_string_equal(t->ids, "");
	expect(t, "= refused upgrade 0"); /* /3 got its own answer */
}

static void a_flood_of_requests(void **state)
{
	(void)state;
	struct talk t;
	talk_begin(&t);
	const char *one = "GET / HTTP/1.1\r\n\r\n";
	size_t n = strlen(one), times = 200000;
	char *all = malloc(n * times);
	for (size_t i = 0; i < times; i++)
		memcpy(all + n * i, one, n);
	talk_bytes(&t, W101_CLIENT, all, n * times, 0);
	assert_int_equal(t.feed, W101_FEED_MORE);
	assert_true(t.quota.used < 1 << 20); /* the log is full soon, which is fine */
	free(all);
	talk_end(&t);
}

/* Each refusal of an upgrade sets the next request free: this must not copy what is held again and again. */
static void a_flood_of_upgrades(void **state)
{
	(void)state;
	struct talk t;
	talk_begin(&t);
	for (int i = 0; i < 3000; i++)
		client(&t, "GET / HTTP/1.1\r\nUpgrade: a\r\nConnection: upgrade\r\nHost: h\r\n\r\n");
	for (int i = 0; i < 3000; i++) {
		*t.log = *t.ids = 0;
		server(&t, S400);
		assert_string_equal(t.ids, "res-refused");
	}
	assert_int_equal(t.feed, W101_FEED_MORE);
	talk_end(&t);
}

TALK(giant_lists)
{
	char *big = malloc(70000), *p = big;
	p += sprintf(p, "GET / HTTP/1.1" R "Host: h" R "Connection: Upgrade" R "Upgrade: ");
	for (int i = 0; i < 20000; i++)
		p += sprintf(p, "%c,", 'a' + i % 26);
	sprintf(p, "z" R R);
	client(t, big);
	server(t, "HTTP/1.1 101 X" R "Connection: Upgrade" R "Upgrade: b" R R);
	expect(t, "offered a b c d e f g h i j k l m n o p host h switched b");
	assert_string_equal(t->ids, "");
	free(big);
}

TALK(nul_bytes)
{
	static const char request[] =
		"GET /\0 HTTP/1.1" R "Host: h" R "Upgrade: web\0socket" R "Connection: Upgrade" R R;
	talk_bytes(t, W101_CLIENT, request, sizeof request - 1, 0);
	server(t, S400);
	assert_string_equal(t->ids, "req-syntax res-refused");
}

TALK(not_http)
{
	client(t, "EHLO x" R);
	assert_int_equal(t->feed, W101_FEED_DEAD);
	talk_connect(t, 1);
	client(t, "OPTIONS rtsp://x RTSP/1.0" R "CSeq: 1" R R);
	assert_int_equal(t->feed, W101_FEED_DEAD);
	talk_connect(t, 1);
	client(t, PLAIN("/") "\x16\x03 no HTTP");
	assert_int_equal(t->feed, W101_FEED_MORE); /* an answer is still to come */
	server(t, OK200);
	client(t, "more");
	assert_int_equal(t->feed, W101_FEED_DEAD);
	assert_string_equal(t->ids, "");
}

TALK(framing_that_breaks)
{
	client(t, PLAIN("/"));
	server(t, "HTTP/1.1 200 OK" R "Transfer-Encoding: chunked" R R "ffffffffffffffffff" R);
	assert_int_equal(t->feed, W101_FEED_DEAD);
	talk_connect(t, 1);
	client(t, "POST / HTTP/1.1" R "Content-Length: 1, 2" R R PLAIN("/no"));
	server(t, OK200);
	expect_not(t, "/no");
	assert_string_equal(t->ids, "");
}

/* Memory is refused at every place once: nothing crashes, nothing is lost. */
static void without_memory(void **state)
{
	(void)state;
	for (uint64_t max = 0; max < 4000; max += 8) {
		struct talk t;
		talk_begin(&t);
		uint64_t base = t.quota.used;
		t.bytewise = 7;
		t.quota.max = base + max;
		client(&t, PLAIN("/a") REQ R "held bytes of the client");
		server(&t, OK200 OK "Sec-WebSocket-Extensions: a" R "Sec-WebSocket-Extensions: b" R R);
		if (t.feed == W101_FEED_SWITCH)
			assert_true(w101_eq(t.sw.token, W101_LIT("websocket")));
		talk_close_both(&t, W101_END_FIN);
		t.quota.max = UINT64_MAX;
		talk_end(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unanswered),
		cmocka_unit_test(the_client_closed_but_the_server_had_sent_more),
		cmocka_unit_test(plain_requests_may_stay_unanswered),
		cmocka_unit_test(the_answer_ends_inside_its_head),
		cmocka_unit_test(the_request_ends_inside_its_head),
		cmocka_unit_test(a_gap_inside_a_counted_body),
		cmocka_unit_test(a_gap_inside_a_chunk),
		cmocka_unit_test(a_request_is_lost),
		cmocka_unit_test(an_answer_is_lost),
		cmocka_unit_test(an_answer_to_an_older_request_after_a_gap),
		cmocka_unit_test(the_refusal_is_lost_and_the_client_goes_on),
		cmocka_unit_test(a_gap_inside_a_head),
		cmocka_unit_test(a_gap_among_held_bytes),
		cmocka_unit_test(early_bytes_behind_a_gap),
		cmocka_unit_test(a_gap_behind_the_bound_of_held_bytes),
		cmocka_unit_test(gaps_among_held_bytes_are_bounded),
		cmocka_unit_test(a_gap_among_requests_behind_a_refused_upgrade),
		cmocka_unit_test(bytes_before_the_request_are_not_before_the_answer),
		cmocka_unit_test(answers_without_a_request),
		cmocka_unit_test(an_answer_of_its_own_faults_without_a_request),
		cmocka_unit_test(a_lost_request_is_not_the_one_before_it),
		cmocka_unit_test(a_lost_request_that_is_not_yet_known_as_lost),
		cmocka_unit_test(a_gap_before_the_answer_has_nothing_of_the_request),
		cmocka_unit_test(a_refused_upgrade_and_a_lost_request),
		cmocka_unit_test(a_gap_over_the_end_of_a_counted_body),
		cmocka_unit_test(heads_without_their_first_bytes),
		cmocka_unit_test(whole_heads_midstream),
		cmocka_unit_test(a_key_is_used_again),
		cmocka_unit_test(a_key_is_used_again_on_one_connection),
		cmocka_unit_test(the_legs_of_a_proxy),
		cmocka_unit_test(the_legs_of_a_forward_proxy),
		cmocka_unit_test(two_targets_are_no_legs),
		cmocka_unit_test(a_try_again_is_no_leg),
		cmocka_unit_test(no_keys_are_remembered_without_memory),
		cmocka_unit_test(a_head_above_the_limit),
		cmocka_unit_test(a_request_above_the_limit_switches),
		cmocka_unit_test(a_request_above_the_limit_in_many_packets),
		cmocka_unit_test(a_plain_request_above_the_limit),
		cmocka_unit_test(the_answer_to_a_head_request_above_the_limit_has_no_body),
		cmocka_unit_test(a_request_above_the_limit_is_refused_before_its_end),
		cmocka_unit_test(requests_fall_out_of_the_queue),
		cmocka_unit_test(a_flood_of_requests),
		cmocka_unit_test(a_flood_of_upgrades),
		cmocka_unit_test(giant_lists),
		cmocka_unit_test(nul_bytes),
		cmocka_unit_test(not_http),
		cmocka_unit_test(framing_that_breaks),
		cmocka_unit_test(without_memory),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
