/* UTF-8 by the table of well-formed sequences (RFC 3629 section 4), with a
 * word-wise path for plain ASCII. */
#include "base/utf8.h"

#include <string.h>

/* Length of the sequence that `c` begins (0: none) and the range of its second byte. */
static unsigned lead(uint8_t c, uint8_t *lo, uint8_t *hi)
{
	*lo = 0x80;
	*hi = 0xbf;
	if (c < 0x80)
		return 1;
	if (c < 0xc2)
		return 0;
	if (c < 0xe0)
		return 2;
	if (c < 0xf0) {
		if (c == 0xe0)
			*lo = 0xa0;
		if (c == 0xed)
			*hi = 0x9f;
		return 3;
	}
	if (c > 0xf4)
		return 0;
	if (c == 0xf0)
		*lo = 0x90;
	if (c == 0xf4)
		*hi = 0x8f;
	return 4;
}

static size_t ascii_run(const uint8_t *p, size_t n)
{
	size_t i = 0;
	uint64_t w;
	for (; n - i >= 8; i += 8) {
		memcpy(&w, p + i, 8);
		if (w & 0x8080808080808080ULL)
			break;
	}
	while (i < n && p[i] < 0x80)
		i++;
	return i;
}

bool w101_utf8_feed(struct w101_utf8 *u, const void *data, size_t n)
{
	const uint8_t *p = data;
	if (u->bad)
		return false;
	for (size_t i = 0; i < n;) {
		if (u->need == 0) {
			i += ascii_run(p + i, n - i);
			if (i == n)
				break;
			unsigned len = lead(p[i], &u->lo, &u->hi);
			if (len == 0) {
				u->bad = true;
				u->bad_at = u->at + i;
				return false;
			}
			u->need = (uint8_t)(len - 1);
			i++;
			continue;
		}
		if (p[i] < u->lo || p[i] > u->hi) {
			u->bad = true;
			u->bad_at = u->at + i;
			return false;
		}
		u->lo = 0x80;
		u->hi = 0xbf;
		u->need--;
		i++;
	}
	u->at += n;
	return true;
}

bool w101_utf8_done(const struct w101_utf8 *u)
{
	return !u->bad && u->need == 0;
}

bool w101_utf8_valid(const void *p, size_t n)
{
	struct w101_utf8 u;
	w101_utf8_init(&u);
	return w101_utf8_feed(&u, p, n) && w101_utf8_done(&u);
}

size_t w101_utf8_char(const uint8_t *p, size_t n, uint32_t *cp)
{
	static const uint8_t mask[5] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint8_t lo, hi;
	unsigned len = lead(p[0], &lo, &hi);
	if (len == 0 || len > n)
		return 0;
	uint32_t c = p[0] & mask[len];
	for (unsigned i = 1; i < len; i++) {
		if (p[i] < lo || p[i] > hi)
			return 0;
		lo = 0x80;
		hi = 0xbf;
		c = c << 6 | (p[i] & 0x3f);
	}
	*cp = c;
	return len;
}
