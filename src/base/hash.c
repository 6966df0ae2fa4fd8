/* SipHash with one compression and three finalisation rounds: enough for hash
 * tables, and short. */
#include "base/hash.h"

#include <string.h>

static inline uint64_t rotl(uint64_t x, int b)
{
	return x << b | x >> (64 - b);
}

static inline uint64_t le64(const uint8_t *p)
{
	uint64_t x = 0;
	for (int i = 7; i >= 0; i--)
		x = x << 8 | p[i];
	return x;
}

struct sip {
	uint64_t a, b, c, d;
};

static inline void sip_round(struct sip *s)
{
	s->a += s->b;
	s->b = rotl(s->b, 13) ^ s->a;
	s->a = rotl(s->a, 32);
	s->c += s->d;
	s->d = rotl(s->d, 16) ^ s->c;
	s->a += s->d;
	s->d = rotl(s->d, 21) ^ s->a;
	s->c += s->b;
	s->b = rotl(s->b, 17) ^ s->c;
	s->c = rotl(s->c, 32);
}

uint64_t w101_hash(const uint8_t seed[16], const void *data, size_t n)
{
	const uint8_t *p = data;
	uint64_t k0 = le64(seed), k1 = le64(seed + 8), last = (uint64_t)n << 56;
	struct sip s = { k0 ^ 0x736f6d6570736575ULL, k1 ^ 0x646f72616e646f6dULL,
			 k0 ^ 0x6c7967656e657261ULL, k1 ^ 0x7465646279746573ULL };
	for (; n >= 8; n -= 8, p += 8) {
		uint64_t m = le64(p);
		s.d ^= m;
		sip_round(&s);
		s.a ^= m;
	}
	for (size_t i = 0; i < n; i++)
		last |= (uint64_t)p[i] << (8 * i);
	s.d ^= last;
	sip_round(&s);
	s.a ^= last;
	s.c ^= 0xff;
	sip_round(&s);
	sip_round(&s);
	sip_round(&s);
	return s.a ^ s.b ^ s.c ^ s.d;
}

void w101_word_hash_init(struct w101_word_hash *h, const uint8_t seed[16])
{
	for (uint64_t i = 0; i <= W101_HASH_WORDS; i++)
		h->secret[i] = w101_hash(seed, &i, sizeof i);
}
