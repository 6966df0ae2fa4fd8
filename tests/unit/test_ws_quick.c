/* decode/ws: frames that nobody is shown take a short way; what is counted and
 * found must be the same as on the long one, whatever comes and however it is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/quota.h"
#include "decode/table.h"

enum { STREAMS = 400, FRAMES = 60, BYTES = 200000 };

struct stream {
	uint8_t p[BYTES];
	size_t n;
};

struct told {
	uint64_t frames[2][W101_KINDS_MAX], messages[2], payload[2];
	char findings[1 << 16];
	size_t n;
	uint64_t quiet;
};

static uint32_t state_of_chance;

static uint32_t chance(uint32_t below)
{
	state_of_chance = state_of_chance * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)(state_of_chance >> 4) * below >> 28);
}

/* ---- frames, most of them right */

static void put_header(struct stream *s, uint8_t first, bool masked, size_t n, bool longer)
{
	s->p[s->n++] = first;
	if (n < 126 && !longer) {
		s->p[s->n++] = (uint8_t)(masked << 7 | n);
	} else if (n < 65536) {
		s->p[s->n++] = (uint8_t)(masked << 7 | 126);
		s->p[s->n++] = (uint8_t)(n >> 8);
		s->p[s->n++] = (uint8_t)n;
	} else {
		s->p[s->n++] = (uint8_t)(masked << 7 | 127);
		for (int i = 7; i >= 0; i--)
			s->p[s->n++] = (uint8_t)((uint64_t)n >> 8 * i);
	}
}

