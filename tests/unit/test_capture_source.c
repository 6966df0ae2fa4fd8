/* capture/: the forms of a capture file, cut at every place, and one clear line
 * for each file that is none. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

#include "capture/facts.h"
#include "capture/source.h"
#include "guard.h"

/* ---- files put together from pieces */

struct file {
	uint8_t b[400000];
	size_t n;
	bool big; /* byte order */
};

static void put(struct file *f, const void *p, size_t n)
{
	assert_true(f->n + n <= sizeof f->b);
	memcpy(f->b + f->n, p, n);
	f->n += n;
}

static void put16(struct file *f, unsigned v)
{
	uint8_t b[2] = { (uint8_t)v, (uint8_t)(v >> 8) }, r[2] = { b[1], b[0] };
	put(f, f->big ? r : b, 2);
}

static void put32(struct file *f, uint32_t v)
{
	put16(f, f->big ? v >> 16 : v & 0xffff);
	put16(f, f->big ? v & 0xffff : v >> 16);
}

static void put_header(struct file *f, uint32_t magic, uint32_t link, bool big)
{
	f->n = 0;
	f->big = big;
	put32(f, magic);
	put16(f, 2);
	put16(f, 4);
	put32(f, 0);
	put32(f, 0);
	put32(f, 262144);
	put32(f, link);
}

static void put_packet(struct file *f, uint32_t seconds, uint32_t fraction, uint32_t cap, uint32_t len)
{
	put32(f, seconds);
	put32(f, fraction);
	put32(f, cap);
	put32(f, len);
	for (uint32_t i = 0; i < cap; i++)
		put(f, &(uint8_t){ (uint8_t)(cap + i) }, 1);
}

static void put_block(struct file *f, uint32_t type, const struct file *body)
{
	uint32_t length = 12 + (uint32_t)(body->n + 3) / 4 * 4;
	put32(f, type);
	put32(f, length);
	put(f, body->b, body->n);
	put(f, "\0\0\0", length - 12 - body->n);
	put32(f, length);
}

static void put_section(struct file *f)
{
	static struct file body;
	body = (struct file){ 0 };
	put32(&body, 0x1a2b3c4d);
	put16(&body, 1);
	put16(&body, 0);
	put32(&body, UINT32_MAX);
	put32(&body, UINT32_MAX);
	put_block(f, 0x0a0d0d0a, &body);
}

static void put_interface(struct file *f, unsigned link, uint32_t snaplen)
{
	static struct file body;
	body = (struct file){ 0 };
	put16(&body, link);
	put16(&body, 0);
	put32(&body, snaplen);
	put_block(f, 1, &body);
}

static void put_enhanced(struct file *f, uint64_t at, uint32_t cap)
{
	static struct file body;
	body = (struct file){ 0 };
	put32(&body, 0);
	put32(&body, (uint32_t)(at >> 32));
	put32(&body, (uint32_t)at);
	put32(&body, cap);
	put32(&body, cap);
	for (uint32_t i = 0; i < cap; i++)
		put(&body, &(uint8_t){ (uint8_t)i }, 1);
	put_block(f, 6, &body);
}

static void pack(const struct file *in, struct file *out)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)in->b,
		.avail_in = (uInt)in->n,
		.next_out = out->b,
		.avail_out = sizeof out->b };
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->n = z.total_out;
	deflateEnd(&z);
}

/* ---- reading */

static char error[W101_SOURCE_ERROR];

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

static struct w101_source *open_bytes(const void *p, size_t n)
{
	error[0] = '\0';
	return w101_source_open_fd(spill(p, n), error);
}

static struct w101_source *open_file(const struct file *f)
{
	struct w101_source *s = open_bytes(f->b, f->n);
	if (!s)
		fail_msg("not opened: %s", error);
	return s;
}

static uint32_t link_of(const struct w101_source *s)
{
	const struct w101_facts *facts = w101_source_facts(s);
	assert_int_equal(facts->n_interfaces, 1);
	return facts->interfaces[0].link;
}

