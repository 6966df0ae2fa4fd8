/* capture/save.c: what is in the files byte by byte, one for each link type, and
 * which files are never written over. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "capture/save.h"

static char folder[64], error[W101_SAVE_ERROR];

static const char *in_folder(const char *name)
{
	static char path[4][128];
	static unsigned next;
	char *p = path[next++ % 4];
	snprintf(p, sizeof path[0], "%s/%s", folder, name);
	return p;
}

static size_t read_file(const char *name, uint8_t *out, size_t max)
{
	FILE *f = fopen(in_folder(name), "rb");
	if (!f)
		return SIZE_MAX;
	size_t n = fread(out, 1, max, f);
	fclose(f);
	return n;
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(in_folder(name), "wb");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static bool there(const char *name)
{
	return access(in_folder(name), F_OK) == 0;
}

/* pcap is written in the byte order of this machine. */
static uint32_t u32(const uint8_t *p)
{
	uint32_t v;
	memcpy(&v, p, sizeof v);
	return v;
}

static bool packet(struct w101_save *s, uint32_t link, w101_time at, const char *bytes)
{
	uint32_t n = (uint32_t)strlen(bytes);
	const struct w101_packet p = { .at = at, .number = 1, .link = link, .caplen = n, .len = n + 100,
		.data = (const uint8_t *)bytes };
	return w101_save_packet(s, &p, error);
}

static struct w101_save *opened(const char *name, bool force)
{
	struct w101_save *s = w101_save_open(in_folder(name), force, NULL, 0, error);
	if (!s)
		fail_msg("%s: %s", name, error);
	return s;
}

static void refused(const char *name, bool force, const char *words)
{
	error[0] = '\0';
	struct w101_save *s = w101_save_open(in_folder(name), force, NULL, 0, error);
	assert_null(s);
	if (!strstr(error, words))
		fail_msg("%s: \"%s\" does not say \"%s\"", name, error, words);
}

static void assert_head(const uint8_t *b, uint32_t link)
{
	assert_int_equal(u32(b), 0xa1b23c4d);
	assert_int_equal(b[4] | b[5] << 8 | b[6] | b[7] << 8, 2 | 4);
	assert_int_equal(u32(b + 16), 262144);
	assert_int_equal(u32(b + 20), link);
}

static void assert_packet(const uint8_t *b, uint32_t seconds, uint32_t ns, const char *bytes)
{
	assert_int_equal(u32(b), seconds);
	assert_int_equal(u32(b + 4), ns);
	assert_int_equal(u32(b + 8), strlen(bytes));
	assert_int_equal(u32(b + 12), strlen(bytes) + 100);
	assert_memory_equal(b + 16, bytes, strlen(bytes));
}

