/* net/: fragments of IPv4 and IPv6 put together.  Every order, duplicates,
 * overlaps, holes, the snapshot length, limits, time, memory, and datagrams
 * inside datagrams. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "test_net_world.h"

#include "test_net_cut.h"

/* The datagram: a TCP header and 76 bytes, in four fragments of 24 bytes. */
#define TEXT "GET /a/path/that/is/long/enough/to/be/cut/into/pieces HTTP/1.1 0123456789ab"
#define PIECES 4
#define PIECE 24u

static void put_datagram(struct build *d)
{
	d->n = 0;
	put_tcp(d, 0, TEXT "!");
	assert_int_equal(d->n, PIECES * PIECE);
}

/* Bytes [at, end) of d as a fragment, with this protocol. */
static void put_fragment(struct build *p, unsigned version, const struct build *d, unsigned protocol, uint32_t id,
	unsigned at, unsigned end, bool more)
{
	p->n = 0;
	if (version == 4) {
		put_v4(p, 0, 20 + end - at, at / 8 | (more ? 0x2000 : 0), protocol);
		p->b[4] = (uint8_t)(id >> 8);
		p->b[5] = (uint8_t)id;
	} else {
		put_v6(p, 8 + end - at, 44);
		PUT(p, (uint8_t)protocol, 0);
		put16(p, at | more);
		put32(p, id);
	}
	put(p, d->b + at, end - at);
}

static struct build datagram, packet;

/* Gives bytes [at, end) of `datagram`, against an unreadable page. */
static enum w101_net_result piece(struct fixture *f, unsigned version, uint32_t id, unsigned at, unsigned end,
	bool more)
{
	put_fragment(&packet, version, &datagram, 6, id, at, end, more);
	return run(f, 101, &packet);
}

static enum w101_net_result nth(struct fixture *f, unsigned version, uint32_t id, unsigned i)
{
	return piece(f, version, id, i * PIECE, (i + 1) * PIECE, i + 1 < PIECES);
}

static void expect_whole(const struct fixture *f, unsigned version)
{
	expect_tcp(f, version, TEXT "!");
}

static void test_every_order(void **state)
{
	struct fixture *f = *state;
	put_datagram(&datagram);
	for (unsigned version = 4; version <= 6; version += 2) {
		uint64_t before = f->quota.used;
		for (unsigned code = 0; code < 256; code++) {
			unsigned order[PIECES], seen = 0;
			for (unsigned i = 0; i < PIECES; i++)
				seen |= 1u << (order[i] = code >> 2 * i & 3);
			if (seen != 15)
				continue;
			uint64_t first = f->number + 1;
			for (unsigned i = 0; i < PIECES; i++)
				assert_int_equal(nth(f, version, 7, order[i]),
					i + 1 < PIECES ? W101_NET_FRAGMENT : W101_NET_TCP);
			expect_whole(f, version);
			assert_int_equal(f->n_fragments, PIECES - 1);
			for (unsigned i = 0; i < PIECES - 1; i++)
				assert_int_equal(f->fragments[i], first + i);
		}
		/* nothing is left but the last one, until the next packet */
		assert_int_equal(run_cut(f, 101, &packet, 0, 60), W101_NET_CUT);
		assert_int_equal(f->quota.used, before);
	}
	assert_int_equal(w101_net_counts(f->net).given_up, 0);
}

static void test_duplicates_are_harmless(void **state)
{
	struct fixture *f = *state;
	put_datagram(&datagram);
	for (unsigned version = 4; version <= 6; version += 2) {
		uint64_t first = f->number + 1;
		for (unsigned i = 0; i < PIECES - 1; i++)
			for (unsigned times = 0; times < 3; times++)
				assert_int_equal(nth(f, version, 7, i), W101_NET_FRAGMENT);
		assert_int_equal(nth(f, version, 7, 3), W101_NET_TCP);
		expect_whole(f, version);
		assert_int_equal(f->n_fragments, 9); /* the copies are saved with it */
		for (unsigned i = 0; i < 9; i++)
			assert_int_equal(f->fragments[i], first + i);
		/* and the last one twice */
		nth(f, version, 8, 3);
		nth(f, version, 8, 3);
		for (unsigned i = 0; i < 2; i++)
			nth(f, version, 8, i);
		assert_int_equal(nth(f, version, 8, 2), W101_NET_TCP);
		expect_whole(f, version);
	}
}

