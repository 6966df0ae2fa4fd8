/* The memory of keys across connections, the accept hash, the grammar of extensions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ascii.h"
#include "base/quota.h"
#include "http/accept.h"
#include "http/extension.h"
#include "http/head.h"
#include "http/keys.h"

static const uint8_t seed[16] = { 9 };
static const struct w101_bytes path = { (const uint8_t *)"/a", 2 };

static void number(uint32_t n, uint8_t digest[W101_DIGEST_LEN])
{
	memset(digest, 0, W101_DIGEST_LEN);
	memcpy(digest, &n, sizeof n);
}

static void many_keys_cost_little(void **state)
{
	(void)state;
	struct w101_quota q;
	uint8_t d[W101_DIGEST_LEN];
	const uint32_t n = 200000;
	w101_quota_init(&q, UINT64_MAX, 0);
	struct w101_keys *k = w101_keys_new(&q, seed);
	for (uint32_t i = 0; i < n; i++) {
		number(i, d);
		w101_keys_add(k, d, i + 1, path, i);
	}
	for (uint32_t i = 0; i < n; i++) {
		number(i, d);
		const struct w101_key_use *use = w101_keys_find(k, d);
		assert_non_null(use);
		assert_int_equal(use->flow, i + 1);
	}
	number(n, d);
	assert_null(w101_keys_find(k, d));
	assert_false(w101_keys_full(k));
	assert_int_equal(sizeof(struct w101_key_use), 48);
	assert_true(q.used < n * UINT64_C(60));
	w101_keys_free(k);
	assert_int_equal(q.used, 0);
}

static void reuse_is_told_from_legs(void **state)
{
	(void)state;
	struct w101_quota q;
	uint8_t d[W101_DIGEST_LEN];
	w101_quota_init(&q, UINT64_MAX, 0);
	struct w101_keys *k = w101_keys_new(&q, seed);
	number(1, d);
	assert_null(w101_keys_reused(k, d, 1, path, 0, INT64_MAX)); /* nothing is known yet */
	w101_keys_add(k, d, 1, path, 100);
	w101_keys_add(k, d, 2, path, 110); /* keeps the first use */
	assert_int_equal(w101_keys_find(k, d)->flow, 1);
	assert_null(w101_keys_reused(k, d, 1, path, 500, 600)); /* the same connection */
	assert_null(w101_keys_reused(k, d, 2, path, 500, 600)); /* it waits still */
	w101_keys_ended(k, d, 2, 105);                          /* not its own */
	w101_keys_ended(k, d, 1, 200);
	w101_keys_ended(k, d, 1, 300); /* over is over */
	assert_null(w101_keys_reused(k, d, 2, path, 150, 160));
	assert_null(w101_keys_reused(k, d, 2, path, 50, 120)); /* seen in the wrong order */
	assert_non_null(w101_keys_reused(k, d, 2, path, 201, 210));
	assert_non_null(w101_keys_reused(k, d, 2, path, 50, 60));
	assert_non_null(w101_keys_reused(k, d, 2, W101_LIT("/b"), 150, 160));
	assert_null(w101_keys_reused(k, d, 2, W101_LIT("http://h/a"), 150, 160));
	assert_null(w101_keys_reused(k, d, 2, W101_LIT("HTTPS://h:443/a"), 150, 160));
	assert_non_null(w101_keys_reused(k, d, 2, W101_LIT("http://h"), 150, 160));
	assert_non_null(w101_keys_reused(k, d, 2, W101_LIT("http://"), 150, 160));
	assert_non_null(w101_keys_reused(k, d, 2, W101_LIT("h"), 150, 160));
	assert_non_null(w101_keys_reused(k, d, 2, W101_LIT(""), 150, 160));
	w101_keys_free(k);
}

static void a_refusal_of_memory_ends_the_memory_of_keys(void **state)
{
	(void)state;
	for (uint64_t max = 0; max < 40000; max += 400) {
		struct w101_quota q;
		uint8_t d[W101_DIGEST_LEN];
		uint32_t kept = 0;
		w101_quota_init(&q, max, 0);
		struct w101_keys *k = w101_keys_new(&q, seed);
		for (uint32_t i = 0; k && i < 1000; i++) {
			number(i, d);
			w101_keys_add(k, d, i, path, i);
		}
		for (uint32_t i = 0; k && i < 1000; i++) {
			number(i, d);
			kept += w101_keys_find(k, d) != NULL;
		}
		if (k)
			assert_int_equal(w101_keys_full(k), kept < 1000);
		assert_true(kept <= q.used / 48 + 1);
		w101_keys_free(k);
		assert_int_equal(q.used, 0);
	}
}

