/* The command line: what tcpdump's fingers type, every value that is wrong, and
 * the help text made from the same table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cli/help.h"
#include "cli/options.h"

static struct w101_options o;
static char error[W101_OPTIONS_ERROR];

/* Words parted by spaces. */
static int parse(const char *line)
{
	static char copy[256];
	char *argv[32] = { copy };
	int argc = 0;
	snprintf(copy, sizeof copy, "wire101 %s", line);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	error[0] = '\0';
	w101_options_clear(&o);
	return w101_options_parse(&o, argc, argv, error);
}

static void good(const char *line)
{
	if (parse(line))
		fail_msg("%s: %s", line, error);
}

static void bad(const char *line, const char *words)
{
	if (!parse(line))
		fail_msg("%s: was taken", line);
	if (!strstr(error, words))
		fail_msg("%s: \"%s\" does not say \"%s\"", line, error, words);
	assert_null(strchr(error, '\n'));
}

static void test_defaults(void **state)
{
	(void)state;
	good("a.pcap");
	assert_int_equal(o.mode, W101_MODE_RUN);
	assert_int_equal(o.n_files, 1);
	assert_string_equal(o.files[0], "a.pcap");
	assert_null(o.filter);
	assert_string_equal(o.format->name, "report");
	assert_int_equal(o.payload, W101_PAYLOAD_PREVIEW);
	assert_int_equal(o.max_memory, UINT64_C(512) << 20);
	assert_int_equal(o.color, W101_AUTO);
	assert_int_equal(o.progress, W101_AUTO);
	assert_false(o.check || o.utc || o.quiet || o.hex || o.verbose || o.count);
	good("");
	assert_int_equal(o.n_files, 0);
}

static void test_words_are_files_or_behind_r_the_filter(void **state)
{
	(void)state;
	good("a.pcap -v b.pcap -");
	assert_int_equal(o.n_files, 3);
	assert_string_equal(o.files[2], "-");
	good("-nr a.pcap tcp port 80");
	assert_int_equal(o.n_files, 1);
	assert_string_equal(o.files[0], "a.pcap");
	assert_string_equal(o.filter, "tcp port 80");
	assert_string_equal(o.word, "tcp");
	good("-nnvvr a.pcap -r b.pcap");
	assert_int_equal(o.n_files, 2);
	assert_int_equal(o.verbose, 2);
	assert_null(o.filter);
	good("-f port a.pcap");
	assert_string_equal(o.filter, "port");
	assert_null(o.word);
	assert_int_equal(o.n_files, 1);
	bad("-r a.pcap -f ip tcp", "two filters");
	good("-r a.pcap -- -v");
	assert_string_equal(o.filter, "-v");
}

static void test_values(void **state)
{
	(void)state;
	good("-o jsonl --payload full -x --color always --utc --progress never -q -v -c 12 a");
	assert_string_equal(o.format->name, "jsonl");
	assert_int_equal(o.payload, W101_PAYLOAD_FULL);
	assert_true(o.hex && o.utc && o.quiet);
	assert_int_equal(o.color, W101_ALWAYS);
	assert_int_equal(o.progress, W101_NEVER);
	assert_int_equal(o.count, 12);
	good("--connection 1,3 --host *.x --path /a --token t --kind text --grep e --severity warning a");
	assert_string_equal(o.show.connections, "1,3");
	assert_string_equal(o.show.host, "*.x");
	assert_string_equal(o.show.path, "/a");
	assert_string_equal(o.show.token, "t");
	assert_string_equal(o.show.kind, "text");
	assert_string_equal(o.show.grep, "e");
	assert_string_equal(o.show.severity, "warning");
	good("-k a.keys --keylog b.keys --keylog-env a");
	assert_int_equal(o.n_keylogs, 2);
	assert_string_equal(o.keylogs[1], "b.keys");
	assert_true(o.keylog_env);
	bad("--payload some a", "none, preview, full");
	bad("--color red a", "auto, always, never");
	bad("--progress 1 a", "auto, always, never");
	bad("--severity bad a", "info, warning, error");
	bad("-o xml a", "-o help");
	bad("-c 0 a", "no number of packets");
	bad("-c 1x a", "no number of packets");
	bad("-c -1 a", "no number of packets");
	bad("-c 99999999999999999999 a", "no number of packets");
}

static void test_where_packets_are_saved(void **state)
{
	(void)state;
	good("a");
	assert_null(o.write);
	assert_false(o.force);
	good("-w out.pcap --force a");
	assert_string_equal(o.write, "out.pcap");
	assert_true(o.force);
	good("--write=out.pcap -r a tcp");
	assert_string_equal(o.write, "out.pcap");
	bad("-w - a", "-w: standard output is for the report");
	bad("a -w", "-w: needs its FILE");
	bad("--force=1 a", "--force: takes no value");
}