static void test_a_packet_of_its_own_has_no_fragments(void **state)
{
	struct fixture *f = *state;
	static struct build p;
	put_datagram(&datagram);
	for (unsigned i = 0; i < PIECES; i++)
		nth(f, 4, 7, i);
	assert_int_equal(f->n_fragments, 3);
	put_v4(&p, 0, 42, 0, 6);
	put_tcp(&p, 0, "ok");
	assert_int_equal(run(f, 101, &p), W101_NET_TCP);
	expect_tcp(f, 4, "ok");
	assert_int_equal(f->n_fragments, 0);
}

static void test_what_tells_datagrams_apart(void **state)
{
	struct fixture *f = *state;
	put_datagram(&datagram);
	for (unsigned version = 4; version <= 6; version += 2) {
		/* other identification, source, destination, VLAN; IPv4: protocol */
		for (unsigned what = 0; what < 5; what++) {
			put_fragment(&packet, version, &datagram, 6, 16 * what, 0, 48, true);
			assert_int_equal(run(f, 101, &packet), W101_NET_FRAGMENT);
			put_fragment(&packet, version, &datagram, 6, 16 * what, 48, 96, false);
			uint32_t link = 101;
			static struct build tagged;
			if (what == 0)
				packet.b[version == 4 ? 5 : 47] ^= 1;
			else if (what == 1)
				packet.b[version == 4 ? 15 : 23] ^= 1;
			else if (what == 2)
				packet.b[version == 4 ? 19 : 39] ^= 1;
			else if (what == 3 && version == 4)
				packet.b[9] = 4;
			else if (what == 4) {
				tagged.n = 0;
				put_ethernet(&tagged, 0x8100);
				put16(&tagged, 5);
				put16(&tagged, version == 4 ? 0x0800 : 0x86dd);
				put(&tagged, packet.b, packet.n);
				link = 1;
			}
			enum w101_net_result r = run(f, link, what == 4 ? &tagged : &packet);
			/* of IPv6 nothing but addresses and identification */
			assert_int_equal(r, version == 6 && what == 3 ? W101_NET_TCP : W101_NET_FRAGMENT);
		}
	}
}

static void test_holes_are_waited_for(void **state)
{
	struct fixture *f = *state;
	put_datagram(&datagram);
	for (unsigned version = 4; version <= 6; version += 2) {
		for (unsigned lost = 0; lost < PIECES; lost++) {
			for (unsigned i = 0; i < PIECES; i++)
				if (i != lost)
					assert_int_equal(nth(f, version, lost, i), W101_NET_FRAGMENT);
			assert_int_equal(nth(f, version, lost, lost), W101_NET_TCP);
			expect_whole(f, version);
		}
	}
}

/* ---- overlaps */

static void test_ipv4_overlap_the_first_copy_wins(void **state)
{
	struct fixture *f = *state;
	put_datagram(&datagram);
	piece(f, 4, 7, 24, 48, true);
	memset(datagram.b + 24, 'X', 24); /* another copy of 24-48, and more around it */
	piece(f, 4, 7, 16, 72, true);
	put_datagram(&datagram);
	memset(datagram.b + 40, 'Y', 32);
	piece(f, 4, 7, 40, 96, false);
	put_datagram(&datagram);
	assert_int_equal(piece(f, 4, 7, 0, 24, true), W101_NET_TCP);
	expect_whole(f, 4);
}

static void test_ipv4_ends_that_disagree_the_first_wins(void **state)
{
	struct fixture *f = *state;
	put_datagram(&datagram);
	piece(f, 4, 7, 72, 84, false);
	piece(f, 4, 7, 72, 96, false);
	assert_int_equal(piece(f, 4, 7, 88, 96, true), W101_NET_FRAGMENT); /* all beyond */
	piece(f, 4, 7, 48, 96, true);
	assert_int_equal(piece(f, 4, 7, 0, 48, true), W101_NET_TCP);
	expect_segment(f, 4);
	assert_int_equal(f->s[0].payload_len, 64);
	assert_memory_equal(f->s[0].payload.p, TEXT, 64);

	piece(f, 4, 8, 48, 96, true); /* the bytes beyond came before the end was known */
	piece(f, 4, 8, 72, 84, false);
	assert_int_equal(piece(f, 4, 8, 0, 48, true), W101_NET_TCP);
	assert_int_equal(f->s[0].payload_len, 64);
	assert_int_equal(f->s[0].payload.n, 64);
}

