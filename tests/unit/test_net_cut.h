/* For the tests of net/: packets against an unreadable page, and the segment
 * that put_tcp() makes.  Include after test_net_world.h. */
#ifndef TEST_NET_CUT_H
#define TEST_NET_CUT_H

/* The first `cap` bytes of p, which had `len` on the wire. */
static inline enum w101_net_result run_cut(struct fixture *f, uint32_t link, const struct build *p, uint32_t cap,
	uint32_t len)
{
	struct w101_guard g = w101_guard_copy(p->b, cap);
	enum w101_net_result r = give_at(f, link, g.bytes.p, cap, len, W101_SECOND);
	assert_int_equal(f->n, r == W101_NET_TCP);
	if (f->n && f->n_fragments == 0) {
		struct w101_segment *s = &f->s[0];
		assert_true(s->payload.n <= s->payload_len);
		assert_true(s->payload.p >= g.bytes.p && s->payload.p + s->payload.n <= g.bytes.p + cap);
		s->payload.p = p->b + (s->payload.p - g.bytes.p); /* the guarded copy goes away */
	}
	w101_guard_free(&g);
	return r;
}

static inline enum w101_net_result run(struct fixture *f, uint32_t link, const struct build *p)
{
	return run_cut(f, link, p, p->n, p->n);
}

static inline void expect_payload(const struct fixture *f, const char *payload)
{
	assert_int_equal(f->s[0].payload_len, strlen(payload));
	assert_int_equal(f->s[0].payload.n, strlen(payload));
	assert_memory_equal(f->s[0].payload.p, payload, strlen(payload));
}

/* What put_v4() or put_v6() and put_tcp() wrote; the payload is not compared. */
static inline void expect_segment(const struct fixture *f, unsigned family)
{
	static const uint8_t v4[2][16] = { { 10, 0, 0, 5 }, { 10, 0, 0, 9 } };
	static const uint8_t v6[2][16] = { { 0x20, 1, 0xd, 0xb8, [15] = 1 }, { 0x20, 1, 0xd, 0xb8, [15] = 2 } };
	const struct w101_segment *s = &f->s[0];
	assert_int_equal(f->n, 1);
	assert_int_equal(s->src.addr.family, family);
	assert_int_equal(s->dst.addr.family, family);
	assert_memory_equal(s->src.addr.b, family == 4 ? v4[0] : v6[0], 16);
	assert_memory_equal(s->dst.addr.b, family == 4 ? v4[1] : v6[1], 16);
	assert_int_equal(s->src.port, 51022);
	assert_int_equal(s->dst.port, 80);
	assert_int_equal(s->seq, 0x01020304);
	assert_int_equal(s->ack, 0x05060708);
	assert_int_equal(s->flags, W101_TCP_PSH | W101_TCP_ACK);
}

/* ... in no tunnel. */
static inline void expect_tcp(const struct fixture *f, unsigned family, const char *payload)
{
	expect_segment(f, family);
	assert_int_equal(f->s[0].context, 0);
	expect_payload(f, payload);
}

#endif
