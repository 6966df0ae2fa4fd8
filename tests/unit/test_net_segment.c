/* net/: lengths that decide what is payload, extension headers, fields that
 * contradict each other, and every cut length against an unreadable page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "test_net_world.h"

#include "test_net_cut.h"

/* ---- versions */

static void put_packet(struct build *p, unsigned version, const char *payload)
{
	uint32_t tcp = 20 + 12 + (uint32_t)strlen(payload);
	p->n = 0;
	if (version == 4)
		put_v4(p, 0, 20 + tcp, 0x4000, 6);
	else
		put_v6(p, tcp, 6);
	put_tcp(p, 3, payload);
}

static void test_every_cut_of_both_versions(void **state)
{
	static struct build p;
	struct fixture *f = *state;
	for (unsigned version = 4; version <= 6; version += 2) {
		put_packet(&p, version, "GET /");
		uint32_t tcp = version == 4 ? 20 : 40, head = tcp + 32;
		for (uint32_t cap = 0; cap < p.n; cap++) {
			/* by the snapshot length: told by len */
			enum w101_net_result r = run_cut(f, 101, &p, cap, p.n);
			assert_int_equal(r, cap < tcp + 14 ? W101_NET_CUT : W101_NET_TCP);
			if (r == W101_NET_TCP) {
				expect_segment(f, version);
				assert_int_equal(f->s[0].payload_len, 5);
				assert_int_equal(f->s[0].payload.n, cap > head ? cap - head : 0);
			}
			/* without a word of it in the file: only a whole IP header tells */
			r = run_cut(f, 101, &p, cap, cap);
			assert_int_equal(r, cap < tcp        ? W101_NET_MALFORMED
					    : cap < tcp + 14 ? W101_NET_CUT
							     : W101_NET_TCP);
			if (r == W101_NET_TCP)
				assert_int_equal(f->s[0].payload_len, 5);
		}
		assert_int_equal(run(f, 101, &p), W101_NET_TCP);
		expect_tcp(f, version, "GET /");
	}
}

static void test_link_and_ip_version_disagree(void **state)
{
	static struct build p;
	put_packet(&p, 6, "x");
	assert_int_equal(run(*state, 228, &p), W101_NET_MALFORMED);
	put_packet(&p, 4, "x");
	assert_int_equal(run(*state, 229, &p), W101_NET_MALFORMED);
	p.b[0] = 0x20;
	assert_int_equal(run(*state, 101, &p), W101_NET_MALFORMED);
}

static void test_other_protocols_of_ipv4(void **state)
{
	static struct build p;
	static const uint8_t protocols[] = { 1, 2, 50, 60, 132, 255 };
	for (size_t i = 0; i < sizeof protocols; i++) {
		for (unsigned fragment = 0; fragment <= 0x2000; fragment += 0x2000) {
			p.n = 0;
			put_v4(&p, 0, 44, fragment, protocols[i]);
			put_tcp(&p, 0, "data");
			assert_int_equal(run(*state, 228, &p), W101_NET_OTHER);
		}
	}
}

/* ---- IPv4 */

static void test_ipv4_options(void **state)
{
	static struct build p;
	for (unsigned words = 0; words <= 10; words++) {
		p.n = 0;
		put_v4(&p, words, 20 + words * 4 + 20 + 2, 0, 6);
		put_tcp(&p, 0, "ok");
		assert_int_equal(run(*state, 228, &p), W101_NET_TCP);
		expect_tcp(*state, 4, "ok");
		for (uint32_t cap = 20; cap < 20 + words * 4; cap++)
			assert_int_equal(run_cut(*state, 228, &p, cap, p.n), W101_NET_CUT);
	}
}

static void test_ah_behind_ipv4(void **state)
{
	static struct build p;
	for (unsigned length = 0; length <= 5; length++) { /* in words of four bytes, two less */
		p.n = 0;
		put_v4(&p, 0, 20 + 8 + length * 4 + 20 + 2, 0, 51);
		PUT(&p, 6, (uint8_t)length, 0, 0, 0, 0, 0, 1);
		for (unsigned i = 0; i < length; i++)
			put32(&p, 0x09090909);
		put_tcp(&p, 0, "ok");
		assert_int_equal(run(*state, 228, &p), length ? W101_NET_TCP : W101_NET_MALFORMED);
		if (!length)
			continue;
		expect_tcp(*state, 4, "ok");
		for (uint32_t cap = 20; cap < 28 + length * 4; cap++)
			assert_int_equal(run_cut(*state, 228, &p, cap, p.n), W101_NET_CUT);
	}
	p.b[20] = 51; /* two of them, the second too short; then something else behind it */
	p.b[48] = 6;
	p.b[49] = 0;
	assert_int_equal(run(*state, 228, &p), W101_NET_MALFORMED);
	p.b[20] = 1;
	assert_int_equal(run(*state, 228, &p), W101_NET_OTHER);
	p.b[20] = 6;
	p.b[21] = 255; /* longer than the packet */
	assert_int_equal(run(*state, 228, &p), W101_NET_MALFORMED);
}