static void the_hash_of_the_rfc(void **state)
{
	(void)state;
	uint8_t d[W101_DIGEST_LEN], big[W101_ACCEPT_KEY_MAX + 1];
	char text[W101_ACCEPT_LEN + 1];
	assert_true(w101_accept_digest(W101_LIT("dGhlIHNhbXBsZSBub25jZQ=="), d)); /* RFC 6455 1.3 */
	assert_int_equal(d[0], 0xb3);
	assert_int_equal(d[19], 0xea);
	w101_accept_text(d, text);
	assert_string_equal(text, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	memset(big, 'a', sizeof big);
	assert_true(w101_accept_digest((struct w101_bytes){ big, W101_ACCEPT_KEY_MAX }, d));
	assert_false(w101_accept_digest((struct w101_bytes){ big, sizeof big }, d));
	char cause[W101_ACCEPT_CAUSE_MAX];
	w101_accept_cause(
		(struct w101_bytes){ big, sizeof big }, W101_LIT("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), NULL, 1, cause);
	assert_string_equal(cause, "a hash of something unknown");
	w101_accept_cause((struct w101_bytes){ big, W101_ACCEPT_KEY_MAX }, W101_LIT("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
		NULL, 1, cause);
	assert_non_null(strstr(cause, "example"));
}

static void extensions(void **state)
{
	(void)state;
	static const struct {
		const char *fields, *read; /* name(param=value,...) ... ! bad */
	} rows[] = {
		{ "a", "a() " },
		{ "a, b;c;d=e, f ; g = \"h\"", "a() b(c,d=e,) f(g=h,) " },
		{ ", ,a,, b,", "a() b() " },
		{ "", "" },
		{ "a;b=\"c\\d\\e\"", "a(b=cde,) " },
		{ "a;b=\"\"", "! " },
		{ "a;b=\"c d\"", "! " },
		{ "a;b=\"c", "! " },
		{ "a;b=\"c\\", "! " },
		{ "a;", "! " },
		{ "a;b=", "! " },
		{ "a;=b", "! " },
		{ "a b", "! " },
		{ "a, ;b", "a() ! " },
		{ "a;b;;c, d", "! " },
		{ "a\r\nX: y\r\nSEC-WEBSOCKET-EXTENSIONS: b;c", "a() b(c,) " },
		{ "a@\r\nSec-WebSocket-Extensions: b", "! b() " },
		{ "a,\r\n b", "a() b() " },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		static struct w101_head_store store;
		struct w101_http_head h;
		struct w101_extension_cursor c = { 0 };
		struct w101_extension e;
		char text[200], got[200] = "";
		size_t n = 0;
		int r;
		snprintf(text, sizeof text, "GET / HTTP/1.1\r\nSec-WebSocket-Extensions: %s\r\n\r\n", rows[i].fields);
		assert_true(w101_head_parse(w101_str(text), false, 0, &store, &h) > 0);
		while ((r = w101_extension_next(&h, &c, &e)) != 0) {
			struct w101_param p;
			size_t at = 0;
			if (r < 0) {
				n += (size_t)snprintf(got + n, sizeof got - n, "! ");
				continue;
			}
			n += (size_t)snprintf(got + n, sizeof got - n, "%.*s(", (int)e.name.n, (const char *)e.name.p);
			while (w101_extension_param(&e, &at, &p))
				n += (size_t)snprintf(got + n, sizeof got - n, p.has_value ? "%.*s=%.*s," : "%.*s%.*s,",
					(int)p.name.n, (const char *)p.name.p, (int)p.value.n,
					p.value.n ? (const char *)p.value.p : "");
			n += (size_t)snprintf(got + n, sizeof got - n, ") ");
		}
		assert_string_equal(got, rows[i].read);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_keys_cost_little),
		cmocka_unit_test(reuse_is_told_from_legs),
		cmocka_unit_test(a_refusal_of_memory_ends_the_memory_of_keys),
		cmocka_unit_test(the_hash_of_the_rfc),
		cmocka_unit_test(extensions),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
