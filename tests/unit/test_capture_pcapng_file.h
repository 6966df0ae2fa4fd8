/* For the tests of capture/pcapng.c: files put together from blocks, and what
 * the reader makes of them against an unreadable page.  Include after
 * <cmocka.h>. */
#ifndef TEST_CAPTURE_PCAPNG_FILE_H
#define TEST_CAPTURE_PCAPNG_FILE_H

#include <stdio.h>
#include <string.h>

#include "capture/reader.h"
#include "guard.h"

/* ---- files put together from pieces */

enum { SECTION = 0x0a0d0d0a, INTERFACE = 1, OBSOLETE = 2, SIMPLE = 3, NAMES = 4, STATISTICS = 5, ENHANCED = 6 };
enum { SECRETS = 10, JOURNAL = 9, CUSTOM = 0xbad, CUSTOM_LOCAL = 0x40000bad, KEYLOG = 0x544c534b };

struct file {
	uint8_t b[4096];
	size_t n, block; /* block: where the open one begins */
	bool big;
};

static inline void put(struct file *f, const void *p, size_t n)
{
	assert_true(f->n + n <= sizeof f->b);
	memcpy(f->b + f->n, p, n);
	f->n += n;
}

static inline void put16(struct file *f, unsigned v)
{
	uint8_t hi = (uint8_t)(v >> 8), lo = (uint8_t)v;
	put(f, (uint8_t[]){ f->big ? hi : lo, f->big ? lo : hi }, 2);
}

static inline void put32(struct file *f, uint32_t v)
{
	put16(f, f->big ? v >> 16 : v & 0xffff);
	put16(f, f->big ? v & 0xffff : v >> 16);
}

static inline void put64(struct file *f, uint64_t v)
{
	put32(f, (uint32_t)(f->big ? v >> 32 : v));
	put32(f, (uint32_t)(f->big ? v : v >> 32));
}

static inline void fill(struct file *f)
{
	while ((f->n - f->block) % 4)
		put(f, "", 1);
}

static inline void begin(struct file *f, uint32_t type)
{
	f->block = f->n;
	put32(f, type);
	put32(f, 0);
}

/* length: what the block says of itself; 0: the truth */
static inline void end_with(struct file *f, uint32_t length)
{
	fill(f);
	size_t end = f->n;
	if (!length)
		length = (uint32_t)(end + 4 - f->block);
	f->n = f->block + 4;
	put32(f, length);
	f->n = end;
	put32(f, length);
}

static inline void end(struct file *f)
{
	end_with(f, 0);
}

/* Options, and the records of names. */
static inline void put_option(struct file *f, unsigned code, const void *p, size_t n)
{
	put16(f, code);
	put16(f, (unsigned)n);
	put(f, p, n);
	fill(f);
}

static inline void put_option64(struct file *f, unsigned code, uint64_t v)
{
	put16(f, code);
	put16(f, 8);
	put64(f, v);
}

static inline void put_version(struct file *f, bool big, unsigned major, unsigned minor)
{
	f->big = big;
	begin(f, SECTION);
	put32(f, 0x1a2b3c4d);
	put16(f, major);
	put16(f, minor);
	put64(f, UINT64_MAX);
	end(f);
}

static inline void put_section(struct file *f, bool big)
{
	put_version(f, big, 1, 0);
}

static inline void begin_interface(struct file *f, unsigned link, uint32_t snaplen)
{
	begin(f, INTERFACE);
	put16(f, link);
	put16(f, 0);
	put32(f, snaplen);
}

static inline void put_interface(struct file *f, unsigned link, uint32_t snaplen)
{
	begin_interface(f, link, snaplen);
	end(f);
}

static inline void put_data(struct file *f, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		put(f, &(uint8_t){ (uint8_t)(n + i) }, 1);
	fill(f);
}

static inline void begin_enhanced(struct file *f, uint32_t id, uint64_t ticks, uint32_t cap, uint32_t len)
{
	begin(f, ENHANCED);
	put32(f, id);
	put32(f, (uint32_t)(ticks >> 32));
	put32(f, (uint32_t)ticks);
	put32(f, cap);
	put32(f, len);
	put_data(f, cap);
}