static enum w101_source_next read_all(struct w101_source *s, uint64_t *packets)
{
	struct w101_packet p;
	enum w101_source_next r;
	uint64_t number = 0;
	error[0] = '\0';
	for (*packets = 0; (r = w101_source_next(s, &number, &p, error)) == W101_SOURCE_PACKET; ++*packets)
		assert_int_equal(p.number, *packets + 1);
	assert_int_equal(w101_source_next(s, &number, &p, error), r); /* an end stays the end */
	return r;
}

/* Several at once are the same packets in the same order, and the same end. */
static void expect_some(const void *bytes, size_t n)
{
	struct w101_source *one = open_bytes(bytes, n), *some = open_bytes(bytes, n);
	struct w101_packet p, packets[7];
	enum w101_source_next a = W101_SOURCE_PACKET, b = W101_SOURCE_PACKET;
	uint64_t x = 0, y = 0;
	size_t got;
	assert_non_null(one);
	assert_non_null(some);
	while ((got = w101_source_some(some, &y, packets, 7, &b, error))) {
		assert_in_range(got, 1, 7);
		for (size_t i = 0; i < got; i++) {
			a = w101_source_next(one, &x, &p, error);
			assert_int_equal(a, W101_SOURCE_PACKET);
			assert_int_equal(p.number, packets[i].number);
			assert_int_equal(p.at, packets[i].at);
			assert_int_equal(p.caplen, packets[i].caplen);
			assert_int_equal(p.len, packets[i].len);
			assert_memory_equal(p.data, packets[i].data, p.caplen);
		}
		assert_int_equal(x, y);
	}
	assert_int_equal(w101_source_next(one, &x, &p, error), b);
	w101_source_close(one);
	w101_source_close(some);
}

static void expect_refused(const void *p, size_t n, const char *words)
{
	assert_null(open_bytes(p, n));
	assert_non_null(strstr(error, words));
	assert_null(strchr(error, '\n'));
}

/* ---- what is read */

static void test_byte_orders_and_precisions(void **state)
{
	(void)state;
	static struct file f;
	static const struct {
		uint32_t magic;
		int64_t ns;
	} forms[] = {
		{ 0xa1b2c3d4, INT64_C(1700000000123456000) },
		{ 0xa1b23c4d, INT64_C(1700000000000123456) },
	};
	for (int i = 0; i < 4; i++) {
		put_header(&f, forms[i / 2].magic, 1, i % 2);
		put_packet(&f, 1700000000, 123456, 60, 1500);
		put_packet(&f, 4000000000, 0, 1, 1); /* after 2038 */
		struct w101_source *s = open_file(&f);
		struct w101_packet p;
		uint64_t number = 10;
		assert_int_equal(link_of(s), 1);
		assert_int_equal(w101_source_size(s), f.n);
		assert_int_equal(w101_source_next(s, &number, &p, error), W101_SOURCE_PACKET);
		assert_int_equal(p.number, 11);
		assert_int_equal(p.at, forms[i / 2].ns);
		assert_int_equal(p.link, 1);
		assert_int_equal(p.caplen, 60);
		assert_int_equal(p.len, 1500);
		assert_int_equal(p.data[59], 119);
		assert_int_equal(w101_source_next(s, &number, &p, error), W101_SOURCE_PACKET);
		assert_int_equal(p.at, INT64_C(4000000000) * W101_SECOND);
		assert_int_equal(w101_source_next(s, &number, &p, error), W101_SOURCE_END);
		assert_int_equal(number, 12);
		assert_int_equal(w101_source_position(s), f.n);
		w101_source_close(s);
	}
}

static void test_link_types_have_their_number_in_files(void **state)
{
	(void)state;
	static struct file f;
	static const uint32_t links[] = { 0, 1, 101, 108, 113, 228, 229, 276, 104, 127, 239 };
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		put_header(&f, 0xa1b2c3d4, links[i], false);
		struct w101_source *s = open_file(&f);
		assert_int_equal(link_of(s), links[i]);
		w101_source_close(s);
	}
	static const struct {
		uint32_t field, link;
	} odd[] = {
		{ 12, 101 },      /* DLT_RAW as it is */
		{ 14, 101 },      /* ... on OpenBSD */
		{ 0x14000001, 1 } /* four bytes of frame check sequence */
	};
	for (size_t i = 0; i < 2 * sizeof odd / sizeof *odd; i++) {
		put_header(&f, 0xa1b2c3d4, odd[i / 2].field, i % 2);
		put_packet(&f, 1, 0, 20, 20);
		struct w101_source *s = open_file(&f);
		struct w101_packet p;
		uint64_t number = 0;
		assert_int_equal(link_of(s), odd[i / 2].link);
		assert_int_equal(w101_source_next(s, &number, &p, error), W101_SOURCE_PACKET);
		assert_int_equal(p.link, odd[i / 2].link);
		w101_source_close(s);
	}
}

