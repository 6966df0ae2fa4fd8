/* A bounded reader over borrowed bytes.  Reading past the end sets `bad` and
 * gives zero, so that a parser can read a whole header and ask once. */
#ifndef W101_BASE_CURSOR_H
#define W101_BASE_CURSOR_H

#include <wire101/types.h>

struct w101_cursor {
	const uint8_t *p, *end;
	bool bad;
};

static inline struct w101_cursor w101_cursor(const uint8_t *p, size_t n)
{
	return (struct w101_cursor){ p, p + n, false };
}

static inline size_t w101_left(const struct w101_cursor *c)
{
	return (size_t)(c->end - c->p);
}

static inline const uint8_t *w101_take(struct w101_cursor *c, size_t n)
{
	if (c->bad || w101_left(c) < n) {
		c->bad = true;
		return NULL;
	}
	const uint8_t *p = c->p;
	c->p += n;
	return p;
}

static inline uint8_t w101_u8(struct w101_cursor *c)
{
	const uint8_t *p = w101_take(c, 1);
	return p ? p[0] : 0;
}

static inline uint16_t w101_be16(struct w101_cursor *c)
{
	const uint8_t *p = w101_take(c, 2);
	return (uint16_t)(p ? p[0] << 8 | p[1] : 0);
}

static inline uint32_t w101_be32(struct w101_cursor *c)
{
	const uint8_t *p = w101_take(c, 4);
	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline uint64_t w101_be64(struct w101_cursor *c)
{
	uint64_t hi = w101_be32(c);
	return hi << 32 | w101_be32(c);
}

#endif