static void test_ipv6_overlap_voids_the_datagram(void **state)
{
	struct fixture *f = *state;
	static const unsigned bad[][2] = { { 16, 48 }, { 24, 40 }, { 24, 56 }, { 32, 48 }, { 32, 40 }, { 0, 72 },
		{ 40, 56 }, { 16, 32 } };
	put_datagram(&datagram);
	for (uint32_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		uint64_t before = f->quota.used;
		piece(f, 6, i, 24, 48, true);
		assert_int_equal(piece(f, 6, i, bad[i][0], bad[i][1], true), W101_NET_FRAGMENT);
		for (unsigned again = 0; again < 2; again++)
			for (unsigned n = 0; n < PIECES; n++)
				assert_int_equal(nth(f, 6, i, n), W101_NET_FRAGMENT);
		assert_true(f->quota.used - before < 3000); /* the entry, no bytes */
	}
	/* a copy of more than one fragment in one */
	nth(f, 6, 50, 0);
	nth(f, 6, 50, 1);
	piece(f, 6, 50, 0, 48, true);
	nth(f, 6, 50, 2);
	assert_int_equal(nth(f, 6, 50, 3), W101_NET_FRAGMENT);
	/* the same place, other bytes */
	nth(f, 6, 51, 1);
	datagram.b[30] ^= 1;
	nth(f, 6, 51, 1);
	nth(f, 6, 51, 0);
	nth(f, 6, 51, 2);
	assert_int_equal(nth(f, 6, 51, 3), W101_NET_FRAGMENT);
	assert_int_equal(w101_net_counts(f->net).given_up, 0);
}

static void test_ipv6_ends_that_disagree_void_the_datagram(void **state)
{
	struct fixture *f = *state;
	static const struct {
		unsigned at, end;
		bool more;
	} bad[][2] = {
		{ { 72, 96, false }, { 96, 104, true } },  { { 96, 104, true }, { 72, 96, false } },
		{ { 72, 96, false }, { 72, 96, true } },   { { 72, 96, true }, { 72, 96, false } },
		{ { 72, 96, false }, { 96, 104, false } }, { { 72, 96, false }, { 48, 72, false } },
	};
	for (uint32_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		put_datagram(&datagram);
		PUT(&datagram, 1, 2, 3, 4, 5, 6, 7, 8);
		for (unsigned k = 0; k < 2; k++)
			piece(f, 6, i, bad[i][k].at, bad[i][k].end, bad[i][k].more);
		for (unsigned n = 0; n < PIECES; n++)
			assert_int_equal(nth(f, 6, i, n), W101_NET_FRAGMENT);
	}
}

static void test_a_void_datagram_is_forgotten_in_time(void **state)
{
	struct fixture *f = *state;
	put_datagram(&datagram);
	piece(f, 6, 7, 0, 48, true);
	piece(f, 6, 7, 24, 72, true);
	for (unsigned i = 0; i < PIECES; i++) {
		put_fragment(&packet, 6, &datagram, 6, 7, i * PIECE, (i + 1) * PIECE, i < 3);
		enum w101_net_result r = give_at(f, 101, packet.b, packet.n, packet.n, 61 * W101_SECOND);
		assert_int_equal(r, i < 3 ? W101_NET_FRAGMENT : W101_NET_TCP);
	}
}

/* ---- lengths */

static void test_lengths_that_cannot_be(void **state)
{
	struct fixture *f = *state;
	datagram.n = 0;
	memset(datagram.b, 'x', sizeof datagram.b);
	for (unsigned version = 4; version <= 6; version += 2) {
		uint64_t before = f->quota.used;
		assert_int_equal(piece(f, version, 1, 0, 20, true), W101_NET_MALFORMED);  /* not a multiple of 8 */
		assert_int_equal(piece(f, version, 1, 24, 24, true), W101_NET_MALFORMED); /* empty */
		assert_int_equal(piece(f, version, 1, 24, 24, false), W101_NET_MALFORMED);
		assert_int_equal(piece(f, version, 1, 65528, 65536, false), W101_NET_MALFORMED);
		assert_int_equal(piece(f, version, 1, 65528, 65536, true), W101_NET_MALFORMED);
		assert_int_equal(f->quota.used, before);
		assert_int_equal(piece(f, version, 1, 65528, 65535, false), W101_NET_FRAGMENT);
	}
}

