/* Reassembly: every way in which segments can come, as a log of what is passed
 * on.  C is 10.0.0.1:40000, S is 10.0.0.2:80; a log entry is "c:bytes" or
 * "s:bytes", "c-3" a gap, "c." FIN, "c!" RST, "c?" the end of the capture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/quota.h"
#include "stream/half.h"
#include "stream/seq.h"
#include "stream/stream.h"

enum { FIN = W101_TCP_FIN, SYN = W101_TCP_SYN, RST = W101_TCP_RST, ACK = W101_TCP_ACK };

struct world {
	struct w101_quota quota;
	struct w101_limits limits;
	struct w101_stream *stream;
	char log[1 << 16];
	size_t n;
	w101_time now;
	uint64_t packet;
	uint32_t isn[2]; /* of C and S */
	unsigned overlaps, closed, limit;
	bool swap_on_data;
	uint64_t acked; /* of the last data */
};

__attribute__((format(printf, 2, 3))) static void put(struct world *w, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	w->n += (size_t)vsnprintf(w->log + w->n, sizeof w->log - w->n, format, ap);
	va_end(ap);
	assert_true(w->n < sizeof w->log);
}

static char letter(enum w101_dir d)
{
	return d == W101_CLIENT ? 'c' : 's';
}

static enum w101_feed on_data(void *self, struct w101_flow *f, enum w101_dir d, const struct w101_chunk *k)
{
	struct world *w = self;
	char head[4] = { letter(d), ':', 0 };
	w->acked = k->acked;
	if (w->swap_on_data) {
		w101_flow_swap(f);
		w->swap_on_data = false;
	}
	if (k->bytes.n >= 4 && memcmp(k->bytes.p, "DEAD", 4) == 0)
		return W101_FEED_DEAD;
	/* pieces of one side that follow each other are one run in the log, however they were cut */
	size_t at = w->n;
	while (at > 0 && w->log[at - 1] != ' ')
		at--;
	if (!(at < w->n && w->log[at] == letter(d) && w->log[at + 1] == ':'))
		put(w, "%s%s", w->n ? " " : "", head);
	put(w, "%.*s", (int)k->bytes.n, (const char *)k->bytes.p);
	return W101_FEED_MORE;
}

static void on_gap(void *self, struct w101_flow *f, enum w101_dir d, uint64_t n, bool cut, const struct w101_chunk *where)
{
	(void)f;
	assert_int_equal(where->bytes.n, 0);
	put(self, " %c-%llu%s", letter(d), (unsigned long long)n, cut ? "cut" : "");
}

static void on_end(void *self, struct w101_flow *f, enum w101_dir d, enum w101_end why, const struct w101_chunk *where)
{
	(void)f, (void)where;
	put(self, " %c%c", letter(d), why == W101_END_FIN ? '.' : why == W101_END_RST ? '!' : why == W101_END_CAPTURE ? '?' : '0');
}

static void on_finding(void *self, struct w101_flow *f, const struct w101_finding *finding, const struct w101_chunk *where)
{
	struct world *w = self;
	(void)f, (void)where;
	if (finding->id == W101_F_tcp_overlap)
		w->overlaps++;
	else
		w->limit++;
}

static void on_close(void *self, struct w101_flow *f, enum w101_end why)
{
	struct world *w = self;
	(void)f, (void)why;
	w->closed++;
}

static void open_world(struct world *w, uint64_t memory)
{
	static const uint8_t seed[16] = "fixed hash seed";
	memset(w, 0, sizeof *w);
	w->limits = (struct w101_limits)W101_LIMITS_DEFAULT;
	w101_quota_init(&w->quota, memory ? memory : w->limits.memory, 0);
	struct w101_stream_host host = { w, on_data, on_gap, on_end, on_finding, on_close };
	w->stream = w101_stream_new(&host, &w->limits, &w->quota, seed);
	assert_non_null(w->stream);
	w->now = 1000 * W101_SECOND;
	w->isn[0] = 1000;
	w->isn[1] = 9000;
}

static void close_world(struct world *w)
{
	w101_stream_flush(w->stream);
	w101_stream_free(w->stream);
	assert_int_equal(w->quota.used, 0);
	w101_quota_clear(&w->quota);
}

