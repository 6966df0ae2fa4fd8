/* Heads and bodies: tolerant reading, defects, lists, sniffing, framing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ascii.h"
#include "guard.h"
#include "http/body.h"
#include "http/head.h"

#define R "\r\n"

static struct w101_head_store store;

static long parse(const char *text, bool response, struct w101_http_head *out)
{
	return w101_head_parse(w101_str(text), response, 0, &store, out);
}

static bool is(struct w101_bytes b, const char *text)
{
	return w101_eq(b, w101_str(text));
}

static void request_lines(void **state)
{
	(void)state;
	static const struct {
		const char *line, *method, *target;
		int major, minor;
		uint32_t defects;
	} rows[] = {
		{ "GET / HTTP/1.1", "GET", "/", 1, 1, 0 },
		{ "M-SEARCH * HTTP/1.1", "M-SEARCH", "*", 1, 1, 0 },
		{ "GET  / HTTP/1.1", "GET", "/", 1, 1, W101_HEAD_START_LINE },
		{ "GET /\tHTTP/1.1", "GET", "/", 1, 1, W101_HEAD_START_LINE },
		{ "GET / HTTP/1.1 ", "GET", "/", 1, 1, W101_HEAD_START_LINE },
		{ "GET /a b HTTP/1.1", "GET", "/a b", 1, 1, W101_HEAD_START_LINE },
		{ "GET / http/1.1", "GET", "/", 1, 1, W101_HEAD_START_LINE },
		{ "GET / HTTP/1.10", "GET", "/", 1, 1, W101_HEAD_START_LINE },
		{ "GET / HTTP/2", "GET", "/", 2, 0, W101_HEAD_START_LINE },
		{ "GET HTTP/1.1", "GET", "", 1, 1, W101_HEAD_START_LINE },
		{ "GET /", "GET", "/", 0, 9, W101_HEAD_START_LINE },
		{ "GET /a/1.1", "GET", "/a/1.1", 0, 9, W101_HEAD_START_LINE },
		{ "G\001T / HTTP/1.1", NULL, NULL, 0, 0, 0 },
		{ "OPTIONS rtsp://h RTSP/1.0", NULL, NULL, 0, 0, 0 },
		{ "OPTIONS sip:h SIP/2.0", NULL, NULL, 0, 0, 0 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct w101_http_head h;
		char text[100];
		snprintf(text, sizeof text, "%s" R R, rows[i].line);
		long n = parse(text, false, &h);
		if (!rows[i].method) {
			assert_true(n < 0);
			continue;
		}
		assert_int_equal(n, strlen(text));
		assert_true(
			is(h.start_line, rows[i].line) && is(h.method, rows[i].method) && is(h.target, rows[i].target));
		assert_int_equal(h.major, rows[i].major);
		assert_int_equal(h.minor, rows[i].minor);
		assert_int_equal(h.defects, rows[i].defects);
	}
}

static void status_lines(void **state)
{
	(void)state;
	static const struct {
		const char *line, *reason;
		int status, minor;
		uint32_t defects;
	} rows[] = {
		{ "HTTP/1.1 101 Switching Protocols", "Switching Protocols", 101, 1, 0 },
		{ "HTTP/1.0 200 ", "", 200, 0, 0 },
		{ "HTTP/1.1 200", "", 200, 1, W101_HEAD_START_LINE },
		{ "HTTP/1.1  200 OK", "OK", 200, 1, W101_HEAD_START_LINE },
		{ "HTTP/1.1\t200 OK", "OK", 200, 1, W101_HEAD_START_LINE },
		{ "HTTP/1.1 200OK", "OK", 200, 1, W101_HEAD_START_LINE },
		{ "HTTP/1.11 200 OK", "OK", 200, 1, W101_HEAD_START_LINE },
		{ "HTTP/1.1 20 OK", NULL, 0, 0, 0 },
		{ "HTTP/1.1 099 OK", NULL, 0, 0, 0 },
		{ "HTTP/1.1 2000 OK", NULL, 0, 0, 0 },
		{ "HTTP/x 200 OK", NULL, 0, 0, 0 },
		{ "HTTP/1.1", NULL, 0, 0, 0 },
		{ "ICY 200 OK", NULL, 0, 0, 0 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct w101_http_head h;
		char text[100];
		snprintf(text, sizeof text, "%s" R R, rows[i].line);
		long n = parse(text, true, &h);
		if (!rows[i].reason) {
			assert_true(n < 0);
			continue;
		}
		assert_int_equal(n, strlen(text));
		assert_true(h.response && is(h.reason, rows[i].reason));
		assert_int_equal(h.status, rows[i].status);
		assert_int_equal(h.minor, rows[i].minor);
		assert_int_equal(h.defects, rows[i].defects);
	}
}

static void fields(void **state)
{
	(void)state;
	static const struct {
		const char *text, *name, *value;
		uint32_t defects;
		size_t n, at; /* number of fields; offset of the first defect */
	} rows[] = {
		{ "A: b" R, "A", "b", 0, 1, 0 },
		{ "A:b" R, "A", "b", 0, 1, 0 },
		{ "A: \t b c \t" R, "A", "b c", 0, 1, 0 },
		{ "A:" R, "A", "", 0, 1, 0 },
		{ "A: b:c" R, "A", "b:c", 0, 1, 0 },
		{ "A: b\n", "A", "b", W101_HEAD_BARE_LF, 1, 4 },
		{ "A : b" R, "A", "b", W101_HEAD_SPACE_COLON, 1, 1 },
		{ "A: b" R "\t c" R, "A", "b" R "\t c", W101_HEAD_OBS_FOLD, 1, 6 },
		{ "A:" R " b" R, "A", "b", W101_HEAD_OBS_FOLD, 1, 4 },
		{ "A: b" R "  " R, "A", "b", W101_HEAD_OBS_FOLD, 1, 6 },
		{ " A: b" R, "A", "b", W101_HEAD_LEADING_SPACE, 1, 0 },
		{ "A: b\rc" R, "A", "b\rc", W101_HEAD_BARE_CR, 1, 4 },
		{ "A: b\r" R, "A", "b\r", W101_HEAD_BARE_CR, 1, 4 },
		{ "A: b\x7f" R, "A", "b\x7f", W101_HEAD_CONTROL, 1, 4 },
		{ "A: \xc3\xa9" R, "A", "\xc3\xa9", 0, 1, 0 },
		{ "A b: c" R, "A b", "c", W101_HEAD_BAD_NAME, 1, 0 },
		{ ": c" R, "", "c", W101_HEAD_BAD_NAME, 1, 0 },
		{ "A: b" R "nothing" R " fold" R "C: d" R, "A", "b", W101_HEAD_NO_COLON | W101_HEAD_OBS_FOLD, 2, 6 },
	};
	static const char line[] = "GET / HTTP/1.1" R;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct w101_http_head h;
		char text[100];
		snprintf(text, sizeof text, "%s%s" R, line, rows[i].text);
		assert_int_equal(parse(text, false, &h), strlen(text));
		assert_int_equal(h.n_fields, rows[i].n);
		assert_int_equal(store.n_all, rows[i].n);
		assert_true(is(h.fields[0].name, rows[i].name));
		assert_true(is(h.fields[0].value, rows[i].value));
		assert_int_equal(h.defects, rows[i].defects);
		if (h.defects) {
			assert_int_equal(h.defect_at, sizeof line - 1 + rows[i].at);
			assert_int_equal(w101_head_defect(&h, h.defects), h.defect_at);
		}
	}
}

