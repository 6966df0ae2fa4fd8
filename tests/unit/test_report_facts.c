/* What the files say of themselves, in each format: interfaces, comments, names. */
#include "report_events.h"

static const struct w101_ev_summary none = { .packets = 2, .bytes = 90, .tcp_packets = 1, .tcp_bytes = 512, .first = T0,
	.last = T0, .complete = true };

static struct w101_report_options options(const struct w101_report_facts *facts)
{
	static const char *const files[] = { "a.pcapng" };
	return (struct w101_report_options){ .utc = true, .files = files, .n_files = 1, .links = "Ethernet, Linux cooked v2",
		.facts = facts };
}

/* The caller frees it. */
static char *said(const char *format, const struct w101_report_options *opt, size_t *n)
{
	struct out o;
	out_open(&o, format, opt);
	send_summary(o.sink, &none);
	char *text = out_text(&o);
	*n = o.n;
	return text;
}

static void expect(const char *format, const struct w101_report_options *opt, const char *want)
{
	size_t n;
	char *text = said(format, opt, &n);
	assert_string_equal(text, want);
	free(text);
}

static const struct w101_report_interface interfaces[] = {
	{ "eth0", "Ethernet", 2, UINT64_MAX },
	{ NULL, "Linux cooked v2", 0, 17 },
};
static const struct w101_report_comment comments[] = { { 0, "made by hand" }, { 12, "look\n\"here\"" } };
static const struct w101_report_name names[] = {
	{ { 4, { 10, 0, 0, 9 } }, "shop.example" },
	{ { 6, { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } }, "six.example" },
};
static const struct w101_report_facts few = { interfaces, 2, comments, 2, names, 2 };

#define HEADING "a.pcapng   2 packets, 90 bytes, 0 s, Ethernet, Linux cooked v2\n"
#define TOTALS "No TCP connection in 2 packets.\n"

static void report(void **state)
{
	struct w101_report_options opt = options(&few);
	(void)state;
	expect("report", &opt, HEADING
		"    comment  \"made by hand\"\n"
		"    comment  packet 12: \"look\\n\\\"here\\\"\"\n"
		"\n" TOTALS);
	opt.verbose = 1;
	expect("report", &opt, HEADING
		"    comment  \"made by hand\"\n"
		"    comment  packet 12: \"look\\n\\\"here\\\"\"\n"
		"    name     10.0.0.9 shop.example\n"
		"    name     2001:db8::1 six.example\n"
		"\n" TOTALS);
	opt.quiet = true;
	expect("report", &opt, HEADING "\n" TOTALS);
	opt.quiet = false;
	opt.facts = NULL;
	expect("report", &opt, HEADING "\n" TOTALS);
}

static void lines(void **state)
{
	struct w101_report_options opt = options(&few);
	(void)state;
	expect("log", &opt, "* \"made by hand\"\n* packet 12: \"look\\n\\\"here\\\"\"\n" TOTALS);
	opt.verbose = 1;
	expect("log", &opt, "* \"made by hand\"\n* packet 12: \"look\\n\\\"here\\\"\"\n"
			    "* 10.0.0.9 shop.example\n* 2001:db8::1 six.example\n" TOTALS);
	opt.quiet = true;
	expect("log", &opt, "");
}

#define SUMMARY_HEAD \
	"{\"type\":\"summary\",\"flow\":0,\"stream\":0,\"packet\":7,\"time\":\"2026-01-02T03:04:05.123456789Z\",\"dir\":null," \
	"\"schema\":1,\"files\":[\"a.pcapng\"],\"packets\":2,\"tcp_packets\":1,\"tcp_bytes\":512,\"flows\":0,"
#define SUMMARY_REST \
	"\"upgrades\":{\"offered\":0,\"switched\":0,\"verified\":0,\"refused\":0,\"ignored\":0,\"unanswered\":0,\"one_way\":0}," \
	"\"frames\":0,\"messages\":0,\"incomplete_datagrams\":0,\"encrypted_frames\":0,\"findings\":{\"error\":0,\"warning\":0,\"info\":0},\"complete\":true"

