/* A conversation for tests of the http room: bytes in, everything that the
 * connection tells out as lines of text. */
#ifndef W101_TESTS_HTTP_TALK_H
#define W101_TESTS_HTTP_TALK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ascii.h"
#include "base/quota.h"
#include "http/http1.h"

#define UNKNOWN UINT64_MAX
#define MS (W101_SECOND / 1000)

struct talk {
	struct w101_quota quota;
	struct w101_limits limits;
	struct w101_keys *keys;
	struct w101_http1 *http;
	struct w101_http1_config cfg;
	uint64_t at[2]; /* stream offsets */
	uint64_t packet;
	w101_time now;
	enum w101_feed feed;                      /* the last answer */
	size_t bytewise;                          /* bytes a chunk; 0: whole */
	char log[16384];                          /* everything */
	char ids[1024];                           /* findings alone */
	char seen[512], wanted[512], detail[512]; /* of the last finding */
	uint64_t offset;
	int verdict, verified; /* of the last exchange */
	struct w101_http1_switch sw;
};

static inline void talk_say(char *to, size_t max, const char *format, ...) __attribute__((format(printf, 3, 4)));
static inline void talk_say(char *to, size_t max, const char *format, ...)
{
	size_t n = strlen(to);
	va_list ap;
	va_start(ap, format);
	vsnprintf(to + n, max - n, format, ap);
	va_end(ap);
}

#define TALK_TEXT(b) (int)((b).n > 200 ? 200 : (b).n), (b).p ? (const char *)(b).p : ""

static inline void talk_head(void *self, const struct w101_http_head *h, bool about)
{
	struct talk *t = self;
	if (h->response)
		talk_say(t->log, sizeof t->log, "< %d at %llu%s\n", h->status, (unsigned long long)h->offset,
			about ? " about" : "");
	else
		talk_say(t->log, sizeof t->log, "> %.*s %.*s at %llu%s\n", TALK_TEXT(h->method), TALK_TEXT(h->target),
			(unsigned long long)h->offset, about ? " about" : "");
}

static inline void talk_finding(void *self, const struct w101_finding *f)
{
	struct talk *t = self;
	const char *id = w101_finding_row(f->id)->id;
	talk_say(t->log, sizeof t->log, "! %s dir %d at %llu (%.*s) [%.*s] {%.*s}\n", id, f->dir,
		(unsigned long long)f->offset, TALK_TEXT(f->seen), TALK_TEXT(f->wanted), TALK_TEXT(f->detail));
	talk_say(t->ids, sizeof t->ids, "%s%s", *t->ids ? " " : "", id);
	snprintf(t->seen, sizeof t->seen, "%.*s", TALK_TEXT(f->seen));
	snprintf(t->wanted, sizeof t->wanted, "%.*s", TALK_TEXT(f->wanted));
	snprintf(t->detail, sizeof t->detail, "%.*s", TALK_TEXT(f->detail));
	t->offset = f->offset;
}

static inline void talk_exchange(void *self, const struct w101_exchange *x)
{
	struct talk *t = self;
	talk_say(t->log, sizeof t->log, "= %s upgrade %d ws %d verified %d offered", w101_verdict_name(x->verdict),
		x->is_upgrade, x->websocket, x->verified);
	for (size_t i = 0; i < x->n_offered; i++)
		talk_say(t->log, sizeof t->log, " %.*s", TALK_TEXT(x->offered[i]));
	talk_say(t->log, sizeof t->log,
		" host %.*s switched %.*s accept %d%d %s sub %.*s ext %.*s latency %lld e%u w%u i%u\n",
		TALK_TEXT(x->host), TALK_TEXT(x->switched), x->accept.judged, x->accept.ok, x->accept.expected,
		TALK_TEXT(x->subprotocol), TALK_TEXT(x->extensions), (long long)x->latency, x->errors, x->warnings,
		x->infos);
	t->verdict = x->verdict;
	t->verified = x->verified;
}

static inline void talk_connect(struct talk *t, uint32_t flow)
{
	w101_http1_free(t->http);
	t->cfg.flow = flow;
	t->at[0] = t->at[1] = 0;
	t->feed = W101_FEED_MORE;
	t->http = w101_http1_new(&t->cfg);
	assert_non_null(t->http);
}

static inline void talk_begin(struct talk *t)
{
	static const uint8_t seed[16] = { 1, 2, 3 };
	memset(t, 0, sizeof *t);
	w101_quota_init(&t->quota, 64 << 20, 0);
	t->limits = (struct w101_limits)W101_LIMITS_DEFAULT;
	t->keys = w101_keys_new(&t->quota, seed);
	t->verdict = -1;
	t->now = W101_SECOND;
	t->cfg = (struct w101_http1_config){
		.host = { t, talk_head, talk_head, talk_finding, talk_exchange },
		.limits = &t->limits,
		.quota = &t->quota,
		.keys = t->keys,
	};
	talk_connect(t, 1);
}