static void test_ethernet_padding_is_no_payload(void **state)
{
	static struct build p;
	p.n = 0;
	put_ethernet(&p, 0x0800);
	put_v4(&p, 0, 40, 0x4000, 6);
	put_tcp(&p, 0, "");
	PUT(&p, 'p', 'a', 'd', 'd', 'i', 'n');
	assert_int_equal(run(*state, 1, &p), W101_NET_TCP);
	expect_tcp(*state, 4, "");
}

static void test_total_length_zero_is_the_length_on_the_wire(void **state)
{
	static struct build p;
	struct fixture *f = *state;
	p.n = 0;
	put_v4(&p, 0, 0, 0x4000, 6);
	put_tcp(&p, 0, "offloaded");
	assert_int_equal(run(f, 228, &p), W101_NET_TCP);
	expect_tcp(f, 4, "offloaded");
	assert_int_equal(run_cut(f, 228, &p, 43, 70000), W101_NET_TCP);
	assert_int_equal(f->s[0].payload_len, 70000 - 40);
	assert_int_equal(f->s[0].payload.n, 3);
}

static void test_lengths_longer_than_the_packet_are_believed(void **state)
{
	static struct build p;
	struct fixture *f = *state;
	p.n = 0;
	put_v4(&p, 0, 640, 0x4000, 6);
	put_tcp(&p, 0, "cut");
	assert_int_equal(run(f, 228, &p), W101_NET_TCP);
	assert_int_equal(f->s[0].payload_len, 600);
	assert_int_equal(f->s[0].payload.n, 3);
	p.n = 0;
	put_v6(&p, 620, 6);
	put_tcp(&p, 0, "cut");
	assert_int_equal(run(f, 229, &p), W101_NET_TCP);
	assert_int_equal(f->s[0].payload_len, 600);
	assert_int_equal(f->s[0].payload.n, 3);
}

static void test_ipv4_lengths_that_contradict(void **state)
{
	static struct build p;
	static const struct {
		unsigned words, total;
	} bad[] = { { 0, 1 }, { 0, 19 }, { 5, 39 }, { 0, 20 }, { 0, 39 } };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		p.n = 0;
		put_v4(&p, bad[i].words, bad[i].total, 0, 6);
		put_tcp(&p, 0, "data");
		assert_int_equal(run(*state, 228, &p), W101_NET_MALFORMED);
	}
	p.n = 0;
	put_v4(&p, 0, 44, 0, 6);
	put_tcp(&p, 0, "data");
	p.b[0] = 0x44; /* a header of 16 bytes */
	assert_int_equal(run(*state, 228, &p), W101_NET_MALFORMED);
	p.b[0] = 0x45;
	assert_int_equal(run(*state, 228, &p), W101_NET_TCP);
}

static void test_ipv4_fragment_fields(void **state)
{
	static struct build p;
	static const struct {
		unsigned field;
		enum w101_net_result want;
	} cases[] = {
		{ 0x2000, W101_NET_FRAGMENT },  { 0x0001, W101_NET_FRAGMENT }, { 0x2001, W101_NET_FRAGMENT },
		{ 0x1fff, W101_NET_MALFORMED }, { 0x4000, W101_NET_TCP },      { 0x8000, W101_NET_TCP },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		p.n = 0;
		put_v4(&p, 0, 44, cases[i].field, 6);
		p.b[5] = (uint8_t)i; /* each of another datagram */
		put_tcp(&p, 0, "data");
		assert_int_equal(run(*state, 228, &p), cases[i].want);
	}
}

/* ---- IPv6 */

