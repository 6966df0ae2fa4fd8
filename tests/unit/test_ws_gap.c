/* Missing bytes: inside a frame decoding goes on exactly, elsewhere a strict test
 * finds the frames again and invents none. */
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
	free(run_once(&u, &s, WHOLE, 0, &st, reason));
	for (uint64_t m = 700; m < 2000; m += 10) {
		u.memory = m;
		struct w101_quota q;
		struct log l = { 0 };
		w101_quota_init(&q, m, 0);
		struct w101_handshake h = { .limits = &u.limits, .quota = &q };
		struct w101_out out = { &l, log_frame, log_message, log_finding };
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
		cmocka_unit_test(no_memory),
		cmocka_unit_test(assumed),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
