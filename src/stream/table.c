/* The flow table.  Recency is kept by a bit and a second chance, so that a
 * packet costs no list operation. */
#include "stream/table.h"

#include <string.h>

bool w101_flow_table_init(struct w101_flow_table *t, struct w101_quota *q, const uint8_t seed[16])
{
	*t = (struct w101_flow_table){ .quota = q, .n_buckets = 1024 };
	w101_word_hash_init(&t->hash, seed);
	t->bucket = w101_alloc0(q, t->n_buckets * sizeof *t->bucket);
	return t->bucket != NULL;
}

void w101_flow_table_clear(struct w101_flow_table *t)
{
	w101_free(t->quota, t->bucket, t->n_buckets * sizeof *t->bucket);
}

/* Eight bytes as a number that compares as they do, on every machine. */
static uint64_t ordered(const uint8_t *p)
{
	uint64_t x;
	memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	x = __builtin_bswap64(x);
#endif
	return x;
}

static bool is_greater(const struct w101_endpoint *a, const struct w101_endpoint *b)
{
	const uint64_t x[2] = { ordered(a->addr.b), ordered(a->addr.b + 8) };
	const uint64_t y[2] = { ordered(b->addr.b), ordered(b->addr.b + 8) };
	if (x[0] != y[0])
		return x[0] > y[0];
	if (x[1] != y[1])
		return x[1] > y[1];
	return a->port > b->port;
}

void w101_flow_key(const struct w101_segment *s, struct w101_flow_key *k, unsigned *side)
{
	*side = is_greater(&s->src, &s->dst);
	const struct w101_endpoint *ep[2] = { *side ? &s->dst : &s->src, *side ? &s->src : &s->dst };
	k->family = s->src.addr.family;
	for (unsigned i = 0; i < 2; i++) {
		memcpy(k->addr[i], ep[i]->addr.b, sizeof k->addr[i]);
		k->port[i] = ep[i]->port;
	}
}

struct w101_endpoint w101_flow_endpoint(const struct w101_flow_key *k, unsigned side)
{
	struct w101_endpoint e = { .addr.family = (uint8_t)k->family, .port = k->port[side] };
	memcpy(e.addr.b, k->addr[side], sizeof e.addr.b);
	return e;
}

uint64_t w101_flow_hash(const struct w101_flow_table *t, const struct w101_flow_key *k)
{
	uint64_t words[W101_HASH_WORDS];
	_Static_assert(sizeof words == sizeof *k, "a key is hashed as whole words");
	memcpy(words, k, sizeof words);
	return w101_hash_words(&t->hash, words);
}

uint64_t w101_flow_hash_in(const struct w101_flow_table *t, uint64_t hash, uint64_t context)
{
	const uint64_t both[W101_HASH_WORDS] = { hash, context };
	return w101_hash_words(&t->hash, both);
}

static bool same_key(const struct w101_flow_key *a, const struct w101_flow_key *b)
{
	uint64_t x[W101_HASH_WORDS], y[W101_HASH_WORDS];
	memcpy(x, a, sizeof x);
	memcpy(y, b, sizeof y);
	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) | (x[4] ^ y[4]));
}

struct w101_flow *w101_flow_next(const struct w101_flow_table *t, const struct w101_flow *after,
	const struct w101_flow_key *k, uint64_t hash)
{
	for (struct w101_flow *f = after ? after->chain : t->bucket[hash & (t->n_buckets - 1)]; f; f = f->chain)
		if (f->hash == hash && same_key(&f->key, k))
			return f;
	return NULL;
}

static void grow(struct w101_flow_table *t)
{
	uint64_t n = t->n_buckets * 2;
	struct w101_flow **bucket = w101_alloc0(t->quota, n * sizeof *bucket);
	if (!bucket)
		return; /* longer chains, nothing worse */
	for (uint64_t i = 0; i < t->n_buckets; i++) {
		for (struct w101_flow *f = t->bucket[i], *next; f; f = next) {
			next = f->chain;
			f->chain = bucket[f->hash & (n - 1)];
			bucket[f->hash & (n - 1)] = f;
		}
	}
	w101_free(t->quota, t->bucket, t->n_buckets * sizeof *t->bucket);
	t->bucket = bucket;
	t->n_buckets = n;
}

static void append(struct w101_flow_list *l, struct w101_flow *f)
{
	f->prev = l->tail;
	f->next = NULL;
	if (l->tail)
		l->tail->next = f;
	else
		l->head = f;
	l->tail = f;
}

static void detach(struct w101_flow_list *l, struct w101_flow *f)
{
	*(f->prev ? &f->prev->next : &l->head) = f->next;
	*(f->next ? &f->next->prev : &l->tail) = f->prev;
}

static void chain(struct w101_flow_table *t, struct w101_flow *f)
{
	struct w101_flow **bucket = &t->bucket[f->hash & (t->n_buckets - 1)];
	f->chain = *bucket;
	*bucket = f;
}

static void unchain(struct w101_flow_table *t, struct w101_flow *f)
{
	struct w101_flow **at = &t->bucket[f->hash & (t->n_buckets - 1)];
	while (*at != f)
		at = &(*at)->chain;
	*at = f->chain;
}

void w101_flow_move(struct w101_flow_table *t, struct w101_flow *f, uint64_t hash)
{
	unchain(t, f);
	f->hash = hash;
	chain(t, f);
}

struct w101_flow *w101_flow_add(struct w101_flow_table *t, const struct w101_flow_key *k, uint64_t hash)
{
	struct w101_flow *f = w101_alloc0(t->quota, sizeof *f);
	struct w101_live *live = f ? w101_alloc0(t->quota, sizeof *live) : NULL;
	if (!live) {
		w101_free(t->quota, f, sizeof *f);
		return NULL;
	}
	if (t->n >= t->n_buckets)
		grow(t);
	f->key = *k;
	f->hash = hash;
	f->live = live;
	chain(t, f);
	append(&t->silent, f);
	t->n++;
	return f;
}

void w101_flow_spoke(struct w101_flow_table *t, struct w101_flow *f)
{
	if (f->spoke)
		return;
	f->spoke = true;
	detach(&t->silent, f);
	append(&t->live, f);
}

void w101_flow_give_live(struct w101_flow_table *t, struct w101_flow *f)
{
	if (!f->live)
		return;
	for (unsigned i = 0; i < 2; i++)
		w101_half_clear(&f->live->half[i], t->quota);
	w101_free(t->quota, f->live, sizeof *f->live);
	f->live = NULL;
	detach(f->spoke ? &t->live : &t->silent, f);
	append(&t->idle, f);
}

void w101_flow_remove(struct w101_flow_table *t, struct w101_flow *f)
{
	w101_flow_give_live(t, f);
	detach(&t->idle, f);
	unchain(t, f);
	t->n--;
	w101_free(t->quota, f, sizeof *f);
}

static struct w101_flow *oldest(struct w101_flow_list *l, const struct w101_flow *keep)
{
	for (struct w101_flow *f; (f = l->head);) {
		if (!f->referenced && f != keep)
			return f;
		if (f == keep && f == l->tail)
			return NULL;
		f->referenced = false;
		detach(l, f);
		append(l, f);
		if (f == keep && l->head == f)
			return NULL;
	}
	return NULL;
}

struct w101_flow *w101_flow_victim(struct w101_flow_table *t, const struct w101_flow *keep, bool live)
{
	struct w101_flow *f = oldest(&t->idle, keep);
	if (!f)
		f = oldest(&t->silent, keep);
	return f || !live ? f : oldest(&t->live, keep);
}
