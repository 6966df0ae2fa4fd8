/* capture/pcapng.c: what each kind of block says, in both byte orders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "test_capture_pcapng_file.h"

#define US UINT64_C(1700000000123456)

static void test_both_byte_orders(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct file f = { 0 };
		struct reading r;
		put_section(&f, big);
		put_interface(&f, 1, 262144);
		put_enhanced(&f, 0, US, 61, 1500);
		put_enhanced(&f, 0, US + 1, 0, 0);
		put_enhanced(&f, 0, US, 8, 4); /* wire length below the captured one */
		read_file(&r, &f);
		assert_int_equal(r.end, W101_SOURCE_END);
		assert_int_equal(r.n, 3);
		expect_packet(&r, 0, (int64_t)US * 1000, 1, 61, 1500);
		expect_packet(&r, 1, (int64_t)(US + 1) * 1000, 1, 0, 0);
		expect_packet(&r, 2, (int64_t)US * 1000, 1, 8, 8);
		assert_int_equal(r.facts.n_interfaces, 1);
		assert_int_equal(r.facts.interfaces[0].packets, 3);
		assert_int_equal(r.facts.interfaces[0].snaplen, 262144);
		assert_true(r.facts.interfaces[0].received == UINT64_MAX);
		assert_true(r.facts.interfaces[0].dropped_by_system == UINT64_MAX);
		assert_null(r.facts.interfaces[0].name);
		assert_int_equal(w101_input_position(r.input), f.n);
		clear(&r);
	}
}

static void test_interfaces_that_differ_in_sections_that_differ(void **state)
{
	(void)state;
	struct file f = { 0 };
	struct reading r;
	put_section(&f, false);
	begin_interface(&f, 1, 96);
	put_option(&f, 2, "eth0", 4);
	put_option(&f, 3, "the \x1b[31mred one", 16);
	put_option(&f, 1, "of the first", 12);
	put_option(&f, 0, "", 0);
	end(&f);
	put_interface(&f, 113, 0);
	put_enhanced(&f, 1, 1, 20, 20);
	put_enhanced(&f, 0, 2, 20, 20);
	put_version(&f, true, 1, 2);
	put_interface(&f, 12, 65535);
	put_enhanced(&f, 0, 3, 20, 20);
	put_section(&f, false);
	put_interface(&f, 14, 65535);
	put_enhanced(&f, 0, 4, 20, 20);
	read_file(&r, &f);
	assert_int_equal(r.end, W101_SOURCE_END);
	assert_int_equal(r.n, 4);
	expect_packet(&r, 0, 1000, 113, 20, 20);
	expect_packet(&r, 1, 2000, 1, 20, 20);
	expect_packet(&r, 2, 3000, 101, 20, 20);
	expect_packet(&r, 3, 4000, 101, 20, 20);
	static const struct w101_interface wanted[] = { { .link = 1, .snaplen = 96 }, { .link = 113 },
		{ .link = 101, .snaplen = 65535 }, { .link = 101, .snaplen = 65535 } };
	assert_int_equal(r.facts.n_interfaces, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(r.facts.interfaces[i].link, wanted[i].link);
		assert_int_equal(r.facts.interfaces[i].snaplen, wanted[i].snaplen);
		assert_int_equal(r.facts.interfaces[i].packets, 1);
	}
	assert_string_equal(r.facts.interfaces[0].name, "eth0");
	assert_string_equal(r.facts.interfaces[0].description, "the \x1b[31mred one");
	assert_null(r.facts.interfaces[1].name);
	assert_int_equal(r.facts.n_comments, 1);
	assert_string_equal(r.facts.comments[0].text, "of the first");
	assert_int_equal(r.facts.comments[0].packet, 0);
	clear(&r);
}

static void test_a_section_begins_without_interfaces(void **state)
{
	(void)state;
	struct file f = { 0 };
	put_section(&f, false);
	put_interface(&f, 1, 0);
	put_enhanced(&f, 0, 1, 4, 4);
	put_section(&f, false);
	put_enhanced(&f, 0, 1, 4, 4);
	expect_damage(&f, 1, "interface 0, which was not described");
}

