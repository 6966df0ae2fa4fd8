/* capture/: the window over a file, a pipe and memory: the same bytes whatever
 * is asked for, no read that waits for more, none beyond the end. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

#include "capture/input.h"
#include "guard.h"

#define LARGE (20u << 20)

static char error[W101_SOURCE_ERROR];
static uint8_t large[LARGE], packed[LARGE];
static size_t packed_n;

static int fill(void **state)
{
	(void)state;
	uint32_t x = 1;
	for (size_t i = 0; i < LARGE; i++) {
		x = x * 1664525 + 1013904223;
		large[i] = (uint8_t)(x >> 24 & 0x1f); /* packs, but not to nothing */
	}
	memcpy(large, "\xd4\xc3\xb2\xa1", 4);
	z_stream z = { .next_in = large, .avail_in = LARGE, .next_out = packed, .avail_out = sizeof packed };
	if (deflateInit2(&z, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK || deflate(&z, Z_FINISH) != Z_STREAM_END)
		return -1;
	packed_n = z.total_out;
	return deflateEnd(&z);
}

static int spill(const void *p, size_t n)
{
	FILE *f = tmpfile();
	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fflush(f), 0);
	int fd = dup(fileno(f));
	fclose(f);
	assert_true(fd >= 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* In turn: plain file, gzip'ed file, plain memory, gzip'ed memory. */
static struct w101_input *open_way(int way)
{
	const uint8_t *p = way & 1 ? packed : large;
	size_t n = way & 1 ? packed_n : LARGE;
	struct w101_input *in =
		way < 2 ? w101_input_open(spill(p, n), error) : w101_input_memory((struct w101_bytes){ p, n }, error);
	assert_non_null(in);
	assert_int_equal(w101_input_size(in), n);
	return in;
}

static void test_every_way_gives_the_same_bytes(void **state)
{
	(void)state;
	static const uint32_t asked[] = { 1, 16, 70000, 16, 1 << 20, 3, 262144, 262145, 5 << 20, 24, 900000 };
	for (int way = 0; way < 4; way++) {
		struct w101_input *in = open_way(way);
		size_t at = 0, have = 0;
		for (unsigned i = 0;; i++) {
			uint32_t n = asked[i % (sizeof asked / sizeof *asked)];
			const uint8_t *p = w101_input_peek(in, n, &have);
			if (!p)
				break;
			assert_true(have >= n);
			assert_memory_equal(p, large + at, n);
			if (i % 3 == 0)
				w101_input_window(in)->at += n;
			else
				assert_true(w101_input_skip(in, n));
			at += n;
		}
		assert_int_equal(have, LARGE - at);
		assert_memory_equal(w101_input_peek(in, have, NULL), large + at, have);
		assert_true(w101_input_skip(in, have));
		assert_null(w101_input_peek(in, 1, NULL));
		assert_int_equal(w101_input_position(in), w101_input_size(in));
		assert_int_equal(w101_input_state(in, error), W101_STREAM_FINE);
		w101_input_close(in);
	}
}

static void test_the_window_has_a_largest_size(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		struct w101_input *in = open_way(way);
		assert_null(w101_input_peek(in, (size_t)W101_INPUT_WINDOW_MAX + 1, NULL));
		assert_true(w101_input_skip(in, 1));
		const uint8_t *p = w101_input_peek(in, W101_INPUT_WINDOW_MAX, NULL);
		assert_non_null(p);
		assert_memory_equal(p, large + 1, W101_INPUT_WINDOW_MAX);
		assert_int_equal(w101_input_state(in, error), W101_STREAM_FINE);
		w101_input_close(in);
	}
}

static void test_skips_go_beyond_the_window_but_not_the_end(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		struct w101_input *in = open_way(way);
		assert_true(w101_input_skip(in, 18 << 20));
		assert_memory_equal(w101_input_peek(in, 100, NULL), large + (18 << 20), 100);
		assert_true(w101_input_skip(in, 2 << 20));
		assert_null(w101_input_peek(in, 1, NULL));
		assert_true(w101_input_skip(in, 0));
		assert_false(w101_input_skip(in, 1));
		w101_input_close(in);
		in = open_way(way);
		assert_false(w101_input_skip(in, UINT64_MAX));
		w101_input_close(in);
	}
}

static void test_the_file_reads_on_from_the_window(void **state)
{
	(void)state;
	static uint8_t got[LARGE];
	for (int way = 0; way < 4; way++) {
		struct w101_input *in = open_way(way);
		assert_true(w101_input_skip(in, 1000));
		assert_non_null(w101_input_peek(in, 5000, NULL));
		FILE *f = w101_input_file(in);
		assert_non_null(f);
		assert_int_equal(fread(got, 1, sizeof got, f), LARGE - 1000);
		assert_memory_equal(got, large + 1000, LARGE - 1000);
		assert_true(feof(f) && !ferror(f));
		fclose(f);
		w101_input_close(in);
	}
}

