/* capture/pcapng.c: files cut and broken at every byte, lengths that lie, and
 * floods.  What stands before the damage is always given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "test_capture_pcapng_file.h"

/* ---- every kind in one file, cut and broken at every byte */

#define BLOCKS_MAX 64

struct landmarks {
	size_t n, end[BLOCKS_MAX], packets[BLOCKS_MAX]; /* where each block ends, and the packets up to there */
};

static void mark(struct landmarks *m, const struct file *f, bool packet)
{
	assert_true(m->n < BLOCKS_MAX);
	m->end[m->n] = f->n;
	m->packets[m->n] = (m->n ? m->packets[m->n - 1] : 0) + packet;
	m->n++;
}

static void everything(struct file *f, struct landmarks *m, bool big)
{
	*f = (struct file){ 0 };
	*m = (struct landmarks){ 0 };
	for (int i = 0; i < 2; i++) {
		put_section(f, i ? !big : big);
		mark(m, f, false);
		begin_interface(f, 1, 64);
		put_option(f, 2, "eth0", 4);
		put_option(f, 9, "\x09", 1);
		put_option64(f, 14, (uint64_t)-5);
		put_option(f, 0, "", 0);
		end(f);
		mark(m, f, false);
		put_interface(f, 113, 0);
		mark(m, f, false);
		begin_enhanced(f, 0, UINT64_C(9000000000), 21, 90);
		put_option(f, 1, "comment", 7);
		put_option64(f, 4, 1);
		end(f);
		mark(m, f, true);
		put_unknown(f, CUSTOM, 9);
		mark(m, f, false);
		put_simple(f, 10, 10);
		mark(m, f, true);
		put_unknown(f, CUSTOM_LOCAL, 0);
		mark(m, f, false);
		begin_obsolete(f, 1, 2, 77, 7);
		put_option(f, 1, "old", 3);
		end(f);
		mark(m, f, true);
		begin(f, NAMES);
		put_option(f, 1, "\x0a\0\0\1one", 8);
		put_option(f, 0, "", 0);
		end(f);
		mark(m, f, false);
		put_unknown(f, JOURNAL, 30);
		mark(m, f, false);
		begin(f, SECRETS);
		put32(f, KEYLOG);
		put32(f, 5);
		put(f, "abcde", 5);
		end(f);
		mark(m, f, false);
		put_enhanced(f, 1, 78, 4, 4);
		mark(m, f, true);
		begin_statistics(f, 1);
		put_option64(f, 7, 5);
		end(f);
		mark(m, f, false);
	}
}

static void test_cut_at_every_byte(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct file f;
		struct landmarks m;
		everything(&f, &m, big);
		size_t block = 0; /* blocks that are whole */
		for (size_t cut = 0; cut <= f.n; cut++) {
			struct reading r;
			if (block < m.n && cut == m.end[block])
				block++;
			read_bytes(&r, f.b, cut, false);
			if (!block) {
				assert_null(r.reader);
				if (cut >= 4)
					assert_string_equal(r.error, "ends inside the file header");
			} else {
				assert_non_null(r.reader);
				assert_int_equal(r.n, m.packets[block - 1]);
				assert_int_equal(r.end, cut == m.end[block - 1] ? W101_SOURCE_END : W101_SOURCE_CUT);
				char place[64];
				snprintf(place, sizeof place, "ends inside a block (at byte %zu)", m.end[block - 1]);
				if (r.end == W101_SOURCE_CUT)
					assert_non_null(strstr(r.error, place));
			}
			clear(&r);
		}
		assert_int_equal(block, m.n);
	}
}

static void test_broken_at_every_byte(void **state)
{
	(void)state;
	static const uint8_t values[] = { 0, 1, 3, 0x7f, 0x80, 0xff };
	for (int big = 0; big < 2; big++) {
		struct file f;
		struct landmarks m;
		everything(&f, &m, big);
		size_t block = 0;
		for (size_t at = 0; at < f.n; at++) {
			if (at == m.end[block])
				block++;
			uint8_t was = f.b[at];
			for (size_t v = 0; v < sizeof values; v++) {
				struct reading r;
				f.b[at] = values[v];
				read_bytes(&r, f.b, f.n, true);
				if (!r.reader)
					assert_true(block == 0);
				else if (block) /* what stands before is given in any case */
					assert_true(r.n >= m.packets[block - 1]);
				if (r.end == W101_SOURCE_CUT)
					assert_true(strlen(r.error) > 0 && !strchr(r.error, '\n'));
				clear(&r);
			}
			f.b[at] = was;
		}
	}
}

/* ---- damage, by name */

