/* The base room: each helper against its definition and at its edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <wire101/finding.h>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/hash.h"
#include "base/quota.h"
#include "base/safe.h"
#include "base/utf8.h"
#include "guard.h"

static void base64_vectors(void **state)
{
	(void)state;
	static const struct { const char *plain, *code; } v[] = { /* RFC 4648 section 10 */
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		char code[16];
		uint8_t plain[16];
		size_t n;
		w101_base64_encode(v[i].plain, strlen(v[i].plain), code);
		assert_string_equal(code, v[i].code);
		assert_int_equal(w101_base64_decode(code, strlen(code), plain, sizeof plain, &n), W101_BASE64_OK);
		assert_int_equal(n, strlen(v[i].plain));
		assert_memory_equal(plain, v[i].plain, n);
	}
}

static void base64_is_strict(void **state)
{
	(void)state;
	static const char *const bad[] = { "Zg=", "Zg", "Z===", "Zg= ", " Zg=", "Zm9v\n", "Zg==Zg==", "====", "=", "Z-_v", "A", "AAAAA" };
	uint8_t out[16];
	size_t n;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct w101_guard g = w101_guard_copy(bad[i], strlen(bad[i]));
		assert_int_equal(w101_base64_decode(g.bytes.p, g.bytes.n, out, sizeof out, &n), W101_BASE64_BAD);
		w101_guard_free(&g);
	}
	/* erratum 3150 of RFC 6455: the sample key of 4.1 has spare bits */
	assert_int_equal(w101_base64_decode("AQIDBAUGBwgJCgsMDQ4PEC==", 24, out, sizeof out, &n), W101_BASE64_SPARE_BITS);
	assert_int_equal(n, 16);
	assert_int_equal(w101_base64_decode("AAAA", 4, out, 2, &n), W101_BASE64_BAD);
	assert_int_equal(w101_base64url_decode("-_8", 3, out, sizeof out, &n), W101_BASE64_OK);
	assert_int_equal(n, 2);
	assert_int_equal(w101_base64url_decode("+/8", 3, out, sizeof out, &n), W101_BASE64_BAD);
}

static void utf8_by_the_table(void **state)
{
	(void)state;
	/* every code point, and every sequence of two bytes, against the definition */
	for (uint32_t cp = 0; cp < 0x120000; cp++) {
		uint8_t b[4];
		size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
		for (size_t i = n; i-- > 1;)
			b[i] = (uint8_t)(0x80 | (cp >> (6 * (n - 1 - i)) & 0x3f));
		b[0] = (uint8_t)(n == 1 ? cp : n == 2 ? 0xc0 | cp >> 6 : n == 3 ? 0xe0 | cp >> 12 : 0xf0 | cp >> 18);
		bool valid = cp <= 0x10ffff && !(cp >= 0xd800 && cp <= 0xdfff);
		if (w101_utf8_valid(b, n) != valid)
			fail_msg("U+%X", cp);
		uint32_t back = 0;
		assert_int_equal(w101_utf8_char(b, n, &back), valid ? n : 0);
		if (valid)
			assert_int_equal(back, cp);
	}
	for (unsigned a = 0; a < 256; a++) {
		for (unsigned c = 0; c < 256; c++) {
			uint8_t b[2] = { (uint8_t)a, (uint8_t)c };
			bool valid = (a < 0x80 && c < 0x80) || (a >= 0xc2 && a <= 0xdf && c >= 0x80 && c <= 0xbf);
			assert_true(w101_utf8_valid(b, 2) == valid);
		}
	}
}

static void utf8_in_pieces(void **state)
{
	(void)state;
	static const char text[] = "plain ascii text, then \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80 and on";
	size_t n = sizeof text - 1;
	for (size_t cut = 0; cut <= n; cut++) {
		struct w101_utf8 u;
		w101_utf8_init(&u);
		assert_true(w101_utf8_feed(&u, text, cut));
		assert_true(w101_utf8_feed(&u, text + cut, n - cut));
		assert_true(w101_utf8_done(&u));
	}
	struct w101_utf8 u;
	w101_utf8_init(&u);
	assert_true(w101_utf8_feed(&u, "abc\xe2", 4));
	assert_false(w101_utf8_done(&u));
	assert_false(w101_utf8_feed(&u, "\x82z", 2));
	assert_int_equal(u.bad_at, 5);
}

static void hash_has_the_published_values(void **state)
{
	(void)state;
	/* SipHash-1-3 of 0,1,2,... under the key 00..0f: first values of the authors' vectors */
	uint8_t key[16], in[64];
	for (unsigned i = 0; i < 16; i++)
		key[i] = (uint8_t)i;
	for (unsigned i = 0; i < 64; i++)
		in[i] = (uint8_t)i;
	uint64_t empty = w101_hash(key, in, 0);
	assert_true(empty == UINT64_C(0xabac0158050fc4dc));
	key[0] ^= 1;
	assert_true(w101_hash(key, in, 0) != empty);
	for (unsigned i = 1; i < 64; i++)
		assert_true(w101_hash(key, in, i) != w101_hash(key, in, i - 1));
}

