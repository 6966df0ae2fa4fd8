/* capture/ring.c: what was put in last comes out, in order and whole, within the
 * bound, for every mixture of sizes; held against a plain list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "capture/ring.h"

enum { HEADER = 32 }; /* what a packet costs beside its bytes */

/* A packet whose bytes tell its number; memory that ends where it ends, for the sanitizer. */
static void add(struct w101_ring *r, uint64_t number, uint32_t caplen)
{
	uint8_t *data = malloc(caplen);
	for (uint32_t i = 0; i < caplen; i++)
		data[i] = (uint8_t)(number * 31 + i);
	const struct w101_packet p = { .at = (w101_time)number * 1000, .number = number, .link = 113, .caplen = caplen,
		.len = caplen + 7, .data = data };
	w101_ring_add(r, &p);
	free(data);
}

/* Everything in it; the number of packets. */
static uint64_t walk(const struct w101_ring *r, uint64_t last)
{
	struct w101_packet p;
	uint64_t at = 0, n = 0, before = 0;
	while (w101_ring_next(r, &at, &p)) {
		if (n++ == 0)
			assert_int_equal(p.number, w101_ring_first(r));
		else
			assert_int_equal(p.number, before + 1);
		before = p.number;
		assert_int_equal(p.at, p.number * 1000);
		assert_int_equal(p.link, 113);
		assert_int_equal(p.len, p.caplen + 7);
		for (uint32_t i = 0; i < p.caplen; i++)
			assert_int_equal(p.data[i], (uint8_t)(p.number * 31 + i));
	}
	if (n)
		assert_int_equal(before, last);
	else
		assert_int_equal(w101_ring_first(r), 0);
	assert_int_equal(n + w101_ring_fallen(r), last);
	return n;
}

static void test_an_empty_ring(void **state)
{
	(void)state;
	struct w101_packet p;
	uint64_t at = 0;
	struct w101_ring *r = w101_ring_new(1000);
	assert_non_null(r);
	assert_false(w101_ring_next(r, &at, &p));
	assert_int_equal(w101_ring_first(r), 0);
	assert_int_equal(w101_ring_fallen(r), 0);
	w101_ring_free(r);
	w101_ring_free(NULL);
	assert_null(w101_ring_new(0));
	assert_null(w101_ring_new(20));
}

static void test_the_oldest_fall_out(void **state)
{
	(void)state;
	struct w101_ring *r = w101_ring_new(10 * (HEADER + 64) + 200);
	for (uint64_t i = 1; i <= 10; i++)
		add(r, i, 64);
	assert_int_equal(walk(r, 10), 10);
	assert_int_equal(w101_ring_first(r), 1);
	for (uint64_t i = 11; i <= 1000; i++) {
		add(r, i, 64);
		assert_in_range(walk(r, i), 9, 12);
	}
	w101_ring_free(r);
}

static void test_all_sizes_and_every_place_of_the_end(void **state)
{
	(void)state;
	for (uint64_t max = 400; max < 700; max++) {
		struct w101_ring *r = w101_ring_new(max);
		uint32_t seed = (uint32_t)max;
		assert_non_null(r);
		for (uint64_t i = 1; i <= 300; i++) {
			seed = seed * 1103515245 + 12345;
			add(r, i, seed >> 16 & (seed >> 28 ? 63 : 255));
			assert_true(walk(r, i) >= 1);
		}
		w101_ring_free(r);
	}
}

/* Never more than `max` bytes: so many packets of one size cannot be there. */
static void test_the_bound_holds(void **state)
{
	(void)state;
	for (uint32_t caplen = 0; caplen < 200; caplen++) {
		struct w101_ring *r = w101_ring_new(4096);
		for (uint64_t i = 1; i <= 200; i++)
			add(r, i, caplen);
		uint64_t n = walk(r, 200);
		assert_true(n * (HEADER + caplen) <= 4096);
		assert_true((n + 2) * (HEADER + caplen + 8) > 4096 - 256);
		w101_ring_free(r);
	}
}

static void test_one_that_is_larger_than_the_ring(void **state)
{
	(void)state;
	struct w101_ring *r = w101_ring_new(1000);
	add(r, 1, 100);
	add(r, 2, 100);
	add(r, 3, 5000);
	assert_int_equal(walk(r, 3), 0);
	assert_int_equal(w101_ring_fallen(r), 3);
	add(r, 4, 100);
	assert_int_equal(w101_ring_first(r), 4);
	add(r, 5, 65535);
	assert_int_equal(w101_ring_fallen(r), 5);
	w101_ring_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_empty_ring),
		cmocka_unit_test(test_the_oldest_fall_out),
		cmocka_unit_test(test_all_sizes_and_every_place_of_the_end),
		cmocka_unit_test(test_the_bound_holds),
		cmocka_unit_test(test_one_that_is_larger_than_the_ring),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
