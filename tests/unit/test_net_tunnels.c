/* net/: each tunnel with IPv4 and IPv6 inside and around, two deep, cut at every
 * place against an unreadable page; what belongs to a connection's key; headers
 * that are not read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "net/walk.h"
#include "test_net_world.h"

#include "test_net_cut.h"

#define ETHERTYPE(version) ((version) == 4 ? 0x0800u : 0x86ddu)

/* ---- headers, outermost first.  `n` bytes follow them; `version` is that of the IP behind. */

/* 192.0.2.1 -> 192.0.2.2, or 2001:db8:1::1 -> 2001:db8:1::2 */
static void put_outer(struct build *p, unsigned outer, unsigned n, unsigned protocol)
{
	uint32_t at = p->n;
	if (outer == 4) {
		put_v4(p, 0, 20 + n, 0, protocol);
		memcpy(p->b + at + 12, (const uint8_t[]){ 192, 0, 2, 1, 192, 0, 2, 2 }, 8);
	} else {
		put_v6(p, n, protocol);
		p->b[at + 13] = p->b[at + 29] = 1;
	}
}

static void put_gre(struct build *p, unsigned outer, unsigned flags, unsigned type, unsigned n)
{
	unsigned words = !!(flags & 0x8000) + !!(flags & 0x2000) + !!(flags & 0x1000);
	put_outer(p, outer, 4 + 4 * words + n, 47);
	put16(p, flags);
	put16(p, type);
	if (flags & 0x8000)
		put32(p, 0xabcd0000);
	if (flags & 0x2000)
		put32(p, 0x01020304);
	if (flags & 0x1000)
		put32(p, 1);
}

static void put_udp(struct build *p, unsigned outer, unsigned port, unsigned n)
{
	put_outer(p, outer, 8 + n, 17);
	put16(p, 40000);
	put16(p, port);
	put16(p, 8 + n);
	put16(p, 0);
}

static void ip_in_ip(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_outer(p, outer, n, version == 4 ? 4 : 41);
}

static void etherip(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_outer(p, outer, 16 + n, 97);
	PUT(p, 0x30, 0);
	put_ethernet(p, ETHERTYPE(version));
}

static void mpls_in_ip(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	(void)version;
	put_outer(p, outer, 4 + n, 137);
	PUT(p, 0, 1, 1, 64);
}

static void gre(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_gre(p, outer, 0, ETHERTYPE(version), n);
}

static void gre_all(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_gre(p, outer, 0xb000, ETHERTYPE(version), n);
}

static void gre_checksum(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_gre(p, outer, 0x8000, ETHERTYPE(version), n);
}

static void gre_ethernet(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_gre(p, outer, 0x2000, 0x6558, 18 + n);
	put_ethernet(p, 0x8100);
	put16(p, 7);
	put16(p, ETHERTYPE(version));
}

static void gre_mpls(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	(void)version;
	put_gre(p, outer, 0, 0x8847, 4 + n);
	PUT(p, 0, 1, 1, 64);
}

static void gre_ppp(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_gre(p, outer, 0, 0x880b, 4 + n);
	PUT(p, 0xff, 3, 0, version == 4 ? 0x21 : 0x57);
}

static void pptp(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_outer(p, outer, 20 + n, 47);
	put16(p, 0x3081); /* key, sequence, acknowledgment, version 1 */
	put16(p, 0x880b);
	put16(p, 4 + n);
	put16(p, 99);
	put32(p, 5);
	put32(p, 4);
	PUT(p, 0xff, 3, 0, version == 4 ? 0x21 : 0x57);
}

static void wccp(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	(void)version;
	put_gre(p, outer, 0, 0x883e, 4 + n);
	PUT(p, 0, 0, 0, 0);
}

static void erspan_i(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_gre(p, outer, 0, 0x88be, 14 + n);
	put_ethernet(p, ETHERTYPE(version));
}

static void erspan_ii(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_gre(p, outer, 0x1000, 0x88be, 22 + n);
	PUT(p, 0x10, 7, 0, 100, 0, 0, 0, 1);
	put_ethernet(p, ETHERTYPE(version));
}

