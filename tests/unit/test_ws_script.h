/* Conversations as text for the tests of the WebSocket decoder: a frame builder,
 * the log of what the decoder said, and every way to cut the bytes.
 *
 *   > text [FLAG...] PAYLOAD   a frame of the client (<: of the server); kinds: text binary cont close ping pong opN
 *   > raw PAYLOAD              bytes as they are
 *   > gap N      > end fin|rst|capture      time MS      acked N (of the next line)
 * FLAG: -fin +rsv1 +rsv2 +rsv3 -mask +mask key=XXXXXXXX len=N (declared) form16 form64
 * PAYLOAD: "text" | hex:6869 | rep:N (N times 'a'); close may have CODE before it. */
#ifndef W101_TESTS_WS_SCRIPT_H
#define W101_TESTS_WS_SCRIPT_H

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* strdup, strsep */
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ascii.h"
#include "base/quota.h"
#include "decode/table.h"
#include "guard.h"

enum item_type { ITEM_BYTES, ITEM_GAP, ITEM_END };

struct item {
	enum item_type type;
	enum w101_dir dir;
	uint8_t *p;
	size_t n;
	uint64_t gap;
	enum w101_end how;
	uint64_t packet;
	w101_time at;
	uint64_t acked;
};

struct script {
	struct item *items;
	size_t n;
	w101_time at;
	uint64_t acked;
	uint32_t key;
	bool has_gap; /* segment ends matter then */
};

struct setup {
	const char *extensions;
	bool keep, assumed;
	bool show_place; /* " #N" behind what is told: the packet that it is said to come from */
	struct w101_limits limits;
	uint64_t memory;
};

struct log {
	char *text;
	size_t n, cap;
	bool show_seen, show_place;
	uint64_t packet; /* as the engine keeps it */
};