static void json(void **state)
{
	const struct w101_report_facts bare = { interfaces, 1, NULL, 0, NULL, 0 }, empty = { 0 };
	struct w101_report_options opt = options(&few);
	(void)state;
	expect("jsonl", &opt, SUMMARY_HEAD SUMMARY_REST ",\"interfaces\":["
		"{\"name\":\"eth0\",\"link\":\"Ethernet\",\"packets\":2,\"dropped\":null},"
		"{\"name\":null,\"link\":\"Linux cooked v2\",\"packets\":0,\"dropped\":17}],"
		"\"comments\":[{\"packet\":null,\"text\":\"made by hand\"},{\"packet\":12,\"text\":\"look\\n\\\"here\\\"\"}],"
		"\"names\":[{\"address\":\"10.0.0.9\",\"name\":\"shop.example\"},"
		"{\"address\":\"2001:db8::1\",\"name\":\"six.example\"}]}\n");
	opt.facts = &bare;
	expect("jsonl", &opt, SUMMARY_HEAD SUMMARY_REST
		",\"interfaces\":[{\"name\":\"eth0\",\"link\":\"Ethernet\",\"packets\":2,\"dropped\":null}]}\n");
	opt.facts = &empty;
	expect("jsonl", &opt, SUMMARY_HEAD SUMMARY_REST ",\"interfaces\":[]}\n");
	opt.facts = NULL;
	expect("jsonl", &opt, SUMMARY_HEAD SUMMARY_REST "}\n");
}

static size_t times(const char *text, const char *word)
{
	size_t n = 0;
	for (const char *p = text; (p = strstr(p, word)); p += strlen(word))
		n++;
	return n;
}

/* The first eight without -v, and none is cut short with it. */
static void many_comments(void **state)
{
	enum { N = 20, LONG = 4096 };
	static char text[LONG + 1];
	struct w101_report_comment all[N];
	const struct w101_report_facts exactly = { NULL, 0, all, 8, NULL, 0 }, many = { NULL, 0, all, N, NULL, 0 };
	(void)state;
	memset(text, 'a', LONG);
	for (unsigned i = 0; i < N; i++)
		all[i] = (struct w101_report_comment){ i + 1, text };
	for (const char *const *format = (const char *const[]){ "report", "log", NULL }; *format; format++) {
		struct w101_report_options opt = options(&exactly);
		size_t n;
		char *out = said(*format, &opt, &n);
		assert_int_equal(times(out, "packet "), 8);
		assert_int_equal(times(out, "aaa\"...\n"), 8);
		assert_null(strstr(out, " more"));
		assert_true(n < 8 * 300);
		free(out);
		opt.facts = &many;
		out = said(*format, &opt, &n);
		assert_int_equal(times(out, "packet "), 8);
		assert_non_null(strstr(out, "packet 8: "));
		assert_non_null(strstr(out, " and 12 more (-v shows all)\n"));
		free(out);
		opt.verbose = 1;
		out = said(*format, &opt, &n);
		assert_int_equal(times(out, "packet "), N);
		assert_int_equal(times(out, "..."), 0);
		assert_true(n > N * LONG);
		assert_null(strstr(out, " more"));
		free(out);
	}
}

/* What a file says can be anything. */
static void hostile(void **state)
{
	static const char bad[] = "\x1b]0;x\x07\r\n\xe2\x80\xae\xff\xc2\x9b\xc3";
	const struct w101_report_interface i = { bad, bad, UINT64_MAX, 0 };
	const struct w101_report_comment c = { UINT64_MAX, bad };
	const struct w101_report_name n = { { 9, { 1 } }, bad };
	const struct w101_report_facts facts = { &i, 1, &c, 1, &n, 1 };
	struct w101_report_options opt = options(&facts);
	(void)state;
	opt.links = bad;
	opt.verbose = 1;
	for (const char *const *format = (const char *const[]){ "report", "log", "jsonl", NULL }; *format; format++) {
		size_t size;
		char *text = said(*format, &opt, &size);
		assert_harmless(text, size);
		if (strcmp(*format, "jsonl") == 0)
			assert_json_lines(text, size, 1);
		else
			assert_int_equal(times(text, "\\x1b]0;x\\x07\\r\\n\\u{202e}\\xff"), strcmp(*format, "log") == 0 ? 2 : 3);
		free(text);
	}
}

/* They may still grow until the summary; then they are read. */
static void read_at_the_end(void **state)
{
	struct w101_report_facts facts = { 0 };
	struct w101_report_options opt = options(&facts);
	struct out o;
	(void)state;
	out_open(&o, "log", &opt);
	facts = few;
	send_summary(o.sink, &none);
	char *text = out_text(&o);
	assert_non_null(strstr(text, "made by hand"));
	free(text);
}

/* The link types of many interfaces do not make the heading endless. */
static void long_links(void **state)
{
	char links[5001];
	struct w101_report_options opt = options(NULL);
	size_t n;
	(void)state;
	memset(links, 'x', sizeof links - 1);
	links[sizeof links - 1] = 0;
	opt.links = links;
	char *text = said("report", &opt, &n);
	assert_true(strcspn(text, "\n") < 300);
	assert_non_null(strstr(text, "xxx...\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(report),
		cmocka_unit_test(lines),
		cmocka_unit_test(json),
		cmocka_unit_test(many_comments),
		cmocka_unit_test(hostile),
		cmocka_unit_test(read_at_the_end),
		cmocka_unit_test(long_links),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