static void test_resolutions_and_offsets(void **state)
{
	(void)state;
	static const struct {
		uint8_t resolution;
		int64_t offset;
		uint64_t ticks;
		w101_time at;
	} rows[] = {
		{ 6, 0, US, (int64_t)US * 1000 },
		{ 9, 0, US, (int64_t)US },
		{ 0, 0, 5, 5 * W101_SECOND },
		{ 3, 0, 1500, 1500000000 },
		{ 8, 0, 123, 1230 },
		{ 10, 0, 19, 1 },
		{ 12, 0, 1999, 1 },
		{ 12, 2, UINT64_C(1000000001999), 3000000001 },
		{ 19, 0, UINT64_MAX, 1844674407 },
		{ 20, 0, UINT64_MAX, 184467440 },
		{ 28, 0, UINT64_MAX, 1 },
		{ 29, 0, UINT64_MAX, 0 },
		{ 127, 0, UINT64_MAX, 0 },
		{ 127, 7, UINT64_MAX, 7 * W101_SECOND },
		{ 0x80, 0, 5, 5 * W101_SECOND },
		{ 0x80 | 1, 0, 3, 1500000000 },
		{ 0x80 | 10, 0, 1025, 1000976562 },
		{ 0x80 | 32, 0, UINT64_C(0x180000000), 1500000000 },
		{ 0x80 | 32, 0, UINT64_C(0x1ffffffff), 1999999999 },
		{ 0x80 | 33, 0, UINT64_C(0x3ffffffff), 1999999999 },
		{ 0x80 | 63, 0, UINT64_MAX, 1999999999 },
		{ 0x80 | 64, 0, UINT64_MAX, 999999999 },
		{ 0x80 | 64, 0, UINT64_C(1) << 63, 500000000 },
		{ 0x80 | 65, 0, UINT64_C(1) << 63, 250000000 },
		{ 0x80 | 93, 0, UINT64_MAX, 1 },
		{ 0x80 | 94, 0, UINT64_MAX, 0 },
		{ 0x80 | 97, 0, UINT64_MAX, 0 },
		{ 0xff, 0, UINT64_MAX, 0 },
		{ 6, -3600, US, (int64_t)US * 1000 - 3600 * W101_SECOND },
		{ 6, 3600, US, (int64_t)US * 1000 + 3600 * W101_SECOND },
		{ 9, -1, 999999999, 0 },                   /* before 1970 */
		{ 9, INT64_MIN, 5, 0 },
		{ 9, INT64_MAX, 5, INT64_MAX },            /* later than can be told */
		{ 0, -10, UINT64_MAX, INT64_MAX },
		{ 0, INT64_MIN, UINT64_C(1) << 63, 0 },    /* too late alone, not with its offset */
		{ 0, INT64_MIN, (UINT64_C(1) << 63) + 9, 9 * W101_SECOND },
		{ 6, 0, UINT64_MAX, INT64_MAX },
		{ 9, 0, INT64_MAX, INT64_MAX },
		{ 9, 0, UINT64_C(1) << 63, INT64_MAX },
		{ 9, 1, INT64_MAX - 5, INT64_MAX },
		{ 0x80, 0, UINT64_MAX, INT64_MAX },
		{ 0x80 | 20, 9223372036, 900000, INT64_MAX }, /* only the fraction is too much */
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (int big = 0; big < 2; big++) {
			struct file f = { 0 };
			struct reading r;
			put_section(&f, big);
			begin_interface(&f, 1, 0);
			if (rows[i].resolution != 6)
				put_option(&f, 9, &rows[i].resolution, 1);
			if (rows[i].offset)
				put_option64(&f, 14, (uint64_t)rows[i].offset);
			end(&f); /* no opt_endofopt */
			put_enhanced(&f, 0, rows[i].ticks, 4, 4);
			begin_obsolete(&f, 0, 0xffff, rows[i].ticks, 4);
			end(&f);
			read_file(&r, &f);
			assert_int_equal(r.n, 2);
			if (r.packets[0].at != rows[i].at)
				fail_msg("row %zu: %lld, not %lld", i, (long long)r.packets[0].at,
					(long long)rows[i].at);
			assert_int_equal(r.packets[1].at, rows[i].at);
			assert_true(r.facts.interfaces[0].dropped_by_system == UINT64_MAX); /* 0xffff: not known */
			clear(&r);
		}
}

static void test_simple_packets(void **state)
{
	(void)state;
	struct file f = { 0 };
	struct reading r;
	put_section(&f, true);
	put_interface(&f, 113, 50);
	put_interface(&f, 1, 10);
	put_simple(&f, 30, 30);
	put_simple(&f, 50, 50);
	put_enhanced(&f, 1, 7, 4, 4);
	put_simple(&f, 50, 1500);
	put_section(&f, false);
	put_interface(&f, 1, 0); /* no snapshot length */
	put_simple(&f, 300, 300);
	read_file(&r, &f);
	assert_int_equal(r.end, W101_SOURCE_END);
	assert_int_equal(r.n, 5);
	expect_packet(&r, 0, 0, 113, 30, 30);
	expect_packet(&r, 1, 0, 113, 50, 50);
	expect_packet(&r, 3, 7000, 113, 50, 1500);
	expect_packet(&r, 4, 7000, 1, 300, 300);
	assert_int_equal(r.facts.interfaces[0].packets, 3);
	clear(&r);

	f = (struct file){ 0 };
	put_section(&f, true);
	put_interface(&f, 1, 50);
	put_simple(&f, 40, 41);
	expect_damage(&f, 0, "impossible length of 41");
	f = (struct file){ 0 };
	put_section(&f, true);
	put_simple(&f, 40, 40);
	expect_damage(&f, 0, "interface 0, which was not described");
}

static void test_comments_and_losses_of_packets(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct file f = { 0 };
		struct reading r;
		f.big = big;
		begin(&f, SECTION);
		put32(&f, 0x1a2b3c4d);
		put16(&f, 1);
		put16(&f, 0);
		put64(&f, 48); /* not true, not read */
		put_option(&f, 2, "hardware", 8);
		put_option(&f, 1, "section", 8); /* with its NUL */
		put_option(&f, 0, "", 0);
		end(&f);
		put_interface(&f, 1, 0);
		begin_enhanced(&f, 0, 1, 5, 5);
		put_option(&f, 2, "\0\0\0", 4);
		put_option(&f, 1, "first", 5);
		put_option(&f, 1, "", 0);
		put_option(&f, 1, "second", 6);
		put_option64(&f, 4, 3);
		put_option(&f, 0, "", 0);
		put_option(&f, 1, "behind the end", 14);
		end(&f);
		put_enhanced(&f, 0, 2, 5, 5);
		begin_obsolete(&f, 0, 4, 3, 6);
		put_option(&f, 1, "old", 3);
		put_option64(&f, 4, 1000); /* has no meaning here */
		end(&f);
		begin_enhanced(&f, 0, 1, 5, 5);
		put_option(&f, 4, "\1\1\1\1", 4); /* of a wrong length */
		put_option(&f, 1, "kept", 4);
		put16(&f, 1); /* a comment longer than the block */
		put16(&f, 60000);
		end(&f);
		read_file(&r, &f);
		assert_int_equal(r.end, W101_SOURCE_END);
		assert_int_equal(r.n, 4);
		static const struct {
			uint64_t packet;
			const char *text;
		} wanted[] = { { 0, "section" }, { 1, "first" }, { 1, "second" }, { 3, "old" }, { 4, "kept" } };
		assert_int_equal(r.facts.n_comments, 5);
		for (size_t i = 0; i < 5; i++) {
			assert_int_equal(r.facts.comments[i].packet, wanted[i].packet);
			assert_string_equal(r.facts.comments[i].text, wanted[i].text);
		}
		assert_int_equal(r.facts.interfaces[0].dropped_by_system, 7);
		clear(&r);
	}
}