static void test_extension_headers(void **state)
{
	static struct build p;
	p.n = 0;
	put_v6(&p, 8 + 8 + 16 + 8 + 24 + 20 + 2, 0);
	PUT(&p, 43, 0, 5, 2, 0, 0, 1, 0);                                                /* hop-by-hop: router alert */
	PUT(&p, 60, 0, 4, 0, 0, 0, 0, 0);                                                /* routing */
	PUT(&p, 44, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);                       /* destination options */
	PUT(&p, 51, 0, 0, 0, 1, 2, 3, 4);                                                /* atomic fragment */
	PUT(&p, 6, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9); /* AH */
	uint32_t tcp = p.n;
	put_tcp(&p, 0, "ok");
	assert_int_equal(run(*state, 229, &p), W101_NET_TCP);
	expect_tcp(*state, 6, "ok");
	for (uint32_t cap = 0; cap < p.n; cap++)
		assert_int_equal(run_cut(*state, 229, &p, cap, p.n), cap < tcp + 14 ? W101_NET_CUT : W101_NET_TCP);
}

static void test_ipv6_payload_length_counts_the_extension_headers(void **state)
{
	static struct build p;
	p.n = 0;
	put_v6(&p, 8 + 20, 60);
	PUT(&p, 6, 0, 1, 4, 0, 0, 0, 0);
	put_tcp(&p, 0, "");
	PUT(&p, 'p', 'a', 'd');
	assert_int_equal(run(*state, 229, &p), W101_NET_TCP);
	expect_tcp(*state, 6, "");
	p.n = 0; /* ends inside the extension header */
	put_v6(&p, 7, 60);
	PUT(&p, 6, 0, 1, 4, 0, 0, 0, 0);
	put_tcp(&p, 0, "");
	assert_int_equal(run(*state, 229, &p), W101_NET_MALFORMED);
}

static void test_ipv6_fragment_fields(void **state)
{
	static struct build p;
	static const struct {
		unsigned field, next;
		enum w101_net_result want;
	} cases[] = {
		{ 0x0001, 6, W101_NET_FRAGMENT },  { 0x0008, 6, W101_NET_FRAGMENT },
		{ 0x0001, 60, W101_NET_FRAGMENT }, { 0x0001, 17, W101_NET_FRAGMENT },
		{ 0x0001, 58, W101_NET_OTHER },    { 0x0008, 58, W101_NET_OTHER },
		{ 0xfff8, 6, W101_NET_MALFORMED }, { 0x0000, 6, W101_NET_TCP },
		{ 0x0006, 6, W101_NET_TCP },       { 0x0000, 58, W101_NET_OTHER },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		p.n = 0;
		put_v6(&p, 8 + 24, 44);
		PUT(&p, (uint8_t)cases[i].next, 0, (uint8_t)(cases[i].field >> 8), (uint8_t)cases[i].field, 0, 0, 0,
			(uint8_t)i);
		put_tcp(&p, 0, "data");
		assert_int_equal(run(*state, 229, &p), cases[i].want);
	}
}

/* A routing header of `words` times 8 bytes behind the first 8, filled with
 * addresses fd00::1, fd00::2 ...; TCP behind it. */
static void put_routed(struct build *p, unsigned type, unsigned words, unsigned left, unsigned last)
{
	p->n = 0;
	put_v6(p, 8 + words * 8 + 20 + 2, 43);
	PUT(p, 6, (uint8_t)words, (uint8_t)type, (uint8_t)left, (uint8_t)last, 0, 0, 0);
	for (unsigned i = 0; i < words; i++)
		PUT(p, i & 1 ? 0 : 0xfd, 0, 0, 0, 0, 0, 0, (uint8_t)(i & 1 ? i / 2 + 1 : 0));
	put_tcp(p, 0, "ok");
}

static void test_the_final_destination_of_a_routing_header(void **state)
{
	static struct build p;
	struct fixture *f = *state;
	enum { HEADER = 0xff, BAD = 0xfe };
	static const struct {
		unsigned type, words, left, last;
		unsigned want; /* the address of that number, the IPv6 header's, or malformed */
	} cases[] = {
		{ 0, 6, 0, 0, HEADER }, { 0, 6, 1, 0, 3 }, { 0, 6, 3, 0, 3 }, { 0, 6, 4, 0, BAD }, { 0, 5, 1, 0, BAD },
		{ 0, 0, 1, 0, BAD }, { 2, 2, 1, 0, 1 }, { 2, 2, 0, 0, HEADER }, { 2, 2, 2, 0, BAD }, { 2, 4, 1, 0, BAD },
		{ 2, 0, 1, 0, BAD }, { 4, 6, 0, 2, HEADER }, { 4, 6, 1, 2, 1 }, { 4, 6, 2, 2, 1 },
		{ 4, 6, 3, 2, 1 }, /* reduced: the first segment is in the IPv6 header only */
		{ 4, 6, 4, 2, BAD }, { 4, 6, 1, 3, BAD }, { 4, 7, 1, 2, 1 }, /* a TLV behind the list */
		{ 4, 0, 1, 0, BAD }, { 4, 1, 1, 0, BAD }, { 3, 6, 2, 0, HEADER },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		put_routed(&p, cases[i].type, cases[i].words, cases[i].left, cases[i].last);
		bool bad = cases[i].want == BAD;
		assert_int_equal(run(f, 229, &p), bad ? W101_NET_MALFORMED : W101_NET_TCP);
		if (bad)
			continue;
		uint8_t want[16] = { 0xfd, [15] = (uint8_t)cases[i].want };
		assert_memory_equal(f->s[0].dst.addr.b, cases[i].want == HEADER ? p.b + 24 : want, 16);
		assert_memory_equal(f->s[0].src.addr.b, p.b + 8, 16);
		for (uint32_t cap = 40; cap < 48 + cases[i].words * 8; cap++)
			assert_int_equal(run_cut(f, 229, &p, cap, p.n), W101_NET_CUT);
	}
}

