/* ASCII without a locale: compares without case, HTTP's token characters
 * (RFC 9110 5.6.2), white space. */
#ifndef W101_BASE_ASCII_H
#define W101_BASE_ASCII_H

#include <string.h>

#include <wire101/types.h>

#define W101_LIT(s) ((struct w101_bytes){ (const uint8_t *)("" s), sizeof(s) - 1 })

static inline uint8_t w101_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static inline struct w101_bytes w101_str(const char *s)
{
	return (struct w101_bytes){ (const uint8_t *)s, s ? strlen(s) : 0 };
}

static inline bool w101_eq(struct w101_bytes a, struct w101_bytes b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool w101_eq_nocase(struct w101_bytes a, struct w101_bytes b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (w101_lower(a.p[i]) != w101_lower(b.p[i]))
			return false;
	return true;
}

static inline bool w101_is_tchar(uint8_t c)
{
	static const char other[] = "!#$%&'*+-.^_`|~";
	return (c >= '0' && c <= '9') || (w101_lower(c) >= 'a' && w101_lower(c) <= 'z') ||
	       (c && memchr(other, c, sizeof other - 1));
}

static inline bool w101_is_token(struct w101_bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (!w101_is_tchar(b.p[i]))
			return false;
	return b.n > 0;
}

static inline struct w101_bytes w101_trim(struct w101_bytes b)
{
	while (b.n && (b.p[0] == ' ' || b.p[0] == '\t'))
		b.p++, b.n--;
	while (b.n && (b.p[b.n - 1] == ' ' || b.p[b.n - 1] == '\t'))
		b.n--;
	return b;
}

/* An upgrade token without its version (RFC 9110 7.8): "foo/2" -> "foo" */
static inline struct w101_bytes w101_token_name(struct w101_bytes token)
{
	const uint8_t *slash = token.n ? memchr(token.p, '/', token.n) : NULL;
	return slash ? (struct w101_bytes){ token.p, (size_t)(slash - token.p) } : token;
}

#endif
