/* net/: each link type, lengths that decide what is payload, extension headers
 * and fragments, and every cut length against an unreadable page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/quota.h"
#include "guard.h"
#include "net/net.h"

/* ---- packets put together from pieces */

struct build {
	uint8_t b[70000];
	uint32_t n;
};

static void put(struct build *p, const void *bytes, size_t n)
{
	assert_true(p->n + n <= sizeof p->b);
	memcpy(p->b + p->n, bytes, n);
	p->n += (uint32_t)n;
}

static void put16(struct build *p, unsigned v)
{
	uint8_t b[2] = { (uint8_t)(v >> 8), (uint8_t)v };
	put(p, b, 2);
}

#define PUT(p, ...) put(p, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* TCP 51022 -> 80, seq 0x01020304, ack 0x05060708, PSH+ACK, with `words` words of options */
static void put_tcp(struct build *p, unsigned words, const char *payload)
{
	PUT(p, 0xc7, 0x4e, 0, 80, 1, 2, 3, 4, 5, 6, 7, 8, (uint8_t)((5 + words) << 4), 0x18, 0x20, 0, 0, 0, 0, 0);
	for (unsigned i = 0; i < words; i++)
		PUT(p, 1, 1, 1, 1);
	put(p, payload, strlen(payload));
}

static void put_v4(struct build *p, unsigned words, unsigned total, unsigned fragment, unsigned protocol)
{
	PUT(p, (uint8_t)(0x45 + words), 0);
	put16(p, total);
	put16(p, 0x1234);
	put16(p, fragment);
	PUT(p, 64, (uint8_t)protocol, 0, 0, 10, 0, 0, 5, 10, 0, 0, 9);
	for (unsigned i = 0; i < words; i++)
		PUT(p, 1, 1, 1, 0);
}

