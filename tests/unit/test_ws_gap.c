/* Missing bytes: inside a frame decoding goes on exactly, elsewhere a strict test
 * finds the frames again and invents none. */
#include "decode/ws/resync.h"
#include "test_ws_script.h"

#define IN_FRAME "(inside a frame: decoding goes on, its message is not shown or checked)"

static void inside_a_frame(void **state)
{
	(void)state;
	/* the rest of the payload, the unmasking and the next frame are right */
	expect("", "> binary len=10 \"abc\"\n> gap 4\n> raw hex:00\n> raw hex:0000\n> text \"next\"",
		"> ! gap-suspends @9 " IN_FRAME "\n> binary @0 len=10 \"abc\" cut\n"
		"> text @16 len=4 \"next\"\n> message text frames=1 wire=4/10 len=4 \"next\"\n");
	/* told once; a text with a hole is not checked; the fragments after it belong to it */
	expect("", "< text -fin len=4 hex:61\n< gap 3\n< cont -fin hex:fe\n< ping \"\"\n< cont \"c\"\n< text len=2 \"x\"\n< gap 1\n< text \"ok\"",
		"< ! gap-suspends @3 " IN_FRAME "\n< text -fin @0 len=4 \"a\" cut\n< continuation -fin @6 len=1 <fe>\n"
		"< ping @9 len=0 \"\"\n< continuation @11 len=1 \"c\"\n< text @14 len=2 \"x\" cut\n"
		"< text @18 len=2 \"ok\"\n< message text frames=1 wire=2/4 len=2 \"ok\"\n");
	/* what was wrong before the hole is wrong */
	expect("", "< text len=2 hex:ff\n< gap 1", "< ! gap-suspends @3 " IN_FRAME "\n< text @0 len=2 <ff> cut\n< ! ws-utf8 @0 (byte 0)\n");
	/* a Ping with a hole: no Pong can be judged; a Pong with a hole is not */
	expect("", "> ping len=2 \"a\"\n> gap 1\n< pong \"ab\"\n< ping \"z\"\n> pong len=2 \"q\"\n> gap 1",
		"> ! gap-suspends @7 " IN_FRAME "\n> ping @0 len=2 \"a\" cut\n< pong @0 len=2 \"ab\"\n< ping @4 len=1 \"z\"\n"
		"> pong @8 len=2 \"q\" cut\n");
}

static void over_a_header(void **state)
{
	(void)state;
	/* the first segment behind the gap begins a frame: three in a row, of which all are shown */
	expect("", "< text \"one\"\n< gap 20\n< text \"two\"\n< text \"three\"\n< text \"four\"",
		"< text @0 len=3 \"one\"\n< message text frames=1 wire=3/5 len=3 \"one\"\n"
		"< ! gap-suspends @25 (0 bytes skipped, frames again at offset 25; the open message and inflate history are lost)\n"
		"< text @25 len=3 \"two\"\n< message text frames=1 wire=3/5 len=3 \"two\"\n"
		"< text @30 len=5 \"three\"\n< message text frames=1 wire=5/7 len=5 \"three\"\n"
		"< text @37 len=4 \"four\"\n< message text frames=1 wire=4/6 len=4 \"four\"\n");
	/* it begins in the middle of a payload */
	expect("", "> gap 9\n> raw \"the end of a lost payload\"\n> text \"first again\"\n> text \"second one\"\n> binary hex:000102",
		"> ! gap-suspends @34 (25 bytes skipped, frames again at offset 34; the open message and inflate history are lost)\n"
		"> text @34 len=11 \"first again\"\n> message text frames=1 wire=11/17 len=11 \"first again\"\n"
		"> text @51 len=10 \"second one\"\n> message text frames=1 wire=10/16 len=10 \"second one\"\n"
		"> binary @67 len=3 <000102>\n> message binary frames=1 wire=3/9 len=3 <000102>\n");
	/* from a payload over the next header: the frame ends, then the search begins */
	expect("", "< binary len=5 \"ab\"\n< gap 30\n< text \"x\"\n< end fin",
		"< ! gap-suspends @4 " IN_FRAME "\n< binary @0 len=5 \"ab\" cut\n"
		"< ! gap-suspends @34 (0 bytes skipped, frames again at offset 34; the open message and inflate history are lost)\n"
		"< text @34 len=1 \"x\"\n< message text frames=1 wire=1/3 len=1 \"x\"\n");
	/* inside a header; a continuation may now be right */
	expect("", "< text -fin \"a\"\n< raw hex:80\n< gap 5\n< cont \"b\"\n< text \"c\"\n< ping \"d\"",
		"< text -fin @0 len=1 \"a\"\n"
		"< ! gap-suspends @9 (1 bytes skipped, frames again at offset 9; the open message and inflate history are lost)\n"
		"< continuation @9 len=1 \"b\"\n< text @12 len=1 \"c\"\n< message text frames=1 wire=1/3 len=1 \"c\"\n"
		"< ping @15 len=1 \"d\"\n");
}