static void erspan_iii(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_gre(p, outer, 0x1000, 0x22eb, 26 + n);
	PUT(p, 0x20, 7, 0, 100, 0, 0, 0, 1, 0, 0, 0, 0);
	put_ethernet(p, ETHERTYPE(version));
}

static void erspan_iii_platform_ip(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	(void)version;
	put_gre(p, outer, 0x1000, 0x22eb, 20 + n);
	PUT(p, 0x20, 7, 0, 100, 0, 0, 0, 1, 0, 0, 2 << 2, 1, 0, 0, 0, 0, 0, 0, 0, 0);
}

static void vxlan(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_udp(p, outer, 4789, 22 + n);
	PUT(p, 0x88, 0, 0, 0, 0, 1, 2, 0); /* a group policy's flag beside it */
	put_ethernet(p, ETHERTYPE(version));
}

static void vxlan_linux(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_udp(p, outer, 8472, 22 + n);
	PUT(p, 8, 0, 0, 0, 0, 1, 2, 0);
	put_ethernet(p, ETHERTYPE(version));
}

static void vxlan_gpe(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_udp(p, outer, 4790, 8 + n);
	PUT(p, 0x0c, 0, 0, version == 4 ? 1 : 2, 0, 1, 2, 0);
}

static void vxlan_gpe_ethernet(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_udp(p, outer, 4790, 22 + n);
	PUT(p, 0x0c, 0, 0, 3, 0, 1, 2, 0);
	put_ethernet(p, ETHERTYPE(version));
}

static void geneve(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_udp(p, outer, 6081, 8 + n);
	PUT(p, 0, 0);
	put16(p, ETHERTYPE(version));
	PUT(p, 0, 1, 2, 0);
}

static void geneve_options(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	put_udp(p, outer, 6081, 8 + 12 + 14 + n);
	PUT(p, 3, 0x40, 0x65, 0x58, 0, 1, 2, 0);
	PUT(p, 1, 2, 0x80, 2, 1, 2, 3, 4, 5, 6, 7, 8);
	put_ethernet(p, ETHERTYPE(version));
}

static void put_gtp(struct build *p, unsigned flags, unsigned length)
{
	PUT(p, (uint8_t)flags, 255);
	put16(p, length);
	put32(p, 0x07e029a2);
}

static void gtp(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	(void)version;
	put_udp(p, outer, 2152, 8 + n);
	put_gtp(p, 0x30, n);
}

static void gtp_sequence(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	(void)version;
	put_udp(p, outer, 2152, 12 + n);
	put_gtp(p, 0x32, 4 + n);
	PUT(p, 0, 1, 0, 0x85); /* no E flag: the type of a next header says nothing */
}

static void gtp_extensions(struct build *p, unsigned outer, unsigned version, unsigned n)
{
	(void)version;
	put_udp(p, outer, 2152, 24 + n);
	put_gtp(p, 0x34, 16 + n);
	PUT(p, 0, 0, 0, 0x85);
	PUT(p, 1, 0x10, 9, 0xc0);         /* PDU session container */
	PUT(p, 2, 0, 1, 0, 0, 0, 0, 0);   /* PDCP number */
}

static const struct row {
	const char *what;
	void (*put)(struct build *, unsigned outer, unsigned version, unsigned n);
	bool only_v4; /* inside */
} rows[] = {
	{ "IP in IP", ip_in_ip, false },
	{ "EtherIP", etherip, false },
	{ "MPLS in IP", mpls_in_ip, false },
	{ "GRE", gre, false },
	{ "GRE with checksum", gre_checksum, false },
	{ "GRE with checksum, key and sequence", gre_all, false },
	{ "GRE, Ethernet and VLAN", gre_ethernet, false },
	{ "GRE, MPLS", gre_mpls, false },
	{ "GRE, PPP", gre_ppp, false },
	{ "PPTP", pptp, false },
	{ "WCCP", wccp, true },
	{ "ERSPAN I", erspan_i, false },
	{ "ERSPAN II", erspan_ii, false },
	{ "ERSPAN III", erspan_iii, false },
	{ "ERSPAN III, IP behind a platform's header", erspan_iii_platform_ip, false },
	{ "VXLAN", vxlan, false },
	{ "VXLAN, port of Linux", vxlan_linux, false },
	{ "VXLAN-GPE", vxlan_gpe, false },
	{ "VXLAN-GPE, Ethernet", vxlan_gpe_ethernet, false },
	{ "GENEVE", geneve, false },
	{ "GENEVE with options, Ethernet", geneve_options, false },
	{ "GTP-U", gtp, false },
	{ "GTP-U with sequence numbers", gtp_sequence, false },
	{ "GTP-U with extension headers", gtp_extensions, false },
};
#define ROWS (sizeof rows / sizeof *rows)