static void put_v6(struct build *p, unsigned length, unsigned next)
{
	PUT(p, 0x60, 0, 0, 0);
	put16(p, length);
	PUT(p, (uint8_t)next, 64);
	PUT(p, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
	PUT(p, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2);
}

static void put_ethernet(struct build *p, unsigned ethertype)
{
	PUT(p, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2);
	put16(p, ethertype);
}

/* ---- running */

struct fixture {
	struct w101_quota quota;
	struct w101_net *net;
	struct w101_segment s;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	w101_quota_init(&f->quota, 1 << 20, 0);
	f->net = w101_net_new(&f->quota);
	*state = f;
	return f->net ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	w101_net_free(f->net);
	assert_int_equal(f->quota.used, 0);
	free(f);
	return 0;
}

/* The first `cap` bytes of p, which had `len` on the wire. */
static enum w101_net_result run_cut(struct fixture *f, uint32_t link, const struct build *p, uint32_t cap, uint32_t len)
{
	struct w101_guard g = w101_guard_copy(p->b, cap);
	struct w101_packet packet = { .number = 1, .link = link, .caplen = cap, .len = len, .data = g.bytes.p };
	memset(&f->s, 0xee, sizeof f->s);
	enum w101_net_result r = w101_net_segment(f->net, &packet, &f->s);
	if (r == W101_NET_TCP) {
		assert_true(f->s.payload.n <= f->s.payload_len);
		assert_true(f->s.payload.p >= g.bytes.p && f->s.payload.p + f->s.payload.n <= g.bytes.p + cap);
		f->s.payload.p = p->b + (f->s.payload.p - g.bytes.p); /* the guarded copy goes away */
	}
	w101_guard_free(&g);
	return r;
}

static enum w101_net_result run(struct fixture *f, uint32_t link, const struct build *p)
{
	return run_cut(f, link, p, p->n, p->n);
}

static void expect_payload(const struct fixture *f, const char *payload)
{
	assert_int_equal(f->s.payload_len, strlen(payload));
	assert_int_equal(f->s.payload.n, strlen(payload));
	assert_memory_equal(f->s.payload.p, payload, strlen(payload));
}

static void expect_tcp(const struct fixture *f, unsigned family, const char *payload)
{
	static const uint8_t v4[2][16] = { { 10, 0, 0, 5 }, { 10, 0, 0, 9 } };
	static const uint8_t v6[2][16] = { { 0x20, 1, 0xd, 0xb8, [15] = 1 }, { 0x20, 1, 0xd, 0xb8, [15] = 2 } };
	assert_int_equal(f->s.src.addr.family, family);
	assert_int_equal(f->s.dst.addr.family, family);
	assert_memory_equal(f->s.src.addr.b, family == 4 ? v4[0] : v6[0], 16);
	assert_memory_equal(f->s.dst.addr.b, family == 4 ? v4[1] : v6[1], 16);
	assert_int_equal(f->s.src.port, 51022);
	assert_int_equal(f->s.dst.port, 80);
	assert_int_equal(f->s.seq, 0x01020304);
	assert_int_equal(f->s.ack, 0x05060708);
	assert_int_equal(f->s.flags, W101_TCP_PSH | W101_TCP_ACK);
	assert_int_equal(f->s.context, 0);
	expect_payload(f, payload);
}

/* ---- link types */

struct link_case {
	const char *what;
	uint32_t link;
	unsigned family;
	uint32_t n;
	uint8_t header[64];
};

#define ETH 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2
static const struct link_case links[] = {
	{ "Ethernet", 1, 4, 14, { ETH, 8, 0 } },
	{ "Ethernet, IPv6", 1, 6, 14, { ETH, 0x86, 0xdd } },
	{ "802.1Q", 1, 4, 18, { ETH, 0x81, 0, 0, 5, 8, 0 } },
	{ "802.1ad and 802.1Q", 1, 6, 22, { ETH, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 0x86, 0xdd } },
	{ "eight tags", 1, 4, 46,
		{ ETH, 0x81, 0, 0, 1, 0x81, 0, 0, 2, 0x81, 0, 0, 3, 0x81, 0, 0, 4, 0x91, 0, 0, 5, 0x92, 0, 0, 6, 0x81,
			0, 0, 7, 0x81, 0, 0, 8, 8, 0 } },
	{ "SLL", 113, 4, 16, { 0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0 } },
	{ "SLL, IPv6", 113, 6, 16, { 0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x86, 0xdd } },
	{ "SLL, 802.1Q", 113, 4, 20, { 0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x81, 0, 0, 5, 8, 0 } },
	{ "SLL2", 276, 4, 20, { 8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2 } },
	{ "SLL2, IPv6", 276, 6, 20, { 0x86, 0xdd, 0, 0, 0, 0, 0, 1, 3, 4, 0, 6, 2 } },
	{ "NULL, little endian", 0, 4, 4, { 2, 0, 0, 0 } },
	{ "NULL, big endian", 0, 4, 4, { 0, 0, 0, 2 } },
	{ "NULL, macOS IPv6", 0, 6, 4, { 30, 0, 0, 0 } },
	{ "NULL, FreeBSD IPv6", 0, 6, 4, { 28, 0, 0, 0 } },
	{ "NULL, NetBSD IPv6", 0, 6, 4, { 0, 0, 0, 24 } },
	{ "NULL, Linux IPv6", 0, 6, 4, { 10, 0, 0, 0 } },
	{ "LOOP", 108, 4, 4, { 0, 0, 0, 2 } },
	{ "LOOP, other byte order", 108, 6, 4, { 24, 0, 0, 0 } },
	{ "RAW", 101, 4, 0, { 0 } },
	{ "RAW, IPv6", 101, 6, 0, { 0 } },
	{ "RAW as 12", 12, 4, 0, { 0 } },
	{ "RAW as 14", 14, 6, 0, { 0 } },
	{ "IPV4", 228, 4, 0, { 0 } },
	{ "IPV6", 229, 6, 0, { 0 } },
};

static void link_packet(struct build *p, const struct link_case *c, const char *payload)
{
	uint32_t tcp = 20 + 12 + (uint32_t)strlen(payload);
	p->n = 0;
	put(p, c->header, c->n);
	if (c->family == 4)
		put_v4(p, 0, 20 + tcp, 0x4000, 6);
	else
		put_v6(p, tcp, 6);
	put_tcp(p, 3, payload);
}

static void test_every_link_type_is_read(void **state)
{
	static struct build p;
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		print_message("# %s\n", links[i].what);
		link_packet(&p, &links[i], "GET /");
		assert_int_equal(run(*state, links[i].link, &p), W101_NET_TCP);
		expect_tcp(*state, links[i].family, "GET /");
		assert_non_null(w101_net_link_name(links[i].link));
	}
	assert_string_equal(w101_net_link_name(1), "Ethernet");
}