static void test_packets_above_64_kib(void **state)
{
	(void)state;
	static struct file f;
	put_header(&f, 0xa1b2c3d4, 1, false);
	put_packet(&f, 1, 0, 200000, 200000);
	put_packet(&f, 2, 0, 10, 10);
	struct w101_source *s = open_file(&f);
	struct w101_packet p;
	uint64_t number = 0;
	assert_int_equal(w101_source_next(s, &number, &p, error), W101_SOURCE_PACKET);
	assert_int_equal(p.caplen, 200000);
	assert_int_equal(p.data[199999], (uint8_t)(200000 + 199999));
	assert_int_equal(w101_source_next(s, &number, &p, error), W101_SOURCE_PACKET);
	assert_int_equal(w101_source_next(s, &number, &p, error), W101_SOURCE_END);
	w101_source_close(s);
}

static void test_a_wire_length_below_the_captured_one_is_raised(void **state)
{
	(void)state;
	static struct file f;
	put_header(&f, 0xa1b2c3d4, 1, false);
	put_packet(&f, 1, 0, 60, 0);
	struct w101_source *s = open_file(&f);
	struct w101_packet p;
	uint64_t number = 0;
	assert_int_equal(w101_source_next(s, &number, &p, error), W101_SOURCE_PACKET);
	assert_int_equal(p.len, 60);
	w101_source_close(s);
}

static void test_pcapng(void **state)
{
	(void)state;
	static struct file f;
	f.n = 0;
	f.big = false;
	put_section(&f);
	put_interface(&f, 1, 262144);
	put_enhanced(&f, UINT64_C(1700000000123456), 61);
	put_enhanced(&f, UINT64_MAX, 4); /* later than 64 bits of nanoseconds tell */
	struct w101_source *s = open_file(&f);
	struct w101_packet p;
	uint64_t number = 0;
	assert_int_equal(w101_source_next(s, &number, &p, error), W101_SOURCE_PACKET);
	assert_int_equal(p.at, INT64_C(1700000000123456000));
	assert_int_equal(p.caplen, 61);
	assert_int_equal(w101_source_next(s, &number, &p, error), W101_SOURCE_PACKET);
	assert_int_equal(p.at, INT64_MAX);
	assert_int_equal(w101_source_next(s, &number, &p, error), W101_SOURCE_END);
	w101_source_close(s);
}

static void test_interfaces_that_differ(void **state)
{
	(void)state;
	static struct file f;
	f.n = 0;
	f.big = false;
	put_section(&f);
	put_interface(&f, 1, 262144);
	put_enhanced(&f, 5, 20);
	put_interface(&f, 113, 65535);
	put_enhanced(&f, 6, 20);
	struct w101_source *s = open_file(&f);
	uint64_t packets;
	assert_int_equal(read_all(s, &packets), W101_SOURCE_END);
	assert_int_equal(packets, 2);
	const struct w101_facts *facts = w101_source_facts(s);
	assert_int_equal(facts->n_interfaces, 2);
	assert_int_equal(facts->interfaces[0].packets, 2);
	assert_int_equal(facts->interfaces[1].link, 113);
	assert_int_equal(facts->interfaces[1].snaplen, 65535);
	w101_source_close(s);
}

