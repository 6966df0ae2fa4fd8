/* For the tests of net/: packets put together from pieces, and what net/ makes
 * of them.  Include after <cmocka.h>. */
#ifndef TEST_NET_WORLD_H
#define TEST_NET_WORLD_H

#include <stdlib.h>
#include <string.h>

#include "base/quota.h"
#include "guard.h"
#include "net/net.h"

/* ---- packets */

struct build {
	uint8_t b[70000];
	uint32_t n;
};

static inline void put(struct build *p, const void *bytes, size_t n)
{
	assert_true(p->n + n <= sizeof p->b);
	memcpy(p->b + p->n, bytes, n);
	p->n += (uint32_t)n;
}

static inline void put16(struct build *p, unsigned v)
{
	uint8_t b[2] = { (uint8_t)(v >> 8), (uint8_t)v };
	put(p, b, 2);
}

static inline void put32(struct build *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p, v & 0xffff);
}

#define PUT(p, ...) put(p, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* TCP 51022 -> 80, seq 0x01020304, ack 0x05060708, PSH+ACK, with `words` words of options */
static inline void put_tcp(struct build *p, unsigned words, const char *payload)
{
	PUT(p, 0xc7, 0x4e, 0, 80, 1, 2, 3, 4, 5, 6, 7, 8, (uint8_t)((5 + words) << 4), 0x18, 0x20, 0, 0, 0, 0, 0);
	for (unsigned i = 0; i < words; i++)
		PUT(p, 1, 1, 1, 1);
	put(p, payload, strlen(payload));
}

/* 10.0.0.5 -> 10.0.0.9 */
static inline void put_v4(struct build *p, unsigned words, unsigned total, unsigned fragment, unsigned protocol)
{
	PUT(p, (uint8_t)(0x45 + words), 0);
	put16(p, total);
	put16(p, 0x1234);
	put16(p, fragment);
	PUT(p, 64, (uint8_t)protocol, 0, 0, 10, 0, 0, 5, 10, 0, 0, 9);
	for (unsigned i = 0; i < words; i++)
		PUT(p, 1, 1, 1, 0);
}

/* 2001:db8::1 -> 2001:db8::2 */
static inline void put_v6(struct build *p, unsigned length, unsigned next)
{
	PUT(p, 0x60, 0, 0, 0);
	put16(p, length);
	PUT(p, (uint8_t)next, 64);
	PUT(p, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
	PUT(p, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2);
}

static inline void put_ethernet(struct build *p, unsigned ethertype)
{
	PUT(p, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2);
	put16(p, ethertype);
}

/* ---- running */

#define SEGMENTS_MAX 16

struct fixture {
	struct w101_limits limits;
	struct w101_quota quota;
	struct w101_net *net;
	uint64_t number;
	unsigned n;                           /* segments of the last packet */
	struct w101_segment s[SEGMENTS_MAX];  /* their payload is valid until the next packet */
	uint64_t fragments[64];               /* of the last segment */
	size_t n_fragments;
};

static inline void world_segment(void *self, const struct w101_segment *s)
{
	struct fixture *f = self;
	const uint64_t *packets;
	assert_true(f->n < SEGMENTS_MAX);
	f->s[f->n++] = *s;
	f->n_fragments = w101_net_fragments(f->net, &packets);
	for (size_t i = 0; i < f->n_fragments && i < 64; i++)
		f->fragments[i] = packets[i];
}

static inline int world_setup(void **state)
{
	static const uint8_t seed[16] = "0123456789abcde";
	struct fixture *f = calloc(1, sizeof *f);
	f->limits = (struct w101_limits)W101_LIMITS_DEFAULT;
	w101_quota_init(&f->quota, 64 << 20, 0);
	f->net = w101_net_new(&(struct w101_net_host){ f, world_segment }, &f->limits, &f->quota, seed);
	*state = f;
	return f->net ? 0 : -1;
}

static inline int world_teardown(void **state)
{
	struct fixture *f = *state;
	w101_net_free(f->net);
	int leak = f->quota.used != 0;
	w101_quota_clear(&f->quota);
	free(f);
	return leak;
}

static inline enum w101_net_result give_at(struct fixture *f, uint32_t link, const uint8_t *data, uint32_t cap,
	uint32_t len, w101_time at)
{
	struct w101_packet p = { .at = at, .number = ++f->number, .link = link, .caplen = cap, .len = len, .data = data };
	f->n = 0;
	return w101_net_packet(f->net, &p);
}

static inline enum w101_net_result give(struct fixture *f, uint32_t link, const struct build *p)
{
	return give_at(f, link, p->b, p->n, p->n, W101_SECOND);
}

#endif
