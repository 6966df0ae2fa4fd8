/* net/: 802.11.  Headers of each length, aggregates, fragments and frames that
 * carry nothing readable, and what radiotap and PPI say about the frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "test_net_world.h"

enum { LINK_WLAN = 105, LINK_RADIOTAP = 127, LINK_PPI = 192 };
enum { DATA = 0x08, QOS = 0x80, NO_DATA = 0x40 };
enum { TO_DS = 1, FROM_DS = 2, MORE = 4, RETRY = 8, PROTECTED = 0x40, ORDER = 0x80 };
enum { AMSDU = 0x80 };

struct frame {
	uint8_t control, flags;
	uint16_t sequence; /* its low four bits: number of the fragment */
	uint8_t qos;
};

static void put_mac(struct build *p, struct frame f)
{
	PUT(p, f.control, f.flags, 0x2c, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3);
	PUT(p, (uint8_t)f.sequence, (uint8_t)(f.sequence >> 8));
	if ((f.flags & (TO_DS | FROM_DS)) == (TO_DS | FROM_DS))
		PUT(p, 2, 0, 0, 0, 0, 4);
	if (f.control & QOS)
		PUT(p, f.qos, 0);
	if (f.control & QOS && f.flags & ORDER)
		PUT(p, 1, 2, 3, 4);
}

static void put_snap(struct build *p, unsigned ethertype)
{
	PUT(p, 0xaa, 0xaa, 3, 0, 0, 0);
	put16(p, ethertype);
}

/* LLC, IPv4, TCP. */
static void put_data(struct build *p, const char *payload)
{
	put_snap(p, 0x0800);
	put_v4(p, 0, 40 + (unsigned)strlen(payload), 0, 6);
	put_tcp(p, 0, payload);
}

static void assert_payload(const struct fixture *f, unsigned i, const char *want, size_t captured)
{
	assert_true(i < f->n);
	assert_int_equal(f->s[i].src.port, 51022);
	assert_int_equal(f->s[i].seq, 0x01020304);
	assert_int_equal(f->s[i].src.addr.family, 4);
	assert_int_equal(f->s[i].payload_len, strlen(want));
	assert_int_equal(f->s[i].payload.n, captured);
	assert_memory_equal(f->s[i].payload.p, want, captured);
}

static enum w101_net_result give_frame(struct fixture *f, struct frame frame)
{
	struct build p = { .n = 0 };
	put_mac(&p, frame);
	put_data(&p, "hello");
	enum w101_net_result r = give(f, LINK_WLAN, &p);
	assert_int_equal(f->n, r == W101_NET_TCP);
	if (f->n)
		assert_payload(f, 0, "hello", 5);
	return r;
}

/* ---- frames */

static void test_headers_of_each_length_cut_anywhere(void **state)
{
	static const struct frame frames[] = {
		{ DATA, 0, 0, 0 },
		{ DATA, TO_DS, 0, 0 },
		{ DATA, FROM_DS | RETRY, 0x0120, 0 },
		{ DATA, TO_DS | FROM_DS, 0, 0 },
		{ DATA, TO_DS | ORDER, 0, 0 }, /* strictly ordered, and nothing behind */
		{ DATA | 0x10, TO_DS, 0, 0 },  /* with an acknowledgement */
		{ DATA | QOS, TO_DS, 0x0120, 0x07 },
		{ DATA | QOS, TO_DS | FROM_DS, 0, 0 },
		{ DATA | QOS, TO_DS | ORDER, 0, 0 },
		{ DATA | QOS, TO_DS | FROM_DS | ORDER, 0, 0 },
	};
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
		struct build p = { .n = 0 };
		put_mac(&p, frames[i]);
		uint32_t tcp = p.n + 8 + 20;
		put_data(&p, "hello");
		for (uint32_t cap = 0; cap <= p.n; cap++) {
			struct w101_guard g = w101_guard_copy(p.b, cap);
			enum w101_net_result r = give_at(f, LINK_WLAN, g.bytes.p, cap, p.n, 0);
			assert_int_equal(r, cap < tcp + 14 ? W101_NET_CUT : W101_NET_TCP);
			assert_int_equal(f->n, cap >= tcp + 14);
			if (f->n)
				assert_payload(f, 0, "hello", cap > tcp + 20 ? cap - tcp - 20 : 0);
			w101_guard_free(&g);
		}
	}
}