/* A segment of side who ('c', 's'): offset and acknowledged offset in the streams; -1 is the SYN's own number. */
static void cut_seg(struct world *w, char who, int64_t offset, int64_t ack, int flags, const char *bytes, uint32_t wire)
{
	struct w101_endpoint c = { { 4, { 10, 0, 0, 1 } }, 40000 }, s = { { 4, { 10, 0, 0, 2 } }, 80 };
	unsigned me = who == 's';
	struct w101_segment seg = { .src = me ? s : c, .dst = me ? c : s, .seq = w->isn[me] + 1 + (uint32_t)offset,
		.ack = w->isn[1 - me] + 1 + (uint32_t)ack, .flags = (uint8_t)flags,
		.payload = { (const uint8_t *)bytes, strlen(bytes) }, .payload_len = wire };
	w->now += 1000000;
	w101_stream_segment(w->stream, &seg, ++w->packet, w->now);
}

static void seg(struct world *w, char who, int64_t offset, int64_t ack, int flags, const char *bytes)
{
	cut_seg(w, who, offset, ack, flags, bytes, (uint32_t)strlen(bytes));
}

static void shake(struct world *w)
{
	seg(w, 'c', -1, 0, SYN, "");
	seg(w, 's', -1, 0, SYN | ACK, "");
	seg(w, 'c', 0, 0, ACK, "");
}

#define SCENE(name) static void name##_scene(struct world *w); \
	static void name(void **state) \
	{ \
		struct world *w = malloc(sizeof *w); \
		(void)state; \
		open_world(w, 0); \
		name##_scene(w); \
		close_world(w); \
		free(w); \
	} \
	static void name##_scene(struct world *w)

#define SAYS(w, text) assert_string_equal((w)->log, text)

SCENE(bytes_in_order)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "hello");
	seg(w, 's', 0, 5, ACK, "world");
	assert_int_equal(w->acked, 5);
	seg(w, 'c', 5, 5, ACK | FIN, "");
	seg(w, 's', 5, 6, ACK | FIN, "");
	SAYS(w, "c:hello s:world c. s.");
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	assert_int_equal(w->closed, 1);
	assert_int_equal(w101_stream_flows(w->stream), 1);
}

SCENE(out_of_order_and_duplicates)
{
	shake(w);
	seg(w, 'c', 5, 0, ACK, "fghij");
	seg(w, 'c', 10, 0, ACK, "klm");
	seg(w, 'c', 5, 0, ACK, "fghij");
	seg(w, 'c', 0, 0, ACK, "abcde");
	seg(w, 'c', 0, 0, ACK, "abcde");
	SAYS(w, "c:abcdefghijklm");
	assert_int_equal(w->overlaps, 0);
}

SCENE(sequence_numbers_wrap)
{
	w->isn[0] = 0xfffffffc;
	shake(w);
	seg(w, 'c', 6, 0, ACK, "ghi");
	seg(w, 'c', 0, 0, ACK, "abcdef");
	SAYS(w, "c:abcdefghi");
}

SCENE(answer_before_its_request_in_the_file)
{
	shake(w);
	seg(w, 's', 0, 5, ACK, "world");
	seg(w, 'c', 0, 0, ACK, "hello");
	SAYS(w, "c:hello s:world");
}

SCENE(a_hole_without_acknowledgment_is_waited_for)
{
	shake(w);
	seg(w, 'c', 5, 0, ACK, "later");
	w->now += 60 * W101_SECOND;
	seg(w, 's', 0, 0, ACK, "");
	SAYS(w, "");
	seg(w, 'c', 0, 0, ACK, "first");
	SAYS(w, "c:firstlater");
}

SCENE(an_acknowledged_hole_has_patience_then_is_a_gap)
{
	shake(w);
	seg(w, 'c', 5, 0, ACK, "later");
	seg(w, 's', 0, 10, ACK, "");
	SAYS(w, "");
	for (int i = 0; i < 60; i++)
		seg(w, 's', 0, 10, ACK, "");
	SAYS(w, "");
	for (int i = 0; i < 10; i++)
		seg(w, 's', 0, 10, ACK, "");
	SAYS(w, " c-5 c:later");
}

