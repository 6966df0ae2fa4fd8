/* The memory of keys: entries of 48 bytes in blocks that never move, and an
 * open-addressed index over them.  A capture may hold a million connections,
 * so an entry is found by its digest alone and nothing points to it.  Knows
 * nothing of heads or rules. */
#include "http/keys.h"

#include <string.h>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/quota.h"

#define BLOCK 256u /* entries */

struct w101_keys {
	struct w101_quota *quota;
	uint8_t seed[16];
	struct w101_key_use **blocks;
	size_t n_blocks; /* allocated size of `blocks` */
	uint32_t *slots; /* entry number + 1; 0: free */
	size_t n_slots;  /* a power of two, or 0 */
	uint32_t n;
	bool full; /* the quota refused: nothing more is remembered */
};

struct w101_keys *w101_keys_new(struct w101_quota *q, const uint8_t seed[16])
{
	struct w101_keys *k = w101_alloc0(q, sizeof *k);
	if (!k)
		return NULL;
	k->quota = q;
	memcpy(k->seed, seed, sizeof k->seed);
	return k;
}

void w101_keys_free(struct w101_keys *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->n_blocks && k->blocks[i]; i++)
		w101_free(k->quota, k->blocks[i], BLOCK * sizeof **k->blocks);
	w101_free(k->quota, k->blocks, k->n_blocks * sizeof *k->blocks);
	w101_free(k->quota, k->slots, k->n_slots * sizeof *k->slots);
	w101_free(k->quota, k, sizeof *k);
}

static struct w101_key_use *entry(const struct w101_keys *k, uint32_t i)
{
	return &k->blocks[i / BLOCK][i % BLOCK];
}

/* The slot of that digest, or the free one where it would go.  There is always a free one. */
static uint32_t *slot(const struct w101_keys *k, const uint8_t *digest)
{
	size_t i = (size_t)w101_hash(k->seed, digest, W101_DIGEST_LEN);
	for (;; i++) {
		uint32_t *s = &k->slots[i & (k->n_slots - 1)];
		if (!*s || memcmp(entry(k, *s - 1)->digest, digest, W101_DIGEST_LEN) == 0)
			return s;
	}
}

static bool grow_index(struct w101_keys *k)
{
	size_t old_n = k->n_slots, n = old_n ? old_n * 2 : 64;
	uint32_t *old = k->slots, *slots = w101_alloc0(k->quota, n * sizeof *slots);
	if (!slots)
		return false;
	k->slots = slots;
	k->n_slots = n;
	for (uint32_t i = 0; i < k->n; i++)
		*slot(k, entry(k, i)->digest) = i + 1;
	w101_free(k->quota, old, old_n * sizeof *old);
	return true;
}

static bool grow_blocks(struct w101_keys *k)
{
	size_t b = k->n / BLOCK;
	if (b == k->n_blocks) {
		size_t n = b ? b * 2 : 4;
		struct w101_key_use **p = w101_realloc(k->quota, k->blocks, b * sizeof *p, n * sizeof *p);
		if (!p)
			return false;
		for (size_t i = b; i < n; i++)
			p[i] = NULL;
		k->blocks = p;
		k->n_blocks = n;
	}
	if (!k->blocks[b])
		k->blocks[b] = w101_alloc(k->quota, BLOCK * sizeof **k->blocks);
	return k->blocks[b] != NULL;
}

static bool room(struct w101_keys *k)
{
	if (k->n == UINT32_MAX - 1)
		return false;
	if ((uint64_t)k->n + 1 > (uint64_t)k->n_slots / 4 * 3 && !grow_index(k))
		return false;
	return k->n % BLOCK != 0 || grow_blocks(k);
}

/* The path alone: a forward proxy gets "http://host/path" and sends on "/path". */
static uint32_t target_hash(const struct w101_keys *k, struct w101_bytes t)
{
	size_t scheme = t.n > 8 && t.p[4] == ':' ? 7 : 8;
	if (t.n > scheme && w101_eq_nocase((struct w101_bytes){ t.p, 4 }, W101_LIT("http")) && t.p[scheme - 1] == '/' &&
		t.p[scheme - 2] == '/') {
		const uint8_t *path = memchr(t.p + scheme, '/', t.n - scheme);
		t = path ? (struct w101_bytes){ path, t.n - (size_t)(path - t.p) } : W101_LIT("/");
	}
	return (uint32_t)w101_hash(k->seed, t.p, t.n);
}

void w101_keys_add(struct w101_keys *k, const uint8_t digest[W101_DIGEST_LEN], uint32_t flow, struct w101_bytes target,
	w101_time at)
{
	if (k->full || w101_keys_find(k, digest))
		return;
	if (!room(k)) {
		k->full = true;
		return;
	}
	struct w101_key_use *e = entry(k, k->n);
	*e = (struct w101_key_use){ .flow = flow, .target = target_hash(k, target), .at = at, .until = INT64_MAX };
	memcpy(e->digest, digest, W101_DIGEST_LEN);
	*slot(k, digest) = ++k->n;
}

bool w101_keys_full(const struct w101_keys *k)
{
	return k->full;
}

const struct w101_key_use *w101_keys_find(const struct w101_keys *k, const uint8_t digest[W101_DIGEST_LEN])
{
	uint32_t *s = k->n_slots ? slot(k, digest) : NULL;
	return s && *s ? entry(k, *s - 1) : NULL;
}

void w101_keys_ended(struct w101_keys *k, const uint8_t digest[W101_DIGEST_LEN], uint32_t flow, w101_time at)
{
	uint32_t *s = k->n_slots ? slot(k, digest) : NULL;
	struct w101_key_use *e = s && *s ? entry(k, *s - 1) : NULL;
	if (e && e->flow == flow && at != W101_TIME_NONE && at < e->until)
		e->until = at;
}

const struct w101_key_use *w101_keys_reused(const struct w101_keys *k, const uint8_t digest[W101_DIGEST_LEN],
	uint32_t flow, struct w101_bytes target, w101_time at, w101_time until)
{
	const struct w101_key_use *e = w101_keys_find(k, digest);
	if (!e || e->flow == flow)
		return NULL;
	bool overlap = e->at <= until && at <= e->until;
	return overlap && e->target == target_hash(k, target) ? NULL : e;
}