static void test_the_longest_datagram(void **state)
{
	struct fixture *f = *state;
	datagram.n = 0;
	put_tcp(&datagram, 0, "");
	for (unsigned i = 20; i < 65535; i++)
		PUT(&datagram, (uint8_t)(i * 7 >> 3));
	for (unsigned version = 4; version <= 6; version += 2) {
		for (unsigned at = 65528; at > 0; at -= 8) {
			bool last = at == 65528;
			put_fragment(&packet, version, &datagram, 6, 7, at, last ? 65535 : at + 8, !last);
			give(f, 101, &packet);
			assert_int_equal(f->n, 0);
		}
		assert_int_equal(piece(f, version, 7, 0, 8, true), W101_NET_TCP);
		assert_int_equal(f->s[0].payload_len, 65515);
		assert_int_equal(f->s[0].payload.n, 65515);
		assert_memory_equal(f->s[0].payload.p, datagram.b + 20, 65515);
		assert_int_equal(f->n_fragments, 8191);
	}
}

static void test_padding_behind_a_fragment(void **state)
{
	struct fixture *f = *state;
	put_datagram(&datagram);
	for (unsigned version = 4; version <= 6; version += 2) {
		for (unsigned i = 0; i < PIECES; i++) {
			static struct build framed;
			put_fragment(&packet, version, &datagram, 6, 7, i * PIECE, (i + 1) * PIECE, i < 3);
			framed.n = 0;
			put_ethernet(&framed, version == 4 ? 0x0800 : 0x86dd);
			put(&framed, packet.b, packet.n);
			PUT(&framed, 'p', 'a', 'd');
			assert_int_equal(run(f, 1, &framed), i < 3 ? W101_NET_FRAGMENT : W101_NET_TCP);
		}
		expect_whole(f, version);
	}
}

/* Every fragment cut at every place, one at a time. */
static void test_snapped_fragments(void **state)
{
	struct fixture *f = *state;
	put_datagram(&datagram);
	for (unsigned version = 4; version <= 6; version += 2) {
		uint32_t head = version == 4 ? 20 : 48, id = 0;
		for (unsigned cut = 0; cut < PIECES; cut++) {
			for (uint32_t left = 0; left < PIECE; left++, id++) {
				enum w101_net_result r = W101_NET_FRAGMENT;
				for (unsigned i = PIECES; i-- > 0;) { /* the snapped one is not the first to come */
					put_fragment(&packet, version, &datagram, 6, id, i * PIECE, (i + 1) * PIECE,
						i < 3);
					r = run_cut(f, 101, &packet, i == cut ? head + left : packet.n, packet.n);
					assert_true(i == 0 || r == W101_NET_FRAGMENT);
				}
				uint32_t captured = cut * PIECE + left;
				assert_int_equal(r, captured < 14 ? W101_NET_CUT : W101_NET_TCP);
				if (r == W101_NET_CUT)
					continue;
				expect_segment(f, version);
				assert_int_equal(f->s[0].payload_len, 76);
				assert_int_equal(f->s[0].payload.n, captured > 20 ? captured - 20 : 0);
				assert_memory_equal(f->s[0].payload.p, TEXT, f->s[0].payload.n);
			}
		}
	}
}

static void test_headers_of_fragments_cut_anywhere(void **state)
{
	struct fixture *f = *state;
	put_datagram(&datagram);
	for (unsigned version = 4; version <= 6; version += 2) {
		uint64_t before = f->quota.used;
		put_fragment(&packet, version, &datagram, 6, 7, 0, 24, true);
		for (uint32_t cap = 0; cap < packet.n - 24; cap++)
			assert_int_equal(run_cut(f, 101, &packet, cap, packet.n), W101_NET_CUT);
		assert_int_equal(f->quota.used, before);
	}
}

/* ---- IPv6 */

static void test_extension_headers_around_a_fragment_header(void **state)
{
	struct fixture *f = *state;
	static struct build inner, p;
	inner.n = 0;
	PUT(&inner, 6, 0, 1, 4, 0, 0, 0, 0); /* destination options, in the fragmented part */
	put_tcp(&inner, 0, TEXT "56789");
	for (unsigned at = 0; at < inner.n; at += 40) {
		unsigned end = at + 40 < inner.n ? at + 40 : inner.n;
		p.n = 0;
		put_v6(&p, 8 + 8 + 8 + end - at, 0);
		PUT(&p, 43, 0, 5, 2, 0, 0, 1, 0); /* hop-by-hop */
		PUT(&p, 44, 0, 4, 0, 0, 0, 0, 0); /* routing */
		PUT(&p, at ? 58 : 60, 0);         /* only the first one's next header counts */
		put16(&p, at | (end < inner.n));
		put32(&p, 9);
		put(&p, inner.b + at, end - at);
		enum w101_net_result r = run(f, 101, &p);
		assert_int_equal(r, end == inner.n ? W101_NET_TCP : at ? W101_NET_OTHER : W101_NET_FRAGMENT);
	}
	expect_tcp(f, 6, TEXT "56789");
	assert_int_equal(f->n_fragments, 2);
}

