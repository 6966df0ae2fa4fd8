/* A stream and its host for tests: what is passed on becomes a log.  C is
 * 10.0.0.1:40000, S is 10.0.0.2:80; an entry is "c:bytes" or "s:bytes", "c-3" a
 * gap, "c." FIN, "c!" RST, "c?" the end of the capture, "c0" given up. */
#ifndef W101_TESTS_STREAM_WORLD_H
#define W101_TESTS_STREAM_WORLD_H

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
	char log[1 << 18];
	size_t n;
	w101_time now;
	uint64_t packet;
	uint32_t isn[2]; /* of C and S */
	unsigned overlaps, closed, limit;
	bool swap_on_data;
	uint64_t acked, end_acked; /* of the last data, of the last end */
	uint64_t context[2];       /* that the segments of C and S come in */
	uint32_t number;           /* of the last segment's connection */
};

__attribute__((format(printf, 2, 3))) static inline void put(struct world *w, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	w->n += (size_t)vsnprintf(w->log + w->n, sizeof w->log - w->n, format, ap);
	va_end(ap);
	assert_true(w->n < sizeof w->log);
}

static inline char letter(enum w101_dir d)
{
	return d == W101_CLIENT ? 'c' : 's';
}

static inline enum w101_feed on_data(void *self, struct w101_flow *f, enum w101_dir d, const struct w101_chunk *k)
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

static inline void on_gap(void *self, struct w101_flow *f, enum w101_dir d, uint64_t n, bool cut, const struct w101_chunk *where)
{
	(void)f;
	assert_int_equal(where->bytes.n, 0);
	put(self, " %c-%llu%s", letter(d), (unsigned long long)n, cut ? "cut" : "");
}

static inline void on_end(void *self, struct w101_flow *f, enum w101_dir d, enum w101_end why, const struct w101_chunk *where)
{
	(void)f;
	((struct world *)self)->end_acked = where->acked;
	put(self, " %c%c", letter(d), why == W101_END_FIN ? '.' : why == W101_END_RST ? '!' : why == W101_END_CAPTURE ? '?' : '0');
}

static inline void on_finding(void *self, struct w101_flow *f, const struct w101_finding *finding, const struct w101_chunk *where)
{
	struct world *w = self;
	(void)f, (void)where;
	if (finding->id == W101_F_tcp_overlap)
		w->overlaps++;
	else
		w->limit++;
}

static inline void on_close(void *self, struct w101_flow *f, enum w101_end why)
{
	struct world *w = self;
	(void)f, (void)why;
	w->closed++;
}

static inline void open_world(struct world *w, uint64_t memory)
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

static inline void close_world(struct world *w)
{
	w101_stream_flush(w->stream);
	w101_stream_free(w->stream);
	assert_int_equal(w->quota.used, 0);
	w101_quota_clear(&w->quota);
}

/* A segment of side who ('c', 's'): offset and acknowledged offset in the streams; -1 is the SYN's own number. */
static inline void cut_seg(struct world *w, char who, int64_t offset, int64_t ack, int flags, const char *bytes, uint32_t wire)
{
	struct w101_endpoint c = { { 4, { 10, 0, 0, 1 } }, 40000 }, s = { { 4, { 10, 0, 0, 2 } }, 80 };
	unsigned me = who == 's';
	struct w101_segment seg = { .src = me ? s : c, .dst = me ? c : s, .seq = w->isn[me] + 1 + (uint32_t)offset,
		.ack = w->isn[1 - me] + 1 + (uint32_t)ack, .flags = (uint8_t)flags,
		.context = w->context[me], .payload = { (const uint8_t *)bytes, strlen(bytes) }, .payload_len = wire };
	w->now += 1000000;
	w->number = w101_stream_segment(w->stream, &seg, ++w->packet, w->now);
}

static inline void seg(struct world *w, char who, int64_t offset, int64_t ack, int flags, const char *bytes)
{
	cut_seg(w, who, offset, ack, flags, bytes, (uint32_t)strlen(bytes));
}

static inline void shake(struct world *w)
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

#endif
