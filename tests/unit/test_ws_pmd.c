/* permessage-deflate: streams made by zlib with every window, flush and takeover,
 * and the rows pmd-* of CHECKS that frames show. */
#include "test_ws_script.h"

#include <zlib.h>

#define PMD "permessage-deflate"

/* A sender of compressed messages. */
struct packer {
	z_stream z;
	uint8_t out[1 << 17];
	size_t n;
};

static void packer_init(struct packer *p, int bits, int level)
{
	memset(&p->z, 0, sizeof p->z);
	assert_int_equal(deflateInit2(&p->z, level, Z_DEFLATED, -bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
	p->n = 0;
}

static void pack(struct packer *p, const void *data, size_t n, int flush)
{
	p->z.next_in = (Bytef *)(uintptr_t)data;
	p->z.avail_in = (uInt)n;
	p->z.next_out = p->out + p->n;
	p->z.avail_out = (uInt)(sizeof p->out - p->n);
	int rc = deflate(&p->z, flush);
	assert_true(rc == Z_OK || rc == Z_STREAM_END);
	assert_int_equal(p->z.avail_in, 0);
	p->n = sizeof p->out - p->z.avail_out;
}

/* One message without its tail. */
static void pack_message(struct packer *p, const void *data, size_t n, int flush)
{
	p->n = 0;
	pack(p, data, n, flush);
	assert_memory_equal(p->out + p->n - 4, "\0\0\xff\xff", 4);
	p->n -= 4;
}

static void send_packed(struct script *s, enum w101_dir dir, const uint8_t *p, size_t n)
{
	struct build b = plain_build(s, dir, 1, n);
	b.rsv = 4;
	add_frame(s, dir, b, p, n);
}

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;
	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

static char *log_of(const char *extensions, const struct script *s)
{
	struct setup u = setup_plain(extensions);
	return run_once(&u, s, WHOLE, 0, NULL, NULL);
}

/* Texts that repeat within and over messages. */
static size_t sample(char *to, size_t max, unsigned i)
{
	size_t n = 0;
	while (n + 64 < max)
		n += (size_t)snprintf(to + n, 64, "{\"id\":%u,\"text\":\"message %zu of the sample\"}", i, n * (i + 7));
	return n;
}

/* Messages that stand alone, by a reset or by a full flush. */
static void all_windows(void **state)
{
	(void)state;
	for (int bits = 9; bits <= 15; bits++) {
		for (int level = 0; level <= 9; level += 3) {
			for (int full_flush = 0; full_flush < 2; full_flush++) {
				struct packer p;
				struct script s;
				char extensions[160], text[3000], want[64];
				script_init(&s);
				packer_init(&p, bits, level);
				for (unsigned i = 0; i < 40; i++) {
					size_t n = sample(text, 100 + 70 * i, i);
					s.at = i * (W101_SECOND / 4); /* parked at first, then kept */
					pack_message(&p, text, n, full_flush ? Z_FULL_FLUSH : Z_SYNC_FLUSH);
					send_packed(&s, i & 1, p.out, p.n);
					if (!full_flush)
						deflateReset(&p.z);
				}
				snprintf(extensions, sizeof extensions, PMD "; server_no_context_takeover; "
					"client_no_context_takeover; server_max_window_bits=%d; client_max_window_bits=%d",
					bits, bits);
				char *got = log_of(extensions, &s);
				assert_int_equal(count(got, " message "), 40);
				for (unsigned i = 0; i < 40; i++) {
					snprintf(want, sizeof want, " len=%zu \"{", sample(text, 100 + 70 * i, i));
					assert_non_null(strstr(got, want));
				}
				assert_null(strchr(got, '!'));
				free(got);
				deflateEnd(&p.z);
				script_free(&s);
			}
		}
	}
}

/* Takeover on one side, every message checked against its text. */
static void takeover(void **state)
{
	(void)state;
	for (int bits = 9; bits <= 15; bits++) {
		struct packer p;
		struct script s;
		char extensions[64], text[1200], *want = calloc(1, 100000);
		size_t n_want = 0;
		uint64_t offset = 0;
		assert_non_null(want);
		script_init(&s);
		packer_init(&p, bits, 6);
		for (unsigned i = 0; i < 30; i++) {
			size_t n = sample(text, 200 + 30 * i, i / 4);
			s.at = i * 3 * W101_SECOND / 2 * (i < 10);
			pack_message(&p, text, n, Z_SYNC_FLUSH);
			send_packed(&s, W101_SERVER, p.out, p.n);
			struct log l = { 0 };
			say(&l, "< text rsv=4 @%llu len=%zu", (unsigned long long)offset, p.n);
			say_payload(&l, (struct w101_bytes){ p.out, p.n < 256 ? p.n : 256 });
			size_t head = p.n < 126 ? 2 : 4;
			offset += head + p.n;
			say(&l, "%s\n< message text frames=1 wire=%zu/%zu len=%zu", p.n > 256 ? " cut" : "", p.n, head + p.n, n);
			say_payload(&l, (struct w101_bytes){ (const uint8_t *)text, n });
			say(&l, " z\n");
			memcpy(want + n_want, l.text, l.n);
			n_want += l.n;
			free(l.text);
		}
		snprintf(extensions, sizeof extensions, PMD "; server_max_window_bits=\"%d\"", bits);
		struct setup u = setup_plain(extensions);
		same_in_all_ways(&u, &s, want, 50);
		free(want);
		deflateEnd(&p.z);
		script_free(&s);
	}
}

static void traps(void **state)
{
	(void)state;
	/* an empty message (RFC 7692 7.2.3.6); fragments, the last one empty */
	expect(PMD, "< text +rsv1 hex:00\n< text -fin +rsv1 hex:f248cd\n< cont -fin hex:c9c907\n< ping \"p\"\n< cont -fin hex:00\n< cont \"\"",
		"< text rsv=4 @0 len=1 <00>\n< message text frames=1 wire=1/3 len=0 \"\" z\n"
		"< text -fin rsv=4 @3 len=3 <f248cd>\n< continuation -fin @8 len=3 <c9c907>\n< ping @13 len=1 \"p\"\n"
		"< continuation -fin @16 len=1 <00>\n< continuation @19 len=0 \"\"\n"
		"< message text frames=4 wire=7/15 len=5 \"Hello\" z\n");
	/* BFINAL (7.2.3.4) with and without what follows it; the next message may refer to both */
	expect(PMD, "> text +rsv1 hex:f348cdc9c9070000\n> text +rsv1 hex:f348cdc9c90700\n> text +rsv1 hex:f200110000",
		"> text rsv=4 @0 len=8 <f348cdc9c9070000>\n> ! pmd-bfinal @0\n> message text frames=1 wire=8/14 len=5 \"Hello\" z\n"
		"> text rsv=4 @14 len=7 <f348cdc9c90700>\n> ! pmd-bfinal @14\n> message text frames=1 wire=7/13 len=5 \"Hello\" z\n"
		"> text rsv=4 @27 len=5 <f200110000>\n> message text frames=1 wire=5/11 len=5 \"Hello\" z\n");
	/* a stored block; a text that is broken only after inflating */
	expect(PMD, "< text +rsv1 hex:000500faff48656c6c6f00\n< text +rsv1 hex:000200fdff61ff00",
		"< text rsv=4 @0 len=11 <000500faff48656c6c6f00>\n< message text frames=1 wire=11/13 len=5 \"Hello\" z\n"
		"< text rsv=4 @13 len=8 <000200fdff61ff00>\n< ! ws-utf8 @13 (byte 1)\n"
		"< message text frames=1 wire=8/10 len=2 <61ff> z\n");
	/* not agreed on: not inflated */
	expect("", "< binary +rsv1 hex:f248cdc9c90700",
		"< ! ws-rsv @0\n< binary rsv=4 @0 len=7 <f248cdc9c90700>\n"
		"< message binary frames=1 wire=7/9 len=7 <f248cdc9c90700>\n");
}

static void tail_and_empty(void **state)
{
	(void)state;
	expect(PMD, "< text +rsv1 hex:f248cdc9c907000000ffff\n< text +rsv1 hex:f248cdc9c90700\n< text +rsv1 \"\"\n< text \"\"",
		"< text rsv=4 @0 len=11 <f248cdc9c907000000ffff>\n< ! pmd-tail @0\n< message text frames=1 wire=11/13 len=5 \"Hello\" z\n"
		"< text rsv=4 @13 len=7 <f248cdc9c90700>\n< message text frames=1 wire=7/9 len=5 \"Hello\" z\n"
		"< text rsv=4 @22 len=0 \"\"\n< ! pmd-empty @22\n< message text frames=1 wire=0/2 len=0 \"\" z\n"
		"< text @24 len=0 \"\"\n< message text frames=1 wire=0/2 len=0 \"\"\n");
	/* blocks to their end on a whole byte, and nothing of the tail's block: fixed codes with an empty text of 10 bits
	 * each, four of them are five bytes */
	expect(PMD, "< text +rsv1 hex:0208208000\n< text +rsv1 hex:f248cdc9c90700",
		"< text rsv=4 @0 len=5 <0208208000>\n< ! pmd-inflate @0 (the text is whole, but the empty block that 00 00 ff ff "
		"completes is missing)\n< message text frames=1 wire=5/7 len=0 \"\" z\n"
		"< text rsv=4 @7 len=7 <f248cdc9c90700>\n< message text frames=1 wire=7/9 len=5 \"Hello\" z\n");
	/* a final block that is stored and empty ends in the same four bytes, rightly */
	expect(PMD, "< text +rsv1 hex:f248cdc9c907000100ff\n< end capture",
		"< text rsv=4 @0 len=10 <f248cdc9c907000100ff>\n< ! pmd-inflate @0 (invalid stored block lengths)\n");
	expect(PMD, "< text +rsv1 hex:010000ffff",
		"< text rsv=4 @0 len=5 <010000ffff>\n< ! pmd-bfinal @0\n< message text frames=1 wire=5/7 len=0 \"\" z\n");
}

static void broken(void **state)
{
	(void)state;
	/* told once; lost until a message stands alone, frames go on; f2001100 00 refers to what came before it */
	expect(PMD, "< text +rsv1 hex:ffff\n< text +rsv1 hex:f200110000\n< ping \"\"\n< text +rsv1 hex:f248cdc9c90700\n< text +rsv1 hex:f200110000",
		"< text rsv=4 @0 len=2 <ffff>\n< ! pmd-inflate @0 (invalid block type)\n< text rsv=4 @4 len=5 <f200110000>\n< ping @11 len=0 \"\"\n"
		"< text rsv=4 @13 len=7 <f248cdc9c90700>\n< message text frames=1 wire=7/9 len=5 \"Hello\" z\n"
		"< text rsv=4 @22 len=5 <f200110000>\n< message text frames=1 wire=5/7 len=5 \"Hello\" z\n");
	/* the data ends too early */
	expect(PMD, "> text +rsv1 hex:f248cd\n> text \"plain\"",
		"> text rsv=4 @0 len=3 <f248cd>\n> ! pmd-inflate @0 (the data ends inside a block)\n"
		"> text @9 len=5 \"plain\"\n> message text frames=1 wire=5/11 len=5 \"plain\"\n");
	/* a gap: silently lost, as it is nobody's fault */
	expect(PMD, "< text +rsv1 hex:f248cdc9c90700\n< text +rsv1 len=5 hex:f200\n< gap 3\n< text +rsv1 hex:f200110000\n< text +rsv1 hex:f248cdc9c90700",
		"< text rsv=4 @0 len=7 <f248cdc9c90700>\n< message text frames=1 wire=7/9 len=5 \"Hello\" z\n"
		"< ! gap-suspends @13 (inside a frame: decoding goes on, its message is not shown or checked)\n"
		"< text rsv=4 @9 len=5 <f200> cut\n< text rsv=4 @16 len=5 <f200110000>\n"
		"< text rsv=4 @23 len=7 <f248cdc9c90700>\n< message text frames=1 wire=7/9 len=5 \"Hello\" z\n");
	/* a gap in a frame that is not compressed costs no history */
	expect(PMD, "< text +rsv1 hex:f248cdc9c90700\n< text len=5 \"ab\"\n< gap 3\n< text +rsv1 hex:f200110000",
		"< text rsv=4 @0 len=7 <f248cdc9c90700>\n< message text frames=1 wire=7/9 len=5 \"Hello\" z\n"
		"< ! gap-suspends @13 (inside a frame: decoding goes on, its message is not shown or checked)\n"
		"< text @9 len=5 \"ab\" cut\n< text rsv=4 @16 len=5 <f200110000>\n"
		"< message text frames=1 wire=5/7 len=5 \"Hello\" z\n");
}

static void window(void **state)
{
	(void)state;
	/* takeover declined, yet the second message refers to the first: shown, and told once */
	expect(PMD "; server_no_context_takeover",
		"< text +rsv1 hex:f248cdc9c90700\n< text +rsv1 hex:f200110000\n< text +rsv1 hex:f200110000",
		"< text rsv=4 @0 len=7 <f248cdc9c90700>\n< message text frames=1 wire=7/9 len=5 \"Hello\" z\n"
		"< text rsv=4 @9 len=5 <f200110000>\n< ! pmd-window @9 (agreed: 15 bits, no context takeover)\n"
		"< message text frames=1 wire=5/7 len=5 \"Hello\" z\n"
		"< text rsv=4 @16 len=5 <f200110000>\n< message text frames=1 wire=5/7 len=5 \"Hello\" z\n");
	/* the other side's takeover was declined, not this one's */
	expect(PMD "; client_no_context_takeover", "< text +rsv1 hex:f248cdc9c90700\n< text +rsv1 hex:f200110000",
		"< text rsv=4 @0 len=7 <f248cdc9c90700>\n< message text frames=1 wire=7/9 len=5 \"Hello\" z\n"
		"< text rsv=4 @9 len=5 <f200110000>\n< message text frames=1 wire=5/7 len=5 \"Hello\" z\n");
	/* distances of 2,000 bytes in windows of 8 to 15 bits */
	for (int bits = 8; bits <= 15; bits++) {
		struct packer p;
		struct script s;
		char extensions[128];
		uint8_t noise[4000];
		uint32_t x = 1;
		for (size_t i = 0; i < 2000; i++) {
			x = x * 1664525u + 1013904223u;
			noise[i] = noise[i + 2000] = x >> 24 & 0x7f;
		}
		script_init(&s);
		packer_init(&p, 15, 9);
		pack_message(&p, noise, sizeof noise, Z_SYNC_FLUSH);
		send_packed(&s, W101_CLIENT, p.out, p.n);
		snprintf(extensions, sizeof extensions, PMD "; client_max_window_bits=%d; server_max_window_bits=8", bits);
		char *got = log_of(extensions, &s);
		assert_int_equal(count(got, "! pmd-window"), bits < 11);
		assert_int_equal(count(got, "len=4000"), 1);
		struct setup u = setup_plain(extensions);
		same_in_all_ways(&u, &s, got, 40);
		free(got);
		deflateEnd(&p.z);
		script_free(&s);
	}
}

static void bomb(void **state)
{
	enum { BIG = 1 << 20 };
	char *zeros = calloc(1, 2 * BIG);
	struct packer p;
	struct script s;
	(void)state;
	assert_non_null(zeros);
	script_init(&s);
	packer_init(&p, 15, 9);
	pack_message(&p, zeros, 2 * BIG, Z_SYNC_FLUSH);
	send_packed(&s, W101_SERVER, p.out, p.n);
	char *got = log_of(PMD, &s);
	assert_int_equal(count(got, "! pmd-bomb"), 1); /* more than 1,000 times its size */
	assert_int_equal(count(got, "len=2097152"), 1);
	free(got);

	/* above the limit: the rest is not inflated, and the history is lost */
	struct setup u = setup_plain(PMD);
	u.limits.inflate = 100000;
	pack_message(&p, zeros, 10, Z_SYNC_FLUSH);
	send_packed(&s, W101_SERVER, p.out, p.n);
	got = run_once(&u, &s, WHOLE, 0, NULL, NULL);
	assert_int_equal(count(got, "! pmd-bomb"), 1);
	assert_int_equal(count(got, " message "), 1);
	assert_non_null(strstr(got, "len=100000 <"));
	assert_non_null(strstr(got, " z cut\n"));
	same_in_all_ways(&u, &s, got, 30);
	free(got);
	u.limits.inflate = 2 * BIG;
	u.keep = false;
	got = run_once(&u, &s, WHOLE, 0, NULL, NULL);
	assert_int_equal(count(got, "! pmd-bomb"), 1); /* exactly the limit, but 1,000 times */
	assert_int_equal(count(got, " message "), 2);
	free(got);
	script_free(&s);
	deflateEnd(&p.z);

	/* near: 100 times */
	script_init(&s);
	packer_init(&p, 15, 9);
	pack_message(&p, zeros, 2000, Z_SYNC_FLUSH);
	send_packed(&s, W101_SERVER, p.out, p.n);
	got = log_of(PMD, &s);
	assert_null(strstr(got, "!"));
	free(got);
	script_free(&s);
	deflateEnd(&p.z);
	free(zeros);
}

/* A message of nothing but blocks with BFINAL=1 costs no more than other input. */
static void many_final_blocks(void **state)
{
	enum { N = 1 << 16 };
	uint8_t *blocks = malloc(N);
	struct script s;
	(void)state;
	assert_non_null(blocks);
	for (size_t i = 0; i < N; i += 2)
		memcpy(blocks + i, "\x03\x00", 2);
	script_init(&s);
	send_packed(&s, W101_SERVER, blocks, N);
	char *got = log_of(PMD "; server_max_window_bits=9", &s);
	assert_int_equal(count(got, "! pmd-bfinal"), 1);
	assert_non_null(strstr(got, "wire=65536/65546 len=0 \"\" z\n"));
	free(got);
	free(blocks);
	script_free(&s);
}

static void use(void **state)
{
	struct script s;
	(void)state;
	expect(PMD, "> text \"a\"\n> end fin\n< end fin",
		"> text @0 len=1 \"a\"\n> message text frames=1 wire=1/7 len=1 \"a\"\n< ! pmd-unused @0\n");
	/* near: used; nothing was sent; it may still be used; not agreed on */
	expect(PMD, "> text +rsv1 hex:00\n> end fin\n< end fin", "> text rsv=4 @0 len=1 <00>\n> message text frames=1 wire=1/7 len=0 \"\" z\n");
	expect(PMD, "> end fin\n< end fin", "");
	expect(PMD, "> ping \"\"\n> end fin\n< end fin", "> ping @0 len=0 \"\"\n");
	expect(PMD, "> binary \"\"\n> end capture\n< end capture",
		"> binary @0 len=0 \"\"\n> message binary frames=1 wire=0/6 len=0 \"\"\n");
	expect("", "> binary \"\"\n> end fin\n< end fin",
		"> binary @0 len=0 \"\"\n> message binary frames=1 wire=0/6 len=0 \"\"\n");

	/* one byte more than the text, a hundred times; 99 times is too few, as many bytes are not more */
	for (unsigned n = 99; n <= 101; n++) {
		script_init(&s);
		for (unsigned i = 0; i < (n == 101 ? 100 : n); i++) {
			if (n == 101)
				send_packed(&s, W101_CLIENT, (const uint8_t *)"\xf2\x48\xcd\xc9\xc9\x07\x11\x00", 8);
			else
				send_packed(&s, W101_CLIENT, (const uint8_t *)"\xf2\x48\xcd\xc9\xc9\x07\x00", 7);
		}
		char *got = log_of(PMD, &s);
		assert_int_equal(count(got, "! pmd-wasteful"), n == 100);
		free(got);
		script_free(&s);
	}
}

/* Refused memory: messages are missing and that is said, nothing breaks. */
static void memory(void **state)
{
	(void)state;
	struct script s;
	struct packer p;
	char text[20000];
	unsigned told = 0;
	script_init(&s);
	packer_init(&p, 15, 6);
	for (unsigned i = 0; i < 6; i++) {
		size_t n = sample(text, 1000 + 3000 * i, i);
		pack_message(&p, text, n, Z_SYNC_FLUSH);
		send_packed(&s, i & 1, p.out, p.n);
	}
	deflateEnd(&p.z);
	for (uint64_t m = 1500; m < 120000; m += 501) {
		struct setup u = setup_plain(PMD "; server_no_context_takeover");
		u.memory = m;
		char *got = run_once(&u, &s, CUT, 700, NULL, NULL);
		assert_int_equal(count(got, "rsv=4"), 6);
		assert_true(count(got, " message ") == 6 || strstr(got, "! limit-reached") || strstr(got, "! pmd-inflate"));
		told += count(got, "! limit-reached") > 0;
		free(got);
	}
	assert_true(told > 10);
	script_free(&s);
}

/* What an idle connection costs between compressed messages. */
static void parked(void **state)
{
	(void)state;
	struct w101_limits limits = W101_LIMITS_DEFAULT;
	struct w101_quota q;
	struct log l = { 0 };
	static const uint8_t hello[] = { 0xc1, 7, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00 };
	w101_quota_init(&q, 1 << 20, 0);
	struct w101_handshake h = { .extensions = W101_LIT(PMD), .limits = &limits, .quota = &q };
	struct w101_out out = { &l, log_frame, log_message, log_finding, log_place, NULL };
	void *d = w101_websocket_decoder.open(&h, &out);
	for (int i = 0; i < 40; i++) {
		w101_websocket_decoder.data(d, W101_SERVER,
			&(struct w101_chunk){ .bytes = { hello, sizeof hello }, .at = i * 2 * W101_SECOND });
		assert_true(q.used < 2048);
	}
	assert_int_equal(count(l.text, "\"Hello\" z"), 40);
	w101_websocket_decoder.free(d);
	assert_int_equal(q.used, 0);
	w101_quota_clear(&q);
	free(l.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_windows),
		cmocka_unit_test(takeover),
		cmocka_unit_test(traps),
		cmocka_unit_test(tail_and_empty),
		cmocka_unit_test(broken),
		cmocka_unit_test(window),
		cmocka_unit_test(bomb),
		cmocka_unit_test(many_final_blocks),
		cmocka_unit_test(use),
		cmocka_unit_test(memory),
		cmocka_unit_test(parked),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