/* The whole is authenticated (RFC 4302 3.1.1), so that AH is in the first fragment. */
static void test_ah_in_fragments(void **state)
{
	struct fixture *f = *state;
	static struct build inner, p;
	inner.n = 0;
	PUT(&inner, 6, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9);
	put_tcp(&inner, 0, TEXT);
	for (unsigned version = 4; version <= 6; version += 2) {
		put_fragment(&p, version, &inner, 51, 9, 48, inner.n, false);
		assert_int_equal(run(f, 101, &p), W101_NET_FRAGMENT);
		put_fragment(&p, version, &inner, 51, 9, 0, 48, true);
		assert_int_equal(run(f, 101, &p), W101_NET_TCP);
		expect_tcp(f, version, TEXT);
	}
}

static void test_atomic_fragments_do_not_mix(void **state)
{
	struct fixture *f = *state;
	put_datagram(&datagram);
	for (unsigned i = 1; i < PIECES; i++)
		nth(f, 6, 7, i);
	assert_int_equal(piece(f, 6, 7, 0, PIECES * PIECE, false), W101_NET_TCP); /* whole, though of the same number */
	expect_whole(f, 6);
	assert_int_equal(f->n_fragments, 0);
	assert_int_equal(nth(f, 6, 7, 0), W101_NET_TCP);
	expect_whole(f, 6);
	assert_int_equal(f->n_fragments, 3);
}

/* ---- what is kept */

static void put_udp(struct build *d, unsigned from, unsigned to)
{
	d->n = 0;
	put16(d, from);
	put16(d, to);
	put16(d, 1608);
	while (d->n < 1608)
		PUT(d, 0);
}

static void test_udp_that_is_no_tunnel_is_not_kept(void **state)
{
	struct fixture *f = *state;
	static const unsigned ends[][2] = { { 800, 1600 }, { 0, 800 }, { 1600, 1608 } };
	put_udp(&datagram, 4789, 53); /* the source port says nothing */
	for (unsigned version = 4; version <= 6; version += 2) {
		uint64_t before = f->quota.used, used[3];
		for (unsigned i = 0; i < 3; i++) {
			put_fragment(&packet, version, &datagram, 17, 7, ends[i][0], ends[i][1], i < 2);
			assert_int_equal(run(f, 101, &packet), W101_NET_FRAGMENT);
			used[i] = f->quota.used - before;
		}
		assert_true(used[0] > used[1] + 1600); /* nobody knew yet what it was */
		assert_true(used[1] > 0);
		assert_int_equal(used[2], 0); /* complete: forgotten */
	}
	put_udp(&datagram, 53, 4789);
	uint64_t before = f->quota.used;
	put_fragment(&packet, 4, &datagram, 17, 7, 0, 800, true);
	run(f, 101, &packet);
	assert_true(f->quota.used - before > 800);
	assert_int_equal(w101_net_counts(f->net).given_up, 0);
}

static void test_ipv6_fragments_of_other_protocols_are_not_kept(void **state)
{
	struct fixture *f = *state;
	put_datagram(&datagram);
	uint64_t before = f->quota.used;
	for (unsigned i = 0; i < PIECES; i++) {
		put_fragment(&packet, 6, &datagram, 58, 7, i * PIECE, (i + 1) * PIECE, i < 3);
		assert_int_equal(run(f, 101, &packet), W101_NET_OTHER);
		assert_true(f->quota.used - before < 3000);
	}
	assert_int_equal(f->quota.used, before);
}

/* ---- limits */

static void test_the_oldest_is_given_up(void **state)
{
	struct fixture *f = *state;
	f->limits.fragments = 3;
	put_datagram(&datagram);
	for (uint32_t id = 0; id < 5; id++)
		nth(f, 4, id, 0);
	assert_int_equal(w101_net_counts(f->net).given_up, 2);
	for (uint32_t id = 2; id < 5; id++) { /* the last three are there */
		nth(f, 4, id, 1);
		nth(f, 4, id, 2);
		assert_int_equal(nth(f, 4, id, 3), W101_NET_TCP);
		expect_whole(f, 4);
	}
	assert_int_equal(w101_net_counts(f->net).given_up, 2);
}