static void no_false_frames(void **state)
{
	(void)state;
	/* bytes that look like one frame, or like two that do not end the stream */
	expect("", "< gap 9\n< raw \"no frame\"\n< raw hex:8101618102\n< raw \"in here, whatever it may look like\"\n< end fin",
		"< ! gap-suspends @56 (47 bytes skipped, no frames found again)\n");
	/* zeros are empty continuations to a careless reader */
	expect("", "< gap 9\n< raw hex:0000000000000000000000000000000000000000\n< end capture",
		"< ! gap-suspends @29 (20 bytes skipped, no frames found again)\n");
	/* the wrong mask bit, a reserved opcode, a length that is not in its shortest form */
	expect("", "< gap 9\n< text +mask \"aaaa\"\n< text +mask \"bbbb\"\n< text +mask \"cccc\"\n< end fin",
		"< ! gap-suspends @39 (30 bytes skipped, no frames found again)\n");
	/* a second gap: what came between is passed over */
	expect("", "< gap 9\n< text \"abc\"\n< gap 3\n< text \"d\"\n< text \"e\"\n< text \"f\"",
		"< ! gap-suspends @17 (5 bytes skipped, frames again at offset 17; the open message and inflate history are lost)\n"
		"< text @17 len=1 \"d\"\n< message text frames=1 wire=1/3 len=1 \"d\"\n"
		"< text @20 len=1 \"e\"\n< message text frames=1 wire=1/3 len=1 \"e\"\n"
		"< text @23 len=1 \"f\"\n< message text frames=1 wire=1/3 len=1 \"f\"\n");
}

/* Random bytes never become frames, whatever their amount; the window is bounded. */
static void random_bytes(void **state)
{
	(void)state;
	for (unsigned run = 0; run < 8; run++) {
		struct script s;
		struct setup u = setup_plain(run & 1 ? "permessage-deflate" : "");
		uint32_t x = 7 + run;
		uint8_t noise[5000];
		u.memory = 256u << 10;
		script_init(&s);
		add_item(&s, ITEM_GAP, (run >> 1) & 1)->gap = 100;
		for (unsigned k = 0; k < 60; k++) {
			for (size_t i = 0; i < sizeof noise; i++) {
				x = x * 1664525u + 1013904223u;
				noise[i] = (uint8_t)(x >> 24);
			}
			add_bytes(&s, (run >> 1) & 1, noise, sizeof noise);
		}
		char *got = run_once(&u, &s, WHOLE, 0, NULL, NULL);
		assert_string_equal(got, "");
		free(got);
		script_free(&s);
	}
}