/* The same datagram by way of two nodes: fragments with another destination in their IPv6 header. */
static void test_fragments_behind_a_routing_header(void **state)
{
	static struct build p;
	struct fixture *f = *state;
	for (unsigned i = 0; i < 2; i++) {
		p.n = 0;
		put_v6(&p, 24 + 8 + (i ? 10 : 16), 43);
		PUT(&p, 44, 2, 0, 1, 0, 0, 0, 0, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7);
		PUT(&p, 6, 0, 0, i ? 16 : 1, 0, 0, 0, 5);
		p.b[39] = (uint8_t)(9 + i);
		static struct build tcp;
		tcp.n = 0;
		put_tcp(&tcp, 0, "routed");
		put(&p, tcp.b + i * 16, i ? 10 : 16);
		assert_int_equal(run(f, 229, &p), i ? W101_NET_TCP : W101_NET_FRAGMENT);
	}
	assert_int_equal(f->s[0].dst.addr.b[0], 0xfd);
	assert_int_equal(f->s[0].dst.addr.b[15], 7);
	expect_payload(f, "routed");
}

/* What answers a routing header of type 2 (RFC 6275 6.3). */
static void test_the_home_address_is_the_source(void **state)
{
	static struct build p;
	struct fixture *f = *state;
	p.n = 0;
	put_v6(&p, 24 + 20 + 2, 60);
	PUT(&p, 6, 2, 1, 2, 0, 0, 0xc9, 16, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7);
	put_tcp(&p, 0, "ok");
	assert_int_equal(run(f, 229, &p), W101_NET_TCP);
	assert_memory_equal(f->s[0].src.addr.b, p.b + 48, 16);
	assert_memory_equal(f->s[0].dst.addr.b, p.b + 24, 16);
	p.b[47] = 15; /* no address */
	assert_int_equal(run(f, 229, &p), W101_NET_TCP);
	assert_memory_equal(f->s[0].src.addr.b, p.b + 8, 16);
	p.b[47] = 17; /* beyond the header */
	assert_int_equal(run(f, 229, &p), W101_NET_TCP);
	assert_memory_equal(f->s[0].src.addr.b, p.b + 8, 16);
}

static void test_a_chain_of_extension_headers_is_bounded(void **state)
{
	static struct build p;
	for (unsigned count = 15; count <= 16; count++) {
		p.n = 0;
		put_v6(&p, count * 8 + 20, 60);
		for (unsigned i = 1; i <= count; i++)
			PUT(&p, i == count ? 6 : 60, 0, 1, 4, 0, 0, 0, 0);
		put_tcp(&p, 0, "");
		assert_int_equal(run(*state, 229, &p), count == 15 ? W101_NET_TCP : W101_NET_MALFORMED);
	}
}

static void test_no_tcp_behind_ipv6(void **state)
{
	static struct build p;
	static const uint8_t next[] = { 17, 58, 59, 50 };
	for (size_t i = 0; i < sizeof next; i++) {
		p.n = 0;
		put_v6(&p, 20, next[i]);
		put_tcp(&p, 0, "");
		assert_int_equal(run(*state, 229, &p), W101_NET_OTHER);
	}
}

