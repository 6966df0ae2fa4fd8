/* UTF-8 checked as it comes (RFC 3629): a character may be cut anywhere. */
#ifndef W101_BASE_UTF8_H
#define W101_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct w101_utf8 {
	uint64_t at;    /* bytes accepted so far */
	uint8_t need;   /* continuation bytes still wanted */
	uint8_t lo, hi; /* range of the next one */
	bool bad;       /* and `bad_at` says where: the byte that cannot be */
	uint64_t bad_at;
};

static inline void w101_utf8_init(struct w101_utf8 *u)
{
	*u = (struct w101_utf8){ 0 };
}
/* False from the first bad byte on. */
bool w101_utf8_feed(struct w101_utf8 *, const void *, size_t n);
/* True when nothing bad came and no character is open. */
bool w101_utf8_done(const struct w101_utf8 *);
bool w101_utf8_valid(const void *, size_t n);
/* One character at p (n > 0): its length, code point in *cp; 0 when it is not UTF-8. */
size_t w101_utf8_char(const uint8_t *p, size_t n, uint32_t *cp);

#endif