static inline void say(struct log *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static inline void say(struct log *l, const char *fmt, ...)
{
	va_list ap;
	if (l->cap - l->n < 1024) {
		l->cap = l->cap * 2 + 4096;
		l->text = realloc(l->text, l->cap);
		assert_non_null(l->text);
	}
	va_start(ap, fmt);
	l->n += (size_t)vsnprintf(l->text + l->n, l->cap - l->n, fmt, ap);
	va_end(ap);
}

static inline void say_payload(struct log *l, struct w101_bytes b)
{
	bool plain = true;
	size_t n = b.n < 32 ? b.n : 32;
	for (size_t i = 0; i < n; i++)
		plain &= b.p[i] >= 0x20 && b.p[i] < 0x7f;
	say(l, plain ? " \"" : " <");
	for (size_t i = 0; i < n; i++)
		say(l, plain ? "%c" : "%02x", b.p[i]);
	say(l, plain ? "\"" : ">");
	if (n < b.n)
		say(l, "+%zu", b.n - n);
}

static inline void end_line(struct log *l, const char *mark)
{
	say(l, "%s", mark);
	if (l->show_place)
		say(l, " #%llu", (unsigned long long)l->packet);
	say(l, "\n");
}

static inline void log_place(void *self, uint64_t packet, w101_time at)
{
	struct log *l = self;
	(void)at;
	l->packet = packet;
}

static inline char arrow(enum w101_dir d)
{
	return d == W101_CLIENT ? '>' : '<';
}

static inline void log_frame(void *self, enum w101_dir dir, const struct w101_pdu *p)
{
	struct log *l = self;
	uint64_t length = 0;
	say(l, "%c %s", arrow(dir), p->kind);
	for (size_t i = 0; i < p->n_fields; i++) {
		const struct w101_value *v = &p->fields[i];
		if (strcmp(v->name, "fin") == 0 && !v->u)
			say(l, " -fin");
		else if (strcmp(v->name, "rsv") == 0 && v->u)
			say(l, " rsv=%u", (unsigned)v->u);
		else if (strcmp(v->name, "masked") == 0 && v->u != (dir == W101_CLIENT))
			say(l, v->u ? " +mask" : " -mask");
		else if (strcmp(v->name, "length") == 0)
			length = v->u;
		else if (strcmp(v->name, "code") == 0)
			say(l, " code=%u", (unsigned)v->u);
		else if (strcmp(v->name, "reason") == 0)
			say(l, " reason=%.*s", (int)v->s.n, v->s.n ? (const char *)v->s.p : "");
	}
	assert_int_equal(length, p->payload_bytes);
	assert_true(p->payload.n <= p->payload_bytes);
	say(l, " @%llu len=%llu", (unsigned long long)p->offset, (unsigned long long)length);
	if (strcmp(p->kind, "close") != 0)
		say_payload(l, p->payload);
	end_line(l, p->truncated ? " cut" : "");
}

static inline void log_message(void *self, enum w101_dir dir, const struct w101_pdu *p)
{
	struct log *l = self;
	say(l, "%c message %s frames=%u wire=%llu/%llu len=%llu", arrow(dir), p->kind, p->frames,
		(unsigned long long)p->wire_length, (unsigned long long)p->wire_bytes,
		(unsigned long long)p->payload_bytes);
	say_payload(l, p->payload);
	say(l, "%s%s", p->compressed ? " z" : "", p->text != (strcmp(p->kind, "text") == 0) ? " opaque" : "");
	end_line(l, p->truncated ? " cut" : "");
}

static inline void log_finding(void *self, const struct w101_finding *f)
{
	struct log *l = self;
	say(l, "%c ! %s @%llu", arrow(f->dir), w101_finding_row(f->id)->id, (unsigned long long)f->offset);
	if (l->show_seen && f->seen.n)
		say_payload(l, f->seen);
	if (f->detail.n)
		say(l, " (%.*s)", (int)f->detail.n, (const char *)f->detail.p);
	end_line(l, "");
}

static inline struct item *add_item(struct script *s, enum item_type type, enum w101_dir dir)
{
	s->items = realloc(s->items, (s->n + 1) * sizeof *s->items);
	assert_non_null(s->items);
	struct item *i = &s->items[s->n++];
	*i = (struct item){ .type = type, .dir = dir, .at = s->at, .acked = s->acked };
	s->acked = UINT64_MAX;
	return i;
}

static inline void add_bytes(struct script *s, enum w101_dir dir, const void *p, size_t n)
{
	struct item *i = add_item(s, ITEM_BYTES, dir);
	i->p = malloc(n ? n : 1);
	assert_non_null(i->p);
	if (n)
		memcpy(i->p, p, n);
	i->n = n;
}

struct build {
	unsigned opcode, rsv;
	bool fin, masked;
	uint32_t key;
	uint64_t length; /* declared */
	int form;        /* 0 shortest, 16, 64 */
};

static inline void add_frame(struct script *s, enum w101_dir dir, struct build b, const uint8_t *p, size_t n)
{
	uint8_t *f = malloc(n + 14);
	size_t k = 0;
	assert_non_null(f);
	f[k++] = (uint8_t)(b.fin << 7 | b.rsv << 4 | b.opcode);
	int form = b.form ? b.form : b.length < 126 ? 7 : b.length < 65536 ? 16 : 64;
	f[k++] = (uint8_t)(b.masked << 7 | (form == 7 ? b.length : form == 16 ? 126 : 127));
	for (int shift = form == 7 ? -8 : form - 8; shift >= 0; shift -= 8)
		f[k++] = (uint8_t)(b.length >> shift);
	if (b.masked)
		for (int shift = 24; shift >= 0; shift -= 8)
			f[k++] = (uint8_t)(b.key >> shift);
	for (size_t i = 0; i < n; i++)
		f[k++] = (uint8_t)(p[i] ^ (b.masked ? b.key >> (24 - 8 * (i & 3)) : 0));
	add_bytes(s, dir, f, k);
	free(f);
}

/* Keys as a client should choose them, but the same in every run. */
static inline uint32_t next_key(struct script *s)
{
	s->key = s->key * 1664525u + 1013904223u;
	return s->key ^ s->key >> 15;
}

static inline struct build plain_build(struct script *s, enum w101_dir dir, unsigned opcode, size_t n)
{
	return (struct build){ .opcode = opcode, .fin = true, .masked = dir == W101_CLIENT, .key = next_key(s), .length = n };
}

static inline size_t read_payload(const char *w, uint8_t *out, size_t max)
{
	size_t n = 0;
	unsigned v;
	if (*w == '"') {
		n = strlen(w) - 2;
		memcpy(out, w + 1, n);
	} else if (strncmp(w, "hex:", 4) == 0) {
		for (w += 4; sscanf(w, "%2x", &v) == 1; w += 2)
			out[n++] = (uint8_t)v;
	} else if (strncmp(w, "rep:", 4) == 0) {
		n = strtoul(w + 4, NULL, 10);
		assert_true(n <= max);
		memset(out, 'a', n);
	} else {
		fail_msg("payload: %s", w);
	}
	return n;
}

static inline void add_line(struct script *s, char *line)
{
	static const char *const kinds[] = { "cont", "text", "binary", [8] = "close", [9] = "ping", [10] = "pong" };
	enum { MAX = 1 << 20 };
	uint8_t *payload = malloc(MAX);
	assert_non_null(payload);
	size_t n = 0;
	char *rest = line, *w = strsep(&rest, " ");

	if (strcmp(w, "time") == 0) {
		s->at = strtoll(rest, NULL, 10) * 1000000;
	} else if (strcmp(w, "acked") == 0) {
		s->acked = strtoull(rest, NULL, 10);
	} else {
		enum w101_dir dir = *w == '>' ? W101_CLIENT : W101_SERVER;
		w = strsep(&rest, " ");
		if (strcmp(w, "gap") == 0) {
			add_item(s, ITEM_GAP, dir)->gap = strtoull(rest, NULL, 10);
			s->has_gap = true;
		} else if (strcmp(w, "end") == 0) {
			add_item(s, ITEM_END, dir)->how = *rest == 'f' ? W101_END_FIN
				: *rest == 'r' ? W101_END_RST : W101_END_CAPTURE;
		} else if (strcmp(w, "raw") == 0) {
			n = read_payload(rest, payload, MAX);
			add_bytes(s, dir, payload, n);
		} else {
			unsigned op = 16;
			for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
				if (kinds[i] && strcmp(kinds[i], w) == 0)
					op = i;
			if (op == 16 && sscanf(w, "op%x", &op) != 1)
				fail_msg("kind: %s", w);
			struct build b = plain_build(s, dir, op, 0);
			bool declared = false;
			while (rest && *rest) {
				if (*rest == '"' || strncmp(rest, "hex:", 4) == 0 || strncmp(rest, "rep:", 4) == 0) {
					n += read_payload(rest, payload + n, MAX - n);
					break;
				}
				w = strsep(&rest, " ");
				if (strcmp(w, "-fin") == 0)
					b.fin = false;
				else if (strncmp(w, "+rsv", 4) == 0)
					b.rsv |= 8u >> (w[4] - '0');
				else if (strcmp(w, "-mask") == 0 || strcmp(w, "+mask") == 0)
					b.masked = *w == '+';
				else if (strncmp(w, "key=", 4) == 0)
					b.key = (uint32_t)strtoul(w + 4, NULL, 16);
				else if (strncmp(w, "len=", 4) == 0)
					b.length = strtoull(w + 4, NULL, 10), declared = true;
				else if (strncmp(w, "form", 4) == 0)
					b.form = atoi(w + 4);
				else if (op == 8 && *w >= '0' && *w <= '9')
					payload[n++] = (uint8_t)(atoi(w) >> 8), payload[n++] = (uint8_t)atoi(w);
				else
					fail_msg("flag: %s", w);
			}
			if (!declared)
				b.length = n;
			add_frame(s, dir, b, payload, n);
		}
	}
	free(payload);
}

static inline void add_text(struct script *s, const char *text)
{
	char *copy = strdup(text), *rest = copy, *line;
	assert_non_null(copy);
	while ((line = strsep(&rest, "\n")))
		if (*line)
			add_line(s, line);
	free(copy);
}

static inline void script_init(struct script *s)
{
	*s = (struct script){ .key = 101, .acked = UINT64_MAX };
}

static inline void script_free(struct script *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->items[i].p);
	free(s->items);
}