static void test_payload_length_zero_and_jumbo_payloads(void **state)
{
	static struct build p;
	struct fixture *f = *state;
	p.n = 0;
	put_v6(&p, 0, 6);
	put_tcp(&p, 0, "offloaded");
	assert_int_equal(run(f, 229, &p), W101_NET_TCP);
	expect_tcp(f, 6, "offloaded");

	p.n = 0; /* RFC 2675: the option counts from behind the IPv6 header */
	put_v6(&p, 0, 0);
	PUT(&p, 6, 1, 0, 1, 2, 0, 0, 0, 0xc2, 4, 0, 1, 0, 0x24, 1, 0);
	put_tcp(&p, 0, "jumbo");
	assert_int_equal(run_cut(f, 229, &p, p.n, 80000), W101_NET_TCP);
	assert_int_equal(f->s[0].payload_len, 0x10024 - 16 - 20);
	assert_int_equal(f->s[0].payload.n, 5);

	assert_int_equal(run_cut(f, 229, &p, p.n, 70000), W101_NET_TCP); /* claims more than the wire had */
	assert_int_equal(f->s[0].payload_len, 0x10024 - 16 - 20);
	p.b[40 + 10] = 0xff;
	assert_int_equal(run_cut(f, 229, &p, p.n, 70000), W101_NET_TCP);
	assert_int_equal(f->s[0].payload_len, 70000 - 40 - 16 - 20);
	p.b[40 + 10] = 0;

	p.b[40 + 11] = 0; /* a jumbo length below 65,536 */
	assert_int_equal(run_cut(f, 229, &p, p.n, 80000), W101_NET_MALFORMED);

	p.b[40 + 11] = 1;
	p.b[40 + 9] = 200; /* an option that is longer than its header: no jumbo length */
	assert_int_equal(run_cut(f, 229, &p, p.n, 80000), W101_NET_TCP);
	assert_int_equal(f->s[0].payload_len, 80000 - 40 - 16 - 20);
}

/* ---- TCP */

static void test_tcp_data_offset(void **state)
{
	static struct build p;
	p.n = 0;
	put_v4(&p, 0, 20 + 20 + 4, 0, 6);
	put_tcp(&p, 0, "data");
	for (unsigned offset = 0; offset < 16; offset++) {
		p.b[20 + 12] = (uint8_t)(offset << 4);
		assert_int_equal(run(*state, 228, &p), offset == 5 || offset == 6 ? W101_NET_TCP : W101_NET_MALFORMED);
		if (offset == 6)
			expect_payload(*state, "");
	}
}

static void test_tcp_flags_and_the_ack_number(void **state)
{
	static struct build p;
	struct fixture *f = *state;
	p.n = 0;
	put_v4(&p, 0, 40, 0, 6);
	put_tcp(&p, 0, "");
	p.b[20 + 13] = 0xc2; /* CWR, ECE, SYN */
	assert_int_equal(run(f, 228, &p), W101_NET_TCP);
	assert_int_equal(f->s[0].flags, W101_TCP_SYN);
	assert_int_equal(f->s[0].ack, 0);
}

static void test_no_memory(void **state)
{
	struct fixture *f = *state;
	uint64_t enough = f->quota.used;
	struct w101_quota q;
	for (uint64_t max = 0; max < enough; max += 8) {
		w101_quota_init(&q, max, 0);
		assert_null(w101_net_new(&(struct w101_net_host){ 0 }, &f->limits, &q,
			(const uint8_t *)"0123456789abcdef"));
		assert_int_equal(q.used, 0);
		w101_quota_clear(&q);
	}
	w101_net_free(NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_every_cut_of_both_versions),
		TEST(test_link_and_ip_version_disagree),
		TEST(test_other_protocols_of_ipv4),
		TEST(test_ipv4_options),
		TEST(test_ah_behind_ipv4),
		TEST(test_ethernet_padding_is_no_payload),
		TEST(test_total_length_zero_is_the_length_on_the_wire),
		TEST(test_lengths_longer_than_the_packet_are_believed),
		TEST(test_ipv4_lengths_that_contradict),
		TEST(test_ipv4_fragment_fields),
		TEST(test_extension_headers),
		TEST(test_ipv6_payload_length_counts_the_extension_headers),
		TEST(test_ipv6_fragment_fields),
		TEST(test_the_final_destination_of_a_routing_header),
		TEST(test_fragments_behind_a_routing_header),
		TEST(test_the_home_address_is_the_source),
		TEST(test_a_chain_of_extension_headers_is_bounded),
		TEST(test_no_tcp_behind_ipv6),
		TEST(test_payload_length_zero_and_jumbo_payloads),
		TEST(test_tcp_data_offset),
		TEST(test_tcp_flags_and_the_ack_number),
		TEST(test_no_memory),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