static void test_losses_saturate(void **state)
{
	(void)state;
	struct file f = { 0 };
	struct reading r;
	put_section(&f, false);
	put_interface(&f, 1, 0);
	for (int i = 0; i < 3; i++) {
		begin_enhanced(&f, 0, 1, 4, 4);
		put_option64(&f, 4, UINT64_MAX / 2);
		end(&f);
	}
	read_file(&r, &f);
	assert_true(r.facts.interfaces[0].dropped_by_system == UINT64_MAX - 1);
	clear(&r);
}

static void test_statistics(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct file f = { 0 };
		struct reading r;
		put_section(&f, big);
		for (int i = 0; i < 4; i++)
			put_interface(&f, 1, 0);
		for (uint32_t i = 0; i < 3; i++) {
			begin_enhanced(&f, i, 1, 4, 4);
			put_option64(&f, 4, 100 + i);
			end(&f);
		}
		begin_statistics(&f, 0);
		put_option64(&f, 4, 10);
		put_option64(&f, 5, 1);
		put_option64(&f, 7, 2);
		end(&f);
		begin_statistics(&f, 0); /* later, higher */
		put_option64(&f, 2, 99);
		put_option64(&f, 4, 20);
		put_option64(&f, 6, 99);
		put_option64(&f, 7, 3);
		put_option(&f, 1, "at the end", 10);
		end(&f);
		begin_statistics(&f, 0); /* what it does not tell stays */
		put_option64(&f, 5, 1);
		end(&f);
		begin_statistics(&f, 1);
		put_option64(&f, 5, 6); /* says what was dropped, by the interface alone */
		end(&f);
		begin_statistics(&f, 2);
		put_option64(&f, 4, 50); /* says nothing of drops */
		put_option(&f, 7, "\1\1\1\1", 4);
		end(&f);
		begin_statistics(&f, 4); /* of no interface */
		put_option64(&f, 7, 1000);
		end(&f);
		put_unknown(&f, STATISTICS, 4); /* too short: nothing that packets need */
		begin_enhanced(&f, 0, 1, 4, 4);
		put_option64(&f, 4, 100); /* is in the counters */
		end(&f);
		read_file(&r, &f);
		assert_int_equal(r.end, W101_SOURCE_END);
		assert_int_equal(r.n, 4);
		const struct w101_interface *i = r.facts.interfaces;
		assert_int_equal(i[0].received, 20);
		assert_int_equal(i[0].dropped_by_interface, 1);
		assert_int_equal(i[0].dropped_by_system, 3);
		assert_true(i[1].received == UINT64_MAX);
		assert_int_equal(i[1].dropped_by_interface, 6);
		assert_true(i[1].dropped_by_system == UINT64_MAX);
		assert_int_equal(i[2].received, 50);
		assert_true(i[2].dropped_by_interface == UINT64_MAX);
		assert_int_equal(i[2].dropped_by_system, 102);
		assert_true(i[3].dropped_by_system == UINT64_MAX);
		assert_int_equal(r.facts.n_comments, 0); /* they are about the counters */
		clear(&r);
	}
}