static void safe_text_lets_nothing_hostile_through(void **state)
{
	(void)state;
	static const struct { const char *in; size_t n; const char *out; } v[] = {
		{ "plain", 5, "plain" }, { "a\nb\r\tc", 6, "a\\nb\\r\\tc" }, { "\x1b[2J", 4, "\\x1b[2J" }, { "\0", 1, "\\x00" },
		{ "\xc2\x9b" "31m", 5, "\\u{9b}31m" }, { "\xe2\x80\xae", 3, "\\u{202e}" }, { "\xff\xfe", 2, "\\xff\\xfe" },
		{ "\xe2\x82", 2, "\\xe2\\x82" }, { "\xc3\xa4", 2, "\xc3\xa4" }, { "\x7f", 1, "\\x7f" }, { "\"\\", 2, "\"\\" } };
	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		char out[64];
		struct w101_bytes in = { (const uint8_t *)v[i].in, v[i].n };
		assert_int_equal(w101_safe_text(in, 0, out, sizeof out, NULL), v[i].n);
		assert_string_equal(out, v[i].out);
	}
	char out[8];
	assert_int_equal(w101_safe_text(W101_LIT("\"\\"), W101_SAFE_QUOTE, out, sizeof out, NULL), 2);
	assert_string_equal(out, "\\\"\\\\");
	srand(3);
	for (int i = 0; i < 20000; i++) { /* any bytes, any room: terminated, printable, valid */
		uint8_t in[40];
		char room[50];
		size_t n = (size_t)rand() % sizeof in, max = 1 + (size_t)rand() % (sizeof room - 1), len;
		for (size_t k = 0; k < n; k++)
			in[k] = (uint8_t)rand();
		w101_safe_text((struct w101_bytes){ in, n }, 0, room, max, &len);
		assert_true(len < max && room[len] == 0 && strlen(room) == len);
		assert_true(w101_utf8_valid(room, len));
		for (size_t k = 0; k < len;) {
			uint32_t cp = 0;
			k += w101_utf8_char((const uint8_t *)room + k, len - k, &cp);
			assert_false(w101_safe_hostile(cp));
		}
	}
}

static void quota_refuses_and_counts(void **state)
{
	(void)state;
	struct w101_quota q;
	w101_quota_init(&q, 100, 0);
	void *a = w101_alloc(&q, 60);
	assert_non_null(a);
	assert_null(w101_alloc(&q, 41));
	assert_int_equal(q.refused, 1);
	assert_null(w101_alloc(&q, SIZE_MAX));
	void *b = w101_realloc(&q, a, 60, 100);
	assert_non_null(b);
	assert_null(w101_realloc(&q, b, 100, 101));
	assert_int_equal(q.used, 100);
	w101_free(&q, b, 100);
	assert_int_equal(q.used, 0);
	assert_false(q.exhausted);
	w101_quota_clear(&q);
}

static void buf_grows_to_the_limit_and_no_further(void **state)
{
	(void)state;
	struct w101_quota q;
	struct w101_buf b;
	w101_quota_init(&q, 1000, 0);
	w101_buf_init(&b, &q);
	size_t n = 0;
	while (w101_buf_add(&b, "0123456789", 10))
		n += 10;
	assert_int_equal(b.n, n);
	assert_true(n > 600 && q.used <= 1000);
	assert_null(w101_buf_reserve(&b, SIZE_MAX));
	w101_buf_drop(&b, 5);
	assert_int_equal(b.p[0], '5');
	assert_int_equal(b.n, n - 5);
	w101_buf_drop(&b, SIZE_MAX);
	assert_int_equal(b.n, 0);
	w101_buf_clear(&b);
	assert_int_equal(q.used, 0);
	w101_quota_clear(&q);
}

static void cursor_never_reads_past_its_end(void **state)
{
	(void)state;
	static const uint8_t in[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	for (size_t n = 0; n <= sizeof in; n++) {
		struct w101_guard g = w101_guard_copy(in, n);
		struct w101_cursor c = w101_cursor(g.bytes.p, g.bytes.n);
		uint8_t a = w101_u8(&c);
		uint16_t b = w101_be16(&c);
		uint32_t d = w101_be32(&c);
		uint64_t e = w101_be64(&c);
		assert_int_equal(c.bad, n < 15);
		if (n == 15)
			assert_true(a == 1 && b == 0x0203 && d == 0x04050607 && e == UINT64_C(0x08090a0b0c0d0e0f));
		w101_guard_free(&g);
	}
}

static void findings_are_found_by_name(void **state)
{
	(void)state;
	enum w101_finding_id id;
	for (unsigned i = 0; i < W101_F_COUNT; i++) {
		assert_true(w101_finding_by_name(w101_finding_row((enum w101_finding_id)i)->id, &id));
		assert_int_equal(id, i);
	}
	assert_false(w101_finding_by_name("no-such-finding", &id));
}

static void ascii_helpers(void **state)
{
	(void)state;
	assert_true(w101_eq_nocase(W101_LIT("Upgrade"), W101_LIT("uPGRADE")));
	assert_false(w101_eq_nocase(W101_LIT("@"), W101_LIT("`")));
	assert_true(w101_is_token(W101_LIT("x-a.b!#$%&'*+^_`|~9")));
	assert_false(w101_is_token(W101_LIT("a b")));
	assert_false(w101_is_token(W101_LIT("")));
	assert_false(w101_is_token((struct w101_bytes){ (const uint8_t *)"a\0b", 3 }));
	assert_true(w101_eq(w101_trim(W101_LIT(" \t a b\t ")), W101_LIT("a b")));
	assert_int_equal(w101_trim(W101_LIT(" \t ")).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_vectors), cmocka_unit_test(base64_is_strict), cmocka_unit_test(utf8_by_the_table),
		cmocka_unit_test(utf8_in_pieces), cmocka_unit_test(hash_has_the_published_values),
		cmocka_unit_test(safe_text_lets_nothing_hostile_through), cmocka_unit_test(quota_refuses_and_counts),
		cmocka_unit_test(buf_grows_to_the_limit_and_no_further), cmocka_unit_test(cursor_never_reads_past_its_end),
		cmocka_unit_test(findings_are_found_by_name), cmocka_unit_test(ascii_helpers),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