static void test_frames_without_readable_data(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(give_frame(f, (struct frame){ DATA, TO_DS, 0, 0 }), W101_NET_TCP);
	assert_int_equal(give_frame(f, (struct frame){ DATA, TO_DS | PROTECTED, 0, 0 }), W101_NET_OTHER);
	assert_int_equal(give_frame(f, (struct frame){ DATA | QOS, FROM_DS | PROTECTED, 0, 0 }), W101_NET_OTHER);
	assert_int_equal(w101_net_counts(f->net).encrypted, 2);
	assert_int_equal(give_frame(f, (struct frame){ DATA | NO_DATA, TO_DS, 0, 0 }), W101_NET_OTHER);
	assert_int_equal(give_frame(f, (struct frame){ DATA | NO_DATA | QOS, TO_DS, 0, 0 }), W101_NET_OTHER);
	assert_int_equal(give_frame(f, (struct frame){ 0x80, 0, 0, 0 }), W101_NET_OTHER); /* beacon */
	assert_int_equal(give_frame(f, (struct frame){ 0xd4, 0, 0, 0 }), W101_NET_OTHER); /* acknowledgement */
	assert_int_equal(give_frame(f, (struct frame){ DATA | 1, 0, 0, 0 }), W101_NET_OTHER); /* version */
}

static void test_fragments_are_told(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(give_frame(f, (struct frame){ DATA, TO_DS | MORE, 0x0120, 0 }), W101_NET_FRAGMENT);
	assert_int_equal(give_frame(f, (struct frame){ DATA, TO_DS | MORE, 0x0121, 0 }), W101_NET_FRAGMENT);
	assert_int_equal(give_frame(f, (struct frame){ DATA, TO_DS, 0x0122, 0 }), W101_NET_FRAGMENT);
	assert_int_equal(give_frame(f, (struct frame){ DATA | QOS, TO_DS, 0x012f, 0 }), W101_NET_FRAGMENT);
	assert_int_equal(give_frame(f, (struct frame){ DATA, TO_DS, 0x0120, 0 }), W101_NET_TCP);
}

/* ---- A-MSDU */

/* Header of a subframe with n bytes behind it. */
static void put_subframe(struct build *p, unsigned n)
{
	PUT(p, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2);
	put16(p, n);
}

static void put_padding(struct build *p, uint32_t from)
{
	while ((p->n - from) % 4)
		PUT(p, 0xee);
}

static void put_subframe_data(struct build *p, const char *payload)
{
	put_subframe(p, 8 + 40 + (unsigned)strlen(payload));
	put_data(p, payload);
}

static const char *const parts[] = { "hello", "second", "the third" };

/* Three segments in one frame; where each one's TCP header begins. */
static void build_aggregate(struct build *p, uint32_t tcp[3])
{
	p->n = 0;
	put_mac(p, (struct frame){ DATA | QOS, FROM_DS, 0, AMSDU });
	for (unsigned i = 0; i < 3; i++) {
		uint32_t from = p->n;
		tcp[i] = from + 14 + 8 + 20;
		put_subframe_data(p, parts[i]);
		if (i < 2)
			put_padding(p, from);
	}
}