/* What is found again was carried by the packet that carried it. */
static void found_frames_keep_their_place(void **state)
{
	(void)state;
	struct setup u = setup_plain("");
	u.show_place = true;
	u.keep = false;
	expect_with(&u, "> gap 9\n> raw \"the end of a lost payload\"\n> text \"first again\"\n< binary \"x\"\n> text \"second one\"\n> binary hex:000102\n> binary hex:03",
		"< binary @0 len=1 \"x\" #4\n< message binary frames=1 wire=1/3 len=1 \"x\" #4\n"
		"> ! gap-suspends @34 (25 bytes skipped, frames again at offset 34; the open message and inflate history are lost) #3\n"
		"> text @34 len=11 \"first again\" #3\n> message text frames=1 wire=11/17 len=11 \"first again\" #3\n"
		"> text @51 len=10 \"second one\" #5\n> message text frames=1 wire=10/16 len=10 \"second one\" #5\n"
		"> binary @67 len=3 <000102> #6\n> message binary frames=1 wire=3/9 len=3 <000102> #6\n"
		"> binary @76 len=1 <03> #7\n> message binary frames=1 wire=1/7 len=1 <03> #7\n");
	/* at the end of the stream: what follows belongs to the end again */
	expect_with(&u, "< gap 9\n< text \"x\"\n< binary len=5 \"y\"\n< end fin",
		"< ! gap-suspends @15 (6 bytes skipped, no frames found again) #4\n");
	expect_with(&u, "< gap 9\n< text \"x\"\n< text -fin \"y\"\n< end fin",
		"< ! gap-suspends @9 (0 bytes skipped, frames again at offset 9; the open message and inflate history are lost) #2\n"
		"< text @9 len=1 \"x\" #2\n< message text frames=1 wire=1/3 len=1 \"x\" #2\n< text -fin @12 len=1 \"y\" #3\n"
		"< ! ws-unfinished @12 (inside a message: 1 frames came, none of them the last) #4\n");
}

/* Pings that were lost may have been answered: no Pong is called unasked any more. */
static void pongs_to_lost_pings(void **state)
{
	(void)state;
	struct setup u = setup_plain("");
	struct script s;
	struct w101_decoder_status st;
	char reason[128];
	script_init(&s);
	add_text(&s, "> ping \"1\"\n> gap 7\n> ping \"3\"\n> text \"aaaa\"\n> text \"bbbb\"\n> text \"cccc\"\n"
		     "< pong \"1\"\n< pong \"2\"\n< pong \"3\"");
	char *got = run_once(&u, &s, WHOLE, 0, &st, reason);
	assert_non_null(strstr(got, "> ping @14 len=1 \"3\""));
	assert_null(strstr(got, "unsolicited"));
	free(got);
	script_free(&s);
}

static struct w101_decoder_status closed_by(const char *text, const char *want)
{
	struct setup u = setup_plain("");
	struct script s;
	struct w101_decoder_status st;
	char reason[128];
	script_init(&s);
	add_text(&s, text);
	char *got = run_once(&u, &s, WHOLE, 0, &st, reason);
	if (!want ? strstr(got, "close-role") != NULL : !strstr(got, want))
		fail_msg("%s", got);
	free(got);
	script_free(&s);
	return st;
}

#define LOST "> gap 9\n> text \"aaaa\"\n"

/* A Close that is read late came when it came. */
static void close_found_again(void **state)
{
	(void)state;
	struct w101_decoder_status st =
		closed_by(LOST "time 5\n> close 1000\ntime 6\n< close 1000\ntime 9\n< end fin\n> end fin", NULL);
	assert_int_equal(st.close_by, W101_CLIENT);
	assert_int_equal(st.close_at[W101_CLIENT], 5000000);
	assert_int_equal(st.close_at[W101_SERVER], 6000000);
	/* what was acknowledged says more than clocks */
	st = closed_by("time 5\n> close 1000\nacked 99\ntime 4\n< close 1000\n< end fin\n> end fin", NULL);
	assert_int_equal(st.close_by, W101_CLIENT);
	/* the capture's clock may be coarse: the packet decides */
	st = closed_by(LOST "> close 1000\n< close 1000\n< end fin\n> end fin", NULL);
	assert_int_equal(st.close_by, W101_CLIENT);
	/* an echo is not blamed for the code, whichever side is read late */
	closed_by(LOST "> close 1010\n< close 1010\n< end fin\n> end fin", NULL);
	closed_by(LOST "< close 1011\n> close 1011\n< end fin\n> end fin", NULL);
	/* whose own choice it was is */
	closed_by(LOST "< close 1010\n> close 1010\n< end fin\n> end fin", "< ! close-role @0");
	closed_by(LOST "> close 1011\n< close 1011\n< end fin\n> end fin", "> ! close-role-1011 @19");
	closed_by(LOST "> close 1000\n< close 1010\n< end fin\n> end fin", "< ! close-role @0");
	/* the other side's Close may be among what was never read again */
	closed_by("> gap 9\n< close 1010\n> end fin\n< end fin", NULL);
}