SCENE(patience_by_time)
{
	shake(w);
	seg(w, 'c', 5, 0, ACK, "later");
	seg(w, 's', 0, 10, ACK, "");
	w101_stream_tick(w->stream, w->now + W101_SECOND / 2);
	SAYS(w, "");
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	SAYS(w, " c-5 c:later");
}

SCENE(ack_before_the_late_segment_is_no_gap)
{
	shake(w);
	seg(w, 'c', 5, 0, ACK, "later");
	seg(w, 's', 0, 10, ACK, "answer");
	seg(w, 'c', 0, 0, ACK, "first");
	SAYS(w, "c:firstlater s:answer");
}

SCENE(overlap_with_other_bytes_keeps_the_first_copy)
{
	shake(w);
	seg(w, 'c', 3, 0, ACK, "DEF");
	seg(w, 'c', 0, 0, ACK, "abcdefghi");
	SAYS(w, "c:abcDEFghi");
	assert_int_equal(w->overlaps, 1);
}

SCENE(retransmission_with_other_bytes_is_told)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "abcdef");
	seg(w, 'c', 0, 0, ACK, "abcdef");
	assert_int_equal(w->overlaps, 0);
	seg(w, 'c', 0, 0, ACK, "abcdeF");
	SAYS(w, "c:abcdef");
	assert_int_equal(w->overlaps, 1);
}

SCENE(keep_alive_probe_is_no_data)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "a");
	seg(w, 'c', 0, 0, ACK, "?");
	seg(w, 'c', 0, 0, ACK, "");
	seg(w, 'c', 1, 0, ACK, "b");
	SAYS(w, "c:ab");
	assert_int_equal(w->overlaps, 0);
}

SCENE(snapshot_cut_is_a_gap_at_once)
{
	shake(w);
	cut_seg(w, 'c', 0, 0, ACK, "abc", 10);
	seg(w, 'c', 10, 0, ACK, "def");
	SAYS(w, "c:abc c-7cut c:def");
}

SCENE(fin_waits_for_its_place)
{
	shake(w);
	seg(w, 'c', 5, 0, ACK | FIN, "");
	SAYS(w, "");
	seg(w, 'c', 0, 0, ACK, "hello");
	SAYS(w, "c:hello c.");
}

SCENE(rst_has_the_same_patience)
{
	shake(w);
	seg(w, 'c', 5, 0, RST, "");
	seg(w, 'c', 0, 0, ACK, "hello");
	seg(w, 's', 0, 5, ACK, "world");
	SAYS(w, "c:hello s:world");
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	SAYS(w, "c:hello s:world c! s!");
}

SCENE(a_forged_rst_does_not_end_what_goes_on)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "one");
	seg(w, 'c', 3, 0, RST, "");
	seg(w, 'c', 3, 0, ACK, "two");
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	seg(w, 'c', 6, 0, ACK, "three");
	SAYS(w, "c:onetwothree");
}

SCENE(a_rst_far_ahead_does_not_either)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "one");
	seg(w, 'c', 5003, 0, RST, "");
	seg(w, 'c', 3, 0, ACK, "two");
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	seg(w, 's', 0, 6, ACK, "answer");
	w101_stream_flush(w->stream);
	SAYS(w, "c:onetwo s:answer c? s?");
}

SCENE(a_new_syn_is_a_new_connection)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "old");
	w->isn[0] = 700000;
	w->isn[1] = 800000;
	shake(w);
	seg(w, 'c', 0, 0, ACK, "new");
	SAYS(w, "c:old c? s? c:new");
	assert_int_equal(w101_stream_flows(w->stream), 2);
}

SCENE(a_syn_sent_again_is_not)
{
	seg(w, 'c', -1, 0, SYN, "");
	shake(w);
	seg(w, 'c', 0, 0, ACK, "x");
	seg(w, 'c', -1, 0, SYN, "");
	SAYS(w, "c:x");
	assert_int_equal(w101_stream_flows(w->stream), 1);
}

SCENE(late_syn_belongs_to_what_is_there)
{
	seg(w, 'c', 5, 0, ACK, "later");
	seg(w, 'c', 0, 0, ACK, "first");
	seg(w, 's', -1, 0, SYN | ACK, "");
	seg(w, 'c', -1, 0, SYN, "");
	SAYS(w, "c:firstlater");
	assert_int_equal(w101_stream_flows(w->stream), 1);
}