static void test_aggregates_cut_anywhere(void **state)
{
	struct fixture *f = *state;
	struct build p;
	uint32_t tcp[3];
	build_aggregate(&p, tcp);
	for (uint32_t cap = 0; cap <= p.n; cap++) {
		struct w101_guard g = w101_guard_copy(p.b, cap);
		for (unsigned said = 0; said < 2; said++) {
			enum w101_net_result r = give_at(f, LINK_WLAN, g.bytes.p, cap, said ? p.n : cap, 0);
			unsigned whole = 0;
			while (whole < 3 && cap >= tcp[whole] + 14)
				whole++;
			assert_int_equal(f->n, whole);
			if (whole == 0)
				assert_int_not_equal(r, W101_NET_TCP);
			if (whole == 0 && said)
				assert_int_equal(r, W101_NET_CUT);
			for (unsigned i = 0; i < whole; i++) {
				size_t n = strlen(parts[i]), captured = cap > tcp[i] + 20 ? cap - tcp[i] - 20 : 0;
				assert_payload(f, i, parts[i], captured < n ? captured : n);
			}
		}
		w101_guard_free(&g);
	}
	assert_int_equal(give(f, LINK_WLAN, &p), W101_NET_TCP);
}

static void test_aggregates_with_strangers(void **state)
{
	struct fixture *f = *state;
	struct build p = { .n = 0 };
	put_mac(&p, (struct frame){ DATA | QOS, TO_DS, 0, AMSDU });
	uint32_t from = p.n;
	put_subframe(&p, 8 + 28); /* ARP */
	put_snap(&p, 0x0806);
	put(&p, "twenty-eight bytes of a rest", 28);
	put_padding(&p, from);
	from = p.n;
	put_subframe(&p, 0); /* nothing at all */
	put_padding(&p, from);
	put_subframe_data(&p, "hello");
	assert_int_equal(give(f, LINK_WLAN, &p), W101_NET_TCP);
	assert_int_equal(f->n, 1);
	assert_payload(f, 0, "hello", 5);
	PUT(&p, 0xde, 0xad, 0xbe, 0xef); /* frame check sequence, not announced */
	assert_int_equal(give(f, LINK_WLAN, &p), W101_NET_TCP);
	assert_int_equal(f->n, 1);
	assert_payload(f, 0, "hello", 5);
}

/* One segment's length bounds what is its payload, even without IP's help. */
static void test_a_subframe_bounds_its_payload(void **state)
{
	struct fixture *f = *state;
	struct build p = { .n = 0 };
	put_mac(&p, (struct frame){ DATA | QOS, TO_DS, 0, AMSDU });
	uint32_t from = p.n;
	put_subframe(&p, 8 + 45);
	put_snap(&p, 0x0800);
	put_v4(&p, 0, 0, 0, 6);
	put_tcp(&p, 0, "hello");
	put_padding(&p, from);
	put_subframe_data(&p, "second");
	assert_int_equal(give(f, LINK_WLAN, &p), W101_NET_TCP);
	assert_int_equal(f->n, 2);
	assert_payload(f, 0, "hello", 5);
	assert_payload(f, 1, "second", 6);
}

static void test_without_the_bit_it_is_no_aggregate(void **state)
{
	struct fixture *f = *state;
	struct build p = { .n = 0 };
	put_mac(&p, (struct frame){ DATA | QOS, TO_DS, 0, 0 });
	put_subframe_data(&p, "hello");
	assert_int_equal(give(f, LINK_WLAN, &p), W101_NET_OTHER);
}

/* ---- radiotap and PPI */

/* The frame behind `head`, with a MAC header of 26 bytes padded to 28, and four
 * bytes at its end.  IP has no length of its own, so that it is seen where the
 * frame ends. */
static enum w101_net_result behind(struct fixture *f, uint32_t link, const uint8_t *head, size_t n, bool padded)
{
	struct build p = { .n = 0 };
	put(&p, head, n);
	put_mac(&p, (struct frame){ DATA | QOS, TO_DS, 0, 0 });
	if (padded)
		PUT(&p, 0, 0);
	put_snap(&p, 0x0800);
	put_v4(&p, 0, 0, 0, 6);
	put_tcp(&p, 0, "hello");
	PUT(&p, '-', 'f', 'c', 's');
	return give(f, link, &p);
}

