/* capture/facts.c: what is kept, and that no file makes it grow without bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/ascii.h"
#include "capture/facts.h"

static const struct w101_bytes none;
static const struct w101_addr host = { 4, { 192, 0, 2, 1 } };

static void test_what_is_given_is_copied(void **state)
{
	(void)state;
	struct w101_facts f = { 0 };
	char text[] = "eth0", more[] = "the first";
	struct w101_interface *i = w101_facts_interface(&f, 1, 96, w101_str(text), w101_str(more));
	assert_non_null(i);
	assert_true(w101_facts_comment(&f, 7, w101_str(text)));
	assert_true(w101_facts_name(&f, &host, w101_str(text)));
	assert_true(w101_facts_secrets(&f, 42, w101_str(text)));
	memset(text, 'x', 4);
	memset(more, 'x', 4);
	assert_int_equal(f.n_interfaces, 1);
	assert_ptr_equal(i, f.interfaces);
	assert_int_equal(i->link, 1);
	assert_int_equal(i->snaplen, 96);
	assert_string_equal(i->name, "eth0");
	assert_string_equal(i->description, "the first");
	assert_int_equal(i->packets, 0);
	assert_true(i->received == UINT64_MAX && i->dropped_by_interface == UINT64_MAX);
	assert_true(i->dropped_by_system == UINT64_MAX);
	assert_int_equal(f.n_comments, 1);
	assert_int_equal(f.comments[0].packet, 7);
	assert_string_equal(f.comments[0].text, "eth0");
	assert_int_equal(f.n_names, 1);
	assert_memory_equal(&f.names[0].addr, &host, sizeof host);
	assert_string_equal(f.names[0].name, "eth0");
	assert_int_equal(f.n_secrets, 1);
	assert_int_equal(f.secrets[0].type, 42);
	assert_int_equal(f.secrets[0].bytes.n, 4);
	assert_memory_equal(f.secrets[0].bytes.p, "eth0", 4);
	assert_int_equal(f.left_out, 0);
	w101_facts_clear(&f);
	static const struct w101_facts zero;
	assert_memory_equal(&f, &zero, sizeof f);
}

static void test_no_text_is_none(void **state)
{
	(void)state;
	struct w101_facts f = { 0 };
	struct w101_interface *i = w101_facts_interface(&f, 1, 0, none, W101_LIT("\0hidden"));
	assert_non_null(i);
	assert_null(i->name);
	assert_null(i->description);
	assert_true(w101_facts_comment(&f, 1, none));
	assert_true(w101_facts_name(&f, &host, none));
	assert_true(w101_facts_secrets(&f, 1, none));
	assert_int_equal(f.n_comments + f.n_names + f.n_secrets + f.left_out, 0);
	assert_true(w101_facts_comment(&f, 1, W101_LIT("seen\0hidden")));
	assert_string_equal(f.comments[0].text, "seen");
	w101_facts_clear(&f);
}

static void test_a_long_text_is_cut(void **state)
{
	(void)state;
	static uint8_t text[W101_FACTS_TEXT + 100];
	struct w101_facts f = { 0 };
	memset(text, 'a', sizeof text);
	assert_true(w101_facts_comment(&f, 1, (struct w101_bytes){ text, sizeof text }));
	assert_true(w101_facts_comment(&f, 2, (struct w101_bytes){ text, W101_FACTS_TEXT }));
	assert_true(w101_facts_comment(&f, 3, (struct w101_bytes){ text, W101_FACTS_TEXT - 1 }));
	assert_int_equal(strlen(f.comments[0].text), W101_FACTS_TEXT);
	assert_int_equal(strlen(f.comments[1].text), W101_FACTS_TEXT);
	assert_int_equal(strlen(f.comments[2].text), W101_FACTS_TEXT - 1);
	w101_facts_clear(&f);
}

static void test_counts_are_bounded(void **state)
{
	(void)state;
	struct w101_facts f = { 0 };
	for (unsigned i = 0; i < W101_FACTS_INTERFACES; i++)
		assert_non_null(w101_facts_interface(&f, i, i, none, none));
	assert_int_equal(f.left_out, 0);
	assert_null(w101_facts_interface(&f, 1, 1, W101_LIT("one more"), none));
	assert_int_equal(f.left_out, 1);
	assert_int_equal(f.n_interfaces, W101_FACTS_INTERFACES);
	assert_int_equal(f.interfaces[W101_FACTS_INTERFACES - 1].snaplen, W101_FACTS_INTERFACES - 1);
	for (unsigned i = 0; i < W101_FACTS_COMMENTS; i++)
		assert_true(w101_facts_comment(&f, i, W101_LIT("comment")));
	assert_false(w101_facts_comment(&f, 1, W101_LIT("comment")));
	assert_int_equal(f.n_comments, W101_FACTS_COMMENTS);
	for (unsigned i = 0; i < W101_FACTS_NAMES; i++)
		assert_true(w101_facts_name(&f, &host, W101_LIT("name")));
	assert_false(w101_facts_name(&f, &host, W101_LIT("name")));
	assert_int_equal(f.n_names, W101_FACTS_NAMES);
	assert_int_equal(f.left_out, 3);
	w101_facts_clear(&f);
}

/* As many texts as may be, of the largest size: far more than the bound of all. */
static void test_all_texts_are_bounded(void **state)
{
	(void)state;
	static uint8_t text[W101_FACTS_TEXT];
	const struct w101_bytes large = { text, sizeof text };
	struct w101_facts f = { 0 };
	memset(text, 'n', sizeof text);
	size_t named = 0;
	for (unsigned i = 0; i < W101_FACTS_INTERFACES; i++) {
		struct w101_interface *fact = w101_facts_interface(&f, 1, 1, large, large);
		assert_non_null(fact);
		named += (fact->name != NULL) + (fact->description != NULL);
	}
	assert_int_equal(named, W101_FACTS_TEXTS / (W101_FACTS_TEXT + 1));
	assert_int_equal(f.left_out, 2 * W101_FACTS_INTERFACES - named);
	assert_false(w101_facts_comment(&f, 1, large));
	assert_false(w101_facts_name(&f, &host, large));
	assert_int_equal(f.n_comments + f.n_names, 0);
	assert_true(f.text_bytes <= W101_FACTS_TEXTS);
	w101_facts_clear(&f);
}

static void test_secrets_are_bounded(void **state)
{
	(void)state;
	struct w101_facts f = { 0 };
	uint8_t *large = calloc(1, W101_FACTS_SECRETS);
	assert_non_null(large);
	assert_false(w101_facts_secrets(&f, 1, (struct w101_bytes){ large, W101_FACTS_SECRETS }));
	assert_true(w101_facts_secrets(&f, 1, (struct w101_bytes){ large, W101_FACTS_SECRETS - 1000 }));
	size_t small = 0;
	while (w101_facts_secrets(&f, 1, (struct w101_bytes){ large, 1 })) /* one byte costs more than one */
		small++;
	assert_in_range(small, 1, 1000 / sizeof(struct w101_secrets));
	assert_int_equal(f.n_secrets, small + 1);
	assert_int_equal(f.left_out, 2);
	w101_facts_clear(&f);
	free(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_given_is_copied),
		cmocka_unit_test(test_no_text_is_none),
		cmocka_unit_test(test_a_long_text_is_cut),
		cmocka_unit_test(test_counts_are_bounded),
		cmocka_unit_test(test_all_texts_are_bounded),
		cmocka_unit_test(test_secrets_are_bounded),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