static void start(struct file *f, bool big)
{
	*f = (struct file){ 0 };
	put_section(f, big);
	put_interface(f, 1, 0);
	put_enhanced(f, 0, 1, 8, 8);
}

static void test_hostile_block_lengths(void **state)
{
	(void)state;
	static const uint32_t types[] = { ENHANCED, SIMPLE, OBSOLETE, INTERFACE, SECTION, NAMES, SECRETS, STATISTICS,
		CUSTOM, 0x12345678 };
	static const struct {
		uint32_t length;
		const char *words;
	} rows[] = {
		{ 3, "impossible block length of 3 " },
		{ 11, "impossible block length of 11 " },
		{ 0x7ffffff0, NULL },
		{ UINT32_MAX, NULL },
		{ UINT32_MAX - 3, NULL },
		{ 28, "differ" },   /* the trailer would be inside the body */
		{ 16384, "inside" }, /* beyond the end */
	};
	for (size_t t = 0; t < sizeof types / sizeof *types; t++)
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
			for (int big = 0; big < 2; big++) {
				struct file f;
				start(&f, big);
				bool needed = types[t] == INTERFACE || types[t] == SECTION;
				begin(&f, types[t]);
				put32(&f, 0x1a2b3c4d);
				put64(&f, 1);
				put64(&f, UINT64_MAX);
				put64(&f, 8);
				put64(&f, 8);
				put64(&f, 8);
				end_with(&f, rows[i].length);
				expect_damage(&f, 1,
					rows[i].words ? rows[i].words : needed ? "impossible block length" : "inside");
			}
	struct file f;
	start(&f, false);
	begin(&f, ENHANCED);
	put32(&f, 12);
	memset(f.b + f.block + 4, 0, 4); /* length 0 */
	expect_damage(&f, 1, "impossible block length of 0 ");
}

static void test_lengths_that_differ(void **state)
{
	(void)state;
	static const uint32_t types[] = { ENHANCED, CUSTOM };
	for (size_t t = 0; t < 2; t++)
		for (int big = 0; big < 2; big++) {
			struct file f;
			start(&f, big);
			size_t at = f.n;
			begin(&f, types[t]);
			put32(&f, 0);
			put64(&f, 1);
			put64(&f, 0);
			end(&f);
			f.n -= 4;
			put32(&f, 36);
			char words[80];
			snprintf(words, sizeof words, "differ, 32 and 36 bytes (block at byte %zu)", at);
			expect_damage(&f, 1, words);
		}
}

/* Writers that fill a block up but do not count what fills it: Wireshark reads them. */
static void test_a_length_without_what_fills_the_block_up(void **state)
{
	(void)state;
	struct file f;
	struct reading r;
	start(&f, true);
	begin_enhanced(&f, 0, 2, 5, 5);
	end_with(&f, 32 + 5);
	put_unknown(&f, CUSTOM, 2);
	begin(&f, CUSTOM);
	put(&f, "x", 1);
	end_with(&f, 13);
	put_enhanced(&f, 0, 3, 6, 6);
	read_file(&r, &f);
	assert_int_equal(r.end, W101_SOURCE_END);
	assert_int_equal(r.n, 3);
	expect_packet(&r, 1, 2000, 1, 5, 5);
	clear(&r);
}

static void test_blocks_too_short_for_their_kind(void **state)
{
	(void)state;
	static const struct {
		uint32_t type;
		size_t n;
	} rows[] = { { ENHANCED, 16 }, { OBSOLETE, 16 }, { SIMPLE, 0 }, { INTERFACE, 4 } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct file f;
		start(&f, false);
		put_unknown(&f, rows[i].type, rows[i].n);
		expect_damage(&f, 1, "too short for its kind");
	}
	struct file f;
	start(&f, false);
	begin(&f, SECTION);
	put32(&f, 0x1a2b3c4d);
	put64(&f, 1);
	end(&f);
	expect_damage(&f, 1, "too short for its kind");
}

static void test_hostile_captured_lengths(void **state)
{
	(void)state;
	static const uint32_t lengths[] = { 9, 12, 262145, 0x7fffffff, UINT32_MAX - 2, UINT32_MAX };
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
		for (int obsolete = 0; obsolete < 2; obsolete++) {
			struct file f;
			start(&f, false);
			begin(&f, obsolete ? OBSOLETE : ENHANCED);
			put32(&f, 0);
			put64(&f, 1);
			put32(&f, lengths[i]);
			put32(&f, 8);
			put_data(&f, 8);
			end(&f);
			char words[64];
			snprintf(words, sizeof words, "impossible length of %lu bytes", (unsigned long)lengths[i]);
			expect_damage(&f, 1, words);
		}
}