#define BEHIND(link, padded, ...) \
	behind(f, link, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }), padded)

static void test_radiotap_flags(void **state)
{
	struct fixture *f = *state;
	/* no flags: rate alone */
	assert_int_equal(BEHIND(LINK_RADIOTAP, false, 0, 0, 9, 0, 4, 0, 0, 0, 0x50), W101_NET_TCP);
	assert_payload(f, 0, "hello-fcs", 9);
	/* flags: frame check sequence; nothing; padded header; both */
	assert_int_equal(BEHIND(LINK_RADIOTAP, false, 0, 0, 9, 0, 2, 0, 0, 0, 0x10), W101_NET_TCP);
	assert_payload(f, 0, "hello", 5);
	assert_int_equal(BEHIND(LINK_RADIOTAP, false, 0, 0, 9, 0, 2, 0, 0, 0, 0x02), W101_NET_TCP);
	assert_payload(f, 0, "hello-fcs", 9);
	assert_int_equal(BEHIND(LINK_RADIOTAP, true, 0, 0, 9, 0, 2, 0, 0, 0, 0x20), W101_NET_TCP);
	assert_payload(f, 0, "hello-fcs", 9);
	assert_int_equal(BEHIND(LINK_RADIOTAP, true, 0, 0, 9, 0, 2, 0, 0, 0, 0x30), W101_NET_TCP);
	assert_payload(f, 0, "hello", 5);
	/* it did not fit */
	assert_int_equal(BEHIND(LINK_RADIOTAP, false, 0, 0, 9, 0, 2, 0, 0, 0, 0x50), W101_NET_OTHER);
	assert_int_equal(f->n, 0);
}

static void test_radiotap_flags_behind_other_words(void **state)
{
	struct fixture *f = *state;
	/* a time stamp before them */
	assert_int_equal(BEHIND(LINK_RADIOTAP, false, 0, 0, 17, 0, 3, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 0x10),
		W101_NET_TCP);
	assert_payload(f, 0, "hello", 5);
	/* three present words */
	assert_int_equal(BEHIND(LINK_RADIOTAP, false, 0, 0, 17, 0, 2, 0, 0, 0xa0, 0x20, 0, 0, 0xa0, 0x20, 0, 0, 0,
			 0x10),
		W101_NET_TCP);
	assert_payload(f, 0, "hello", 5);
	/* two, and the time stamp begins at a multiple of eight */
	assert_int_equal(BEHIND(LINK_RADIOTAP, false, 0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0, 0x70, 0x70, 0x70, 0x70, 9,
			 9, 9, 9, 9, 9, 9, 9, 0x10),
		W101_NET_TCP);
	assert_payload(f, 0, "hello", 5);
	/* flags that the header has no room for, and words without an end, say nothing */
	assert_int_equal(BEHIND(LINK_RADIOTAP, false, 0, 0, 8, 0, 2, 0, 0, 0), W101_NET_TCP);
	assert_payload(f, 0, "hello-fcs", 9);
	assert_int_equal(BEHIND(LINK_RADIOTAP, false, 0, 0, 12, 0, 3, 0, 0, 0, 0x10, 0x10, 0x10, 0x10), W101_NET_TCP);
	assert_payload(f, 0, "hello-fcs", 9);
	assert_int_equal(BEHIND(LINK_RADIOTAP, false, 0, 0, 12, 0, 2, 0, 0, 0x80, 0, 0, 0, 0x80), W101_NET_TCP);
	assert_payload(f, 0, "hello-fcs", 9);
}

