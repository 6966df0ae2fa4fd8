/* Values as people and programs read them: sizes, durations, addresses, times,
 * JSON strings, hex dumps, globs. */
#include "report_events.h"

#include "report/glob.h"
#include "report/hexdump.h"
#include "report/human.h"
#include "report/json.h"

static char text[4096];

static const char *done(struct w101_writer *w)
{
	assert_false(w->cut);
	memcpy(text, w->p, w->n);
	text[w->n] = 0;
	w101_writer_reset(w);
	return text;
}

static void setup(struct w101_writer *w)
{
	assert_true(w101_writer_init(w, NULL, sizeof text - 1));
}

static void sizes(void **state)
{
	static const struct { uint64_t n; const char *want; } rows[] = {
		{ 0, "0 bytes" }, { 1, "1 byte" }, { 1023, "1023 bytes" }, { 1024, "1.0 KiB" }, { 12700, "12.4 KiB" },
		{ 1048575, "1.0 MiB" }, { 1048576, "1.0 MiB" }, { UINT64_C(5) << 30, "5.0 GiB" }, { UINT64_MAX, "16.0 EiB" },
	};
	struct w101_writer w;
	(void)state;
	setup(&w);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		w101_put_size(&w, rows[i].n);
		assert_string_equal(done(&w), rows[i].want);
	}
	w101_writer_close(&w);
}

static void durations(void **state)
{
	static const struct { int64_t ns; const char *want; } rows[] = {
		{ -1, "?" }, { 0, "0 s" }, { 999, "999 ns" }, { 1000, "1 us" }, { 85400, "85 us" }, { 99499, "99 us" },
		{ 99500, "0.1 ms" }, { 800000, "0.8 ms" }, { 3200000, "3.2 ms" }, { 9949999, "9.9 ms" }, { 9950000, "10 ms" },
		{ 24000000, "24 ms" }, { 999499999, "999 ms" }, { 999500000, "1.00 s" }, { 3020000000, "3.02 s" },
		{ 9994999999, "9.99 s" }, { 9995000000, "10.0 s" }, { 60041000000, "60.0 s" }, { 119949999999, "119.9 s" }, { 119950000000, "2 min" },
		{ 125000000000, "2 min 5 s" }, { 3600000000000, "1 h" }, { 90061000000000, "1 d 1 h" },
		{ INT64_MAX, "106751 d 23 h" },
	};
	struct w101_writer w;
	(void)state;
	setup(&w);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		w101_put_duration(&w, rows[i].ns);
		assert_string_equal(done(&w), rows[i].want);
	}
	w101_writer_close(&w);
}

static void addresses(void **state)
{
	static const struct { struct w101_endpoint e; const char *want; } rows[] = {
		{ { { 4, { 192, 0, 2, 1 } }, 80 }, "192.0.2.1:80" },
		{ { { 0, { 0 } }, 80 }, "?:80" },
		{ { { 6, { 0 } }, 1 }, "[::]:1" },
		{ { { 6, { [15] = 1 } }, 1 }, "[::1]:1" },
		{ { { 6, { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } }, 443 }, "[2001:db8::1]:443" },
		{ { { 6, { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1 } }, 1 }, "[2001:db8:0:1:1:1:1:1]:1" },
		{ { { 6, { 0x20, 0x01, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1 } }, 1 }, "[2001:0:0:1::1]:1" },
		{ { { 6, { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1 } }, 1 }, "[2001:db8::1:0:0:1]:1" },
		{ { { 6, { 0xfe, 0x80 } }, 1 }, "[fe80::]:1" },
		{ { { 6, { [10] = 0xff, 0xff, 192, 0, 2, 1 } }, 1 }, "[::ffff:192.0.2.1]:1" },
	};
	struct w101_writer w;
	(void)state;
	setup(&w);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		w101_put_endpoint(&w, &rows[i].e);
		assert_string_equal(done(&w), rows[i].want);
	}
	w101_writer_close(&w);
}

static void times(void **state)
{
	struct w101_writer w;
	struct w101_clock c = { .utc = true };
	struct w101_stamp s = { 0 };
	(void)state;
	setup(&w);
	w101_put_clock(&w, &c, T0);
	assert_string_equal(done(&w), "03:04:05.123456");
	w101_put_clock(&w, &c, T0 + W101_SECOND);
	assert_string_equal(done(&w), "03:04:06.123456");
	w101_put_clock(&w, &c, W101_TIME_NONE);
	assert_string_equal(done(&w), "-");
	w101_put_stamp(&w, &s, T0);
	assert_string_equal(done(&w), "2026-01-02T03:04:05.123456789Z");
	w101_put_stamp(&w, &s, -1);
	assert_string_equal(done(&w), "1969-12-31T23:59:59.999999999Z");
	w101_put_stamp(&w, &s, INT64_MAX);
	assert_string_equal(done(&w), "2262-04-11T23:47:16.854775807Z");
	w101_writer_close(&w);
}