static void test_every_cut_of_every_link_type(void **state)
{
	static struct build p;
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		const struct link_case *c = &links[i];
		link_packet(&p, c, "GET /");
		uint32_t tcp = c->n + (c->family == 4 ? 20 : 40), head = tcp + 32;
		for (uint32_t cap = 0; cap < p.n; cap++) {
			/* by the snapshot length: told by len */
			enum w101_net_result r = run_cut(f, c->link, &p, cap, p.n);
			assert_int_equal(r, cap < tcp + 14 ? W101_NET_CUT : W101_NET_TCP);
			if (r == W101_NET_TCP) {
				assert_int_equal(f->s.payload_len, 5);
				assert_int_equal(f->s.payload.n, cap > head ? cap - head : 0);
			}
			/* without a word of it in the file: only a whole IP header tells */
			r = run_cut(f, c->link, &p, cap, cap);
			assert_int_equal(r, cap < tcp        ? W101_NET_MALFORMED
					    : cap < tcp + 14 ? W101_NET_CUT
							     : W101_NET_TCP);
			if (r == W101_NET_TCP)
				assert_int_equal(f->s.payload_len, 5);
		}
	}
}

static void test_what_no_link_type_knows(void **state)
{
	static struct build p;
	link_packet(&p, &links[0], "x");
	assert_int_equal(run(*state, 105, &p), W101_NET_LINK);
	assert_null(w101_net_link_name(105));
}

static void test_other_protocols_on_links(void **state)
{
	static struct build p;
	struct link_case c = links[0];
	static const uint16_t types[] = { 0x0806 /* ARP */, 46 /* 802.3 length */, 0x05dc, 0x8847 };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		link_packet(&p, &c, "x");
		p.b[12] = (uint8_t)(types[i] >> 8);
		p.b[13] = (uint8_t)types[i];
		assert_int_equal(run(*state, 1, &p), W101_NET_OTHER);
	}
	p.n = 0; /* nine tags */
	put_ethernet(&p, 0x8100);
	for (int i = 0; i < 8; i++) {
		put16(&p, 5);
		put16(&p, 0x8100);
	}
	put16(&p, 5);
	put16(&p, 0x0800);
	put_v4(&p, 0, 40, 0, 6);
	put_tcp(&p, 0, "");
	assert_int_equal(run(*state, 1, &p), W101_NET_OTHER);

	p.n = 0; /* netlink in a cooked capture: 0x0800 would be a netlink family */
	PUT(&p, 0, 0, 3, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0);
	put_v4(&p, 0, 40, 0, 6);
	put_tcp(&p, 0, "");
	assert_int_equal(run(*state, 113, &p), W101_NET_OTHER);

	p.n = 0; /* AF_ISO */
	PUT(&p, 7, 0, 0, 0);
	put_v4(&p, 0, 40, 0, 6);
	assert_int_equal(run(*state, 0, &p), W101_NET_OTHER);
}

static void test_link_and_ip_version_disagree(void **state)
{
	static struct build p;
	link_packet(&p, &(struct link_case){ "", 1, 6, 14, { ETH, 8, 0 } }, "x");
	assert_int_equal(run(*state, 1, &p), W101_NET_MALFORMED);
	link_packet(&p, &(struct link_case){ "", 1, 4, 14, { ETH, 0x86, 0xdd } }, "x");
	assert_int_equal(run(*state, 1, &p), W101_NET_MALFORMED);
	link_packet(&p, &(struct link_case){ "", 228, 6, 0, { 0 } }, "x");
	assert_int_equal(run(*state, 228, &p), W101_NET_MALFORMED);
	p.b[0] = 0x20;
	assert_int_equal(run(*state, 101, &p), W101_NET_MALFORMED);
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
	assert_int_equal(f->s.payload_len, 70000 - 40);
	assert_int_equal(f->s.payload.n, 3);
}

