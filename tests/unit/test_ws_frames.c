/* The rows "Frames" of CHECKS: each provoked, and each with a near miss.  Every
 * conversation is fed in all ways of cutting and must give the same log. */
#include "test_ws_script.h"

static void messages_and_fragments(void **state)
{
	(void)state;
	expect("", "> text \"Hello\"\n< text \"Hi\"\n< binary hex:00ff\n> text \"\"",
		"> text @0 len=5 \"Hello\"\n> message text frames=1 wire=5/11 len=5 \"Hello\"\n"
		"< text @0 len=2 \"Hi\"\n< message text frames=1 wire=2/4 len=2 \"Hi\"\n"
		"< binary @4 len=2 <00ff>\n< message binary frames=1 wire=2/4 len=2 <00ff>\n"
		"> text @11 len=0 \"\"\n> message text frames=1 wire=0/6 len=0 \"\"\n");
	/* control frames between fragments, a fragment without payload at the end, both sides at once */
	expect("", "> text -fin \"Hel\"\n< binary -fin hex:01\n> ping \"p\"\n< pong \"p\"\n> cont -fin \"lo\"\n> cont \"\"\n< cont hex:02",
		"> text -fin @0 len=3 \"Hel\"\n< binary -fin @0 len=1 <01>\n> ping @9 len=1 \"p\"\n< pong @3 len=1 \"p\"\n"
		"> continuation -fin @16 len=2 \"lo\"\n> continuation @24 len=0 \"\"\n"
		"> message text frames=3 wire=5/23 len=5 \"Hello\"\n"
		"< continuation @6 len=1 <02>\n< message binary frames=2 wire=2/6 len=2 <0102>\n");
	expect("", "< text rep:126\n> binary rep:65536",
		"< text @0 len=126 \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"+94\n"
		"< message text frames=1 wire=126/130 len=126 \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"+94\n"
		"> binary @0 len=65536 \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"+224 cut\n"
		"> message binary frames=1 wire=65536/65550 len=65536 \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"+65504\n");
}

static void masking(void **state)
{
	(void)state;
	expect("", "> text -mask \"a\"\n< text +mask \"b\"\n> text \"c\"",
		"> ! ws-client-unmasked @0\n> text -mask @0 len=1 \"a\"\n> message text frames=1 wire=1/3 len=1 \"a\"\n"
		"< ! ws-server-masked @0\n< text +mask @0 len=1 \"b\"\n< message text frames=1 wire=1/7 len=1 \"b\"\n"
		"> text @3 len=1 \"c\"\n> message text frames=1 wire=1/7 len=1 \"c\"\n");
	/* one key three times; twice is chance */
	expect("", "> pong key=01020304\n> ping key=01020304\n> ping \"\"\n> ping key=01020304",
		"> pong @0 len=0 \"\"\n> ! ws-pong-unsolicited @0\n> ping @6 len=0 \"\"\n> ping @12 len=0 \"\"\n> ping @18 len=0 \"\"\n");
	expect("", "> ping key=01020304\n> ping key=01020304\n> ping key=01020304\n> ping key=01020304",
		"> ping @0 len=0 \"\"\n> ping @6 len=0 \"\"\n"
		"> ! ws-mask-weak @12 (three frames in a row with one key)\n> ping @12 len=0 \"\"\n> ping @18 len=0 \"\"\n");
	expect("", "> ping key=010203ff\n> ping key=01020400\n> ping key=01020401",
		"> ping @0 len=0 \"\"\n> ping @6 len=0 \"\"\n"
		"> ! ws-mask-weak @12 (three frames in a row with a key that counts)\n> ping @12 len=0 \"\"\n");
	expect("", "> ping key=ff020304\n> ping key=00030304\n> ping key=01030304",
		"> ping @0 len=0 \"\"\n> ping @6 len=0 \"\"\n"
		"> ! ws-mask-weak @12 (three frames in a row with a key that counts)\n> ping @12 len=0 \"\"\n");
	expect("", "> ping key=01020304\n> ping key=01020305\n> ping key=01020305",
		"> ping @0 len=0 \"\"\n> ping @6 len=0 \"\"\n> ping @12 len=0 \"\"\n");
	/* a zero key hides nothing; without a payload there is nothing to hide */
	expect("", "> ping key=00000000\n> ping key=00000000 \"x\"\n> ping key=00000000 \"x\"",
		"> ping @0 len=0 \"\"\n> ! ws-mask-weak @6 (a zero key: the payload is sent as it is)\n"
		"> ping @6 len=1 \"x\"\n> ping @13 len=1 \"x\"\n");
}

static void rsv_bits(void **state)
{
	(void)state;
	expect("", "< text +rsv1 \"a\"\n< text +rsv3 \"b\"\n< text \"c\"",
		"< ! ws-rsv @0\n< text rsv=4 @0 len=1 \"a\"\n< message text frames=1 wire=1/3 len=1 \"a\"\n"
		"< ! ws-rsv @3\n< text rsv=1 @3 len=1 \"b\"\n< message text frames=1 wire=1/3 len=1 \"b\"\n"
		"< text @6 len=1 \"c\"\n< message text frames=1 wire=1/3 len=1 \"c\"\n");
	/* agreed on: RSV1 on the first frame is right, RSV2 never */
	expect("permessage-deflate", "< text +rsv1 hex:f248cdc9c90700\n< binary +rsv2 hex:01\n< ping +rsv1 \"p\"\n< text -fin \"x\"\n< cont +rsv1 \"y\"",
		"< text rsv=4 @0 len=7 <f248cdc9c90700>\n< message text frames=1 wire=7/9 len=5 \"Hello\" z\n"
		"< ! ws-rsv @9\n< binary rsv=2 @9 len=1 <01>\n< message binary frames=1 wire=1/3 len=1 <01>\n"
		"< ! ws-rsv1-place @12\n< ping rsv=4 @12 len=1 \"p\"\n"
		"< text -fin @15 len=1 \"x\"\n< ! ws-rsv1-place @18\n< continuation rsv=4 @18 len=1 \"y\"\n"
		"< message text frames=2 wire=2/6 len=2 \"xy\"\n");
	/* something else is in force: told once, no UTF-8 check where its bits are */
	expect("x-webkit-deflate-frame", "< text +rsv1 hex:ff\n< text +rsv3 hex:fe\n< text hex:fd",
		"< ! ws-rsv-unknown @0\n< text rsv=4 @0 len=1 <ff>\n< message text frames=1 wire=1/3 len=1 <ff> opaque\n"
		"< text rsv=1 @3 len=1 <fe>\n< message text frames=1 wire=1/3 len=1 <fe> opaque\n"
		"< text @6 len=1 <fd>\n< ! ws-utf8 @6 (byte 0)\n< message text frames=1 wire=1/3 len=1 <fd>\n");
}

static void opcodes(void **state)
{
	(void)state;
	expect("", "< op3 \"a\"\n> opf \"b\"\n< op7 -fin \"\"\n< text \"ok\"\n< opb rep:200",
		"< ! ws-opcode @0\n< reserved-3 @0 len=1 \"a\"\n> ! ws-opcode @0\n> reserved-f @0 len=1 \"b\"\n"
		"< ! ws-opcode @3\n< reserved-7 -fin @3 len=0 \"\"\n"
		"< text @5 len=2 \"ok\"\n< message text frames=1 wire=2/4 len=2 \"ok\"\n"
		"< ! ws-opcode @9\n< reserved-b @9 len=200 \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"+168\n");
}

static void lengths(void **state)
{
	(void)state;
	expect("", "< binary form16 \"a\"\n< binary form64 \"b\"\n< binary form64 rep:126\n< binary rep:126",
		"< ! ws-length-form @0 (length 1 in 16 bits)\n< binary @0 len=1 \"a\"\n"
		"< message binary frames=1 wire=1/5 len=1 \"a\"\n"
		"< ! ws-length-form @5 (length 1 in 64 bits)\n< binary @5 len=1 \"b\"\n"
		"< message binary frames=1 wire=1/11 len=1 \"b\"\n"
		"< ! ws-length-form @16 (length 126 in 64 bits)\n"
		"< binary @16 len=126 \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"+94\n"
		"< message binary frames=1 wire=126/136 len=126 \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"+94\n"
		"< binary @152 len=126 \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"+94\n"
		"< message binary frames=1 wire=126/130 len=126 \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"+94\n");
	expect("", "> ping form16 \"a\"", "> ! ws-length-form @0 (length 1 in 16 bits)\n> ping @0 len=1 \"a\"\n");
	/* 2^63 + 5 stays what it is, 2^63 - 1 is legal; neither is waited for with memory */
	expect("", "< binary len=9223372036854775813 \"abc\"\n> binary len=9223372036854775807 \"abc\"\n< end fin\n> end rst",
		"< ! ws-length-top-bit @0 (length 9223372036854775813)\n"
		"< ! ws-unfinished @0 (inside a frame: 3 of 9223372036854775813 payload bytes came)\n"
		"> ! ws-unfinished @0 (inside a frame: 3 of 9223372036854775807 payload bytes came)\n");
	expect("", "< binary len=9223372036854775813 \"abc\"\n< gap 9223372036854775810\n< ping \"x\"",
		"< ! ws-length-top-bit @0 (length 9223372036854775813)\n"
		"< ! gap-suspends @13 (inside a frame: decoding goes on, its message is not shown or checked)\n"
		"< binary @0 len=9223372036854775813 \"abc\" cut\n< ping @9223372036854775823 len=1 \"x\"\n");
}

static void control_frames(void **state)
{
	(void)state;
	expect("", "> ping rep:126\n< ping -fin \"a\"\n> ping rep:125",
		"> ! ws-control-long @0\n> ping @0 len=126 \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"+94\n"
		"< ! ws-control-fragment @0\n< ping -fin @0 len=1 \"a\"\n"
		"> ping @134 len=125 \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"+93\n");
}

static void fragmentation(void **state)
{
	(void)state;
	expect("", "< cont \"a\"\n< text -fin \"b\"\n< text \"c\"\n< cont -fin \"d\"\n< cont \"e\"",
		"< ! ws-continuation @0\n< continuation @0 len=1 \"a\"\n< text -fin @3 len=1 \"b\"\n"
		"< ! ws-interleaved @6\n< text @6 len=1 \"c\"\n< message text frames=1 wire=1/3 len=1 \"c\"\n"
		"< ! ws-continuation @9\n< continuation -fin @9 len=1 \"d\"\n"
		"< ! ws-continuation @12\n< continuation @12 len=1 \"e\"\n");
}

static void unfinished(void **state)
{
	(void)state;
	expect("", "> text -fin \"a\"\n> end fin\n< end capture",
		"> text -fin @0 len=1 \"a\"\n> ! ws-unfinished @0 (inside a message: 1 frames came, none of them the last)\n");
	expect("", "> raw hex:81\n> end rst", "> ! ws-unfinished @0 (inside the header of a frame)\n");
	expect("", "> text len=9 \"a\"\n> end rst", "> ! ws-unfinished @0 (inside a frame: 1 of 9 payload bytes came)\n");
	/* the capture ends, not the connection; and a whole message */
	expect("", "> text -fin \"a\"\n> end capture\n< text len=9 \"a\"\n< end capture", "> text -fin @0 len=1 \"a\"\n");
	expect("", "> text \"a\"\n> end fin", "> text @0 len=1 \"a\"\n> message text frames=1 wire=1/7 len=1 \"a\"\n");
}

static void utf8(void **state)
{
	(void)state;
	/* a character over two fragments is right; a surrogate is not; half a character at the end is not */
	expect("", "< text -fin hex:61e2\n< cont hex:82ac\n< text hex:61eda080\n< text hex:61e282\n< binary hex:ff",
		"< text -fin @0 len=2 <61e2>\n< continuation @4 len=2 <82ac>\n"
		"< message text frames=2 wire=4/8 len=4 <61e282ac>\n"
		"< text @8 len=4 <61eda080>\n< ! ws-utf8 @8 (byte 2)\n< message text frames=1 wire=4/6 len=4 <61eda080>\n"
		"< text @14 len=3 <61e282>\n< ! ws-utf8 @14 (the text ends inside a character, at byte 3)\n"
		"< message text frames=1 wire=3/5 len=3 <61e282>\n"
		"< binary @19 len=1 <ff>\n< message binary frames=1 wire=1/3 len=1 <ff>\n");
	/* told with the fragment that shows it, once */
	expect("", "< text -fin hex:61ff\n< cont -fin hex:fe\n< cont \"b\"",
		"< text -fin @0 len=2 <61ff>\n< ! ws-utf8 @0 (byte 1)\n< continuation -fin @4 len=1 <fe>\n"
		"< continuation @7 len=1 \"b\"\n< message text frames=3 wire=4/10 len=4 <61fffe62>\n");
	/* the whole text is checked though only its beginning is kept */
	struct setup u = setup_plain("");
	u.keep = false;
	u.limits.preview = 4;
	expect_with(&u, "> text -fin \"abcdefgh\"\n> cont hex:69c0",
		"> text -fin @0 len=8 \"abcd\" cut\n> continuation @14 len=2 <69c0>\n> ! ws-utf8 @14 (byte 9)\n"
		"> message text frames=2 wire=10/22 len=10 \"abcd\" cut\n");
}

static void not_frames(void **state)
{
	(void)state;
	expect("", "< raw \"HTTP/1.1 502 Bad Gateway\"\n< raw hex:0d0a\n< raw \"Server: proxy, and so on and on\"\n> text \"a\"",
		"< ! ws-not-frames @0 (this side is not decoded any further)\n"
		"> text @0 len=1 \"a\"\n> message text frames=1 wire=1/7 len=1 \"a\"\n");
	expect("", "< raw \"<html><body>\"\n< end fin", "< ! ws-not-frames @0 (this side is not decoded any further)\n");
	expect("", "> raw \"GET /again HTTP/1.1\"\n> end fin", "> ! ws-not-frames @0 (this side is not decoded any further)\n");
	expect("", "> raw \"SSH-2.0-OpenSSH\"\n> end fin", "> ! ws-not-frames @0 (this side is not decoded any further)\n");
	expect("", "> raw hex:1603010200010001fc0303\n> end fin", "> ! ws-not-frames @0 (this side is not decoded any further)\n");
	expect("permessage-deflate", "< raw \"Hello world, this is no frame\"\n< end rst",
		"< ! ws-not-frames @0 (this side is not decoded any further)\n");
	/* later on only HTTP is plain enough */
	expect("", "< ping \"\"\n< raw \"HTTP/1.1 408 Request Timeout\"\n< raw hex:0d0a\n< raw hex:8100",
		"< ping @0 len=0 \"\"\n< ! ws-not-frames @2 (this side is not decoded any further)\n");
	/* near: a payload that is HTTP, a first frame with two faults */
	expect("", "< text \"HTTP/1.1 502 Bad Gateway\"\n> op3 +rsv1 \"a\"",
		"< text @0 len=24 \"HTTP/1.1 502 Bad Gateway\"\n"
		"< message text frames=1 wire=24/26 len=24 \"HTTP/1.1 502 Bad Gateway\"\n"
		"> ! ws-rsv @0\n> ! ws-opcode @0\n> reserved-3 rsv=4 @0 len=1 \"a\"\n");
	expect("", "< ping \"\"\n< raw \"GE\"\n< raw hex:00\n< end capture",
		"< ping @0 len=0 \"\"\n< ! ws-rsv @2\n< ! ws-opcode @2\n");
	/* a frame that begins like text for some bytes: what was held is its payload */
	expect("", "< ping \"\"\n< raw \"<HTM\"\n< raw rep:70\n< ping \"p\"",
		"< ping @0 len=0 \"\"\n< ! ws-rsv @2\n< ! ws-opcode @2\n"
		"< reserved-c -fin rsv=3 @2 len=72 \"TMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"+40\n< ping @76 len=1 \"p\"\n");
}

static void pongs(void **state)
{
	(void)state;
	/* a Pong may answer any earlier Ping; other Pongs are heartbeats */
	expect("", "> ping \"1\"\n> ping \"2\"\n< pong \"1\"\n< pong \"2\"\n< pong \"3\"\n> pong \"1\"",
		"> ping @0 len=1 \"1\"\n> ping @7 len=1 \"2\"\n< pong @0 len=1 \"1\"\n< pong @3 len=1 \"2\"\n"
		"< pong @6 len=1 \"3\"\n< ! ws-pong-unsolicited @6\n> pong @14 len=1 \"1\"\n> ! ws-pong-unsolicited @14\n");
	/* more open Pings than are remembered: nothing can be said */
	struct script s;
	struct setup u = setup_plain("");
	script_init(&s);
	for (unsigned i = 0; i < 40; i++) {
		s.at = i * W101_SECOND;
		add_frame(&s, W101_CLIENT, plain_build(&s, W101_CLIENT, 9, 1), &(uint8_t){ (uint8_t)i }, 1);
	}
	add_frame(&s, W101_SERVER, plain_build(&s, W101_SERVER, 10, 1), &(uint8_t){ 0 }, 1);
	char *got = run_once(&u, &s, WHOLE, 0, NULL, NULL);
	assert_null(strstr(got, "unsolicited"));
	free(got);
	/* once one was matched, all before it are answered */
	add_frame(&s, W101_SERVER, plain_build(&s, W101_SERVER, 10, 1), &(uint8_t){ 39 }, 1);
	add_frame(&s, W101_SERVER, plain_build(&s, W101_SERVER, 10, 1), &(uint8_t){ 99 }, 1);
	got = run_once(&u, &s, WHOLE, 0, NULL, NULL);
	assert_non_null(strstr(got, "< ! ws-pong-unsolicited @6\n"));
	free(got);
	script_free(&s);
}

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;
	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

static unsigned floods(unsigned n, unsigned opcode, bool fin, size_t length, w101_time step)
{
	struct script s;
	struct setup u = setup_plain("");
	script_init(&s);
	for (unsigned i = 0; i < n; i++) {
		struct build b = plain_build(&s, W101_SERVER, i || opcode > 2 ? opcode : W101_CLIENT + 1, length);
		b.fin = fin;
		s.at = i * step;
		add_frame(&s, W101_SERVER, b, (const uint8_t *)"abc", length);
	}
	char *got = run_once(&u, &s, WHOLE, 0, NULL, NULL);
	unsigned found = count(got, "ws-flood");
	free(got);
	script_free(&s);
	return found;
}

static void flood(void **state)
{
	(void)state;
	assert_int_equal(floods(1000, 0, false, 1, 0), 1);
	assert_int_equal(floods(999, 0, false, 1, 0), 0);
	assert_int_equal(floods(100, 0, false, 0, 0), 1);
	assert_int_equal(floods(99, 0, false, 0, 0), 0);
	assert_int_equal(floods(100, 9, true, 1, W101_SECOND / 99), 1);
	assert_int_equal(floods(100, 9, true, 1, W101_SECOND / 98), 0);
	assert_int_equal(floods(99, 9, true, 1, 0), 0);
	assert_int_equal(floods(300, 9, true, 1, 0), 3);
}

/* The fields, exactly, as sinks rely on their order. */
struct fields { char text[512]; };

static void keep_fields(void *self, enum w101_dir dir, const struct w101_pdu *p)
{
	struct fields *f = self;
	size_t n = 0;
	(void)dir;
	assert_string_equal(p->protocol, "websocket");
	assert_string_equal(w101_websocket_decoder.kinds[p->kind_no], p->kind);
	for (size_t i = 0; i < p->n_fields; i++) {
		const struct w101_value *v = &p->fields[i];
		n += (size_t)snprintf(f->text + n, sizeof f->text - n, "%s/%d/", v->name, v->type);
		if (v->type == W101_VALUE_UINT || v->type == W101_VALUE_BOOL)
			n += (size_t)snprintf(f->text + n, sizeof f->text - n, "%llu ", (unsigned long long)v->u);
		for (size_t k = 0; k < v->s.n; k++)
			n += (size_t)snprintf(f->text + n, sizeof f->text - n, "%02x", v->s.p[k]);
		n += (size_t)snprintf(f->text + n, sizeof f->text - n, " ");
	}
}

static void no_message(void *self, enum w101_dir dir, const struct w101_pdu *p)
{
	(void)self, (void)dir, (void)p;
	fail();
}

static void keep_finding(void *self, const struct w101_finding *f)
{
	struct fields *to = self;
	snprintf(to->text, sizeof to->text, "%s|%.*s|%.*s", w101_finding_row(f->id)->id, (int)f->seen.n,
		(const char *)f->seen.p, (int)f->wanted.n, (const char *)f->wanted.p);
}

static void fields_of_a_frame(void **state)
{
	(void)state;
	static const uint8_t ping[] = { 0x89, 0x81, 1, 2, 3, 4, 'a' ^ 1 };
	static const uint8_t close[] = { 0x88, 0x04, 0x03, 0xe8, 'o', 'k' }, empty[] = { 0x88, 0x00 };
	static const uint8_t unmasked[] = { 0x89, 0x01, 'x' };
	static const uint8_t bad[] = { 0x89, 0xfe, 0x00, 0x7e, 10, 11, 12, 13 };
	struct w101_limits limits = W101_LIMITS_DEFAULT;
	struct w101_quota q;
	struct fields f;
	w101_quota_init(&q, 1 << 20, 0);
	struct w101_handshake h = { .limits = &limits, .quota = &q };
	struct w101_out out = { &f, keep_fields, no_message, keep_finding, NULL, NULL };
	const struct w101_decoder_ops *ops = &w101_websocket_decoder;
	void *d = ops->open(&h, &out);
	ops->data(d, W101_CLIENT, &(struct w101_chunk){ .bytes = { ping, sizeof ping } });
	assert_string_equal(f.text, "fin/1/1  rsv/0/0  masked/1/1  mask/3/01020304 length/0/1  ");
	ops->data(d, W101_SERVER, &(struct w101_chunk){ .bytes = { close, sizeof close } });
	assert_string_equal(f.text, "fin/1/1  rsv/0/0  masked/1/0  length/0/4  code/0/1000  reason/2/6f6b ");
	ops->data(d, W101_SERVER, &(struct w101_chunk){ .bytes = { empty, sizeof empty } });
	assert_string_equal(f.text, "fin/1/1  rsv/0/0  masked/1/0  length/0/0  reason/2/ ");
	ops->data(d, W101_SERVER, &(struct w101_chunk){ .bytes = { unmasked, sizeof unmasked } });
	assert_string_equal(f.text, "fin/1/1  rsv/0/0  masked/1/0  length/0/1  ");
	/* a finding shows the header in hex; this one is not complete, so no frame comes after it */
	ops->data(d, W101_CLIENT, &(struct w101_chunk){ .bytes = { bad, sizeof bad } });
	assert_string_equal(f.text, "ws-control-long|89 fe 00 7e 0a 0b 0c 0d|at most 125 bytes");
	ops->free(d);
	w101_quota_clear(&q);
}

/* A frame in one piece is sent from where it lies. */
struct in_place { const uint8_t *from; size_t n; unsigned messages; };

static void same_place(void *self, enum w101_dir dir, const struct w101_pdu *p)
{
	struct in_place *x = self;
	(void)dir;
	assert_ptr_equal(p->payload.p, x->from);
	x->messages++;
}

static void server_payload_in_place(void **state)
{
	(void)state;
	static uint8_t frame[4 + 60000] = { 0x82, 126, 60000 >> 8, 60000 & 0xff };
	struct w101_limits limits = W101_LIMITS_DEFAULT;
	struct w101_quota q;
	struct in_place x = { frame + 4, 60000, 0 };
	w101_quota_init(&q, 1 << 20, 0);
	struct w101_handshake h = { .limits = &limits, .quota = &q, .keep_messages = true };
	struct w101_out out = { &x, same_place, same_place, NULL, NULL, NULL };
	void *d = w101_websocket_decoder.open(&h, &out);
	uint64_t used = q.used;
	assert_true(used <= 704); /* both directions of an idle connection */
	w101_websocket_decoder.data(d, W101_SERVER, &(struct w101_chunk){ .bytes = { frame, sizeof frame } });
	assert_int_equal(x.messages, 2);
	assert_int_equal(q.used, used);
	w101_websocket_decoder.free(d);
	w101_quota_clear(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_and_fragments),
		cmocka_unit_test(masking),
		cmocka_unit_test(rsv_bits),
		cmocka_unit_test(opcodes),
		cmocka_unit_test(lengths),
		cmocka_unit_test(control_frames),
		cmocka_unit_test(fragmentation),
		cmocka_unit_test(unfinished),
		cmocka_unit_test(utf8),
		cmocka_unit_test(not_frames),
		cmocka_unit_test(pongs),
		cmocka_unit_test(flood),
		cmocka_unit_test(fields_of_a_frame),
		cmocka_unit_test(server_payload_in_place),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