static void the_place_of_each_defect(void **state)
{
	(void)state;
	static const char text[] = "GET / HTTP/1.1\nA : b" R " c" R R;
	struct w101_http_head h;
	assert_true(parse(text, false, &h) > 0);
	assert_int_equal(w101_head_defect(&h, W101_HEAD_BARE_LF), 14);
	assert_int_equal(w101_head_defect(&h, W101_HEAD_SPACE_COLON), 16);
	assert_int_equal(w101_head_defect(&h, W101_HEAD_OBS_FOLD), 22);
}

/* Ends of heads: what comes back for each prefix, with and without memory of what was scanned. */
static void heads_come_in_pieces(void **state)
{
	(void)state;
	static const char *const texts[] = { "GET / HTTP/1.1" R "A: b" R R "GET", "GET / HTTP/1.1\nA: b\n\nGET",
		R R "GET / HTTP/1.1" R R "x", "GET / HTTP/1.1" R "A: b" R "\nx", "GET / HTTP/1.1\n" R "x" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct w101_http_head h;
		size_t n = strlen(texts[i]), scanned = 0;
		long whole = parse(texts[i], false, &h), got = 0;
		assert_true(whole > 0 && (size_t)whole < n);
		for (size_t k = 1; k <= n; k++) {
			struct w101_guard g = w101_guard_copy(texts[i], k);
			long fresh = w101_head_parse(g.bytes, false, 0, &store, &h);
			long again = w101_head_parse(g.bytes, false, scanned, &store, &h);
			assert_int_equal(fresh, again);
			assert_int_equal(again, k < (size_t)whole ? 0 : whole);
			if (again == 0)
				scanned = k;
			got = again;
			w101_guard_free(&g);
		}
		assert_int_equal(got, whole);
	}
}