static void test_facts_of_a_classic_file(void **state)
{
	(void)state;
	static struct file f;
	for (int modified = 0; modified < 2; modified++) { /* by our reader, and by libpcap */
		put_header(&f, modified ? 0xa1b2cd34 : 0xa1b2c3d4, 101, false);
		for (uint32_t i = 1; i < 4; i++) {
			put32(&f, i);
			put32(&f, 0);
			put32(&f, 4);
			put32(&f, 4);
			put(&f, "\0\0\0\0\0\0\0\0", modified ? 8 : 0);
			put(&f, "data", 4);
		}
		struct w101_source *s = open_file(&f);
		const struct w101_facts *facts = w101_source_facts(s);
		uint64_t packets;
		assert_int_equal(facts->n_interfaces, 1);
		assert_int_equal(facts->interfaces[0].packets, 0);
		assert_int_equal(read_all(s, &packets), W101_SOURCE_END);
		assert_int_equal(packets, 3);
		assert_int_equal(facts->interfaces[0].packets, 3);
		assert_int_equal(facts->interfaces[0].snaplen, 262144);
		assert_int_equal(facts->interfaces[0].link, 101);
		assert_null(facts->interfaces[0].name);
		w101_source_close(s);
	}
}

static void test_memory_reads_as_a_file_does(void **state)
{
	(void)state;
	static struct file f;
	put_header(&f, 0xa1b2c3d4, 1, false);
	for (uint32_t n = 20; n < 30; n++)
		put_packet(&f, n, 0, n, n);
	for (size_t cut = 0; cut <= f.n; cut++) {
		struct w101_guard g = w101_guard_copy(f.b, cut);
		struct w101_source *file = open_bytes(f.b, cut);
		char why[W101_SOURCE_ERROR];
		memcpy(why, error, sizeof why);
		struct w101_source *memory = w101_source_open_memory(g.bytes, error);
		assert_true(!file == !memory);
		if (file) {
			uint64_t in_file, in_memory;
			enum w101_source_next end = read_all(file, &in_file);
			memcpy(why, error, sizeof why);
			assert_int_equal(read_all(memory, &in_memory), end);
			assert_int_equal(in_memory, in_file);
			assert_int_equal(w101_source_position(memory), w101_source_position(file));
			assert_int_equal(w101_source_size(memory), cut);
		}
		assert_string_equal(error, why);
		w101_source_close(file);
		w101_source_close(memory);
		w101_guard_free(&g);
	}
}

/* ---- damage */

/* A pcap of three packets; ends[]: where each packet ends. */
static void three(struct file *f, size_t ends[3])
{
	put_header(f, 0xa1b2c3d4, 1, false);
	for (uint32_t i = 0; i < 3; i++) {
		put_packet(f, i, 0, 40 + i, 40 + i);
		ends[i] = f->n;
	}
}

static void test_pcap_cut_at_every_place(void **state)
{
	(void)state;
	static struct file f;
	size_t ends[3];
	uint64_t packets;
	three(&f, ends);
	for (size_t cut = 1; cut <= f.n; cut++) {
		struct w101_source *s = open_bytes(f.b, cut);
		if (cut < 24) {
			assert_null(s);
			assert_non_null(strstr(error, cut < 4 ? "not a capture" : "ends inside the file header"));
			continue;
		}
		assert_non_null(s);
		enum w101_source_next r = read_all(s, &packets);
		bool whole = cut == 24 || cut == ends[0] || cut == ends[1] || cut == ends[2];
		assert_int_equal(r, whole ? W101_SOURCE_END : W101_SOURCE_CUT);
		if (!whole)
			assert_non_null(strstr(error, "ends inside"));
		assert_int_equal(packets, (cut >= ends[0]) + (cut >= ends[1]) + (cut >= ends[2]));
		w101_source_close(s);
	}
}

static void test_gzip_whole_in_members_and_cut_at_every_place(void **state)
{
	(void)state;
	static struct file f, z, two;
	size_t ends[3];
	uint64_t packets;
	three(&f, ends);
	pack(&f, &z);
	struct w101_source *s = open_file(&z);
	assert_int_equal(w101_source_size(s), z.n);
	assert_int_equal(read_all(s, &packets), W101_SOURCE_END);
	assert_int_equal(packets, 3);
	w101_source_close(s);

	static struct file a, b;
	memcpy(a.b, f.b, a.n = 50);
	memcpy(b.b, f.b + 50, b.n = f.n - 50);
	pack(&a, &two);
	pack(&b, &z);
	put(&two, z.b, z.n);
	s = open_file(&two);
	assert_int_equal(read_all(s, &packets), W101_SOURCE_END);
	assert_int_equal(packets, 3);
	w101_source_close(s);

	pack(&f, &z);
	unsigned opened = 0;
	for (size_t cut = 1; cut < z.n; cut++) {
		s = open_bytes(z.b, cut);
		if (!s) {
			assert_true(strlen(error) > 0);
			continue;
		}
		opened++;
		assert_int_equal(read_all(s, &packets), W101_SOURCE_CUT);
		assert_true(packets <= 3);
		w101_source_close(s);
	}
	assert_true(opened > 8); /* at least inside the trailer, where all packets are there */
	assert_int_equal(packets, 3);
}