static inline void talk_end(struct talk *t)
{
	w101_http1_free(t->http);
	w101_keys_free(t->keys);
	assert_int_equal(t->quota.used, 0); /* everything was given back */
	w101_quota_clear(&t->quota);
}

/* One chunk, exactly so long in memory.  acked: of the other direction. */
static inline void talk_piece(struct talk *t, enum w101_dir d, const void *p, size_t n, uint64_t acked)
{
	uint8_t *copy = malloc(n ? n : 1);
	memcpy(copy, p, n);
	struct w101_chunk c = { { copy, n }, t->at[d], t->packet, t->now, acked };
	size_t used = 0;
	if (t->feed == W101_FEED_MORE) {
		t->feed = w101_http1_data(t->http, d, &c, &used);
		assert_true(used <= n);
		if (t->feed == W101_FEED_MORE)
			assert_int_equal(used, n);
		if (t->feed == W101_FEED_SWITCH) {
			assert_int_equal(d, W101_SERVER);
			w101_http1_switched(t->http, &t->sw);
			assert_int_equal(t->sw.offset[W101_SERVER], t->at[d] + used);
			talk_say(t->log, sizeof t->log,
				"# switch%s%s %.*s ext %.*s of %.*s client %llu server %llu held",
				t->sw.tunnel ? " tunnel" : "", t->sw.old_draft ? " old" : "", TALK_TEXT(t->sw.token),
				TALK_TEXT(t->sw.extensions), TALK_TEXT(t->sw.offered_extensions),
				(unsigned long long)t->sw.offset[0], (unsigned long long)t->sw.offset[1]);
			for (size_t i = 0; i < t->sw.n_held; i++)
				if (t->sw.held[i].gap)
					talk_say(t->log, sizeof t->log, " %llu gap %llu",
						(unsigned long long)t->sw.held[i].chunk.offset,
						(unsigned long long)t->sw.held[i].gap);
				else
					talk_say(t->log, sizeof t->log, " %llu:%.*s",
						(unsigned long long)t->sw.held[i].chunk.offset,
						TALK_TEXT(t->sw.held[i].chunk.bytes));
			talk_say(t->log, sizeof t->log, " dropped %llu\n", (unsigned long long)t->sw.held_dropped);
		} else if (t->feed == W101_FEED_DEAD) {
			talk_say(t->log, sizeof t->log, "# dead\n");
		}
	}
	t->at[d] += n;
	free(copy);
}

/* A packet, 1 ms after the one before; it acknowledges all that the other side said. */
static inline void talk_bytes(struct talk *t, enum w101_dir d, const void *p, size_t n, uint64_t acked)
{
	size_t step = t->bytewise ? t->bytewise : n;
	t->packet++;
	t->now += MS;
	for (size_t i = 0; i < n; i += step)
		talk_piece(t, d, (const uint8_t *)p + i, n - i < step ? n - i : step, acked);
}

static inline void client(struct talk *t, const char *text)
{
	talk_bytes(t, W101_CLIENT, text, strlen(text), t->at[W101_SERVER]);
}

static inline void server(struct talk *t, const char *text)
{
	talk_bytes(t, W101_SERVER, text, strlen(text), t->at[W101_CLIENT]);
}

static inline void talk_gap(struct talk *t, enum w101_dir d, uint64_t n)
{
	struct w101_chunk where = { { NULL, 0 }, t->at[d], t->packet, t->now, UNKNOWN };
	if (t->feed == W101_FEED_MORE)
		t->feed = w101_http1_gap(t->http, d, n, &where);
	t->at[d] += n;
}

static inline void talk_close(struct talk *t, enum w101_dir d, enum w101_end how)
{
	t->now += MS;
	struct w101_chunk where = { { NULL, 0 }, t->at[d], ++t->packet, t->now, t->at[w101_dir_other(d)] };
	w101_http1_end(t->http, d, how, &where);
}

static inline void talk_close_both(struct talk *t, enum w101_end how)
{
	talk_close(t, W101_CLIENT, how);
	talk_close(t, W101_SERVER, how);
}

/* What is in the log, and what is not. */
static inline void expect(struct talk *t, const char *part)
{
	if (!strstr(t->log, part))
		fail_msg("\"%s\" is not in\n%s", part, t->log);
}

static inline void expect_not(struct talk *t, const char *part)
{
	if (strstr(t->log, part))
		fail_msg("\"%s\" is in\n%s", part, t->log);
}

#define TALK(name)                                                                                                     \
	static void name##_talk(struct talk *t);                                                                       \
	static void name(void **state)                                                                                 \
	{                                                                                                              \
		(void)state;                                                                                           \
		for (size_t step = 0; step < 4; step++) {                                                              \
			struct talk t;                                                                                 \
			talk_begin(&t);                                                                                \
			t.bytewise = step;                                                                             \
			name##_talk(&t);                                                                               \
			talk_end(&t);                                                                                  \
		}                                                                                                      \
	}                                                                                                              \
	static void name##_talk(struct talk *t)

#endif