static enum w101_net_result nth_at(struct fixture *f, uint32_t id, unsigned i, w101_time at)
{
	put_fragment(&packet, 4, &datagram, 6, id, i * PIECE, (i + 1) * PIECE, i < 3);
	return give_at(f, 101, packet.b, packet.n, packet.n, at);
}

static void test_time(void **state)
{
	struct fixture *f = *state;
	put_datagram(&datagram);
	uint64_t before = f->quota.used;
	/* within half a minute of the first one to come */
	for (unsigned i = 0; i < 3; i++)
		nth_at(f, 1, i, 100 * W101_SECOND);
	assert_int_equal(nth_at(f, 1, 3, 130 * W101_SECOND - 1), W101_NET_TCP);
	for (unsigned i = 0; i < 3; i++)
		nth_at(f, 2, i, 200 * W101_SECOND);
	assert_int_equal(nth_at(f, 2, 3, 230 * W101_SECOND), W101_NET_FRAGMENT);
	for (unsigned i = 0; i < 2; i++)
		nth_at(f, 2, i, 231 * W101_SECOND);
	assert_int_equal(nth_at(f, 2, 2, 231 * W101_SECOND), W101_NET_TCP); /* the late one began a new datagram */
	/* time goes back: it does not end anything */
	for (unsigned i = 0; i < 3; i++)
		nth_at(f, 3, i, 1000 * W101_SECOND);
	assert_int_equal(nth_at(f, 3, 3, 0), W101_NET_TCP);
	/* one from the future in front does not keep those behind it */
	nth_at(f, 4, 0, 5000 * W101_SECOND);
	for (unsigned i = 0; i < 3; i++)
		nth_at(f, 5, i, 2000 * W101_SECOND);
	assert_int_equal(nth_at(f, 5, 3, 2030 * W101_SECOND), W101_NET_FRAGMENT);
	/* and all of them go */
	nth_at(f, 6, 0, 9000 * W101_SECOND);
	uint64_t one = f->quota.used - before;
	nth_at(f, 7, 0, 9030 * W101_SECOND);
	assert_int_equal(f->quota.used - before, one);
	assert_int_equal(w101_net_counts(f->net).given_up, 0);
	assert_int_equal(w101_net_counts(f->net).incomplete, 6); /* 2, 4, 5 and its late one, 6, and 7 waits still */
}

/* ---- the identification is used again */

/* Sends the first `n` fragments of `datagram`, all bytes of it `with`, at this time. */
static enum w101_net_result first_ones(struct fixture *f, char with, unsigned n, w101_time at)
{
	enum w101_net_result r = W101_NET_FRAGMENT;
	put_datagram(&datagram);
	memset(datagram.b + 20, with, datagram.n - 20);
	for (unsigned i = 0; i < n; i++)
		r = nth_at(f, 7, i, at);
	return r;
}

static void expect_all(const struct fixture *f, char with)
{
	expect_segment(f, 4);
	for (size_t i = 0; i < f->s[0].payload.n; i++)
		assert_int_equal(f->s[0].payload.p[i], with);
}

static void test_another_first_fragment_begins_a_datagram(void **state)
{
	struct fixture *f = *state;
	first_ones(f, 'a', 3, 0);
	assert_int_equal(first_ones(f, 'b', 4, W101_SECOND), W101_NET_TCP);
	expect_all(f, 'b');
	assert_int_equal(f->n_fragments, 3);
	assert_int_equal(w101_net_counts(f->net).incomplete, 1);
	/* so soon it is an overlap: the first copy wins */
	first_ones(f, 'c', 3, 10 * W101_SECOND);
	first_ones(f, 'd', 1, 11 * W101_SECOND - 1);
	put_datagram(&datagram);
	memset(datagram.b + 20, 'c', datagram.n - 20);
	assert_int_equal(nth_at(f, 7, 3, 11 * W101_SECOND - 1), W101_NET_TCP);
	expect_all(f, 'c');
	/* the same bytes later, or another fragment than the first: nothing begins */
	first_ones(f, 'e', 3, 20 * W101_SECOND);
	first_ones(f, 'e', 1, 25 * W101_SECOND);
	memset(datagram.b + 20, 'x', datagram.n - 20);
	nth_at(f, 7, 1, 25 * W101_SECOND);
	memset(datagram.b + 20, 'e', datagram.n - 20);
	assert_int_equal(nth_at(f, 7, 3, 25 * W101_SECOND), W101_NET_TCP);
	expect_all(f, 'e');
	assert_int_equal(w101_net_counts(f->net).incomplete, 1);
}