/* Two sides, one of them in search: a Pong answers what was not read yet. */
static void pong_before_its_ping_was_read(void **state)
{
	(void)state;
	expect("", "> ping \"a\"\n> gap 9\n> ping \"b\"\n< pong \"a\"\n< pong \"b\"\n> end capture",
		"> ping @0 len=1 \"a\"\n< pong @0 len=1 \"a\"\n< pong @3 len=1 \"b\"\n"
		"> ! gap-suspends @16 (0 bytes skipped, frames again at offset 16; the open message and inflate history are lost)\n"
		"> ping @16 len=1 \"b\"\n");
}

/* Frames walked for two windows full of a pattern, fed in pieces. */
static uint64_t work(const char *hex, bool masked, size_t piece)
{
	static uint8_t bytes[2 * W101_WS_RESYNC_WINDOW - 9];
	uint8_t pattern[64];
	size_t n = 0, used;
	bool found = false;
	struct w101_quota q;
	for (unsigned v; sscanf(hex + 2 * n, "%2x", &v) == 1; n++)
		pattern[n] = (uint8_t)v;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = pattern[i % n];
	w101_quota_init(&q, 1 << 20, 0);
	struct w101_ws_resync *r = w101_ws_resync_new(&q, (struct w101_ws_expect){ masked, 0 });
	assert_non_null(r);
	for (size_t at = 0; at < sizeof bytes && !found; at += piece) {
		struct w101_chunk c = { .bytes = { bytes + at, sizeof bytes - at < piece ? sizeof bytes - at : piece },
			.offset = at, .packet = 1 + at / 1448, .acked = UINT64_MAX };
		found = w101_ws_resync_data(r, &c, &used);
	}
	if (!found)
		w101_ws_resync_end(r);
	uint64_t walked = r->walked;
	w101_ws_resync_free(r);
	assert_int_equal(q.used, 0);
	w101_quota_clear(&q);
	return walked;
}

/* Frames that prove nothing, chains that end in what cannot be, places that all
 * lead into one chain: each window costs a bounded number of steps. */
static void hostile_bytes_cost_little(void **state)
{
	(void)state;
	static const char *const patterns[] = { "8200", "8900", "0281", "82008900", "820082008b", "827d", "02018200",
		"827e7ffc", "8200820082008200820082008200820082008200820082008200820082000281" };
	for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
		for (size_t piece = 1; piece <= 1448; piece += 1447)
			assert_in_range(work(patterns[i], false, piece), 0, 8 * W101_WS_RESYNC_WINDOW);
	assert_in_range(work("8280aabbccdd", true, 1), 0, 8 * W101_WS_RESYNC_WINDOW);
	assert_in_range(work("8200", false, 1), W101_WS_RESYNC_WINDOW / 2, UINT64_MAX);
}

static void long_hostile_stream(void **state)
{
	(void)state;
	enum { SIZE = 2000000 };
	struct setup u = setup_plain("");
	struct script s;
	uint8_t *bytes = malloc(SIZE);
	assert_non_null(bytes);
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = i & 1 ? 0 : 0x82;
	script_init(&s);
	add_item(&s, ITEM_GAP, W101_SERVER)->gap = 100;
	add_bytes(&s, W101_SERVER, bytes, SIZE);
	char *got = run_once(&u, &s, WHOLE, 0, NULL, NULL);
	assert_string_equal(got, "");
	free(got);
	script_free(&s);
	free(bytes);
}

/* More packets than places are kept for: the frames are all there, each from a
 * packet of its time, and the memory is bounded. */