static void test_radiotap_headers_that_cannot_be(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(BEHIND(LINK_RADIOTAP, false, 1, 0, 8, 0, 0, 0, 0, 0), W101_NET_MALFORMED);
	assert_int_equal(BEHIND(LINK_RADIOTAP, false, 0, 0, 7, 0, 0, 0, 0, 0), W101_NET_MALFORMED);
	assert_int_equal(BEHIND(LINK_RADIOTAP, false, 0, 0, 0, 0xff, 0, 0, 0, 0), W101_NET_MALFORMED);
	const uint8_t short_frame[] = { 0, 0, 9, 0, 2, 0, 0, 0, 0x10, DATA, 0, 0 };
	assert_int_equal(give_at(f, LINK_RADIOTAP, short_frame, 12, 12, 0), W101_NET_MALFORMED);
}

#define PPI_COMMON(flags) 2, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, flags, 0, 22, 0, 0x6c, 9, 0xa0, 0, 0, 0, 0xd0, 0x9c

static void test_ppi_fields(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(BEHIND(LINK_PPI, false, 0, 0, 32, 0, 105, 0, 0, 0, PPI_COMMON(0)), W101_NET_TCP);
	assert_payload(f, 0, "hello-fcs", 9);
	assert_int_equal(BEHIND(LINK_PPI, false, 0, 0, 32, 0, 105, 0, 0, 0, PPI_COMMON(1)), W101_NET_TCP);
	assert_payload(f, 0, "hello", 5);
	assert_int_equal(BEHIND(LINK_PPI, false, 0, 0, 32, 0, 105, 0, 0, 0, PPI_COMMON(5)), W101_NET_OTHER);
	/* behind another field, three bytes long; aligned to four when the header says so */
	assert_int_equal(BEHIND(LINK_PPI, false, 0, 0, 39, 0, 105, 0, 0, 0, 7, 0, 3, 0, 1, 1, 1, PPI_COMMON(1)),
		W101_NET_TCP);
	assert_payload(f, 0, "hello", 5);
	assert_int_equal(BEHIND(LINK_PPI, false, 0, 1, 40, 0, 105, 0, 0, 0, 7, 0, 3, 0, 1, 1, 1, 0, PPI_COMMON(1)),
		W101_NET_TCP);
	assert_payload(f, 0, "hello", 5);
	/* fields longer than the header, and too short ones, say nothing */
	assert_int_equal(BEHIND(LINK_PPI, false, 0, 1, 15, 0, 105, 0, 0, 0, 7, 0, 3, 0, 1, 1, 1), W101_NET_TCP);
	assert_payload(f, 0, "hello-fcs", 9);
	assert_int_equal(BEHIND(LINK_PPI, false, 0, 0, 13, 0, 105, 0, 0, 0, 2, 0, 20, 0, 1), W101_NET_TCP);
	assert_payload(f, 0, "hello-fcs", 9);
	assert_int_equal(BEHIND(LINK_PPI, false, 0, 0, 21, 0, 105, 0, 0, 0, 2, 0, 9, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1),
		W101_NET_TCP);
	assert_payload(f, 0, "hello-fcs", 9);
	assert_int_equal(BEHIND(LINK_PPI, false, 0, 0, 24, 0, 105, 0, 0, 0, 2, 0, 8, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1,
			 0, 0, 0),
		W101_NET_TCP);
	assert_payload(f, 0, "hello-fcs", 9);
}

static void test_ppi_headers_that_cannot_be(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(BEHIND(LINK_PPI, false, 1, 0, 8, 0, 105, 0, 0, 0), W101_NET_MALFORMED);
	assert_int_equal(BEHIND(LINK_PPI, false, 0, 0, 7, 0, 105, 0, 0, 0), W101_NET_MALFORMED);
	assert_int_equal(BEHIND(LINK_PPI, false, 0, 0, 0, 0xff, 105, 0, 0, 0), W101_NET_MALFORMED);
	assert_int_equal(BEHIND(LINK_PPI, false, 0, 0, 8, 0, 147, 0, 0, 0), W101_NET_OTHER);
	/* inside itself for ever */
	struct build p = { .n = 0 };
	for (unsigned i = 0; i < 1000; i++)
		PUT(&p, 0, 0, 8, 0, LINK_PPI, 0, 0, 0);
	assert_int_equal(give(f, LINK_PPI, &p), W101_NET_OTHER);
	assert_int_equal(f->n, 0);
}