static void json_strings(void **state)
{
	const struct { struct w101_bytes in; const char *want; } rows[] = {
		{ { NULL, 0 }, "\"\"" },
		{ W101_LIT("plain \"q\" \\ /"), "\"plain \\\"q\\\" \\\\ /\"" },
		{ W101_LIT("\b\t\n\f\r\x1b\0\x7f"), "\"\\b\\t\\n\\f\\r\\u001b\\u0000\\u007f\"" },
		{ W101_LIT("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80"), "\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80\"" },
		{ W101_LIT("\xe2\x80\xae \xc2\x9b \xe2\x80\xa8"), "\"\\u202e \\u009b \\u2028\"" },
		{ W101_LIT("\xf3\xa0\x80\x81"), "\"\\udb40\\udc01\"" },
		{ W101_LIT("caf\xe9 \xff\xc3"), "\"caf\\u00e9 \\u00ff\\u00c3\"" },
		{ W101_LIT("\xed\xa0\x80"), "\"\\u00ed\\u00a0\\u0080\"" },
	};
	struct w101_writer w;
	(void)state;
	setup(&w);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct w101_json j = { &w, false };
		w101_json_bytes(&j, rows[i].in);
		assert_string_equal(done(&w), rows[i].want);
	}
	w101_writer_close(&w);
}

static void json_numbers(void **state)
{
	static const struct { int64_t ns; const char *want; } rows[] = {
		{ 0, "0" }, { 3200000, "0.0032" }, { 1, "0.000000001" }, { W101_SECOND, "1" }, { 3020000000, "3.02" },
		{ 1123456789, "1.123456789" }, { -1, "null" }, { INT64_MAX, "9223372036.854775807" },
	};
	struct w101_writer w;
	(void)state;
	setup(&w);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct w101_json j = { &w, false };
		w101_json_seconds(&j, rows[i].ns);
		assert_string_equal(done(&w), rows[i].want);
	}
	w101_writer_close(&w);
}

static void json_base64(void **state)
{
	struct w101_writer w;
	struct w101_json j = { &w, false };
	uint8_t many[1000] = { 0 };
	(void)state;
	setup(&w);
	w101_json_base64(&j, W101_LIT("\xff\xfe"));
	assert_string_equal(done(&w), "\"//4=\"");
	j.comma = false;
	w101_json_base64(&j, (struct w101_bytes){ many, sizeof many });
	assert_int_equal(strlen(done(&w)), 2 + 1336);
	assert_int_equal(strcspn(text, "="), 1 + 1334);
	w101_writer_close(&w);
}

static void cut_text(void **state)
{
	(void)state;
	assert_int_equal(w101_as_text(W101_LIT("ab\xe2\x82"), true).n, 2);
	assert_null(w101_as_text(W101_LIT("ab\xe2\x82"), false).p);
	assert_null(w101_as_text(W101_LIT("ab\xe2\x41"), true).p);
	assert_int_equal(w101_as_text(W101_LIT("ab\xe2\x82\xac"), true).n, 5);
	assert_non_null(w101_as_text((struct w101_bytes){ NULL, 0 }, false).p);
}

static void hexdump(void **state)
{
	struct w101_writer w;
	(void)state;
	setup(&w);
	w101_put_hexdump(&w, W101_LIT("hello, hello\x1b!\xff..z"), 2);
	assert_string_equal(done(&w), "  00000000: 6865 6c6c 6f2c 2068 656c 6c6f 1b21 ff2e  hello, hello.!..\n"
				      "  00000010: 2e7a                                     .z\n");
	w101_writer_close(&w);
}

static void writer_bounds(void **state)
{
	struct w101_writer w;
	char *got;
	size_t n;
	(void)state;
	assert_true(w101_writer_init(&w, NULL, 4));
	w101_puts(&w, "abc");
	w101_puts(&w, "de");
	w101_puts(&w, "f");
	assert_true(w.cut);
	assert_int_equal(w.n, 3);
	w101_writer_close(&w);

	FILE *f = open_memstream(&got, &n);
	assert_true(w101_writer_init(&w, f, 4));
	w101_puts(&w, "abc");
	w101_puts(&w, "de");
	w101_puts(&w, "0123456789");
	w101_put_uint(&w, UINT64_MAX);
	w101_put_uint_pad(&w, 7, 3);
	assert_int_equal(w101_writer_close(&w), 0);
	fclose(f);
	assert_string_equal(got, "abcde012345678918446744073709551615007");
	free(got);
}

static void globs(void **state)
{
	static const struct { const char *pattern, *text; bool want; } rows[] = {
		{ "*", "", true }, { "", "", true }, { "", "a", false }, { "a*c", "abbc", true }, { "a*c", "abbd", false },
		{ "*.example", "shop.example", true }, { "?at", "cat", true }, { "?at", "at", false }, { "/a\\*", "/a*", true },
		{ "/a\\*", "/ab", false }, { "*a*b*c", "xaxbxcxc", true }, { "*aaaaab", "aaaaaaaaaaaaaab", true }, { "a\\", "a\\", true },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(w101_glob(rows[i].pattern, w101_str(rows[i].text), false), rows[i].want);
	assert_true(w101_glob("SHOP.*", W101_LIT("shop.example"), true));
	assert_false(w101_glob("SHOP.*", W101_LIT("shop.example"), false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(durations),
		cmocka_unit_test(addresses),
		cmocka_unit_test(times),
		cmocka_unit_test(json_strings),
		cmocka_unit_test(json_numbers),
		cmocka_unit_test(json_base64),
		cmocka_unit_test(cut_text),
		cmocka_unit_test(hexdump),
		cmocka_unit_test(writer_bounds),
		cmocka_unit_test(globs),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