static void put_ip(struct build *p, unsigned version)
{
	if (version == 4)
		put_v4(p, 0, 20 + 32 + 5, 0x4000, 6);
	else
		put_v6(p, 32 + 5, 6);
	put_tcp(p, 3, "GET /");
}

static unsigned ip_length(unsigned version)
{
	return (version == 4 ? 20 : 40) + 32 + 5;
}

/* A row's header around IP. */
static void put_row(struct build *p, const struct row *row, unsigned outer, unsigned version)
{
	row->put(p, outer, version, ip_length(version));
	put_ip(p, version);
}

#define EACH_VERSION(v) unsigned v = 4; v <= 6; v += 2

static void test_each_tunnel_cut_anywhere(void **state)
{
	struct fixture *f = *state;
	static struct build p;
	for (size_t i = 0; i < ROWS; i++) {
		print_message("# %s\n", rows[i].what);
		for (EACH_VERSION(outer)) {
			for (EACH_VERSION(version)) {
				if (version == 6 && rows[i].only_v4)
					continue;
				p.n = 0;
				put_row(&p, &rows[i], outer, version);
				uint32_t tcp = p.n - 37, head = p.n - 5;
				for (uint32_t cap = 0; cap <= p.n; cap++) {
					enum w101_net_result r = run_cut(f, 101, &p, cap, p.n);
					assert_int_equal(r, cap < tcp + 14 ? W101_NET_CUT : W101_NET_TCP);
					if (r == W101_NET_CUT)
						continue;
					expect_segment(f, version);
					assert_int_equal(f->s[0].payload_len, 5);
					assert_int_equal(f->s[0].payload.n, cap > head ? cap - head : 0);
					assert_int_not_equal(f->s[0].context, 0);
				}
				PUT(&p, 'p', 'a', 'd');
				assert_int_equal(run(f, 101, &p), W101_NET_TCP);
				expect_segment(f, version);
				expect_payload(f, "GET /");
			}
		}
	}
}

/* The bytes of a tunnel header that its own lengths leave no room for. */
static void test_each_tunnel_ended_anywhere(void **state)
{
	struct fixture *f = *state;
	static struct build p;
	for (size_t i = 0; i < ROWS; i++) {
		print_message("# %s\n", rows[i].what);
		for (EACH_VERSION(outer)) {
			p.n = 0;
			put_row(&p, &rows[i], outer, 4);
			uint32_t head = outer == 4 ? 20 : 40, inner = p.n - ip_length(4);
			for (uint32_t n = 0; n < inner + 20 - head; n++) {
				uint32_t field = outer == 4 ? n + 20 : n;
				if (field == 0)
					continue; /* means something else */
				p.b[outer == 4 ? 2 : 4] = (uint8_t)(field >> 8);
				p.b[outer == 4 ? 3 : 5] = (uint8_t)field;
				/* cut there as well: lengths of the tunnel that say more are believed */
				enum w101_net_result r = run_cut(f, 101, &p, head + n, head + n);
				assert_true(r == W101_NET_MALFORMED || r == W101_NET_CUT);
			}
		}
	}
}

static void test_two_deep(void **state)
{
	struct fixture *f = *state;
	static struct build inner, p;
	for (size_t i = 0; i < ROWS; i++) {
		for (size_t k = 0; k < ROWS; k++) {
			inner.n = p.n = 0;
			put_row(&inner, &rows[k], 4, 4);
			rows[i].put(&p, 6, 4, inner.n);
			put(&p, inner.b, inner.n);
			assert_int_equal(run(f, 101, &p), W101_NET_TCP);
			expect_segment(f, 4);
			expect_payload(f, "GET /");
			assert_int_not_equal(f->s[0].context, 0);
		}
	}
}