static inline struct setup setup_plain(const char *extensions)
{
	return (struct setup){ .extensions = extensions, .keep = true, .limits = W101_LIMITS_DEFAULT,
		.memory = UINT64_C(64) << 20 };
}

enum cutting { WHOLE, MERGED, BYTEWISE, CUT };

struct run {
	const struct w101_decoder_ops *ops;
	void *d;
	uint64_t offset[2];
};

static inline void run_piece(struct run *r, const struct item *i, const uint8_t *p, size_t n)
{
	struct w101_guard g = w101_guard_copy(p, n);
	struct w101_chunk c = { g.bytes, r->offset[i->dir], i->packet, i->at, i->acked };
	r->ops->data(r->d, i->dir, &c);
	r->offset[i->dir] += n;
	w101_guard_free(&g);
}

static inline void run_item(struct run *r, const struct item *i, enum cutting how, size_t cut)
{
	struct w101_chunk where = { { NULL, 0 }, r->offset[i->dir], i->packet, i->at, i->acked };
	if (i->type == ITEM_GAP) {
		r->ops->gap(r->d, i->dir, i->gap, &where);
		r->offset[i->dir] += i->gap;
	} else if (i->type == ITEM_END) {
		r->ops->end(r->d, i->dir, i->how, &where);
	} else if (how == BYTEWISE) {
		for (size_t k = 0; k < i->n; k++)
			run_piece(r, i, i->p + k, 1);
	} else if (how == CUT && cut > 0 && cut < i->n) {
		run_piece(r, i, i->p, cut);
		run_piece(r, i, i->p + cut, i->n - cut);
	} else {
		run_piece(r, i, i->p, i->n);
	}
}