SCENE(data_on_the_syn)
{
	seg(w, 'c', -1, 0, SYN, "GET");
	seg(w, 's', -1, 3, SYN | ACK, "");
	seg(w, 'c', 3, 0, ACK, "/");
	SAYS(w, "c:GET/");
}

SCENE(capture_that_starts_in_the_middle)
{
	seg(w, 'c', 105, 300, ACK, "bbb");
	seg(w, 'c', 100, 300, ACK, "aaaaa");
	seg(w, 's', 300, 108, ACK, "ccc");
	SAYS(w, "");
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	SAYS(w, "c:aaaaabbb s:ccc");
	seg(w, 's', 303, 108, ACK, "ddd");
	SAYS(w, "c:aaaaabbb s:cccddd");
}

SCENE(a_tail_that_was_acknowledged_is_missing)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "abc");
	seg(w, 's', 0, 13, ACK, "");
	w101_stream_flush(w->stream);
	SAYS(w, "c:abc c-10 c? s?");
}

SCENE(the_number_of_a_fin_that_was_not_captured_is_no_byte)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "abc");
	seg(w, 's', 0, 4, ACK, "");
	w101_stream_flush(w->stream);
	SAYS(w, "c:abc c? s?");
}

SCENE(an_absurd_acknowledgment_changes_nothing)
{
	shake(w);
	seg(w, 's', 0, 900000000, ACK, "x");
	seg(w, 'c', 0, 0, ACK, "abc");
	SAYS(w, "s:x c:abc");
	w101_stream_flush(w->stream);
	SAYS(w, "s:x c:abc c? s?");
}

SCENE(the_reorder_bound_makes_a_gap)
{
	char block[1001];
	memset(block, 'x', 1000);
	block[1000] = 0;
	w->limits.reorder = 10000;
	shake(w);
	for (int i = 1; i <= 10; i++)
		seg(w, 'c', i * 1000, 0, ACK, block);
	SAYS(w, "");
	seg(w, 'c', 11000, 0, ACK, block);
	assert_memory_equal(w->log, " c-1000 c:xxx", 13);
}

SCENE(a_side_that_was_never_captured_is_not_waited_for)
{
	seg(w, 'c', -1, 0, SYN, "");
	seg(w, 'c', 0, 0, ACK, "hello");
	seg(w, 'c', 5, 500, ACK, "again");
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	SAYS(w, "c:helloagain");
	seg(w, 'c', 10, 900, ACK, "more");
	SAYS(w, "c:helloagainmore");
	w101_stream_flush(w->stream);
	SAYS(w, "c:helloagainmore c? s?");
}

SCENE(a_dead_flow_costs_no_buffers_and_stays_one_connection)
{
	shake(w);
	uint64_t before = w->quota.used;
	seg(w, 'c', 0, 0, ACK, "DEAD");
	assert_true(w->quota.used < before);
	seg(w, 'c', 9, 0, ACK, "more");
	seg(w, 's', 0, 0, ACK | FIN, "x");
	SAYS(w, "");
	assert_int_equal(w101_stream_flows(w->stream), 1);
}

SCENE(roles_can_be_told_by_the_host)
{
	struct w101_segment s = { .src = { { 4, { 10, 0, 0, 1 } }, 80 }, .dst = { { 4, { 10, 0, 0, 2 } }, 5000 },
		.seq = 1, .flags = ACK, .payload = { (const uint8_t *)"GET", 3 }, .payload_len = 3 };
	w->swap_on_data = true;
	w101_stream_segment(w->stream, &s, 1, w->now);
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	SAYS(w, "s:GET");
	s.seq = 4;
	w101_stream_segment(w->stream, &s, 2, w->now);
	SAYS(w, "s:GET c:GET");
}

