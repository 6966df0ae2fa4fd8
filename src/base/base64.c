/* Base64 both ways, strict when reading: what is accepted with a remark is told
 * apart from what is wrong. */
#include "base/base64.h"

void w101_base64_encode(const void *data, size_t n, char *out)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *p = data;
	for (; n >= 3; n -= 3, p += 3) {
		*out++ = set[p[0] >> 2];
		*out++ = set[(p[0] & 3) << 4 | p[1] >> 4];
		*out++ = set[(p[1] & 15) << 2 | p[2] >> 6];
		*out++ = set[p[2] & 63];
	}
	if (n) {
		*out++ = set[p[0] >> 2];
		*out++ = set[(p[0] & 3) << 4 | (n > 1 ? p[1] >> 4 : 0)];
		*out++ = n > 1 ? set[(p[1] & 15) << 2] : '=';
		*out++ = '=';
	}
	*out = 0;
}

static int value(uint8_t c, bool url)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == (url ? '-' : '+'))
		return 62;
	if (c == (url ? '_' : '/'))
		return 63;
	return -1;
}

static enum w101_base64_result decode(const uint8_t *p, size_t n, bool url, uint8_t *out, size_t max, size_t *n_out)
{
	uint32_t acc = 0;
	unsigned bits = 0;
	size_t o = 0;
	for (size_t i = 0; i < n; i++) {
		int v = value(p[i], url);
		if (v < 0)
			return W101_BASE64_BAD;
		acc = acc << 6 | (uint32_t)v;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			if (o == max)
				return W101_BASE64_BAD;
			out[o++] = (uint8_t)(acc >> bits);
		}
	}
	*n_out = o;
	if (bits >= 6)
		return W101_BASE64_BAD; /* a lone character carries no byte */
	return acc & ((1u << bits) - 1) ? W101_BASE64_SPARE_BITS : W101_BASE64_OK;
}

enum w101_base64_result w101_base64_decode(const void *data, size_t n, uint8_t *out, size_t max, size_t *n_out)
{
	const uint8_t *p = data;
	*n_out = 0;
	if (n % 4)
		return W101_BASE64_BAD;
	if (n && p[n - 1] == '=')
		n -= p[n - 2] == '=' ? 2 : 1;
	return decode(p, n, false, out, max, n_out);
}

enum w101_base64_result w101_base64url_decode(const void *p, size_t n, uint8_t *out, size_t max, size_t *n_out)
{
	*n_out = 0;
	return decode(p, n, true, out, max, n_out);
}