static void test_lengths_longer_than_the_packet_are_believed(void **state)
{
	static struct build p;
	struct fixture *f = *state;
	p.n = 0;
	put_v4(&p, 0, 640, 0x4000, 6);
	put_tcp(&p, 0, "cut");
	assert_int_equal(run(f, 228, &p), W101_NET_TCP);
	assert_int_equal(f->s.payload_len, 600);
	assert_int_equal(f->s.payload.n, 3);
	p.n = 0;
	put_v6(&p, 620, 6);
	put_tcp(&p, 0, "cut");
	assert_int_equal(run(f, 229, &p), W101_NET_TCP);
	assert_int_equal(f->s.payload_len, 600);
	assert_int_equal(f->s.payload.n, 3);
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

static void test_ipv4_fragments(void **state)
{
	static struct build p;
	static const struct {
		unsigned field;
		enum w101_net_result want;
	} cases[] = {
		{ 0x2000, W101_NET_FRAGMENT },
		{ 0x0001, W101_NET_FRAGMENT },
		{ 0x3fff, W101_NET_FRAGMENT },
		{ 0x4000, W101_NET_TCP },
		{ 0x8000, W101_NET_TCP },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		p.n = 0;
		put_v4(&p, 0, 42, cases[i].field, 6);
		put_tcp(&p, 0, "ok");
		assert_int_equal(run(*state, 228, &p), cases[i].want);
	}
	p.n = 0; /* of UDP: nothing that is missed */
	put_v4(&p, 0, 42, 0x2000, 17);
	put_tcp(&p, 0, "ok");
	assert_int_equal(run(*state, 228, &p), W101_NET_OTHER);
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

static void test_ipv6_fragments(void **state)
{
	static struct build p;
	static const struct {
		unsigned field, next;
		enum w101_net_result want;
	} cases[] = {
		{ 0x0001, 6, W101_NET_FRAGMENT },
		{ 0x0008, 6, W101_NET_FRAGMENT },
		{ 0x0001, 60, W101_NET_FRAGMENT },
		{ 0x0001, 17, W101_NET_OTHER },
		{ 0x0000, 6, W101_NET_TCP },
		{ 0x0006, 6, W101_NET_TCP },
		{ 0x0000, 17, W101_NET_OTHER },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		p.n = 0;
		put_v6(&p, 8 + 20 + 2, 44);
		PUT(&p, (uint8_t)cases[i].next, 0, (uint8_t)(cases[i].field >> 8), (uint8_t)cases[i].field, 0, 0, 0, 1);
		put_tcp(&p, 0, "ok");
		assert_int_equal(run(*state, 229, &p), cases[i].want);
	}
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
	assert_int_equal(f->s.payload_len, 0x10024 - 16 - 20);
	assert_int_equal(f->s.payload.n, 5);

	assert_int_equal(run_cut(f, 229, &p, p.n, 70000), W101_NET_TCP); /* claims more than the wire had */
	assert_int_equal(f->s.payload_len, 0x10024 - 16 - 20);
	p.b[40 + 10] = 0xff;
	assert_int_equal(run_cut(f, 229, &p, p.n, 70000), W101_NET_TCP);
	assert_int_equal(f->s.payload_len, 70000 - 40 - 16 - 20);
	p.b[40 + 10] = 0;

	p.b[40 + 11] = 0; /* a jumbo length below 65,536 */
	assert_int_equal(run_cut(f, 229, &p, p.n, 80000), W101_NET_MALFORMED);

	p.b[40 + 11] = 1;
	p.b[40 + 9] = 200; /* an option that is longer than its header: no jumbo length */
	assert_int_equal(run_cut(f, 229, &p, p.n, 80000), W101_NET_TCP);
	assert_int_equal(f->s.payload_len, 80000 - 40 - 16 - 20);
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
	assert_int_equal(f->s.flags, W101_TCP_SYN);
	assert_int_equal(f->s.ack, 0);
}

static void test_no_memory(void **state)
{
	(void)state;
	struct w101_quota q;
	w101_quota_init(&q, 1, 0);
	assert_null(w101_net_new(&q));
	w101_net_free(NULL);
	w101_quota_clear(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_link_type_is_read),
		cmocka_unit_test(test_every_cut_of_every_link_type),
		cmocka_unit_test(test_what_no_link_type_knows),
		cmocka_unit_test(test_other_protocols_on_links),
		cmocka_unit_test(test_link_and_ip_version_disagree),
		cmocka_unit_test(test_ipv4_options),
		cmocka_unit_test(test_ethernet_padding_is_no_payload),
		cmocka_unit_test(test_total_length_zero_is_the_length_on_the_wire),
		cmocka_unit_test(test_lengths_longer_than_the_packet_are_believed),
		cmocka_unit_test(test_ipv4_lengths_that_contradict),
		cmocka_unit_test(test_ipv4_fragments),
		cmocka_unit_test(test_extension_headers),
		cmocka_unit_test(test_ipv6_payload_length_counts_the_extension_headers),
		cmocka_unit_test(test_ipv6_fragments),
		cmocka_unit_test(test_a_chain_of_extension_headers_is_bounded),
		cmocka_unit_test(test_no_tcp_behind_ipv6),
		cmocka_unit_test(test_payload_length_zero_and_jumbo_payloads),
		cmocka_unit_test(test_tcp_data_offset),
		cmocka_unit_test(test_tcp_flags_and_the_ack_number),
		cmocka_unit_test(test_no_memory),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