static void test_names_of_hosts(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct file f = { 0 };
		struct reading r;
		put_section(&f, big);
		begin(&f, NAMES);
		put_option(&f, 1, "\x0a\0\0\1one\0other", 4 + 9); /* the second without a NUL */
		put_option(&f, 2, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\7six", 16 + 4);
		put_option(&f, 3, "\1\2\3\4\5\6mac", 10); /* EUI-48 */
		put_option(&f, 1, "\x0a\0\0", 3);         /* no address */
		put_option(&f, 1, "\x0a\0\0\2", 4);       /* no name */
		put_option(&f, 0, "", 0);
		put_option(&f, 1, "a comment, no record", 20);
		end(&f);
		begin(&f, NAMES);
		put16(&f, 1);
		put16(&f, 4000); /* longer than the block */
		end(&f);
		begin(&f, NAMES);
		put_option(&f, 2, "", 0); /* the last of the file: no address to read beyond it */
		end(&f);
		read_file(&r, &f);
		assert_int_equal(r.end, W101_SOURCE_END);
		assert_int_equal(r.facts.n_names, 3);
		static const struct w101_addr four = { 4, { 10, 0, 0, 1 } };
		static const struct w101_addr six = { 6, { 0x20, 1, 0x0d, 0xb8, [15] = 7 } };
		assert_memory_equal(&r.facts.names[0].addr, &four, sizeof four);
		assert_string_equal(r.facts.names[0].name, "one");
		assert_memory_equal(&r.facts.names[1].addr, &four, sizeof four);
		assert_string_equal(r.facts.names[1].name, "other");
		assert_memory_equal(&r.facts.names[2].addr, &six, sizeof six);
		assert_string_equal(r.facts.names[2].name, "six");
		assert_int_equal(r.facts.n_comments, 1);
		assert_string_equal(r.facts.comments[0].text, "a comment, no record");
		clear(&r);
	}
}