static void many_packets_in_a_window(void **state)
{
	(void)state;
	struct setup u = setup_plain("");
	struct script s;
	u.show_place = true;
	script_init(&s);
	add_text(&s, "< gap 9");
	uint8_t big[60000] = { 0x82, 0x7e, (60000 - 4) >> 8, (60000 - 4) & 255 };
	for (size_t i = 0; i < sizeof big; i += 10)
		add_bytes(&s, W101_SERVER, big + i, 10);
	add_text(&s, "< text \"abcdefgh\"\n< text \"hij\"\n< text \"k\"");
	char *got = run_once(&u, &s, WHOLE, 0, NULL, NULL);
	unsigned packet = 0;
	char *end = strstr(got, "< text @60009 len=8");
	assert_non_null(strstr(got, "frames again at offset 9;"));
	assert_non_null(end);
	assert_int_equal(sscanf(strchr(end, '#'), "#%u", &packet), 1);
	assert_in_range(packet, 5980, 6002);
	end = strstr(got, "< text @60024 len=1");
	assert_non_null(end);
	assert_int_equal(sscanf(strchr(end, '#'), "#%u", &packet), 1);
	assert_in_range(packet, 5980, 6004);
	free(got);
	script_free(&s);
}

/* No memory to search in: the side is given up, nothing is invented. */
static void no_memory(void **state)
{
	(void)state;
	struct script s;
	struct setup u = setup_plain("");
	struct w101_decoder_status st;
	char reason[256];
	script_init(&s);
	add_text(&s, "< gap 5\n< text \"a\"\n< text \"b\"\n< text \"c\"");
	u.memory = 1200;
	char *got = run_once(&u, &s, WHOLE, 0, &st, reason);
	assert_string_equal(got, "< ! limit-reached @0 (memory: frames are not searched for after the gap)\n");
	assert_true(st.broken[W101_SERVER]);
	free(got);
	for (uint64_t m = 700; m < 2000; m += 10) {
		u.memory = m;
		struct w101_quota q;
		struct log l = { 0 };
		w101_quota_init(&q, m, 0);
		struct w101_handshake h = { .limits = &u.limits, .quota = &q };
		struct w101_out out = { &l, log_frame, log_message, log_finding, log_place, NULL };
		void *d = w101_websocket_decoder.open(&h, &out);
		if (d) {
			struct run r = { &w101_websocket_decoder, d, { 0, 0 } };
			for (size_t i = 0; i < s.n; i++)
				run_item(&r, &s.items[i], BYTEWISE, 0);
			w101_websocket_decoder.finish(d);
			w101_websocket_decoder.free(d);
		}
		assert_int_equal(q.used, 0);
		w101_quota_clear(&q);
		free(l.text);
	}
	script_free(&s);
}

/* Recognised midstream: nothing is known of what was open or agreed. */
static void assumed(void **state)
{
	(void)state;
	struct setup u = setup_plain("");
	u.assumed = true;
	expect_with(&u, "< cont \"a\"\n< pong \"x\"\n< text +rsv1 hex:ff\n< cont \"b\"",
		"< continuation @0 len=1 \"a\"\n< pong @3 len=1 \"x\"\n"
		"< ! ws-rsv-unknown @6 (the handshake was not captured)\n< text rsv=4 @6 len=1 <ff>\n"
		"< message text frames=1 wire=1/3 len=1 <ff> opaque\n"
		"< ! ws-continuation @9\n< continuation @9 len=1 \"b\"\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inside_a_frame),
		cmocka_unit_test(over_a_header),
		cmocka_unit_test(no_false_frames),
		cmocka_unit_test(random_bytes),
		cmocka_unit_test(found_frames_keep_their_place),
		cmocka_unit_test(close_found_again),
		cmocka_unit_test(pongs_to_lost_pings),
		cmocka_unit_test(pong_before_its_ping_was_read),
		cmocka_unit_test(hostile_bytes_cost_little),
		cmocka_unit_test(long_hostile_stream),
		cmocka_unit_test(many_packets_in_a_window),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(assumed),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