static inline void put_enhanced(struct file *f, uint32_t id, uint64_t ticks, uint32_t cap, uint32_t len)
{
	begin_enhanced(f, id, ticks, cap, len);
	end(f);
}

static inline void begin_obsolete(struct file *f, unsigned id, unsigned drops, uint64_t ticks, uint32_t cap)
{
	begin(f, OBSOLETE);
	put16(f, id);
	put16(f, drops);
	put32(f, (uint32_t)(ticks >> 32));
	put32(f, (uint32_t)ticks);
	put32(f, cap);
	put32(f, cap);
	put_data(f, cap);
}

static inline void put_simple(struct file *f, uint32_t cap, uint32_t len)
{
	begin(f, SIMPLE);
	put32(f, len);
	put_data(f, cap);
	end(f);
}

static inline void begin_statistics(struct file *f, uint32_t id)
{
	begin(f, STATISTICS);
	put32(f, id);
	put64(f, 0);
}

static inline void put_unknown(struct file *f, uint32_t type, size_t n)
{
	begin(f, type);
	for (size_t i = 0; i < n; i++)
		put(f, "\xff", 1);
	end(f);
}

/* ---- reading */

#define PACKETS_MAX 64

struct reading {
	struct w101_guard guard;
	struct w101_input *input;
	struct w101_facts facts;
	void *reader; /* NULL: not opened */
	enum w101_source_next end;
	size_t n;
	struct w101_packet packets[PACKETS_MAX]; /* without their data */
	char error[W101_SOURCE_ERROR];
};

/* Reads n bytes of a file to the end, and each packet's bytes, which are those of put_data unless `any`. */
static inline void read_bytes(struct reading *r, const uint8_t *p, size_t n, bool any)
{
	*r = (struct reading){ .guard = w101_guard_copy(p, n) };
	r->input = w101_input_memory(r->guard.bytes, r->error);
	if (r->input)
		r->reader = w101_reader_pcapng.open(r->input, &r->facts, r->error);
	if (!r->reader)
		return;
	struct w101_packet packet;
	while ((r->end = w101_reader_pcapng.next(r->reader, r->n + 1, &packet, r->error)) == W101_SOURCE_PACKET) {
		assert_true(r->n < PACKETS_MAX);
		assert_int_equal(packet.number, r->n + 1);
		assert_true(packet.len >= packet.caplen && packet.caplen <= W101_INPUT_WINDOW_MAX);
		assert_true(packet.at >= 0);
		for (uint32_t i = 0; i < packet.caplen; i++)
			if (packet.data[i] != (uint8_t)(packet.caplen + i) && !any)
				fail_msg("byte %u of packet %zu", i, r->n + 1);
		r->packets[r->n++] = packet;
	}
}

static inline void read_file(struct reading *r, const struct file *f)
{
	read_bytes(r, f->b, f->n, false);
	if (!r->reader)
		fail_msg("not opened: %s", r->error);
}

static inline void clear(struct reading *r)
{
	if (r->reader)
		w101_reader_pcapng.close(r->reader);
	if (r->input)
		w101_input_close(r->input);
	w101_facts_clear(&r->facts);
	w101_guard_free(&r->guard);
}

static inline void expect_packet(const struct reading *r, size_t i, w101_time at, uint32_t link, uint32_t cap, uint32_t len)
{
	assert_true(i < r->n);
	assert_int_equal(r->packets[i].at, at);
	assert_int_equal(r->packets[i].link, link);
	assert_int_equal(r->packets[i].caplen, cap);
	assert_int_equal(r->packets[i].len, len);
}

/* The file is read up to `packets` of it, then cut with these words. */
static inline void expect_damage(const struct file *f, size_t packets, const char *words)
{
	struct reading r;
	read_file(&r, f);
	assert_int_equal(r.end, W101_SOURCE_CUT);
	assert_int_equal(r.n, packets);
	if (!strstr(r.error, words))
		fail_msg("\"%s\" lacks \"%s\"", r.error, words);
	clear(&r);
}

#endif