static void test_another_end_begins_a_datagram(void **state)
{
	struct fixture *f = *state;
	static const struct {
		unsigned held, held_end, at, end;
		bool more, again;
	} cases[] = {
		{ 72, 96, 48, 72, false, true },   /* the end is known, and another one comes */
		{ 72, 96, 96, 104, true, true },   /* bytes behind it */
		{ 72, 96, 72, 96, true, true },    /* it is no end */
		{ 72, 96, 72, 96, false, false },  /* the same once more */
		{ 72, 96, 48, 72, true, false },
	};
	for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t before = w101_net_counts(f->net).incomplete;
		put_datagram(&datagram);
		PUT(&datagram, 1, 2, 3, 4, 5, 6, 7, 8);
		put_fragment(&packet, 4, &datagram, 6, i, cases[i].held, cases[i].held_end, false);
		give_at(f, 101, packet.b, packet.n, packet.n, 0);
		put_fragment(&packet, 4, &datagram, 6, i, cases[i].at, cases[i].end, cases[i].more);
		give_at(f, 101, packet.b, packet.n, packet.n, 2 * W101_SECOND);
		/* the old one is lost, the new one or the same waits */
		assert_int_equal(w101_net_counts(f->net).incomplete - before, cases[i].again ? 2 : 1);
	}
}

/* A mirror that has each fragment twice leaves the second copy of the last one behind. */
static void test_second_copies_wait_a_second_only(void **state)
{
	struct fixture *f = *state;
	for (unsigned round = 0; round < 4; round++) {
		w101_time at = (int64_t)round * 5 * W101_SECOND;
		char with = (char)('a' + round);
		put_datagram(&datagram);
		memset(datagram.b + 20, with, datagram.n - 20);
		for (unsigned i = 0; i < PIECES; i++) {
			enum w101_net_result r = nth_at(f, 7, i, at);
			assert_int_equal(r, i < 3 ? W101_NET_FRAGMENT : W101_NET_TCP);
			if (r == W101_NET_TCP)
				expect_all(f, with);
			assert_int_equal(nth_at(f, 7, i, at), W101_NET_FRAGMENT);
		}
	}
	assert_int_equal(w101_net_counts(f->net).incomplete, 0);
	assert_int_equal(w101_net_counts(f->net).given_up, 0);
}

static void test_the_packets_remembered_are_bounded(void **state)
{
	struct fixture *f = *state;
	put_datagram(&datagram);
	for (unsigned i = 0; i < 20000; i++)
		nth(f, 4, 7, 0);
	uint64_t used = f->quota.used;
	for (unsigned i = 0; i < 20000; i++)
		nth(f, 4, 7, 0);
	assert_int_equal(f->quota.used, used);
	nth(f, 4, 7, 1);
	nth(f, 4, 7, 2);
	assert_int_equal(nth(f, 4, 7, 3), W101_NET_TCP);
	expect_whole(f, 4);
	assert_int_equal(f->n_fragments, 16384);
}

static void test_what_lacks_fragments_is_counted(void **state)
{
	struct fixture *f = *state;
	put_datagram(&datagram);
	nth(f, 4, 1, 0); /* a filter by port keeps only the first */
	nth(f, 6, 1, 0);
	nth(f, 6, 2, 3); /* the capture began in the middle */
	assert_int_equal(w101_net_counts(f->net).incomplete, 3);
	put_udp(&datagram, 4789, 53);
	for (unsigned version = 4; version <= 6; version += 2) { /* would not have been read */
		put_fragment(&packet, version, &datagram, 17, 8, 0, 800, true);
		run(f, 101, &packet);
	}
	put_fragment(&packet, 6, &datagram, 58, 9, 800, 1600, true);
	run(f, 101, &packet);
	assert_int_equal(w101_net_counts(f->net).incomplete, 3);
	put_udp(&datagram, 53, 4789);
	put_fragment(&packet, 4, &datagram, 17, 10, 0, 800, true);
	run(f, 101, &packet);
	assert_int_equal(w101_net_counts(f->net).incomplete, 4);
	put_datagram(&datagram);
	for (unsigned i = 1; i < PIECES; i++)
		nth(f, 4, 1, i);
	assert_int_equal(w101_net_counts(f->net).incomplete, 3); /* it came whole after all */
}