static void test_the_depth_is_bounded(void **state)
{
	struct fixture *f = *state;
	static struct build p;
	for (unsigned depth = 38; depth <= 40; depth++) {
		p.n = 0;
		for (unsigned i = 0; i < depth; i++)
			put_outer(&p, 4, (depth - 1 - i) * 20 + ip_length(4), 4);
		put_ip(&p, 4);
		/* link type raw IP is a layer too */
		assert_int_equal(run(f, 101, &p), depth == 38 ? W101_NET_TCP : W101_NET_OTHER);
	}
}

/* ---- contexts */

static uint64_t context_of(struct fixture *f, const struct build *p)
{
	assert_int_equal(run(f, 101, p), W101_NET_TCP);
	return f->s[0].context;
}

/* Exchanges the outer addresses. */
static void turn(struct build *p, unsigned outer)
{
	uint8_t *a = p->b + (outer == 4 ? 12 : 8), *b = a + (outer == 4 ? 4 : 16), t[16];
	size_t n = outer == 4 ? 4 : 16;
	memcpy(t, a, n);
	memcpy(a, b, n);
	memcpy(b, t, n);
}

static void test_both_directions_have_one_context(void **state)
{
	struct fixture *f = *state;
	static struct build p;
	for (size_t i = 0; i < ROWS; i++) {
		for (EACH_VERSION(outer)) {
			p.n = 0;
			put_row(&p, &rows[i], outer, 4);
			uint64_t there = context_of(f, &p);
			turn(&p, outer);
			assert_int_equal(context_of(f, &p), there);
		}
	}
}

