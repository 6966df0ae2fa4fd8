/* --explain from the tables of findings and close codes, and the sink that counts for --check. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/close_code.h"
#include "cli/check.h"
#include "cli/explain.h"

static char near[256];

/* The caller frees. */
static char *explained(const char *id)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	bool found = w101_explain(f, id, near, sizeof near);
	fclose(f);
	if (found)
		return text;
	assert_int_equal(n, 0);
	free(text);
	return NULL;
}

static void test_every_finding_is_explained(void **state)
{
	(void)state;
	for (unsigned i = 0; i < W101_F_COUNT; i++) {
		const struct w101_finding_row *row = w101_finding_row((enum w101_finding_id)i);
		char *text = explained(row->id);
		assert_non_null(text);
		assert_ptr_equal(strstr(text, row->id), text);
		assert_non_null(strstr(text, w101_severity_name(row->severity)));
		assert_non_null(strstr(text, row->spec));
		size_t filled = 0; /* nothing lost by filling: the letters of the explanation are all there */
		for (const char *p = text; *p; p++)
			filled += *p != ' ' && *p != '\n';
		size_t letters = 0;
		for (const char *p = row->explanation; *p; p++)
			letters += *p != ' ';
		assert_true(filled > letters);
		free(text);
	}
}

static void contains_words(const char *text, const char *words)
{
	const char *at = text;
	while (*words) { /* filling may part them by a line end */
		size_t n = strcspn(words, " ");
		char word[64];
		snprintf(word, sizeof word, "%.*s", (int)n, words);
		at = strstr(at, word);
		assert_non_null(at);
		words += n + (words[n] == ' ');
	}
}

static void test_every_close_code_is_explained(void **state)
{
	(void)state;
	unsigned next = 0;
	for (unsigned code = 0; code <= 65535; code++) { /* the rows lie side by side */
		const struct w101_close_code *row = w101_close_code_find(code);
		assert_non_null(row);
		assert_true(row->first <= code && code <= row->last);
		if (code < next)
			continue;
		assert_int_equal(row->first, next);
		next = row->last + 1;
		char id[8], head[128];
		snprintf(id, sizeof id, "%u", code);
		char *text = explained(id);
		assert_non_null(text);
		if (row->first == row->last)
			snprintf(head, sizeof head, "%u %s (close code, %s)\n\n", code, row->name, row->section);
		else
			snprintf(head, sizeof head, "%u (%u to %u) %s (close code, %s)\n\n", code, row->first,
				row->last, row->name, row->section);
		assert_ptr_equal(strstr(text, head), text);
		contains_words(text, row->meaning);
		contains_words(strstr(text, "\nUsual causes: "), row->causes);
		contains_words(strstr(text, "\nWhat to do:   "), row->advice);
		assert_true(strlen(row->causes) > 10 && strlen(row->advice) > 7);
		free(text);
	}
	assert_int_equal(next, 65536);
	assert_null(w101_close_code_find(65536));
	assert_string_equal(w101_close_code_name(1001), "going away");
	assert_string_equal(w101_close_code_name(1014), "bad gateway");
	assert_null(w101_close_code_name(4000));
	assert_null(w101_close_code_name(65536));
	static const char *const none[] = { "65536", "99999", "100000", "99999999999999999999", "-1", "1000x", " 1000", "+1000" };
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_null(explained(none[i]));
}

static void test_near_ids(void **state)
{
	(void)state;
	assert_null(explained("res-slo"));
	assert_string_equal(near, "res-slow");
	assert_null(explained("res_slow"));
	assert_string_equal(near, "res-slow");
	assert_null(explained("key"));
	assert_non_null(strstr(near, "req-key-missing"));
	assert_null(explained(""));
	assert_string_equal(near, "");
	char longest[400];
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	assert_null(explained(longest));
	assert_string_equal(near, "");
}

struct probe {
	unsigned events;
	bool closed;
};

static void take(void *self, const struct w101_event *e)
{
	(void)e;
	((struct probe *)self)->events++;
}

static int take_close(void *self)
{
	((struct probe *)self)->closed = true;
	return 28;
}

static void send(struct w101_sink s, enum w101_finding_id id)
{
	struct w101_event e = { .type = W101_EV_FINDING };
	e.u.finding.id = id;
	e.u.finding.row = w101_finding_row(id);
	s.ops->event(s.self, &e);
}

static void test_check_counts_and_passes_on(void **state)
{
	(void)state;
	static const struct w101_sink_ops ops = { take, take_close };
	struct probe p = { 0 };
	struct w101_check c;
	struct w101_sink s = w101_check_open(&c, (struct w101_sink){ &ops, &p, 0 });
	s.ops->event(s.self, &(struct w101_event){ .type = W101_EV_GAP });
	assert_false(w101_check_found(&c, W101_INFO));
	send(s, W101_F_tcp_midstream);
	assert_true(w101_check_found(&c, W101_INFO));
	assert_false(w101_check_found(&c, W101_WARNING));
	send(s, W101_F_res_slow);
	assert_true(w101_check_found(&c, W101_WARNING));
	assert_false(w101_check_found(&c, W101_ERROR));
	send(s, W101_F_res_connection);
	assert_true(w101_check_found(&c, W101_ERROR));
	assert_true(w101_check_found(&c, W101_INFO));
	assert_int_equal(p.events, 4);
	assert_false(p.closed);
	assert_int_equal(s.ops->close(s.self), 28);
	assert_true(p.closed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_finding_is_explained),
		cmocka_unit_test(test_every_close_code_is_explained),
		cmocka_unit_test(test_near_ids),
		cmocka_unit_test(test_check_counts_and_passes_on),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
