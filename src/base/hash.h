/* Seeded hash for tables that hostile traffic fills: SipHash-1-3 (Aumasson and
 * Bernstein, "SipHash: a fast short-input PRF"). */
#ifndef W101_BASE_HASH_H
#define W101_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t w101_hash(const uint8_t seed[16], const void *, size_t n);

/* The same for the few words of a key on the main path: products of words and
 * secrets, much cheaper.  Who does not know the secrets, which are made of a
 * seed once, cannot choose keys that collide more often than by chance. */
#define W101_HASH_WORDS 5
struct w101_word_hash {
	uint64_t secret[W101_HASH_WORDS + 1];
};
void w101_word_hash_init(struct w101_word_hash *, const uint8_t seed[16]);

static inline uint64_t w101_hash_fold(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 m = (unsigned __int128)a * b;
	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static inline uint64_t w101_hash_words(const struct w101_word_hash *h, const uint64_t w[W101_HASH_WORDS])
{
	uint64_t a = w101_hash_fold(w[0] ^ h->secret[0], w[1] ^ h->secret[1]);
	uint64_t b = w101_hash_fold(w[2] ^ h->secret[2], w[3] ^ h->secret[3]);
	return w101_hash_fold(a ^ w[4] ^ h->secret[4], b ^ h->secret[5]);
}

#endif