static void test_packets_of_no_interface(void **state)
{
	(void)state;
	struct file f;
	start(&f, true);
	put_enhanced(&f, 1, 1, 8, 8);
	expect_damage(&f, 1, "a packet of interface 1, which was not described");
	start(&f, true);
	put_enhanced(&f, UINT32_MAX, 1, 8, 8);
	expect_damage(&f, 1, "a packet of interface 4294967295, which was not described");
	start(&f, true);
	begin_obsolete(&f, 256, 0, 1, 8);
	end(&f);
	expect_damage(&f, 1, "a packet of interface 256, which was not described");
}

static void test_broken_interfaces(void **state)
{
	(void)state;
	struct file f;
	start(&f, false);
	begin_interface(&f, 1, 0);
	put_option(&f, 9, "\6\6", 2);
	end(&f);
	expect_damage(&f, 1, "a time stamp option of a wrong length");
	start(&f, false);
	begin_interface(&f, 1, 0);
	put_option(&f, 14, "\6\6\6\6", 4);
	end(&f);
	expect_damage(&f, 1, "a time stamp option of a wrong length");
	start(&f, false);
	begin_interface(&f, 1, 0);
	put16(&f, 2);
	put16(&f, 5);
	put32(&f, 0);
	end(&f);
	expect_damage(&f, 1, "options longer than itself");
}

static void test_versions_and_byte_orders_that_are_unknown(void **state)
{
	(void)state;
	struct file f;
	start(&f, false);
	put_version(&f, true, 2, 0);
	expect_damage(&f, 1, "pcapng version 2.0: only 1.0 and 1.2 are read");
	start(&f, false);
	put_version(&f, false, 1, 1);
	expect_damage(&f, 1, "version 1.1");
	start(&f, false);
	put_unknown(&f, SECTION, 16);
	expect_damage(&f, 1, "without the mark of its byte order");

	static const char *const words[] = { "pcapng version 3.0", "without the mark", "impossible block length of 4 " };
	for (size_t i = 0; i < 3; i++) {
		struct reading r;
		f = (struct file){ 0 };
		put_version(&f, true, i == 0 ? 3 : 1, 0);
		if (i == 1)
			f.b[9] ^= 1;
		if (i == 2)
			f.b[7] = 4;
		read_bytes(&r, f.b, f.n, false);
		assert_null(r.reader);
		assert_non_null(strstr(r.error, words[i]));
		clear(&r);
	}
}

/* ---- bounds */

struct large {
	uint8_t *b;
	size_t n;
};

static void append(struct large *l, const struct file *f, size_t times)
{
	l->b = realloc(l->b, l->n + times * f->n);
	assert_non_null(l->b);
	for (; times; times--, l->n += f->n)
		memcpy(l->b + l->n, f->b, f->n);
}

static void test_a_flood_of_interfaces(void **state)
{
	(void)state;
	struct large l = { 0 };
	struct file head = { 0 }, one = { 0 }, packet = { 0 };
	struct reading r;
	put_section(&head, false);
	put_interface(&one, 1, 0);
	put_enhanced(&packet, 65535, 1, 4, 4);
	append(&l, &head, 1);
	append(&l, &one, 65536);
	append(&l, &packet, 1);
	append(&l, &head, 1); /* another section may have as many, though facts has no room for them */
	append(&l, &one, 65536);
	append(&l, &packet, 1);
	append(&l, &one, 1);
	append(&l, &packet, 1);
	read_bytes(&r, l.b, l.n, false);
	assert_int_equal(r.end, W101_SOURCE_CUT);
	assert_non_null(strstr(r.error, "65,536"));
	assert_int_equal(r.n, 2);
	assert_int_equal(r.facts.n_interfaces, W101_FACTS_INTERFACES);
	assert_int_equal(r.facts.interfaces[65535].packets, 1);
	assert_int_equal(r.facts.left_out, 65536);
	clear(&r);
	free(l.b);
}

static void test_packets_above_the_usual_length(void **state)
{
	(void)state;
	for (uint32_t more = 0; more < 2; more++) {
		uint32_t cap = 262144 + more;
		struct file f;
		struct large l = { 0 };
		struct reading r;
		start(&f, false);
		begin(&f, ENHANCED);
		f.n -= 4;
		put32(&f, 32 + cap + more * 3);
		put64(&f, 0);
		put32(&f, 1);
		put32(&f, cap);
		put32(&f, cap);
		append(&l, &f, 1);
		f.n = 0;
		for (uint32_t i = 0; i < 256; i++)
			put(&f, &(uint8_t){ (uint8_t)(cap + i) }, 1);
		append(&l, &f, cap / 256);
		f = (struct file){ 0 };
		if (more)
			put(&f, "\1\0\0", 4);
		put32(&f, 32 + cap + more * 3);
		append(&l, &f, 1);
		read_bytes(&r, l.b, l.n, false);
		assert_int_equal(r.end, W101_SOURCE_END);
		assert_int_equal(r.n, 2);
		assert_int_equal(r.packets[1].caplen, cap);
		clear(&r);
		free(l.b);
	}
}