static void test_damaged_gzip(void **state)
{
	(void)state;
	static struct file f, z;
	size_t ends[3];
	uint64_t packets;
	three(&f, ends);
	pack(&f, &z);
	z.b[z.n - 6] ^= 1; /* the checksum */
	struct w101_source *s = open_bytes(z.b, z.n);
	assert_non_null(s);
	assert_int_equal(read_all(s, &packets), W101_SOURCE_CUT);
	assert_int_equal(packets, 3); /* what came before the damage is given */
	w101_source_close(s);
	assert_non_null(strstr(error, "damaged"));
	expect_refused("\x1f\x8b\x08\0\0\0\0\0\0\x03\xff\xff\xff\xff\xff\xff", 16, "damaged");
	expect_refused("\x1f\x8b\x08\0\0", 5, "ends in the middle");
}

static void test_impossible_packet_length_is_a_cut(void **state)
{
	(void)state;
	static struct file f;
	uint64_t packets;
	put_header(&f, 0xa1b2c3d4, 1, true);
	put_packet(&f, 1, 0, 20, 20);
	put32(&f, 2);
	put32(&f, 0);
	put32(&f, 0x43414e47);
	put32(&f, 60);
	put(&f, "GET / HTTP/1.1", 14);
	struct w101_source *s = open_file(&f);
	assert_int_equal(read_all(s, &packets), W101_SOURCE_CUT);
	assert_int_equal(packets, 1);
	assert_non_null(strstr(error, "length"));
	w101_source_close(s);
}

/* ---- what is no capture */

static void test_what_is_no_capture(void **state)
{
	(void)state;
	static struct file empty, z;
	expect_refused("", 0, "is empty");
	pack(&empty, &z);
	expect_refused(z.b, z.n, "is empty");
	expect_refused("GET / HTTP/1.1\r\n", 16, "not a capture file (pcap and pcapng are read");
	expect_refused("x", 1, "not a capture file");
	expect_refused("\x28\xb5\x2f\xfd....", 8, "zstd");
	expect_refused("\xfd"
		       "7zXZ\0...",
		9, "xz");
	expect_refused("snoop\0\0\0", 8, "snoop");
	expect_refused("\xd4\xc3\xb2\xa1\x63\0\4\0................", 24, "version"); /* libpcap's own words */
	assert_null(w101_source_open("/nonexistent/x.pcap", error));
	assert_string_equal(error, "No such file or directory");
	assert_null(w101_source_open("/dev/null/x.pcap", error));
	assert_string_equal(error, "Not a directory");
	assert_null(w101_source_open("/", error));
	assert_string_equal(error, "is a directory");
	assert_null(w101_source_open("/dev/null", error));
	assert_string_equal(error, "is empty");
}

static void test_reading_that_fails(void **state)
{
	(void)state;
	int fd = open("/proc/self/mem", O_RDONLY); /* address 0 cannot be read */
	assert_true(fd >= 0);
	assert_null(w101_source_open_fd(fd, error));
	assert_non_null(strstr(error, "reading failed: Input/output error"));
}