static void test_sizes(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		uint64_t want;
	} sizes[] = {
		{ "--max-memory 1048576", 1 << 20 },
		{ "--max-memory 1024K", 1 << 20 },
		{ "--max-memory 64M", 64 << 20 },
		{ "--max-memory 2G", UINT64_C(2) << 30 },
		{ "--max-memory 3g", UINT64_C(3) << 30 },
	};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		good(sizes[i].line);
		assert_int_equal(o.max_memory, sizes[i].want);
	}
	static const char *const wrong[] = { "1", "1048575", "M", "-5M", "1MB", "1T", "99999999999G",
		"18446744073709551616" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char line[64];
		snprintf(line, sizeof line, "--max-memory %s", wrong[i]);
		bad(line, "--max-memory");
	}
}

static void test_check_has_an_optional_value(void **state)
{
	(void)state;
	good("--check a");
	assert_true(o.check);
	assert_int_equal(o.check_at, W101_ERROR);
	assert_int_equal(o.n_files, 1);
	good("--check=info a");
	assert_int_equal(o.check_at, W101_INFO);
	bad("--check=all a", "info, warning, error");
}

static void test_modes_end_the_parsing(void **state)
{
	(void)state;
	good("--help --bogus");
	assert_int_equal(o.mode, W101_MODE_HELP);
	good("-V");
	assert_int_equal(o.mode, W101_MODE_VERSION);
	good("-o help");
	assert_int_equal(o.mode, W101_MODE_FORMATS);
	good("--explain res-slow");
	assert_int_equal(o.mode, W101_MODE_EXPLAIN);
	assert_string_equal(o.explain, "res-slow");
}

static void test_what_getopt_refuses(void **state)
{
	(void)state;
	bad("--bogus a", "--bogus: unknown option");
	bad("--bogus=7 a", "--bogus: unknown option");
	bad("-y a", "-y: unknown option");
	bad("-vy a", "-y: unknown option");
	bad("a -r", "-r: needs its FILE");
	bad("--read", "--read: needs its FILE");
	bad("--hex=1 a", "--hex: takes no value");
	bad("--help=1 a", "--help: takes no value");
}

static void test_fingers_that_know_tcpdump(void **state)
{
	(void)state;
	good("-nn -tttt -e -S -K -N -s 0 -l -A -r a.pcap tcp");
	assert_true(o.lines && o.hex);
	assert_string_equal(o.filter, "tcp");
	good("-tt a");
	good("-t -t -t a");
	assert_false(o.lines || o.hex);
	good("-X -s96 a");
	assert_true(o.hex);
	good("--snaplen 96 a");
	bad("-s x a", "-s: \"x\" is no number");
	bad("-s", "-s: needs its SNAPLEN");
	bad("-t a", "the view is not built yet");
	bad("--tui --tui a", "--tui: the view is not built yet");
	good("-F expr -r a.pcap");
	assert_string_equal(o.filter_file, "expr");
	assert_int_equal(o.n_files, 1);
	assert_null(o.filter);
	good("-F expr a.pcap b.pcap");
	assert_int_equal(o.n_files, 2);
	bad("-F expr -r a.pcap tcp", "-F and the words behind -r are two filters");
	bad("-F expr -f tcp a.pcap", "-f and -F are two filters");
	bad("-f tcp a.pcap -F expr", "-f and -F are two filters");
}

static void test_what_is_not_built_yet_says_so(void **state)
{
	(void)state;
	bad("-i eth0", "-i: live capture is not built yet: save packets with tcpdump -w and read the file");
	bad("--interface eth0", "live capture is not built yet");
	bad("-D", "not built yet");
	bad("-t a", "not built yet");
	bad("--save-dir d a", "--save-dir: the view is not built yet");
	bad("-B 4 a", "not built yet");
	bad("-p a", "not built yet");
	bad("-a 5 a", "not built yet");
	bad("-Z nobody a", "-Z: live capture is not built yet");
	bad("--no-sandbox a", "no sandbox yet");
	bad("--rsa-key k a", "not decrypted yet");
}

static void test_help_tells_every_option_and_fits(void **state)
{
	(void)state;
	char *text = NULL, name[32];
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	w101_help(f);
	fclose(f);
	for (size_t i = 0; i < w101_option_count; i++) {
		const struct w101_option *row = &w101_option_table[i];
		bool built = row->section < W101_SECTION_ALSO;
		if (row->section == W101_SECTION_ALSO) {
			snprintf(name, sizeof name, " -%c", row->letter);
			assert_non_null(strstr(strstr(text, "\nAlso accepted, as tcpdump: "), name));
		}
		if (row->name) {
			snprintf(name, sizeof name, "--%s%s", row->name,
				!row->value                          ? ""
				: row->argument == W101_ARG_OPTIONAL ? "[="
								     : " ");
			assert_int_equal(strstr(text, name) != NULL, built);
		}
		if (row->letter) {
			snprintf(name, sizeof name, "\n  -%c", row->letter);
			assert_int_equal(strstr(text, name) != NULL, built);
		}
	}
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) <= 80);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_words_are_files_or_behind_r_the_filter),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_where_packets_are_saved),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_check_has_an_optional_value),
		cmocka_unit_test(test_modes_end_the_parsing),
		cmocka_unit_test(test_what_getopt_refuses),
		cmocka_unit_test(test_fingers_that_know_tcpdump),
		cmocka_unit_test(test_what_is_not_built_yet_says_so),
		cmocka_unit_test(test_help_tells_every_option_and_fits),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	w101_options_clear(&o);
	return failed;
}
