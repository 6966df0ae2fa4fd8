/* capture/bpf.c: one expression over packets of several link types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "capture/bpf.h"
#include "guard.h"

enum { ETHERNET = 1, RAW = 101, WLAN = 105, COOKED = 113, COOKED2 = 276 };

static char error[W101_SOURCE_ERROR];

/* A TCP SYN from port 40000 to `port` behind a link header, against an unreadable page. */
static struct w101_guard syn(uint32_t link, unsigned port)
{
	uint8_t b[64] = { 0 };
	size_t n = 0;
	if (link == ETHERNET)
		n = 14;
	else if (link == COOKED)
		n = 16;
	else if (link == COOKED2)
		n = 20;
	if (n) {
		size_t type = link == COOKED2 ? 0 : n - 2;
		b[type] = 0x08;
	}
	static const uint8_t ip[] = { 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2 };
	memcpy(b + n, ip, sizeof ip);
	uint8_t *tcp = b + n + sizeof ip;
	tcp[0] = 40000 >> 8;
	tcp[1] = 40000 & 0xff;
	tcp[2] = (uint8_t)(port >> 8);
	tcp[3] = (uint8_t)port;
	tcp[12] = 0x50;
	tcp[13] = 2;
	return w101_guard_copy(b, n + sizeof ip + 20);
}

/* cut: bytes that the snapshot length took off the end */
static int match_cut(struct w101_bpf *b, uint32_t link, unsigned port, uint32_t cut)
{
	struct w101_guard whole = syn(link, port);
	uint32_t len = (uint32_t)whole.bytes.n;
	struct w101_guard g = w101_guard_copy(whole.bytes.p, len - cut);
	const struct w101_packet p = { .link = link, .caplen = len - cut, .len = len, .data = g.bytes.p };
	error[0] = '\0';
	int r = w101_bpf_match(b, &p, error);
	w101_guard_free(&g);
	w101_guard_free(&whole);
	return r;
}

static int match(struct w101_bpf *b, uint32_t link, unsigned port)
{
	return match_cut(b, link, port, 0);
}

static void test_each_link_type_has_its_program(void **state)
{
	(void)state;
	static const uint32_t links[] = { ETHERNET, RAW, COOKED, COOKED2 };
	struct w101_bpf *b = w101_bpf_new("tcp port 80");
	assert_non_null(b);
	assert_false(w101_bpf_used(b));
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
			assert_int_equal(match(b, links[i], 80), 1);
			assert_int_equal(match(b, links[i], 81), 0);
			assert_true(w101_bpf_used(b));
		}
	w101_bpf_free(b);
}

static void test_bytes_that_were_cut_do_not_match(void **state)
{
	(void)state;
	struct w101_bpf *b = w101_bpf_new("tcp dst port 80");
	assert_non_null(b);
	assert_int_equal(match_cut(b, ETHERNET, 80, 16), 1);
	assert_int_equal(match_cut(b, ETHERNET, 80, 17), 0);
	w101_bpf_free(b);
	b = w101_bpf_new("len = 54"); /* on the wire */
	assert_non_null(b);
	assert_int_equal(match_cut(b, ETHERNET, 80, 30), 1);
	w101_bpf_free(b);
}

static void test_an_empty_expression_takes_all(void **state)
{
	(void)state;
	struct w101_bpf *b = w101_bpf_new("");
	assert_non_null(b);
	assert_int_equal(match(b, ETHERNET, 1), 1);
	assert_int_equal(match_cut(b, ETHERNET, 1, 54), 1);
	w101_bpf_free(b);
}

static void test_what_cannot_be_compiled_is_said_once_for_each_link_type(void **state)
{
	(void)state;
	struct w101_bpf *b = w101_bpf_new("wlan type mgt");
	assert_non_null(b);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(match(b, ETHERNET, 80), i == 0 ? -1 : 0);
		assert_int_equal(strlen(error) > 0, i == 0);
		assert_null(strchr(error, '\n'));
		assert_int_equal(match(b, RAW, 80), i == 0 ? -1 : 0);
		assert_int_equal(w101_bpf_used(b), i > 0);
		assert_int_equal(match(b, WLAN, 80), 0); /* 0x45: not management */
		assert_true(w101_bpf_used(b));
	}
	w101_bpf_free(b);
}

static void test_too_many_link_types_are_said_once(void **state)
{
	(void)state;
	struct w101_bpf *b = w101_bpf_new("len > 0");
	assert_non_null(b);
	int said = 0;
	for (uint32_t link = 1000; link < 2000; link++)
		if (match(b, link, 80) < 0 && strstr(error, "more than 256 link types"))
			said++;
	assert_int_equal(said, 1);
	assert_int_equal(match(b, 1999, 80), 0);
	w101_bpf_free(b);
}

static void test_expressions_are_checked_without_a_packet(void **state)
{
	(void)state;
	static const char *const good[] = { "", "tcp port 80", "ether host 1:2:3:4:5:6", "wlan type mgt",
		"vlan 5 and ip6", "ip[0] = 0x45", "ifname eth0" };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		if (w101_bpf_check(good[i], error))
			fail_msg("\"%s\": %s", good[i], error);
	}
	static const char *const bad[] = { "prot 80", "tcp port", "(((", "port 80 and", "host 1.2.3.4.5",
		"(ip\nx y z" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		error[0] = '\0';
		assert_int_equal(w101_bpf_check(bad[i], error), -1);
		assert_true(strlen(error) > 0);
		assert_null(strpbrk(error, "\r\n"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_link_type_has_its_program),
		cmocka_unit_test(test_bytes_that_were_cut_do_not_match),
		cmocka_unit_test(test_an_empty_expression_takes_all),
		cmocka_unit_test(test_what_cannot_be_compiled_is_said_once_for_each_link_type),
		cmocka_unit_test(test_too_many_link_types_are_said_once),
		cmocka_unit_test(test_expressions_are_checked_without_a_packet),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