/* With each byte less of memory: the datagram is whole, or given up once. */
static void test_no_memory_for_fragments(void **state)
{
	struct fixture *f = *state;
	put_datagram(&datagram);
	uint64_t base = f->quota.used;
	for (unsigned i = 0; i < PIECES; i++)
		nth_at(f, 0, i, 0);
	uint64_t need = f->quota.used - base;
	unsigned whole = 0;
	for (uint32_t id = 1; id <= need + 64; id++) {
		w101_time at = id * 60 * W101_SECOND; /* what was given up before is forgotten */
		uint64_t given_up = w101_net_counts(f->net).given_up;
		enum w101_net_result r = W101_NET_FRAGMENT;
		f->quota.max = base + id;
		for (unsigned i = 0; i < PIECES; i++)
			r = nth_at(f, id, i, at);
		if (r == W101_NET_TCP)
			expect_whole(f, 4);
		assert_true((r == W101_NET_TCP) == (w101_net_counts(f->net).given_up == given_up));
		assert_true(r == W101_NET_TCP || !whole);
		whole += r == W101_NET_TCP;
	}
	assert_in_range(whole, 65, need);
}

/* ---- datagrams inside datagrams */

/* TCP in IPv4 fragments, each inside IPv6 that is cut into fragments as well. */
static void test_fragments_inside_fragments(void **state)
{
	struct fixture *f = *state;
	static struct build outer, p;
	put_datagram(&datagram);
	uint64_t first = f->number + 1;
	for (unsigned i = 0; i < PIECES; i++) {
		put_fragment(&outer, 4, &datagram, 6, 7, i * PIECE, (i + 1) * PIECE, i < 3);
		assert_int_equal(outer.n, 44);
		put_fragment(&p, 6, &outer, 4, 70 + i, 24, 44, false);
		assert_int_equal(run(f, 101, &p), W101_NET_FRAGMENT);
		put_fragment(&p, 6, &outer, 4, 70 + i, 0, 24, true);
		assert_int_equal(run(f, 101, &p), i < 3 ? W101_NET_FRAGMENT : W101_NET_TCP);
	}
	expect_segment(f, 4);
	expect_payload(f, TEXT "!");
	assert_int_not_equal(f->s[0].context, 0);
	assert_int_equal(f->n_fragments, 7);
	for (unsigned i = 0; i < 7; i++)
		assert_int_equal(f->fragments[i], first + i);
}

static void test_a_whole_packet_inside_fragments(void **state)
{
	struct fixture *f = *state;
	static struct build outer, p;
	outer.n = 0;
	put_v4(&outer, 0, 20 + 20 + 4, 0, 6);
	put_tcp(&outer, 0, "data");
	put_fragment(&p, 4, &outer, 4, 7, 0, 24, true);
	assert_int_equal(run(f, 101, &p), W101_NET_FRAGMENT);
	put_fragment(&p, 4, &outer, 4, 7, 24, 44, false);
	assert_int_equal(run(f, 101, &p), W101_NET_TCP);
	expect_segment(f, 4);
	expect_payload(f, "data");
	assert_int_equal(f->n_fragments, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_every_order),
		TEST(test_duplicates_are_harmless),
		TEST(test_a_packet_of_its_own_has_no_fragments),
		TEST(test_what_tells_datagrams_apart),
		TEST(test_holes_are_waited_for),
		TEST(test_ipv4_overlap_the_first_copy_wins),
		TEST(test_ipv4_ends_that_disagree_the_first_wins),
		TEST(test_ipv6_overlap_voids_the_datagram),
		TEST(test_ipv6_ends_that_disagree_void_the_datagram),
		TEST(test_a_void_datagram_is_forgotten_in_time),
		TEST(test_lengths_that_cannot_be),
		TEST(test_the_longest_datagram),
		TEST(test_padding_behind_a_fragment),
		TEST(test_snapped_fragments),
		TEST(test_headers_of_fragments_cut_anywhere),
		TEST(test_extension_headers_around_a_fragment_header),
		TEST(test_ah_in_fragments),
		TEST(test_atomic_fragments_do_not_mix),
		TEST(test_udp_that_is_no_tunnel_is_not_kept),
		TEST(test_ipv6_fragments_of_other_protocols_are_not_kept),
		TEST(test_the_oldest_is_given_up),
		TEST(test_time),
		TEST(test_another_first_fragment_begins_a_datagram),
		TEST(test_another_end_begins_a_datagram),
		TEST(test_second_copies_wait_a_second_only),
		TEST(test_the_packets_remembered_are_bounded),
		TEST(test_what_lacks_fragments_is_counted),
		TEST(test_no_memory_for_fragments),
		TEST(test_fragments_inside_fragments),
		TEST(test_a_whole_packet_inside_fragments),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