SCENE(both_ends_on_one_address)
{
	struct w101_segment s = { .src = { { 4, { 127, 0, 0, 1 } }, 40000 }, .dst = { { 4, { 127, 0, 0, 1 } }, 80 },
		.seq = 100, .flags = SYN };
	w101_stream_segment(w->stream, &s, 1, w->now);
	s.seq = 101;
	s.flags = ACK;
	s.payload = (struct w101_bytes){ (const uint8_t *)"up", 2 };
	s.payload_len = 2;
	w101_stream_segment(w->stream, &s, 2, w->now);
	s.src.port = 80;
	s.dst.port = 40000;
	s.seq = 700;
	s.flags = SYN | ACK;
	s.ack = 101;
	s.payload_len = 0;
	s.payload.n = 0;
	w101_stream_segment(w->stream, &s, 3, w->now);
	s.seq = 701;
	s.flags = ACK;
	s.ack = 103;
	s.payload = (struct w101_bytes){ (const uint8_t *)"down", 4 };
	s.payload_len = 4;
	w101_stream_segment(w->stream, &s, 4, w->now);
	SAYS(w, "c:up s:down");
}

/* A conversation cut into segments, shuffled in a window of 8, a tenth of them
 * twice, some lost on the wire and sent again: always the same bytes in the
 * same causal order, never a gap. */
static void any_shuffle_gives_the_same_bytes(void **state)
{
	(void)state;
	struct step { char who; int64_t offset, ack; int flags; char text[24]; } step[400], list[900];
	struct world *w = malloc(sizeof *w);
	for (unsigned round = 0; round < 300; round++) {
		char want[8000];
		size_t n = 0, m = 0, len = 0;
		int64_t at[2] = { 0, 0 };
		srand(round + 1);
		step[n++] = (struct step){ 'c', -1, 0, SYN, "" };
		step[n++] = (struct step){ 's', -1, 0, SYN | ACK, "" };
		step[n++] = (struct step){ 'c', 0, 0, ACK, "" };
		for (unsigned turn = 0; turn < 40; turn++) {
			unsigned me = turn % 2, parts = 1 + (unsigned)rand() % 4;
			len += (size_t)snprintf(want + len, sizeof want - len, "%s%c:", turn ? " " : "", me ? 's' : 'c');
			for (unsigned i = 0; i < parts; i++) {
				struct step *s = &step[n++];
				*s = (struct step){ me ? 's' : 'c', at[me], at[1 - me], ACK, "" };
				snprintf(s->text, sizeof s->text, "%u.%u,", turn, i);
				at[me] += (int64_t)strlen(s->text);
				len += (size_t)snprintf(want + len, sizeof want - len, "%s", s->text);
			}
		}
		step[n++] = (struct step){ 'c', at[0], at[1], ACK | FIN, "" };
		step[n++] = (struct step){ 's', at[1], at[0] + 1, ACK | FIN, "" };
		/* a place is exchanged only within its block, so nothing moves by more than the window */
		for (size_t block = 0; block < n; block += 8) {
			size_t k = n - block < 8 ? n - block : 8;
			for (size_t i = k - 1; i > 0; i--) {
				size_t j = (size_t)rand() % (i + 1);
				struct step t = step[block + i];
				step[block + i] = step[block + j];
				step[block + j] = t;
			}
		}
		for (size_t i = 0; i < n; i++) {
			list[m++] = step[i];
			if (rand() % 10 == 0)
				list[m++] = step[i];
		}
		open_world(w, 0);
		for (size_t i = 0; i < m; i++)
			seg(w, list[i].who, list[i].offset, list[i].ack, list[i].flags, list[i].text);
		w101_stream_flush(w->stream);
		assert_int_equal(w101_stream_flows(w->stream), 1);
		assert_memory_equal(w->log, want, len);
		assert_null(strchr(w->log, '-'));
		assert_null(strchr(w->log, '?'));
		close_world(w);
	}
	free(w);
}

/* Whatever comes: no crash, no endless loop, and never more bytes than numbers. */
static void random_segments_are_survived(void **state)
{
	(void)state;
	static const int kinds[] = { ACK, ACK, ACK, ACK, SYN, SYN | ACK, ACK | FIN, RST, RST | ACK, 0, FIN, SYN | FIN };
	struct world *w = malloc(sizeof *w);
	for (unsigned round = 0; round < 2000; round++) {
		srand(round);
		open_world(w, round % 3 ? 0 : 20000);
		w->limits.reorder = 300;
		w->limits.patience_packets = 8;
		w->isn[0] = round % 2 ? 0xfffffff0 : 1000;
		for (unsigned i = 0; i < 120; i++) {
			char text[40] = { 0 };
			memset(text, 'a' + rand() % 3, (size_t)(rand() % 20));
			int64_t far = rand() % 40 ? 0 : (int64_t)rand() * 2 - RAND_MAX;
			cut_seg(w, rand() % 2 ? 'c' : 's', rand() % 200 - 20 + far, rand() % 220 - 10, kinds[rand() % 12], text,
				(uint32_t)strlen(text) + (rand() % 9 ? 0 : 5));
			if (rand() % 20 == 0)
				w->now += 2 * W101_SECOND;
		}
		close_world(w);
	}
	free(w);
}

