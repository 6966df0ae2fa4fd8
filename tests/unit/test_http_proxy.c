/* PROXY protocol headers (HAProxy, doc/proxy-protocol.txt): every form, every
 * defect, what is none, and the seams of the input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ascii.h"
#include "guard.h"
#include "http/proxy.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define V4 "\xc0\0\2\1" "\xc0\0\2\2" "\x13\x88" "\0\x50"
#define V6 "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1" "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2" "\x13\x88" "\0\x50"

#define IN(s) (s), sizeof(s) - 1

struct row {
	const char *in;
	size_t n;
	long used;          /* as w101_proxy_parse */
	const char *detail; /* NULL: not judged */
};

static const struct row rows[] = {
	{ IN("PROXY TCP4 192.0.2.1 192.0.2.2 5000 80\r\nGET /"), 40,
		"the original client is 192.0.2.1:5000, to 192.0.2.2:80" },
	{ IN("PROXY TCP6 2001:db8::1 ::1 5000 80\r\n"), 36,
		"the original client is [2001:db8::1]:5000, to [::1]:80" },
	{ IN("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n"), 44,
		"the original client is 0.0.0.0:0, to 255.255.255.255:65535" },
	{ IN("PROXY UNKNOWN\r\n"), 15, "the original client is not named" },
	{ IN("PROXY UNKNOWN ffff::1 nonsense\r\n"), 32, "the original client is not named" },
	/* malformed, but its end is known */
	{ IN("PROXY UDP4 192.0.2.1 192.0.2.2 5000 80\r\n"), 40, "the protocol is not TCP4, TCP6 or UNKNOWN" },
	{ IN("PROXY \r\n"), 8, "the protocol is not TCP4, TCP6 or UNKNOWN" },
	{ IN("PROXY TCP4\r\n"), 12, "two addresses and two ports are wanted" },
	{ IN("PROXY TCP4 192.0.2.1 192.0.2.2 5000\r\n"), 37, "two addresses and two ports are wanted" },
	{ IN("PROXY TCP4 192.0.2.01 192.0.2.2 5000 80\r\n"), 41, "the source address is wrong" },
	{ IN("PROXY TCP4 ::1 192.0.2.2 5000 80\r\n"), 34, "the source address is wrong" },
	{ IN("PROXY TCP4  192.0.2.1 192.0.2.2 5000 80\r\n"), 41, "the source address is wrong" },
	{ IN("PROXY TCP6 ::1 192.0.2.2 5000 80\r\n"), 34, "the destination address is wrong" },
	{ IN("PROXY TCP4 192.0.2.1 192.0.2.2 65536 80\r\n"), 41, "the source port is wrong" },
	{ IN("PROXY TCP4 192.0.2.1 192.0.2.2 05 80\r\n"), 38, "the source port is wrong" },
	{ IN("PROXY TCP4 192.0.2.1 192.0.2.2 5000 80 \r\n"), 41, "the destination port is wrong" },
	{ IN("PROXY TCP4 192.0.2.1 192.0.2.2 5000 \r\n"), 38, "the destination port is wrong" },
	/* none */
	{ IN("POST / HTTP/1.1\r\n"), -1, NULL },
	{ IN("PROXY / HTTP/1.1\r\n"), -1, NULL },
	{ IN("proxy TCP4 1.1.1.1 2.2.2.2 1 2\r\n"), -1, NULL },
	{ IN("\r\n\r\nGET / HTTP/1.1\r\n"), -1, NULL },
	{ IN("\x16\3\1"), -1, NULL },
	/* more is needed */
	{ IN(""), 0, NULL },
	{ IN("PROXY TCP4 192.0.2.1 192.0.2.2 5000 80\r"), 0, NULL },
	{ IN(SIGNATURE "\x21\x11\0"), 0, NULL },
	{ IN(SIGNATURE "\x21\x21\0\x24" V4), 0, NULL },
	/* version 2 */
	{ IN(SIGNATURE "\x21\x11\0\x0c" V4 "GET /"), 28,
		"the original client is 192.0.2.1:5000, to 192.0.2.2:80" },
	{ IN(SIGNATURE "\x21\x12\0\x0c" V4), 28, "the original client is 192.0.2.1:5000, to 192.0.2.2:80 (UDP)" },
	{ IN(SIGNATURE "\x21\x21\0\x24" V6), 52,
		"the original client is [2001:db8::1]:5000, to [2001:db8::2]:80" },
	{ IN(SIGNATURE "\x21\x11\xff\xff" V4), 65551, "the original client is 192.0.2.1:5000, to 192.0.2.2:80" },
	{ IN(SIGNATURE "\x20\0\0\0"), 16, "a connection of the proxy's own (health check)" },
	{ IN(SIGNATURE "\x20\x11\0\x0c" V4), 28, "a connection of the proxy's own (health check)" },
	{ IN(SIGNATURE "\x21\0\0\3abc"), 19, "the original client is not named" },
	{ IN(SIGNATURE "\x21\x55\0\0"), 16, "the original client is not named" },
	{ IN(SIGNATURE "\x31\x11\0\x0c" V4), 28, "the version is not 2" },
	{ IN(SIGNATURE "\x22\x11\0\x0c" V4), 28, "the command is neither LOCAL nor PROXY" },
	{ IN(SIGNATURE "\x21\x11\0\x0b" V4), 27, "it is too short for its addresses" },
};