static void test_secrets(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct file f = { 0 };
		struct reading r;
		put_section(&f, big);
		begin(&f, SECRETS);
		put32(&f, KEYLOG);
		put32(&f, 13);
		put(&f, "CLIENT_RANDOM", 13);
		fill(&f);
		put_option(&f, 1, "from a browser", 14);
		end(&f);
		begin(&f, SECRETS);
		put32(&f, 0x57474b4c);
		put32(&f, 4);
		put(&f, "\0\1\2\3", 4);
		end(&f);
		begin(&f, SECRETS);
		put32(&f, KEYLOG);
		put32(&f, UINT32_MAX); /* longer than the block */
		put(&f, "CLIE", 4);
		end(&f);
		put_unknown(&f, SECRETS, 4);
		put_interface(&f, 1, 0);
		put_enhanced(&f, 0, 1, 4, 4);
		read_file(&r, &f);
		assert_int_equal(r.end, W101_SOURCE_END);
		assert_int_equal(r.n, 1);
		assert_int_equal(r.facts.n_secrets, 2);
		assert_int_equal(r.facts.secrets[0].type, KEYLOG);
		assert_int_equal(r.facts.secrets[0].bytes.n, 13);
		assert_memory_equal(r.facts.secrets[0].bytes.p, "CLIENT_RANDOM", 13);
		assert_int_equal(r.facts.secrets[1].type, 0x57474b4c);
		assert_memory_equal(r.facts.secrets[1].bytes.p, "\0\1\2\3", 4);
		assert_int_equal(r.facts.n_comments, 1);
		clear(&r);
	}
}

/* Lengths and types stand in the byte order of the section; given are they in that of this machine. */
static void test_nflog_of_both_byte_orders(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct file f = { 0 };
		struct reading r;
		put_section(&f, big);
		put_interface(&f, 239, 0);
		begin(&f, ENHANCED);
		put32(&f, 0);
		put64(&f, 0);
		put32(&f, 22);
		put32(&f, 22);
		put(&f, "\2\0\1\2", 4);
		put16(&f, 7); /* padded to 8 */
		put16(&f, 10);
		put(&f, "abcd", 4);
		put16(&f, 400); /* more than there is */
		put16(&f, 9);
		put(&f, "payloa", 6);
		end(&f);
		begin_enhanced(&f, 0, 0, 6, 6); /* of another version, and too short for a value */
		end(&f);
		put_enhanced(&f, 0, 0, 3, 3);
		struct w101_guard guard = w101_guard_copy(f.b, f.n);
		r = (struct reading){ .input = w101_input_memory(guard.bytes, r.error) };
		assert_non_null(r.input);
		r.reader = w101_reader_pcapng.open(r.input, &r.facts, r.error);
		assert_non_null(r.reader);
		struct w101_packet packet;
		const uint16_t heads[] = { 7, 10, 400, 9 };
		assert_int_equal(w101_reader_pcapng.next(r.reader, 1, &packet, r.error), W101_SOURCE_PACKET);
		assert_int_equal(packet.caplen, 22);
		assert_memory_equal(packet.data, "\2\0\1\2", 4);
		assert_memory_equal(packet.data + 4, heads, 4);
		assert_memory_equal(packet.data + 8, "abcd", 4);
		assert_memory_equal(packet.data + 12, heads + 2, 4);
		assert_memory_equal(packet.data + 16, "payloa", 6);
		for (uint32_t n = 6; n; n -= 3) {
			assert_int_equal(w101_reader_pcapng.next(r.reader, 1, &packet, r.error), W101_SOURCE_PACKET);
			assert_int_equal(packet.caplen, n);
			for (uint32_t i = 0; i < n; i++)
				assert_int_equal(packet.data[i], n + i);
		}
		assert_int_equal(w101_reader_pcapng.next(r.reader, 1, &packet, r.error), W101_SOURCE_END);
		assert_memory_equal(guard.bytes.p, f.b, f.n);
		clear(&r);
		w101_guard_free(&guard);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_byte_orders),
		cmocka_unit_test(test_interfaces_that_differ_in_sections_that_differ),
		cmocka_unit_test(test_a_section_begins_without_interfaces),
		cmocka_unit_test(test_resolutions_and_offsets),
		cmocka_unit_test(test_simple_packets),
		cmocka_unit_test(test_comments_and_losses_of_packets),
		cmocka_unit_test(test_losses_saturate),
		cmocka_unit_test(test_statistics),
		cmocka_unit_test(test_names_of_hosts),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_nflog_of_both_byte_orders),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