/* Headers that promise more than they hold, alone against an unreadable page. */
static void test_nothing_is_read_behind_a_header(void **state)
{
	static const struct { uint32_t link, n; uint8_t b[32]; } heads[] = {
		{ LINK_RADIOTAP, 8, { 0, 0, 8, 0, 2 } },
		{ LINK_RADIOTAP, 8, { 0, 0, 8, 0, 3 } },
		{ LINK_RADIOTAP, 8, { 0, 0, 8, 0, 2, 0, 0, 0x80 } },
		{ LINK_RADIOTAP, 11, { 0, 0, 11, 0, 2, 0, 0, 0x80, 0, 0, 0x80 } },
		{ LINK_RADIOTAP, 16, { 0, 0, 16, 0, 3 } },
		{ LINK_PPI, 8, { 0, 0, 8, 0, 105 } },
		{ LINK_PPI, 11, { 0, 0, 11, 0, 105, 0, 0, 0, 2, 0, 20 } },
		{ LINK_PPI, 12, { 0, 0, 12, 0, 105, 0, 0, 0, 2, 0, 20, 0 } },
		{ LINK_PPI, 20, { 0, 0, 20, 0, 105, 0, 0, 0, 2, 0, 20, 0 } },
		{ LINK_PPI, 15, { 0, 1, 15, 0, 105, 0, 0, 0, 7, 0, 3, 0 } },
	};
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct w101_guard g = w101_guard_copy(heads[i].b, heads[i].n);
		assert_int_equal(give_at(f, heads[i].link, g.bytes.p, heads[i].n, heads[i].n, 0), W101_NET_MALFORMED);
		assert_int_equal(give_at(f, heads[i].link, g.bytes.p, heads[i].n, 100, 0), W101_NET_CUT);
		w101_guard_free(&g);
	}
}

static void test_avs_and_prism_headers_that_cannot_be(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(BEHIND(163, false, 0x80, 0x21, 0x10, 2, 0, 0, 0, 8), W101_NET_TCP);
	assert_int_equal(BEHIND(163, false, 0x80, 0x21, 0x20, 1, 0, 0, 0, 8), W101_NET_MALFORMED);
	assert_int_equal(BEHIND(163, false, 0x80, 0x21, 0x10, 1, 0, 0, 0, 7), W101_NET_MALFORMED);
	assert_int_equal(BEHIND(163, false, 0x80, 0x21, 0x10, 1, 0xff, 0xff, 0xff, 0xff), W101_NET_MALFORMED);
	assert_int_equal(BEHIND(119, false, 0x80, 0x21, 0x10, 1, 0, 0, 0, 8), W101_NET_TCP);
	assert_int_equal(BEHIND(119, false, 0x44, 0, 0, 0, 144, 0, 0, 0), W101_NET_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(t) cmocka_unit_test_setup_teardown(t, world_setup, world_teardown)
		TEST(test_headers_of_each_length_cut_anywhere),
		TEST(test_frames_without_readable_data),
		TEST(test_fragments_are_told),
		TEST(test_aggregates_cut_anywhere),
		TEST(test_aggregates_with_strangers),
		TEST(test_a_subframe_bounds_its_payload),
		TEST(test_without_the_bit_it_is_no_aggregate),
		TEST(test_radiotap_flags),
		TEST(test_radiotap_flags_behind_other_words),
		TEST(test_radiotap_headers_that_cannot_be),
		TEST(test_ppi_fields),
		TEST(test_ppi_headers_that_cannot_be),
		TEST(test_nothing_is_read_behind_a_header),
		TEST(test_avs_and_prism_headers_that_cannot_be),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