static void test_blocks_larger_than_the_window(void **state)
{
	(void)state;
	static const struct {
		uint32_t type;
		bool skipped, left_out;
	} rows[] = {
		{ CUSTOM, true, false },
		{ SECRETS, true, true },
		{ NAMES, true, true },
		{ INTERFACE, false, false },
	};
	size_t body = W101_INPUT_WINDOW_MAX;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct file f;
		struct large l = { 0 };
		struct reading r;
		start(&f, false);
		begin(&f, rows[i].type);
		f.n -= 4;
		put32(&f, (uint32_t)body + 12);
		append(&l, &f, 1);
		l.b = realloc(l.b, l.n + body);
		assert_non_null(l.b);
		memset(l.b + l.n, 0, body);
		l.n += body;
		f.n = 0;
		put32(&f, (uint32_t)body + 12);
		put_enhanced(&f, 0, 1, 4, 4);
		append(&l, &f, 1);
		read_bytes(&r, l.b, l.n, false);
		assert_int_equal(r.end, rows[i].skipped ? W101_SOURCE_END : W101_SOURCE_CUT);
		assert_int_equal(r.n, rows[i].skipped ? 2 : 1);
		assert_int_equal(r.facts.left_out, rows[i].left_out);
		clear(&r);
		free(l.b);
	}
}

/* They are packets whose bytes are not at hand. */
static void test_packets_larger_than_the_window(void **state)
{
	(void)state;
	static const uint32_t types[] = { ENHANCED, OBSOLETE, SIMPLE };
	const uint32_t body = W101_INPUT_WINDOW_MAX;
	for (size_t i = 0; i < 3; i++)
		for (uint32_t id = 0; id < 2; id++) {
			struct file f;
			struct large l = { 0 };
			struct reading r;
			/* what goes wrong the second time: no such interface, or (a simple one has none) the end */
			const bool cut = id && types[i] == SIMPLE, bad = id && !cut;
			start(&f, false);
			begin(&f, types[i]);
			f.n -= 4;
			put32(&f, body + 12);
			append(&l, &f, 1);
			f.n = 0;
			if (types[i] == SIMPLE) {
				put32(&f, body - 4);
			} else {
				put32(&f, id); /* little-endian: the obsolete one has 16 bits of it */
				put64(&f, UINT64_C(7) << 32);
				put32(&f, body - 20);
				put32(&f, body + 5);
			}
			append(&l, &f, 1);
			l.b = realloc(l.b, l.n + body);
			assert_non_null(l.b);
			memset(l.b + l.n, 0, body - f.n);
			l.n += body - f.n - (cut ? 1000 : 0);
			f.n = 0;
			put32(&f, body + 12);
			put_enhanced(&f, 0, 9, 4, 4);
			if (!cut)
				append(&l, &f, 1);
			read_bytes(&r, l.b, l.n, false);
			assert_int_equal(r.n, cut || bad ? 1 : 3);
			assert_int_equal(r.end, cut || bad ? W101_SOURCE_CUT : W101_SOURCE_END);
			assert_int_equal(r.facts.interfaces[0].packets, r.n);
			if (bad)
				assert_non_null(strstr(r.error, "interface 1, which was not described (block at byte 88)"));
			if (!cut && !bad)
				expect_packet(&r, 1, types[i] == SIMPLE ? r.packets[0].at : 7000, 1, 0,
					types[i] == SIMPLE ? body - 4 : body + 5);
			clear(&r);
			free(l.b);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut_at_every_byte),
		cmocka_unit_test(test_broken_at_every_byte),
		cmocka_unit_test(test_hostile_block_lengths),
		cmocka_unit_test(test_lengths_that_differ),
		cmocka_unit_test(test_a_length_without_what_fills_the_block_up),
		cmocka_unit_test(test_blocks_too_short_for_their_kind),
		cmocka_unit_test(test_hostile_captured_lengths),
		cmocka_unit_test(test_packets_of_no_interface),
		cmocka_unit_test(test_broken_interfaces),
		cmocka_unit_test(test_versions_and_byte_orders_that_are_unknown),
		cmocka_unit_test(test_a_flood_of_interfaces),
		cmocka_unit_test(test_packets_above_the_usual_length),
		cmocka_unit_test(test_blocks_larger_than_the_window),
		cmocka_unit_test(test_packets_larger_than_the_window),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