static void test_one_file(void **state)
{
	(void)state;
	uint8_t b[4096];
	const struct w101_saved *files;
	struct stat st;
	struct w101_save *s = opened("one.pcap", false);
	assert_int_equal(read_file("one.pcap", b, sizeof b), 0); /* made at once */
	assert_int_equal(stat(in_folder("one.pcap"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(packet(s, 113, 1700000000 * W101_SECOND + 123456789, "first"));
	assert_true(packet(s, 113, 1, ""));
	assert_int_equal(w101_save_files(s, &files), 1);
	assert_string_equal(files[0].path, in_folder("one.pcap"));
	assert_int_equal(files[0].link, 113);
	assert_int_equal(files[0].packets, 2);
	assert_true(w101_save_finish(s, error));
	assert_int_equal(read_file("one.pcap", b, sizeof b), 24 + 16 + 5 + 16); /* before the free */
	w101_save_free(s);
	assert_int_equal(read_file("one.pcap", b, sizeof b), 24 + 16 + 5 + 16);
	assert_head(b, 113);
	assert_packet(b + 24, 1700000000, 123456789, "first");
	assert_packet(b + 24 + 16 + 5, 0, 1, "");
}

static void test_no_packet_leaves_a_header(void **state)
{
	(void)state;
	uint8_t b[64];
	const struct w101_saved *files;
	struct w101_save *s = opened("none.pcap", false);
	assert_int_equal(w101_save_files(s, &files), 1);
	assert_int_equal(files[0].link, 1);
	assert_int_equal(files[0].packets, 0);
	assert_true(w101_save_finish(s, error));
	w101_save_free(s);
	assert_int_equal(read_file("none.pcap", b, sizeof b), 24);
	assert_head(b, 1);
}

static void test_a_file_for_each_link_type(void **state)
{
	(void)state;
	uint8_t b[256];
	const struct w101_saved *files;
	struct w101_save *s = opened("out.x.pcap", false);
	assert_true(packet(s, 1, 0, "a"));
	assert_true(packet(s, 113, 0, "bb"));
	assert_true(packet(s, 1, 0, "c"));
	assert_true(packet(s, 101, 0, "d")); /* LINKTYPE_RAW, which is not its DLT_ */
	assert_int_equal(w101_save_files(s, &files), 3);
	assert_string_equal(files[1].path, in_folder("out.x-LINUX_SLL.pcap"));
	assert_int_equal(files[0].packets, 2);
	assert_int_equal(files[1].packets, 1);
	assert_int_equal(files[2].link, 101);
	assert_true(w101_save_finish(s, error));
	w101_save_free(s);
	assert_int_equal(read_file("out.x.pcap", b, sizeof b), 24 + 17 + 17);
	assert_head(b, 1);
	assert_int_equal(read_file("out.x-LINUX_SLL.pcap", b, sizeof b), 24 + 18);
	assert_head(b, 113);
	assert_int_equal(read_file("out.x-RAW.pcap", b, sizeof b), 24 + 17);
	assert_head(b, 101);

	s = opened(".plain", false); /* a name that begins with a dot has no ending */
	assert_true(packet(s, 1, 0, "a"));
	assert_true(packet(s, 113, 0, "b"));
	assert_int_equal(w101_save_files(s, &files), 2);
	assert_string_equal(files[1].path, in_folder(".plain-LINUX_SLL"));
	w101_save_free(s);
	assert_false(there(".plain") || there(".plain-LINUX_SLL"));
}

static void test_an_existing_file(void **state)
{
	(void)state;
	uint8_t b[256];
	write_file("old.pcap", "precious and longer than what will be written over it");
	refused("old.pcap", false, "File exists");
	assert_int_equal(read_file("old.pcap", b, sizeof b), 53);
	struct w101_save *s = opened("old.pcap", true);
	w101_save_free(s); /* the run failed before anything was saved */
	assert_int_equal(read_file("old.pcap", b, sizeof b), 53);
	s = opened("old.pcap", true);
	assert_true(packet(s, 1, 0, "new"));
	assert_true(w101_save_finish(s, error));
	w101_save_free(s);
	assert_int_equal(read_file("old.pcap", b, sizeof b), 24 + 16 + 3);
	assert_int_equal(symlink("nowhere", in_folder("dangling")), 0);
	refused("dangling", false, "File exists");
	assert_false(there("nowhere"));
}

static void test_an_existing_file_of_a_further_link_type(void **state)
{
	(void)state;
	uint8_t b[256];
	const struct w101_saved *files;
	write_file("two-LINUX_SLL.pcap", "precious");
	struct w101_save *s = opened("two.pcap", false);
	assert_true(packet(s, 1, 0, "a"));
	assert_false(packet(s, 113, 0, "b"));
	assert_non_null(strstr(error, "two-LINUX_SLL.pcap: File exists"));
	assert_true(packet(s, 113, 0, "c")); /* was said */
	assert_true(packet(s, 1, 0, "d"));
	assert_int_equal(w101_save_files(s, &files), 2);
	assert_true(files[1].failed);
	assert_int_equal(files[1].packets, 0);
	assert_true(w101_save_finish(s, error));
	w101_save_free(s);
	assert_int_equal(read_file("two.pcap", b, sizeof b), 24 + 2 * 17);
	assert_int_equal(read_file("two-LINUX_SLL.pcap", b, sizeof b), 8);
}

static void test_inputs_are_never_written_over(void **state)
{
	(void)state;
	uint8_t b[256];
	struct stat one, two;
	write_file("in.pcap", "precious");
	write_file("more-RAW.pcap", "precious");
	assert_int_equal(link(in_folder("in.pcap"), in_folder("same.pcap")), 0);
	assert_int_equal(stat(in_folder("in.pcap"), &one), 0);
	assert_int_equal(stat(in_folder("more-RAW.pcap"), &two), 0);
	const struct w101_save_input inputs[] = { { one.st_dev, one.st_ino, "is one of the inputs" },
		{ two.st_dev, two.st_ino, "is the filter file" } };
	for (int force = 0; force < 2; force++) {
		assert_null(w101_save_open(in_folder("same.pcap"), force, inputs, 2, error));
		assert_non_null(strstr(error, "is one of the inputs"));
	}
	struct w101_save *s = w101_save_open(in_folder("more.pcap"), true, inputs, 2, error);
	assert_non_null(s);
	assert_true(packet(s, 1, 0, "a"));
	assert_false(packet(s, 101, 0, "b"));
	assert_non_null(strstr(error, "more-RAW.pcap: is the filter file"));
	assert_true(w101_save_finish(s, error));
	w101_save_free(s);
	assert_int_equal(read_file("in.pcap", b, sizeof b), 8);
	assert_int_equal(read_file("more-RAW.pcap", b, sizeof b), 8);
}

static void test_what_is_no_file(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	for (int force = 0; force < 2; force++) {
		refused(".", force, "is a directory");
		refused("no/such/folder", force, "No such file or directory");
		refused("fifo", force, "is not a regular file"); /* and does not wait for a reader */
	}
	assert_null(w101_save_open("/dev/null", true, NULL, 0, error));
	assert_non_null(strstr(error, "is not a regular file"));
}

static void test_a_long_path_is_told_whole(void **state)
{
	(void)state;
	char path[W101_SAVE_ERROR], *p = path + snprintf(path, sizeof path, "%s/", folder);
	memset(p, 'd', 200);
	p[200] = '\0';
	assert_int_equal(mkdir(path, 0700), 0);
	memset(p + 200, 'f', 221);
	p[200] = '/';
	strcpy(p + 421, ".x");
	struct w101_save *s = w101_save_open(path, false, NULL, 0, error);
	assert_non_null(s);
	strcpy(p + 421, "-LINUX_SLL.x");
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	fclose(f);
	assert_true(packet(s, 1, 0, "a"));
	assert_false(packet(s, 113, 0, "b"));
	assert_int_equal(strncmp(error, path, strlen(path)), 0);
	assert_string_equal(error + strlen(path), ": File exists: --force writes over it");
	w101_save_free(s);
}

static void test_what_pcap_cannot_hold(void **state)
{
	(void)state;
	static uint8_t large[300000], b[400000];
	struct w101_save *s = opened("large.pcap", false);
	const struct w101_packet p = { .at = INT64_MAX, .number = 1, .link = 1, .caplen = sizeof large, .len = sizeof large,
		.data = large };
	assert_true(w101_save_packet(s, &p, error));
	assert_int_equal(w101_save_cut(s), 1);
	assert_true(packet(s, 1, -5, "a"));
	assert_true(packet(s, 1, UINT32_MAX * W101_SECOND + 7, "b"));
	assert_int_equal(w101_save_cut(s), 1);
	assert_true(w101_save_finish(s, error));
	w101_save_free(s);
	size_t n = read_file("large.pcap", b, sizeof b);
	assert_int_equal(n, 24 + 16 + 262144 + 17 + 17);
	assert_int_equal(u32(b + 24), UINT32_MAX);
	assert_int_equal(u32(b + 28), 999999999);
	assert_int_equal(u32(b + 32), 262144);
	assert_int_equal(u32(b + 36), sizeof large);
	assert_packet(b + n - 34, 0, 0, "a");
	assert_packet(b + n - 17, UINT32_MAX, 7, "b");
}

/* A limit on the size of files is a disk that is full. */
static void test_a_full_disk(void **state)
{
	(void)state;
	struct rlimit before, small;
	char text[1001];
	bool good = true;
	const struct w101_saved *files;
	char other[W101_SAVE_ERROR];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = 100000;
	setrlimit(RLIMIT_FSIZE, &small);
	struct w101_save *s = opened("full.pcap", false);
	struct w101_save *late = opened("late.pcap", false);
	write_file("before.pcap", "precious");
	struct w101_save *before_that = opened("before.pcap", true);
	for (int i = 0; i < 500 && good; i++)
		good = packet(s, 1, 0, text);
	bool said = strstr(error, "full.pcap: ") != NULL;
	bool again = packet(s, 1, 0, text), last = w101_save_finish(s, error);
	size_t n = w101_save_files(s, &files);
	const struct w101_saved left = files[0];
	w101_save_free(s);
	/* what stands in a buffer is written by the finish */
	small.rlim_cur = 10;
	setrlimit(RLIMIT_FSIZE, &small);
	bool kept = packet(late, 1, 0, "a"), finished = w101_save_finish(late, error);
	w101_save_free(late);
	bool emptied = !w101_save_finish(before_that, other);
	w101_save_free(before_that);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_false(good);
	assert_true(said);
	assert_true(again); /* was said */
	assert_true(last);  /* was said, too */
	assert_int_equal(n, 1);
	assert_true(left.failed);
	assert_int_equal(left.packets, (100000 - 24) / (16 + 1000)); /* those that are whole there */
	assert_true(there("full.pcap"));
	assert_true(kept);
	assert_false(finished);
	assert_non_null(strstr(error, "late.pcap: "));
	assert_false(there("late.pcap")); /* nothing came into it */
	assert_true(emptied);
	assert_true(there("before.pcap")); /* was not made */
}

static int set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/w101-save-XXXXXX");
	umask(022);
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	char command[96];
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_file),
		cmocka_unit_test(test_no_packet_leaves_a_header),
		cmocka_unit_test(test_a_file_for_each_link_type),
		cmocka_unit_test(test_an_existing_file),
		cmocka_unit_test(test_an_existing_file_of_a_further_link_type),
		cmocka_unit_test(test_inputs_are_never_written_over),
		cmocka_unit_test(test_what_is_no_file),
		cmocka_unit_test(test_a_long_path_is_told_whole),
		cmocka_unit_test(test_what_pcap_cannot_hold),
		cmocka_unit_test(test_a_full_disk),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