static void test_standard_input_is_a_pipe(void **state)
{
	(void)state;
	static struct file f;
	size_t ends[3];
	uint64_t packets;
	int ends_of_pipe[2], old = dup(STDIN_FILENO);
	three(&f, ends);
	assert_int_equal(pipe(ends_of_pipe), 0);
	assert_int_equal(write(ends_of_pipe[1], f.b, f.n), (ssize_t)f.n);
	close(ends_of_pipe[1]);
	assert_int_equal(dup2(ends_of_pipe[0], STDIN_FILENO), STDIN_FILENO);
	close(ends_of_pipe[0]);
	struct w101_source *s = w101_source_open("-", error);
	assert_non_null(s);
	assert_int_equal(w101_source_size(s), 0);
	assert_int_equal(read_all(s, &packets), W101_SOURCE_END);
	assert_int_equal(packets, 3);
	assert_int_equal(w101_source_position(s), f.n);
	w101_source_close(s);
	dup2(old, STDIN_FILENO);
	close(old);
}

/* A program that captures writes packet by packet and leaves the pipe open. */
static void test_a_pipe_gives_each_packet_as_it_comes(void **state)
{
	(void)state;
	static struct file f, z;
	size_t ends[3], at = 0;
	for (int gzipped = 0; gzipped < 2; gzipped++) {
		int p[2];
		struct w101_packet packet;
		uint64_t number = 0;
		three(&f, ends);
		assert_int_equal(pipe(p), 0);
		z_stream s = { 0 };
		assert_int_equal(deflateInit2(&s, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
		struct w101_source *source = NULL;
		at = 0;
		for (int i = 0; i < 3; i++) {
			s.next_in = f.b + at;
			s.avail_in = (uInt)(ends[i] - at);
			s.next_out = z.b;
			s.avail_out = sizeof z.b;
			assert_int_equal(deflate(&s, Z_SYNC_FLUSH), Z_OK);
			size_t n = gzipped ? sizeof z.b - s.avail_out : ends[i] - at;
			assert_int_equal(write(p[1], gzipped ? z.b : f.b + at, n), (ssize_t)n);
			at = ends[i];
			if (!source)
				source = w101_source_open_fd(p[0], error);
			assert_non_null(source);
			assert_int_equal(w101_source_next(source, &number, &packet, error), W101_SOURCE_PACKET);
			assert_int_equal(packet.caplen, 40 + i);
		}
		deflateEnd(&s);
		close(p[1]);
		assert_int_equal(
			w101_source_next(source, &number, &packet, error), gzipped ? W101_SOURCE_CUT : W101_SOURCE_END);
		w101_source_close(source);
	}
}

static void test_padding_behind_gzip_is_passed_over(void **state)
{
	(void)state;
	static struct file f, z;
	size_t ends[3];
	uint64_t packets;
	three(&f, ends);
	pack(&f, &z);
	put(&z, "\0\0\0\0", 4);
	struct w101_source *s = open_file(&z);
	assert_int_equal(read_all(s, &packets), W101_SOURCE_END);
	assert_int_equal(packets, 3);
	w101_source_close(s);
}

static void test_several_at_once(void **state)
{
	static struct file f;
	(void)state;
	f.n = 0;
	put_header(&f, 0xa1b2c3d4, 1, false);
	for (unsigned i = 0; i < 40; i++)
		put_packet(&f, i, 5, i * 3, i * 3 + i % 2);
	for (size_t n = 24; n <= f.n; n++)
		expect_some(f.b, n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_byte_orders_and_precisions),
		cmocka_unit_test(test_link_types_have_their_number_in_files),
		cmocka_unit_test(test_packets_above_64_kib),
		cmocka_unit_test(test_a_wire_length_below_the_captured_one_is_raised),
		cmocka_unit_test(test_pcapng),
		cmocka_unit_test(test_interfaces_that_differ),
		cmocka_unit_test(test_facts_of_a_classic_file),
		cmocka_unit_test(test_memory_reads_as_a_file_does),
		cmocka_unit_test(test_pcap_cut_at_every_place),
		cmocka_unit_test(test_gzip_whole_in_members_and_cut_at_every_place),
		cmocka_unit_test(test_damaged_gzip),
		cmocka_unit_test(test_impossible_packet_length_is_a_cut),
		cmocka_unit_test(test_what_is_no_capture),
		cmocka_unit_test(test_reading_that_fails),
		cmocka_unit_test(test_standard_input_is_a_pipe),
		cmocka_unit_test(test_a_pipe_gives_each_packet_as_it_comes),
		cmocka_unit_test(test_several_at_once),
		cmocka_unit_test(test_padding_behind_gzip_is_passed_over),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