static void memory_pressure_gives_up_flows_and_says_so(void **state)
{
	(void)state;
	struct world *w = malloc(sizeof *w);
	open_world(w, 64 << 10);
	for (uint16_t port = 1000; port < 2000; port++) {
		struct w101_segment s = { .src = { { 4, { 10, 0, 0, 1 } }, port }, .dst = { { 4, { 10, 0, 0, 2 } }, 80 },
			.seq = 100, .flags = SYN, .payload = { (const uint8_t *)"x", 1 }, .payload_len = 1 };
		w101_stream_segment(w->stream, &s, port, w->now);
		assert_true(w->quota.used <= w->quota.max);
	}
	assert_int_equal(w101_stream_flows(w->stream), 1000);
	assert_true(w->closed > 800);
	close_world(w);
	free(w);
}

static void sequence_arithmetic(void **state)
{
	(void)state;
	srand(7);
	for (int i = 0; i < 100000; i++) {
		uint32_t base = (uint32_t)rand() * 2654435761u;
		uint64_t near = ((uint64_t)rand() << 20) ^ (uint64_t)rand();
		int64_t delta = rand() % (1 << 30) - (1 << 29);
		int64_t want = (int64_t)near + delta;
		assert_int_equal(w101_seq_offset(base, near, base + (uint32_t)want), want);
	}
	assert_true(w101_seq_diff(3, 0xfffffffe) == 5);
	assert_true(w101_seq_diff(0xfffffffe, 3) == -5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_in_order), cmocka_unit_test(out_of_order_and_duplicates),
		cmocka_unit_test(sequence_numbers_wrap), cmocka_unit_test(answer_before_its_request_in_the_file),
		cmocka_unit_test(a_hole_without_acknowledgment_is_waited_for),
		cmocka_unit_test(an_acknowledged_hole_has_patience_then_is_a_gap), cmocka_unit_test(patience_by_time),
		cmocka_unit_test(ack_before_the_late_segment_is_no_gap),
		cmocka_unit_test(overlap_with_other_bytes_keeps_the_first_copy),
		cmocka_unit_test(retransmission_with_other_bytes_is_told), cmocka_unit_test(keep_alive_probe_is_no_data),
		cmocka_unit_test(snapshot_cut_is_a_gap_at_once), cmocka_unit_test(fin_waits_for_its_place),
		cmocka_unit_test(rst_has_the_same_patience), cmocka_unit_test(a_forged_rst_does_not_end_what_goes_on),
		cmocka_unit_test(a_rst_far_ahead_does_not_either),
		cmocka_unit_test(a_new_syn_is_a_new_connection), cmocka_unit_test(a_syn_sent_again_is_not),
		cmocka_unit_test(late_syn_belongs_to_what_is_there), cmocka_unit_test(data_on_the_syn),
		cmocka_unit_test(capture_that_starts_in_the_middle), cmocka_unit_test(a_tail_that_was_acknowledged_is_missing),
		cmocka_unit_test(the_number_of_a_fin_that_was_not_captured_is_no_byte),
		cmocka_unit_test(an_absurd_acknowledgment_changes_nothing), cmocka_unit_test(the_reorder_bound_makes_a_gap),
		cmocka_unit_test(a_side_that_was_never_captured_is_not_waited_for),
		cmocka_unit_test(a_dead_flow_costs_no_buffers_and_stays_one_connection),
		cmocka_unit_test(roles_can_be_told_by_the_host), cmocka_unit_test(both_ends_on_one_address),
		cmocka_unit_test(any_shuffle_gives_the_same_bytes), cmocka_unit_test(random_segments_are_survived),
		cmocka_unit_test(memory_pressure_gives_up_flows_and_says_so), cmocka_unit_test(sequence_arithmetic),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