/* Runs the script once; `cut`: a place counted over all bytes.  The log is the
 * caller's to free.  All memory must come back. */
static inline char *run_once(const struct setup *u, const struct script *s, enum cutting how, size_t cut,
	struct w101_decoder_status *st, char *reason)
{
	struct w101_quota q;
	struct log l = { .show_place = u->show_place };
	w101_quota_init(&q, u->memory, 0);
	struct w101_handshake h = { .token = W101_LIT("websocket"), .extensions = w101_str(u->extensions),
		.assumed = u->assumed, .limits = &u->limits, .quota = &q, .keep_messages = u->keep };
	struct w101_out out = { &l, log_frame, log_message, log_finding, log_place, NULL };
	struct run r = { .ops = &w101_websocket_decoder };
	say(&l, "%s", "");
	r.d = r.ops->open(&h, &out);
	assert_non_null(r.d);
	for (size_t i = 0; i < s->n; i++) {
		struct item it = s->items[i];
		uint8_t *joined = NULL;
		l.packet = it.packet = i + 1; /* a line is a segment, however it is fed */
		if (how == MERGED && !s->has_gap && it.type == ITEM_BYTES) {
			size_t last = i, n = it.n;
			while (last + 1 < s->n && s->items[last + 1].type == ITEM_BYTES && s->items[last + 1].dir == it.dir &&
				s->items[last + 1].at == it.at && s->items[last + 1].acked == it.acked)
				n += s->items[++last].n;
			joined = malloc(n ? n : 1);
			assert_non_null(joined);
			for (n = 0; i <= last; n += s->items[i++].n)
				memcpy(joined + n, s->items[i].p, s->items[i].n);
			i--;
			it.p = joined;
			it.n = n;
		}
		run_item(&r, &it, how, cut);
		if (it.type == ITEM_BYTES)
			cut = cut > it.n ? cut - it.n : 0;
		free(joined);
	}
	r.ops->finish(r.d);
	struct w101_decoder_status now;
	r.ops->status(r.d, &now);
	if (st) {
		*st = now;
		memcpy(reason, now.reason, now.reason_len);
		reason[now.reason_len] = 0;
		st->reason = reason;
	}
	r.ops->free(r.d);
	assert_int_equal(q.used, 0);
	w101_quota_clear(&q);
	return l.text;
}

/* Every way of cutting gives the same log; at most `places` cuts. */
static inline void same_in_all_ways(const struct setup *u, const struct script *s, const char *want, size_t places)
{
	size_t all = 0;
	for (size_t i = 0; i < s->n; i++)
		all += s->items[i].n;
	size_t step = all > places ? all / places : 1;
	for (enum cutting how = WHOLE; how <= BYTEWISE; how++) {
		char *got = run_once(u, s, how, 0, NULL, NULL);
		assert_string_equal(got, want);
		free(got);
	}
	for (size_t cut = 1; cut < all; cut += step) {
		char *got = run_once(u, s, CUT, cut, NULL, NULL);
		if (strcmp(got, want) != 0)
			print_message("cut at %zu of %zu\n", cut, all);
		assert_string_equal(got, want);
		free(got);
	}
}

static inline void expect_with(const struct setup *u, const char *text, const char *want)
{
	struct script s;
	script_init(&s);
	add_text(&s, text);
	same_in_all_ways(u, &s, want, 400);
	script_free(&s);
}

static inline void expect(const char *extensions, const char *text, const char *want)
{
	struct setup u = setup_plain(extensions);
	expect_with(&u, text, want);
}

#endif