static void test_memory_is_never_read_beyond_its_end(void **state)
{
	(void)state;
	for (size_t n = 1; n < 300; n++)
		for (int gzipped = 0; gzipped < 2; gzipped++) {
			struct w101_guard g = w101_guard_copy(gzipped ? packed : large, n);
			struct w101_input *in = w101_input_memory(g.bytes, error);
			if (in) {
				size_t have;
				assert_null(w101_input_peek(in, 100000, &have));
				if (!gzipped)
					assert_ptr_equal(w101_input_peek(in, n, NULL), g.bytes.p);
				assert_true(w101_input_skip(in, have));
				assert_false(w101_input_skip(in, 1));
				assert_int_equal(
					w101_input_state(in, error), gzipped ? W101_STREAM_CUT : W101_STREAM_FINE);
				w101_input_close(in);
			}
			assert_true(in || error[0]);
			w101_guard_free(&g);
		}
}

/* The other end stays open: a read for more would never come back. */
static void test_a_pipe_gives_what_is_asked_for_as_soon_as_it_is_there(void **state)
{
	(void)state;
	for (int gzipped = 0; gzipped < 2; gzipped++) {
		static uint8_t piece[4096];
		struct w101_input *in = NULL;
		z_stream z = { 0 };
		int p[2];
		assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
		assert_int_equal(pipe(p), 0);
		for (size_t at = 0; at < 100 * 100; at += 100) {
			z.next_in = large + at;
			z.avail_in = 100;
			z.next_out = piece;
			z.avail_out = sizeof piece;
			assert_int_equal(deflate(&z, Z_SYNC_FLUSH), Z_OK);
			size_t n = gzipped ? sizeof piece - z.avail_out : 100;
			assert_int_equal(write(p[1], gzipped ? piece : large + at, n), (ssize_t)n);
			if (!in)
				in = w101_input_open(p[0], error);
			assert_non_null(in);
			const uint8_t *got = w101_input_peek(in, 100, NULL);
			assert_memory_equal(got, large + at, 100);
			assert_true(w101_input_skip(in, 100));
		}
		deflateEnd(&z);
		close(p[1]);
		assert_null(w101_input_peek(in, 1, NULL));
		w101_input_close(in);
	}
}

/* A window that unpacked bytes fill to the brim: zlib then has more without another read. */
static void test_bytes_that_zlib_holds_back_need_no_further_read(void **state)
{
	(void)state;
	static uint8_t zeros[3 << 20], piece[1 << 16];
	memcpy(zeros, large, 4);
	z_stream z = { .next_in = zeros, .avail_in = sizeof zeros, .next_out = piece, .avail_out = sizeof piece };
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_SYNC_FLUSH), Z_OK);
	int p[2];
	size_t n = sizeof piece - z.avail_out;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], piece, n), (ssize_t)n);
	struct w101_input *in = w101_input_open(p[0], error);
	assert_non_null(in);
	for (size_t at = 0; at < sizeof zeros; at += 4096) {
		assert_memory_equal(w101_input_peek(in, 4096, NULL), zeros + at, 4096);
		assert_true(w101_input_skip(in, 4096));
	}
	deflateEnd(&z);
	close(p[1]);
	w101_input_close(in);
}

static void test_a_file_that_shrinks_ends_early(void **state)
{
	(void)state;
	FILE *f = tmpfile();
	assert_non_null(f);
	assert_int_equal(fwrite(large, 1, 1 << 20, f), 1 << 20);
	assert_int_equal(fflush(f), 0);
	int fd = dup(fileno(f));
	assert_true(fd >= 0 && lseek(fd, 0, SEEK_SET) == 0);
	struct w101_input *in = w101_input_open(fd, error);
	assert_non_null(in);
	assert_non_null(w101_input_peek(in, 24, NULL));
	assert_int_equal(ftruncate(fileno(f), 300000), 0);
	assert_false(w101_input_skip(in, 1 << 20));
	assert_int_equal(w101_input_position(in), 300000);
	assert_int_equal(w101_input_state(in, error), W101_STREAM_FINE);
	w101_input_close(in);
	fclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_way_gives_the_same_bytes),
		cmocka_unit_test(test_the_window_has_a_largest_size),
		cmocka_unit_test(test_skips_go_beyond_the_window_but_not_the_end),
		cmocka_unit_test(test_the_file_reads_on_from_the_window),
		cmocka_unit_test(test_memory_is_never_read_beyond_its_end),
		cmocka_unit_test(test_a_pipe_gives_what_is_asked_for_as_soon_as_it_is_there),
		cmocka_unit_test(test_bytes_that_zlib_holds_back_need_no_further_read),
		cmocka_unit_test(test_a_file_that_shrinks_ends_early),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, fill, NULL);
}