static void too_many_fields(void **state)
{
	(void)state;
	char *text = malloc(65536), *p = text;
	struct w101_http_head h;
	size_t i = 0;
	p += sprintf(p, "GET / HTTP/1.1" R);
	for (int k = 0; k < 10000; k++)
		p += sprintf(p, "a:" R);
	sprintf(p, "Sec-WebSocket-Key: x" R "b:" R R);
	assert_int_equal(parse(text, false, &h), strlen(text));
	assert_int_equal(store.n_all, 10002);
	assert_true(h.n_fields <= W101_HTTP_FIELDS_MAX && h.n_fields > 200);
	assert_non_null(
		w101_head_find(&h, "sec-websocket-key", &i)); /* the places that are left are for what matters */
	free(text);
}

static void lists(void **state)
{
	(void)state;
	static const struct {
		const char *fields, *members;
	} rows[] = {
		{ "L: a" R, "a|" },
		{ "L: a, b" R "x: y" R "l:c,d" R, "a|b|c|d|" },
		{ "L: , a,,\t, b ," R, "a|b|" },
		{ "L:" R "L: a" R, "a|" },
		{ "L: \"a,b\", c" R, "\"a,b\"|c|" },
		{ "L: \"a\\\",b\", c" R, "\"a\\\",b\"|c|" },
		{ "L: \"a, b" R, "\"a, b|" },
		{ "L: \"a\\" R, "\"a\\|" },
		{ "L: a," R " b" R, "a|b|" },
		{ "M: a" R, "" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct w101_http_head h;
		struct w101_list c = { 0 };
		struct w101_bytes m;
		char text[100], got[100] = "";
		size_t n = 0;
		snprintf(text, sizeof text, "GET / HTTP/1.1" R "%s" R, rows[i].fields);
		assert_true(parse(text, false, &h) > 0);
		while (w101_head_list(&h, "L", &c, &m))
			n += (size_t)snprintf(got + n, sizeof got - n, "%.*s|", (int)m.n, (const char *)m.p);
		assert_string_equal(got, rows[i].members);
		assert_false(w101_head_list(&h, "L", &c, &m));
	}
	struct w101_http_head h;
	parse("GET / HTTP/1.1" R "Connection: keep-alive, UPGRADE" R R, false, &h);
	assert_true(w101_head_lists(&h, "connection", "upgrade"));
	assert_false(w101_head_lists(&h, "connection", "keep"));
}

static void joined_values(void **state)
{
	(void)state;
	struct w101_http_head h;
	char buf[8];
	parse("GET / HTTP/1.1" R "A: bc" R "X: y" R "a: de" R "A: fg" R R, false, &h);
	assert_int_equal(w101_head_joined(&h, "A", buf, sizeof buf), 8);
	assert_memory_equal(buf, "bc, de, ", 8);
	assert_int_equal(w101_head_joined(&h, "X", buf, sizeof buf), 1);
	assert_int_equal(w101_head_joined(&h, "Y", buf, sizeof buf), 0);
	assert_int_equal(w101_head_joined(&h, "A", buf, 0), 0);
}

static void sniffing(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int request, response;
	} rows[] = {
		{ "", 0, 0 },
		{ R "\n\r", 0, 0 },
		{ "G", 0, -1 },
		{ "GET", 0, -1 },
		{ "GET ", 1, -1 },
		{ R R "GET / HTTP/1.1", 1, -1 },
		{ "PROPFIND /", 1, -1 },
		{ "M-SEARCH * HTTP/1.1", 1, -1 },
		{ "BREW", 0, -1 },
		{ "BREW /pot HTTP/1.1", 0, -1 },
		{ "BREW /pot HTTP/1.1" R, 1, -1 },
		{ "get / HTTP/1.1\n", 1, -1 },
		{ "BREW /pot HTTP/1.1 " R, -1, -1 },
		{ "BREW /pot RTSP/1.1" R, -1, -1 },
		{ "BREW pot HTTP/1.1" R, -1, -1 },
		{ "BREW http://pot/ HTTP/1.1" R, 1, -1 },
		{ "PRI * HTTP/2.0" R R "SM" R R, -1, -1 },
		{ "PRI * HT", 0, -1 },
		{ "EHLO x", -1, -1 },
		{ "EHLO x" R, -1, -1 },
		{ "220 mail ESMTP" R, -1, -1 },
		{ "SSH-2.0-OpenSSH_9.2" R, -1, -1 },
		{ "\x16\x03\x01", -1, -1 },
		{ "HTTP", 0, 0 },
		{ "HTTP/", -1, 0 },
		{ "HTTP/1", -1, 1 },
		{ "HTTP/x", -1, -1 },
		{ "HTTP/1.1 200 OK", -1, 1 },
		{ "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", -1, -1 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct w101_guard g = w101_guard_copy(rows[i].text, strlen(rows[i].text));
		int q = w101_head_sniff(g.bytes, false), r = w101_head_sniff(g.bytes, true);
		if (q != rows[i].request || r != rows[i].response)
			fail_msg("\"%s\": %d %d", rows[i].text, q, r);
		/* once it is decided, more bytes do not change it */
		for (size_t k = 0; k < g.bytes.n; k++) {
			int early = w101_head_sniff((struct w101_bytes){ g.bytes.p, k }, false);
			assert_true(early == 0 || early == q);
		}
		w101_guard_free(&g);
	}
	char *line = malloc(5000);
	memset(line, 'a', 5000);
	memcpy(line, "BREW /", 6);
	assert_int_equal(w101_head_sniff((struct w101_bytes){ (uint8_t *)line, 5000 }, false), -1);
	free(line);
}

/* ---- bodies */

static struct w101_body body_of(const char *fields, bool response, const char *method, int status)
{
	struct w101_http_head h;
	struct w101_body b;
	char text[300];
	if (response)
		snprintf(text, sizeof text, "HTTP/1.1 %d X" R "%s" R, status, fields);
	else
		snprintf(text, sizeof text, "%s / HTTP/1.1" R "%s" R, method, fields);
	assert_true(parse(text, response, &h) > 0);
	if (response)
		w101_body_response(&b, &h, w101_str(method));
	else
		w101_body_request(&b, &h);
	return b;
}

#define CL(x) "Content-Length: " x R
#define TE(x) "Transfer-Encoding: " x R

static void sniffing_where_bytes_may_be_missing(void **state)
{
	static const struct {
		const char *text;
		bool response;
		int wanted;
	} rows[] = {
		{ "GET / HTTP/1.1" R, false, 1 },   { R "GET /", false, 1 },    { "GE", false, 0 },
		{ "", false, 0 },                   { R, true, 0 },             { "T / HTTP/1.1" R, false, -1 },
		{ "FOO / HTTP/1.1" R, false, -1 },  { "HTTP/1.1 200", true, 1 }, { "HTTP/1.1 ", true, 1 },
		{ "HTTP/1.1", true, 0 },            { "HTTP/1", true, 0 },      { "HTTP/1x1 ", true, -1 },
		{ "HTTP/1.x ", true, -1 },          { "HTTP/1.11 ", true, -1 }, { "TTP/1.1 101", true, -1 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(w101_head_sniff_strict(w101_str(rows[i].text), rows[i].response), rows[i].wanted);
}

static void kinds_of_bodies(void **state)
{
	(void)state;
	static const struct {
		const char *fields, *method;
		int status; /* 0: request */
		enum w101_body_kind kind;
		uint64_t left;
		bool bad;
	} rows[] = {
		{ "", "GET", 0, W101_BODY_NONE, 0, false },
		{ CL("0"), "POST", 0, W101_BODY_NONE, 0, false },
		{ CL("12"), "POST", 0, W101_BODY_COUNTED, 12, false },
		{ CL("12, 12") CL("12"), "POST", 0, W101_BODY_COUNTED, 12, false },
		{ CL("12") CL("13"), "POST", 0, W101_BODY_NONE, 12, true },
		{ CL("-1"), "POST", 0, W101_BODY_NONE, 0, true },
		{ CL(""), "POST", 0, W101_BODY_NONE, 0, true },
		{ CL("18446744073709551615"), "POST", 0, W101_BODY_COUNTED, UINT64_MAX, false },
		{ CL("18446744073709551616"), "POST", 0, W101_BODY_NONE, 0, true },
		{ TE("gzip") TE("Chunked") CL("3"), "POST", 0, W101_BODY_CHUNKED, 0, false },
		{ TE("gzip"), "POST", 0, W101_BODY_CHUNKED, 0, true },
		{ CL("5"), "GET", 200, W101_BODY_COUNTED, 5, false },
		{ CL("5"), "HEAD", 200, W101_BODY_NONE, 0, false },
		{ CL("5"), "GET", 204, W101_BODY_NONE, 0, false },
		{ CL("5"), "GET", 304, W101_BODY_NONE, 0, false },
		{ CL("5"), "GET", 100, W101_BODY_NONE, 0, false },
		{ CL("5"), "CONNECT", 200, W101_BODY_NONE, 0, false },
		{ CL("5"), "CONNECT", 407, W101_BODY_COUNTED, 5, false },
		{ TE("chunked") CL("5"), "GET", 200, W101_BODY_CHUNKED, 0, false },
		{ TE("chunked, gzip"), "GET", 200, W101_BODY_UNTIL_CLOSE, 0, false },
		{ CL("x"), "GET", 200, W101_BODY_UNTIL_CLOSE, 0, false },
		{ "", "GET", 200, W101_BODY_UNTIL_CLOSE, 0, false },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct w101_body b = body_of(rows[i].fields, rows[i].status != 0, rows[i].method, rows[i].status);
		assert_int_equal(b.bad, rows[i].bad);
		if (b.bad)
			continue;
		assert_int_equal(b.kind, rows[i].kind);
		assert_int_equal(b.left, rows[i].left);
		assert_int_equal(b.done, b.kind == W101_BODY_NONE);
	}
}

static void chunked_bodies(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t used; /* of the body */
		bool done, bad;
	} rows[] = {
		{ "0" R R "GET", 5, true, false },
		{ "3" R "abc" R "0" R R "GET", 13, true, false },
		{ "3\nabc\n0\n\nGET", 9, true, false },
		{ "A;a=b;c=\"d\"" R "0123456789" R "000" R "T: x" R "U: y" R R "G", 44, true, false },
		{ "1 " R "a" R "0" R R "G", 12, true, false },
		{ "3" R "abc", 6, false, false },
		{ "3" R "abcd", 7, false, true },
		{ R, 1, false, true },
		{ "x", 1, false, true },
		{ "1:", 2, false, true },
		{ "ffffffffffffffff" R "a", 19, false, false },
		{ "10000000000000000" R, 17, false, true },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct w101_guard g = w101_guard_copy(rows[i].text, strlen(rows[i].text));
		for (size_t step = 1; step <= g.bytes.n; step++) {
			struct w101_body b = body_of(TE("chunked"), true, "GET", 200);
			size_t used = 0, k = 1;
			while (used < g.bytes.n && k) {
				size_t n = g.bytes.n - used < step ? g.bytes.n - used : step;
				k = w101_body_feed(&b, (struct w101_bytes){ g.bytes.p + used, n });
				used += k;
			}
			if (used != rows[i].used || b.done != rows[i].done || b.bad != rows[i].bad)
				fail_msg("%zu by %zu: used %zu done %d bad %d", i, step, used, b.done, b.bad);
		}
		w101_guard_free(&g);
	}
}

static void endless_lines_are_bad(void **state)
{
	(void)state;
	static const char *const starts[] = { "1;", "0" R "T: ", "0" };
	for (size_t i = 0; i < 3; i++) {
		struct w101_body b = body_of(TE("chunked"), true, "GET", 200);
		w101_body_feed(&b, w101_str(starts[i]));
		for (size_t k = 0; k < 20000 && !b.bad; k++)
			w101_body_feed(&b, W101_LIT("0"));
		assert_true(b.bad);
	}
}

static void gaps_in_bodies(void **state)
{
	(void)state;
	struct w101_body b = body_of(CL("100"), true, "GET", 200);
	assert_int_equal(w101_body_gap(&b, 60), 60);
	assert_false(b.done);
	assert_int_equal(w101_body_gap(&b, 50), 40);
	assert_true(b.done);
	b = body_of(TE("chunked"), true, "GET", 200);
	assert_int_equal(w101_body_gap(&b, 1), 0);
	w101_body_feed(&b, W101_LIT("10" R "abc"));
	assert_int_equal(w101_body_gap(&b, 13), 13);
	assert_int_equal(w101_body_feed(&b, W101_LIT(R "0" R R "x")), 7);
	assert_true(b.done);
	b = body_of("", true, "GET", 200);
	assert_int_equal(w101_body_gap(&b, UINT64_MAX), UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_lines),
		cmocka_unit_test(status_lines),
		cmocka_unit_test(fields),
		cmocka_unit_test(the_place_of_each_defect),
		cmocka_unit_test(heads_come_in_pieces),
		cmocka_unit_test(too_many_fields),
		cmocka_unit_test(lists),
		cmocka_unit_test(joined_values),
		cmocka_unit_test(sniffing),
		cmocka_unit_test(sniffing_where_bytes_may_be_missing),
		cmocka_unit_test(kinds_of_bodies),
		cmocka_unit_test(chunked_bodies),
		cmocka_unit_test(endless_lines_are_bad),
		cmocka_unit_test(gaps_in_bodies),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