static void test_ends_tell_tunnels_without_a_number_apart(void **state)
{
	struct fixture *f = *state;
	static struct build p;
	static const struct {
		void (*put)(struct build *, unsigned, unsigned, unsigned);
		bool by_ends;
	} cases[] = {
		{ ip_in_ip, true }, { etherip, true }, { mpls_in_ip, true }, { gre, true },     { pptp, true },
		{ gtp, false },     { gre_all, false }, { erspan_ii, false }, { vxlan, false }, { geneve, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		p.n = 0;
		cases[i].put(&p, 4, 4, ip_length(4));
		put_ip(&p, 4);
		uint64_t one = context_of(f, &p);
		p.b[15] ^= 8;
		assert_int_equal(context_of(f, &p) != one, cases[i].by_ends);
	}
}

static void test_numbers_of_tunnels_belong_to_the_key(void **state)
{
	struct fixture *f = *state;
	static struct build p;
	static const struct {
		void (*put)(struct build *, unsigned, unsigned, unsigned);
		unsigned at; /* behind the outer IPv4 header, one byte of the number */
		bool counts;
	} cases[] = {
		{ gre_all, 8, true },  { gre_all, 11, true },   { gre_all, 15, false /* sequence */ },
		{ gre_all, 4, false /* checksum */ },
		{ vxlan, 12, true },   { vxlan, 14, true },     { vxlan, 15, false /* reserved */ },
		{ vxlan_gpe, 13, true },
		{ geneve, 12, true },  { geneve, 14, true },    { geneve, 15, false },
		{ erspan_ii, 9, true /* VLAN */ },              { erspan_ii, 11, true /* session */ },
		{ erspan_ii, 15, false /* index */ },           { erspan_iii, 11, true },
		{ erspan_iii, 15, false /* time */ },
		{ gtp, 12, true },     { gtp, 15, true /* TEID */ },
		{ pptp, 7, false /* call: the same */ },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		p.n = 0;
		cases[i].put(&p, 4, 4, ip_length(4));
		put_ip(&p, 4);
		uint64_t one = context_of(f, &p);
		p.b[20 + cases[i].at] ^= 1;
		assert_int_equal(context_of(f, &p) != one, cases[i].counts);
	}
	/* one number in two kinds of tunnel */
	p.n = 0;
	vxlan(&p, 4, 4, ip_length(4));
	put_ip(&p, 4);
	uint64_t one = context_of(f, &p);
	p.n = 0;
	geneve(&p, 4, 4, ip_length(4));
	put_ip(&p, 4);
	assert_true(context_of(f, &p) != one);
}

static void test_nested_contexts_count_in_their_order(void **state)
{
	struct fixture *f = *state;
	static struct build inner, p;
	uint64_t seen[2];
	for (unsigned i = 0; i < 2; i++) {
		inner.n = p.n = 0;
		put_row(&inner, &rows[0], 4, 4);
		vxlan(&p, 4, 4, inner.n);
		p.b[20 + 8 + 6] = (uint8_t)(2 + i);
		put(&p, inner.b, inner.n);
		seen[i] = context_of(f, &p);
	}
	assert_true(seen[0] != seen[1]);
	p.n = inner.n = 0;
	vxlan(&inner, 4, 4, ip_length(4));
	put_ip(&inner, 4);
	ip_in_ip(&p, 4, 4, inner.n);
	put(&p, inner.b, inner.n);
	uint64_t other = context_of(f, &p);
	assert_true(other != seen[0] && other != seen[1]);
}

/* ---- what is not read */

/* The row with one byte behind the outer IPv4 header set. */
static enum w101_net_result with(struct fixture *f, void (*header)(struct build *, unsigned, unsigned, unsigned),
	unsigned at, uint8_t value)
{
	static struct build p;
	p.n = 0;
	header(&p, 4, 4, ip_length(4));
	put_ip(&p, 4);
	p.b[20 + at] = value;
	return run(f, 101, &p);
}

static void test_headers_that_are_not_read(void **state)
{
	static const struct {
		const char *what;
		void (*put)(struct build *, unsigned, unsigned, unsigned);
		unsigned at;
		uint8_t value;
		enum w101_net_result want;
	} cases[] = {
		{ "EtherIP, other version", etherip, 0, 0x40, W101_NET_OTHER },
		{ "GRE, routing", gre, 0, 0x40, W101_NET_OTHER },
		{ "GRE, version 2", gre, 1, 2, W101_NET_OTHER },
		{ "GRE, version 1 with IP", gre, 1, 1, W101_NET_OTHER },
		{ "GRE, keep-alive", gre, 2, 0, W101_NET_OTHER },
		{ "GRE, unknown type", gre, 2, 0x99, W101_NET_OTHER },
		{ "PPTP without key", pptp, 0, 0x10, W101_NET_OTHER },
		{ "PPTP, acknowledgment alone", pptp, 0, 0x20, W101_NET_OTHER },
		{ "PPTP, no payload", pptp, 5, 0, W101_NET_OTHER },
		{ "ERSPAN II, other version", erspan_ii, 8, 0x20, W101_NET_OTHER },
		{ "ERSPAN III, other version", erspan_iii, 8, 0x10, W101_NET_OTHER },
		{ "ERSPAN III, other frame", erspan_iii, 18, 1 << 2, W101_NET_OTHER },
		{ "UDP, other port", vxlan, 3, 0xb4, W101_NET_OTHER },
		{ "UDP, shorter than its header", vxlan, 5, 7, W101_NET_MALFORMED },
		{ "VXLAN without VNI", vxlan, 8, 0, W101_NET_OTHER },
		{ "VXLAN-GPE, OAM", vxlan_gpe, 8, 0x0d, W101_NET_OTHER },
		{ "VXLAN-GPE, other version", vxlan_gpe, 8, 0x1c, W101_NET_OTHER },
		{ "VXLAN-GPE, no such protocol", vxlan_gpe, 11, 0, W101_NET_OTHER },
		{ "VXLAN-GPE, NSH", vxlan_gpe, 11, 4, W101_NET_OTHER },
		{ "GENEVE, version 1", geneve, 8, 0x40, W101_NET_OTHER },
		{ "GENEVE, control", geneve, 9, 0x80, W101_NET_OTHER },
		{ "GENEVE, a length for a type", geneve, 10, 0, W101_NET_OTHER },
		{ "GTP, version 2", gtp, 8, 0x50, W101_NET_OTHER },
		{ "GTP'", gtp, 8, 0x20, W101_NET_OTHER },
		{ "GTP, echo", gtp, 9, 1, W101_NET_OTHER },
		{ "GTP, no IP", gtp, 16, 0x02, W101_NET_OTHER },
		{ "GTP, empty extension", gtp_extensions, 20, 0, W101_NET_MALFORMED },
		{ "GTP, extension longer than the packet", gtp_extensions, 20, 255, W101_NET_MALFORMED },
		{ "inner version", ip_in_ip, 0, 0x65, W101_NET_MALFORMED },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		print_message("# %s\n", cases[i].what);
		/* a length in one byte: the other is 0 already */
		assert_int_equal(with(*state, cases[i].put, cases[i].at, cases[i].value), cases[i].want);
	}
}

static void test_wccp_without_its_header(void **state)
{
	struct fixture *f = *state;
	static struct build p;
	p.n = 0;
	put_gre(&p, 4, 0, 0x883e, ip_length(4));
	put_ip(&p, 4);
	assert_int_equal(run(f, 101, &p), W101_NET_TCP);
	expect_segment(f, 4);
}

static void test_gpe_without_next_protocol_is_ethernet(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(with(f, vxlan_gpe_ethernet, 8, 0x08), W101_NET_TCP);
	assert_int_equal(f->s[0].payload_len, 5);
}

static void test_udp_length_zero_and_shorter_than_the_packet(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(with(f, vxlan_gpe, 5, 0), W101_NET_TCP); /* offloaded: as in IP */
	assert_int_equal(f->s[0].payload_len, 5);
	/* UDP's length leaves no room for what IP inside says: IP is believed, as everywhere */
	assert_int_equal(with(f, vxlan_gpe, 5, 8 + 8 + 20 + 32), W101_NET_TCP);
	assert_int_equal(f->s[0].payload_len, 5);
	assert_int_equal(f->s[0].payload.n, 0);
}

static void test_ports_of_tunnels(void **state)
{
	(void)state;
	static const uint16_t tunnels[] = { 2152, 4789, 4790, 6081, 8472 };
	unsigned n = 0;
	for (unsigned port = 0; port <= 65535; port++) {
		bool want = n < 5 && tunnels[n] == port;
		assert_int_equal(w101_udp_tunnel((uint16_t)port), want);
		n += want;
	}
}

/* A tunnel's UDP datagram in fragments. */
static void test_tunnels_in_fragments(void **state)
{
	struct fixture *f = *state;
	static struct build whole, p;
	for (size_t i = 0; i < ROWS; i++) {
		whole.n = 0;
		put_row(&whole, &rows[i], 4, 4);
		uint8_t protocol = whole.b[9];
		uint32_t n = whole.n - 20;
		for (uint32_t cut = 8; cut < n; cut += 8) {
			for (unsigned half = 0; half < 2; half++) {
				p.n = 0;
				put_v4(&p, 0, 20 + (half ? n - cut : cut), half ? cut / 8 : 0x2000, protocol);
				put(&p, whole.b + 20 + (half ? cut : 0), half ? n - cut : cut);
				assert_int_equal(run(f, 101, &p), half ? W101_NET_TCP : W101_NET_FRAGMENT);
			}
			expect_segment(f, 4);
			expect_payload(f, "GET /");
			assert_int_equal(f->n_fragments, 1);
			assert_int_equal(f->fragments[0], f->number - 1);
		}
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_each_tunnel_cut_anywhere),
		TEST(test_each_tunnel_ended_anywhere),
		TEST(test_two_deep),
		TEST(test_the_depth_is_bounded),
		TEST(test_both_directions_have_one_context),
		TEST(test_ends_tell_tunnels_without_a_number_apart),
		TEST(test_numbers_of_tunnels_belong_to_the_key),
		TEST(test_nested_contexts_count_in_their_order),
		TEST(test_headers_that_are_not_read),
		TEST(test_wccp_without_its_header),
		TEST(test_gpe_without_next_protocol_is_ethernet),
		TEST(test_udp_length_zero_and_shorter_than_the_packet),
		TEST(test_ports_of_tunnels),
		TEST(test_tunnels_in_fragments),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