static void put_payload(uint8_t *p, size_t n, uint32_t how)
{
	static const char *const pieces[] = { "a", "Z9 ", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x8c\x8d", "{\"x\":1}", "\x7f" };
	for (size_t i = 0; i < n;) {
		const char *piece = pieces[how & 1 ? chance(7) : chance(2)];
		for (; *piece && i < n; piece++)
			p[i++] = (uint8_t)*piece;
	}
	if (n && (how & 30) == 30)
		p[chance((uint32_t)n)] = (uint8_t)(0x80 + chance(128));
}

static void put_frame(struct stream *s, bool client)
{
	static uint32_t key = 7;
	uint32_t odd = chance(40);
	size_t n = chance(8) ? chance(200) : chance(20) ? chance(3000) : 70000;
	uint8_t first = (uint8_t)(0x80 | (1 + chance(2)));
	bool masked = client;
	if (odd == 0)
		first = (uint8_t)chance(256);
	else if (odd == 1)
		first &= 0x7f; /* a fragment */
	else if (odd == 2)
		first = 0x80; /* the last of them */
	else if (odd == 3)
		first = (uint8_t)(0x89 + chance(2));
	else if (odd == 4)
		masked = !masked;
	else if (odd == 5 && !chance(4))
		first = 0x88;
	if ((first & 8) && n > 125)
		n = 3 + chance(100);
	put_header(s, first, masked, n, odd == 6);
	uint8_t mask[4] = { 0 };
	uint32_t step = chance(12);
	if (masked) {
		key = step == 0 ? 0 : step < 3 ? key : step == 3 ? key + 1 : chance(1u << 28) + 1;
		for (unsigned i = 0; i < 4; i++)
			mask[i] = (uint8_t)(key >> 8 * i);
		memcpy(s->p + s->n, mask, 4);
		s->n += 4;
	}
	put_payload(s->p + s->n, n, chance(256));
	for (size_t i = 0; i < n; i++)
		s->p[s->n + i] ^= mask[i & 3];
	s->n += n;
}

/* ---- what is told */

static void on_frame(void *self, enum w101_dir d, const struct w101_pdu *p)
{
	((struct told *)self)->frames[d][p->kind_no]++;
}

static void on_message(void *self, enum w101_dir d, const struct w101_pdu *p)
{
	struct told *t = self;
	t->messages[d]++;
	t->payload[d] += p->payload_bytes;
}

static void on_finding(void *self, const struct w101_finding *f)
{
	struct told *t = self;
	t->n += (size_t)snprintf(t->findings + t->n, sizeof t->findings - t->n, "%d %d %llu %.*s|", (int)f->id, (int)f->dir,
		(unsigned long long)f->offset, (int)f->detail.n, (const char *)f->detail.p);
	assert_true(t->n < sizeof t->findings);
}

static void on_quiet(void *self, enum w101_dir d, unsigned kind_no, uint64_t payload_bytes)
{
	struct told *t = self;
	t->frames[d][kind_no]++;
	t->messages[d]++;
	t->payload[d] += payload_bytes;
	t->quiet++;
}

static void run(const struct stream s[2], bool quiet, uint32_t seed, struct told *t, struct w101_decoder_status *st)
{
	struct w101_limits limits = W101_LIMITS_DEFAULT;
	struct w101_quota q;
	struct w101_handshake h = { .limits = &limits, .quota = &q, .quiet = quiet };
	struct w101_out out = { t, on_frame, on_message, on_finding, NULL, on_quiet };
	const struct w101_decoder_ops *ops = &w101_websocket_decoder;
	size_t at[2] = { 0, 0 };
	memset(t, 0, sizeof *t);
	w101_quota_init(&q, 64 << 20, 0);
	void *d = ops->open(&h, &out);
	state_of_chance = seed;
	for (uint64_t packet = 1; at[0] < s[0].n || at[1] < s[1].n; packet++) {
		unsigned dir = at[0] == s[0].n || (at[1] < s[1].n && chance(2));
		size_t left = s[dir].n - at[dir], n = chance(3) ? 1 + chance(1400) : 1 + chance(12);
		n = n < left ? n : left;
		if (chance(150) == 0) {
			ops->gap(d, (enum w101_dir)dir, n, &(struct w101_chunk){ .offset = at[dir], .packet = packet, .at = (w101_time)packet * 1000000,
				.acked = UINT64_MAX });
			at[dir] += n;
			continue;
		}
		uint8_t *copy = malloc(n); /* so that reading beyond it is seen */
		memcpy(copy, s[dir].p + at[dir], n);
		ops->data(d, (enum w101_dir)dir, &(struct w101_chunk){ { copy, n }, at[dir], packet, (w101_time)packet * 1000000, at[1 - dir] });
		free(copy);
		at[dir] += n;
	}
	for (unsigned dir = 0; dir < 2; dir++)
		ops->end(d, (enum w101_dir)dir, W101_END_FIN, &(struct w101_chunk){ .offset = at[dir], .at = 1, .acked = UINT64_MAX });
	ops->finish(d);
	ops->status(d, st);
	st->reason = "";
	ops->free(d);
	assert_int_equal(q.used, 0);
	w101_quota_clear(&q);
}

static void the_short_way_says_the_same(void **state)
{
	static struct stream s[2];
	static struct told slow, quick;
	struct w101_decoder_status a, b;
	uint64_t taken = 0;
	(void)state;
	for (uint32_t seed = 1; seed <= STREAMS; seed++) {
		state_of_chance = seed * 2654435761u;
		s[0].n = s[1].n = 0;
		for (unsigned i = 0; i < FRAMES; i++) {
			unsigned dir = chance(2);
			if (s[dir].n < BYTES - 71000)
				put_frame(&s[dir], dir == 0);
		}
		run(s, false, seed, &slow, &a);
		run(s, true, seed, &quick, &b);
		taken += quick.quiet;
		assert_int_equal(slow.quiet, 0);
		assert_string_equal(slow.findings, quick.findings);
		assert_memory_equal(slow.frames, quick.frames, sizeof slow.frames);
		assert_memory_equal(slow.messages, quick.messages, sizeof slow.messages);
		assert_memory_equal(slow.payload, quick.payload, sizeof slow.payload);
		assert_memory_equal(a.wire_payload, b.wire_payload, sizeof a.wire_payload);
		assert_memory_equal(a.plain_payload, b.plain_payload, sizeof a.plain_payload);
		assert_int_equal(a.close_by, b.close_by);
		assert_int_equal(a.code, b.code);
		assert_int_equal(a.clean, b.clean);
		assert_memory_equal(a.broken, b.broken, sizeof a.broken);
	}
	assert_true(taken > STREAMS); /* it is taken at all */
	printf("# %llu frames took the short way\n", (unsigned long long)taken);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_short_way_says_the_same) };
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