static void judge(const struct row *r, struct w101_bytes in)
{
	struct w101_proxy x;
	char text[W101_PROXY_TEXT];
	assert_int_equal(w101_proxy_parse(in, &x), r->used);
	if (!r->detail)
		return;
	assert_int_equal(w101_proxy_detail(&x, text), strlen(r->detail));
	assert_memory_equal(text, r->detail, strlen(r->detail));
}

static void test_every_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct w101_guard g = w101_guard_copy(rows[i].in, rows[i].n);
		judge(&rows[i], g.bytes);
		w101_guard_free(&g);
	}
}

/* The caller's way: bytes are collected until the header is decided. */
struct stream {
	const struct row *row;
	uint8_t have[256];
	size_t n;
	long got;
};

static void begin(void *self)
{
	struct stream *s = self;
	s->n = 0;
	s->got = 0;
}

static void feed(void *self, struct w101_bytes piece)
{
	struct stream *s = self;
	struct w101_proxy x;
	if (s->got)
		return;
	memcpy(s->have + s->n, piece.p, piece.n);
	s->n += piece.n;
	struct w101_guard g = w101_guard_copy(s->have, s->n);
	s->got = w101_proxy_parse(g.bytes, &x);
	if (s->got > 0 && s->row->detail)
		judge(s->row, g.bytes);
	w101_guard_free(&g);
}

static void end(void *self, const char *way)
{
	struct stream *s = self;
	if (s->got != s->row->used)
		fail_msg("%s: %ld bytes, %ld are wanted", way, s->got, s->row->used);
}

static void test_seams(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct stream s = { .row = &rows[i] };
		if (rows[i].n)
			w101_seams_run((struct w101_bytes){ (const uint8_t *)rows[i].in, rows[i].n }, 0,
				&(struct w101_seams){ &s, begin, feed, end });
	}
}

static void test_unix_sockets(void **state)
{
	(void)state;
	static const char wanted[] = "the original client is the UNIX socket \"/run/a\", to \"";
	uint8_t in[16 + 216] = SIGNATURE "\x21\x31\0\xd8/run/a";
	struct w101_proxy x;
	char text[W101_PROXY_TEXT];
	memset(in + 16 + 108, 'b', 108); /* not terminated: 108 bytes are the path */
	assert_int_equal(w101_proxy_parse((struct w101_bytes){ in, sizeof in - 1 }, &x), 0);
	assert_int_equal(w101_proxy_parse((struct w101_bytes){ in, sizeof in }, &x), sizeof in);
	assert_int_equal(x.family, W101_PROXY_UNIX);
	assert_int_equal(x.path[1].n, 108);
	assert_int_equal(w101_proxy_detail(&x, text), sizeof wanted - 1 + 108 + 1);
	assert_memory_equal(text, wanted, sizeof wanted - 1);
	memset(in + 16, '"', 108);
	w101_proxy_parse((struct w101_bytes){ in, sizeof in }, &x);
	assert_true(w101_proxy_detail(&x, text) <= sizeof text);
}

/* A line has at most 107 bytes with its CRLF. */
static void test_length_of_a_line(void **state)
{
	(void)state;
	uint8_t in[120] = "PROXY UNKNOWN ";
	struct w101_proxy x;
	memset(in + 14, 'x', sizeof in - 14);
	assert_int_equal(w101_proxy_parse((struct w101_bytes){ in, 106 }, &x), 0);
	assert_int_equal(w101_proxy_parse((struct w101_bytes){ in, 107 }, &x), -1);
	memcpy(in + 105, "\r\n", 2);
	assert_int_equal(w101_proxy_parse((struct w101_bytes){ in, 120 }, &x), 107);
	assert_null(x.defect);
	memcpy(in + 105, "x\r\n", 3);
	assert_int_equal(w101_proxy_parse((struct w101_bytes){ in, 120 }, &x), -1);
}

static void test_what_was_seen(void **state)
{
	(void)state;
	static const char hex[] = "0d0a0d0a000d0a515549540a2111000cc0000201c000020213880050";
	struct w101_proxy x;
	char text[W101_PROXY_TEXT];
	assert_true(w101_proxy_parse(W101_LIT("PROXY UNKNOWN a b\r\nGET"), &x) > 0);
	assert_int_equal(w101_proxy_seen(&x, text), 17);
	assert_memory_equal(text, "PROXY UNKNOWN a b", 17);
	assert_true(w101_proxy_parse(W101_LIT(SIGNATURE "\x21\x11\0\x0c" V4 "GET"), &x) > 0);
	assert_int_equal(w101_proxy_seen(&x, text), sizeof hex - 1);
	assert_memory_equal(text, hex, sizeof hex - 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_form),
		cmocka_unit_test(test_seams),
		cmocka_unit_test(test_unix_sockets),
		cmocka_unit_test(test_length_of_a_line),
		cmocka_unit_test(test_what_was_seen),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
