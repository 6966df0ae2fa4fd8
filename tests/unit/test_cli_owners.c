/* cli/owners.c and cli/shown.c: which packets belong to what is shown, held
 * against plain arrays: with fragments of long ago, aggregates, and more packets
 * than stay in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <signal.h>
#include <cmocka.h>

#include "cli/owners.h"

static uint64_t passed;

static void next_event(void *self, const struct w101_event *e)
{
	(void)self;
	(void)e;
	passed++;
}

static int next_close(void *self)
{
	(void)self;
	return 7;
}

static struct w101_sink open_shown(struct w101_shown *s, bool all)
{
	static const struct w101_sink_ops ops = { next_event, next_close };
	passed = 0;
	return w101_shown_open(s, all, (struct w101_sink){ &ops, NULL, 0 });
}

static void closes(struct w101_sink *sink, uint32_t flow, bool upgrade)
{
	const struct w101_ev_close close = { .upgrade = upgrade };
	const struct w101_event e = { .type = W101_EV_CLOSE, .flow = flow, .u.close = &close };
	sink->ops->event(sink->self, &e);
}

static void test_shown_are_those_with_an_upgrade(void **state)
{
	(void)state;
	for (int all = 0; all < 2; all++) {
		struct w101_shown s;
		struct w101_sink sink = open_shown(&s, all);
		const struct w101_event open = { .type = W101_EV_OPEN, .flow = 6 };
		closes(&sink, 3, true);
		closes(&sink, 100000, true);
		closes(&sink, 4, false);
		closes(&sink, 3, true); /* another stream of it */
		sink.ops->event(sink.self, &open);
		assert_int_equal(passed, 5);
		assert_int_equal(s.n, all ? 3 : 2);
		assert_true(w101_shown_has(&s, 3) && w101_shown_has(&s, 100000));
		assert_int_equal(w101_shown_has(&s, 4), all);
		assert_false(w101_shown_has(&s, 5) || w101_shown_has(&s, 6) || w101_shown_has(&s, UINT32_MAX));
		assert_int_equal(sink.ops->close(sink.self), 7);
		assert_true(w101_shown_has(&s, 3)); /* after the close, too */
		w101_shown_clear(&s);
	}
}

static void test_numbers_beyond_memory_are_counted(void **state)
{
	(void)state;
	struct w101_shown s;
	struct w101_sink sink = open_shown(&s, false);
	closes(&sink, UINT32_MAX, true);
	closes(&sink, 9, true);
	assert_int_equal(s.left_out, 1);
	assert_int_equal(s.n, 1);
	assert_true(w101_shown_has(&s, 9));
	w101_shown_clear(&s);
}

/* Even connections are shown. */
static void show_even(struct w101_shown *s, uint32_t n)
{
	struct w101_sink sink = open_shown(s, false);
	for (uint32_t flow = 2; flow <= n; flow += 2)
		closes(&sink, flow, true);
}

static void test_more_packets_than_the_window(void **state)
{
	(void)state;
	enum { PACKETS = 1000000, FLOWS = 1000 };
	struct w101_owners *o = w101_owners_new();
	struct w101_shown s;
	uint32_t *plain = calloc(PACKETS + 1, sizeof *plain), seed = 1;
	show_even(&s, FLOWS);
	for (uint64_t n = 1; n <= PACKETS; n++) {
		seed = seed * 1103515245 + 12345;
		uint32_t flow = seed >> 16 & 511;
		if (n == 300000)
			n = 700000; /* a filter let nothing through */
		if (flow) /* others belong to nothing */
			w101_owners_note(o, n, plain[n] = flow);
		if (n % 1000 == 0 && !plain[n / 3]) /* fragments of long ago */
			w101_owners_note(o, n / 3, plain[n / 3] = flow + 1);
		w101_owners_note(o, n, 0);
	}
	for (uint64_t n = 1; n <= PACKETS; n++)
		if (w101_owners_shown(o, n, &s) != (plain[n] && plain[n] % 2 == 0))
			fail_msg("packet %u", (unsigned)n);
	for (uint64_t n = PACKETS; n > PACKETS - 1000; n -= 7) /* back, too */
		assert_int_equal(w101_owners_shown(o, n / 2, &s), plain[n / 2] && plain[n / 2] % 2 == 0);
	assert_false(w101_owners_shown(o, 3 * (uint64_t)PACKETS, &s));
	assert_int_equal(w101_owners_error(o), 0);
	free(plain);
	w101_owners_free(o);
	w101_owners_free(NULL);
	w101_shown_clear(&s);
}

static void test_packets_of_several_connections(void **state)
{
	(void)state;
	struct w101_owners *o = w101_owners_new();
	struct w101_shown s;
	show_even(&s, 10);
	static const uint32_t notes[][2] = { { 5, 1 }, { 5, 1 }, { 5, 3 }, { 5, 4 }, { 2, 1 }, { 2, 3 }, { 1, 2 }, { 1, 3 },
		{ 3, 1 }, { 3, 1 }, { 5, 3 }, { 4, 7 }, { 4, 6 } };
	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
		w101_owners_note(o, notes[i][0], notes[i][1]);
	static const bool wanted[] = { false, true, false, false, true, true, false };
	for (uint64_t n = 1; n < sizeof wanted / sizeof *wanted; n++)
		assert_int_equal(w101_owners_shown(o, n, &s), wanted[n]);
	w101_owners_free(o);
	w101_shown_clear(&s);
}

/* More of them than there is room for: rather one packet too many than one that is missing. */
static void test_very_many_of_several_connections(void **state)
{
	(void)state;
	struct w101_owners *o = w101_owners_new();
	struct w101_shown s;
	show_even(&s, 10);
	for (uint64_t n = 1; n <= 200000; n++) {
		w101_owners_note(o, n, 1);
		w101_owners_note(o, n, n % 3 ? 3 : 4);
	}
	for (uint64_t n = 3; n <= 200000; n += 3)
		assert_true(w101_owners_shown(o, n, &s));
	assert_false(w101_owners_shown(o, 1, &s));
	s.n = 0;
	assert_false(w101_owners_shown(o, 199999, &s)); /* nothing is shown */
	w101_owners_free(o);
	w101_shown_clear(&s);
}

static void test_a_full_disk(void **state)
{
	(void)state;
	struct rlimit before, small;
	struct w101_owners *o = w101_owners_new();
	struct w101_shown s;
	show_even(&s, 10);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = 1 << 20;
	setrlimit(RLIMIT_FSIZE, &small);
	for (uint64_t n = 1; n <= 1000000; n++)
		w101_owners_note(o, n, 2);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_int_not_equal(w101_owners_error(o), 0);
	w101_owners_shown(o, 1, &s);
	w101_owners_free(o);
	w101_shown_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shown_are_those_with_an_upgrade),
		cmocka_unit_test(test_numbers_beyond_memory_are_counted),
		cmocka_unit_test(test_more_packets_than_the_window),
		cmocka_unit_test(test_packets_of_several_connections),
		cmocka_unit_test(test_very_many_of_several_connections),
		cmocka_unit_test(test_a_full_disk),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
