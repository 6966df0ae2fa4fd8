/* The accept hash of RFC 6455 4.2.2 and the wrong ways to compute it.  Tries the
 * mistakes that servers make, cheapest knowledge first; runs only when the
 * value is wrong.  Must not know heads. */
#include "http/accept.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/ascii.h"
#include "base/base64.h"

#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define GUID_LOWER "258eafa5-e914-47da-95ca-c5ab0dc85b11"
#define GUID_LEN (sizeof GUID - 1)

static bool sha1(const void *p, size_t n, uint8_t out[W101_DIGEST_LEN])
{
	unsigned len = 0;
	return EVP_Digest(p, n, out, &len, EVP_sha1(), NULL) == 1 && len == W101_DIGEST_LEN;
}

/* SHA-1 over three pieces, the middle one at most W101_ACCEPT_KEY_MAX bytes. */
static bool sha1_of(struct w101_bytes a, struct w101_bytes b, struct w101_bytes c, uint8_t out[W101_DIGEST_LEN])
{
	uint8_t all[GUID_LEN + W101_ACCEPT_KEY_MAX + GUID_LEN];
	size_t n = 0;
	const struct w101_bytes part[] = { a, b, c };
	for (size_t i = 0; i < 3; i++) {
		if (part[i].n > sizeof all - n)
			return false;
		if (part[i].n)
			memcpy(all + n, part[i].p, part[i].n);
		n += part[i].n;
	}
	return sha1(all, n, out);
}

bool w101_accept_digest(struct w101_bytes key, uint8_t digest[W101_DIGEST_LEN])
{
	return key.n <= W101_ACCEPT_KEY_MAX && sha1_of(W101_LIT(""), key, W101_LIT(GUID), digest);
}

void w101_accept_text(const uint8_t digest[W101_DIGEST_LEN], char out[W101_ACCEPT_LEN + 1])
{
	w101_base64_encode(digest, W101_DIGEST_LEN, out);
}

static void to_hex(const uint8_t *digest, char out[2 * W101_DIGEST_LEN + 1], bool upper)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	for (size_t i = 0; i < W101_DIGEST_LEN; i++) {
		*out++ = set[digest[i] >> 4];
		*out++ = set[digest[i] & 15];
	}
	*out = 0;
}

/* Mistakes behind the hash: the right digest, written down in a wrong way. */
static const char *wrong_text(const uint8_t *digest, struct w101_bytes seen)
{
	char right[W101_ACCEPT_LEN + 1], hex[2 * W101_DIGEST_LEN + 1], twice[W101_BASE64_LEN(2 * W101_DIGEST_LEN) + 1];
	w101_accept_text(digest, right);
	for (int upper = 0; upper < 2; upper++) {
		to_hex(digest, hex, upper);
		if (w101_eq(seen, w101_str(hex)))
			return "the digest in hex, base64 is missing";
		w101_base64_encode(hex, sizeof hex - 1, twice);
		if (w101_eq(seen, w101_str(twice)))
			return "base64 of the digest in hex, not of its 20 bytes";
	}
	if (seen.n + 1 == W101_ACCEPT_LEN && memcmp(seen.p, right, seen.n) == 0)
		return "the padding \"=\" is missing";
	if (w101_eq_nocase(seen, w101_str(right)))
		return "the case of letters was changed";
	if (seen.n == W101_ACCEPT_LEN) {
		for (char *c = right; *c; c++)
			*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
		if (w101_eq(seen, w101_str(right)))
			return "base64url instead of base64";
	}
	return NULL;
}

/* Whether the digest of a + b + c is what was seen. */
static bool made_of(const uint8_t *seen, struct w101_bytes a, struct w101_bytes b, struct w101_bytes c)
{
	uint8_t d[W101_DIGEST_LEN];
	return sha1_of(a, b, c, d) && memcmp(d, seen, sizeof d) == 0;
}

static bool with_white_space(struct w101_bytes key, const uint8_t *seen)
{
	static const char *const ends[] = { " ", "\t", "\r", "\n", "\r\n" };
	uint8_t tight[W101_ACCEPT_KEY_MAX];
	size_t n = 0;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		uint8_t wide[W101_ACCEPT_KEY_MAX + 2];
		size_t k = strlen(ends[i]);
		memcpy(wide, key.p, key.n);
		memcpy(wide + key.n, ends[i], k);
		if (made_of(seen, W101_LIT(""), (struct w101_bytes){ wide, key.n + k }, W101_LIT(GUID)))
			return true;
	}
	if (made_of(seen, W101_LIT(" "), key, W101_LIT(GUID)))
		return true;
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] != ' ' && key.p[i] != '\t' && key.p[i] != '\r' && key.p[i] != '\n')
			tight[n++] = key.p[i];
	return n < key.n && made_of(seen, W101_LIT(""), (struct w101_bytes){ tight, n }, W101_LIT(GUID));
}

/* Mistakes before the hash: a digest of something else. */
static const char *wrong_input(struct w101_bytes key, const uint8_t *seen)
{
	uint8_t raw[W101_ACCEPT_KEY_MAX], low[W101_ACCEPT_KEY_MAX];
	size_t n = 0;
	const struct w101_bytes none = { 0 };
	if (w101_base64_decode(key.p, key.n, raw, sizeof raw, &n) != W101_BASE64_BAD &&
		made_of(seen, none, (struct w101_bytes){ raw, n }, W101_LIT(GUID)))
		return "the key was decoded from base64 first; its text must be hashed";
	if (made_of(seen, none, key, W101_LIT(GUID_LOWER)))
		return "the GUID was written in lower case";
	if (with_white_space(key, seen))
		return "the key was hashed with other white space than it has";
	if (made_of(seen, none, key, none))
		return "the GUID was not added to the key";
	if (made_of(seen, W101_LIT(GUID), key, none))
		return "the GUID was put before the key";
	for (size_t i = 0; i < key.n; i++)
		low[i] = w101_lower(key.p[i]);
	if (made_of(seen, none, (struct w101_bytes){ low, key.n }, W101_LIT(GUID)))
		return "the key was turned to lower case first";
	return NULL;
}

void w101_accept_cause(struct w101_bytes key, struct w101_bytes seen, const struct w101_keys *keys, uint32_t flow,
	char out[W101_ACCEPT_CAUSE_MAX])
{
	uint8_t right[W101_DIGEST_LEN], got[W101_DIGEST_LEN];
	size_t n = 0;
	const char *cause = NULL;
	if (!seen.n)
		cause = "the value is empty";
	else if (w101_eq(seen, key))
		cause = "the key was sent back as it was";
	else if (w101_accept_digest(key, right))
		cause = wrong_text(right, seen);
	bool hash = w101_base64_decode(seen.p, seen.n, got, sizeof got, &n) != W101_BASE64_BAD && n == sizeof got;
	if (!cause && hash && key.n <= W101_ACCEPT_KEY_MAX) {
		cause = wrong_input(key, got);
		const struct w101_key_use *use = cause || !keys ? NULL : w101_keys_find(keys, got);
		if (use && use->flow == flow) {
			cause = "it answers another key of this connection";
		} else if (use) {
			snprintf(out, W101_ACCEPT_CAUSE_MAX,
				"it answers the key of connection #%u: a crossed or cached answer",
				(unsigned)use->flow);
			return;
		}
		if (!cause && w101_eq(seen, W101_LIT("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")))
			cause = "it is the example of RFC 6455 1.3, sent whatever the key";
	}
	if (!cause)
		cause = hash ? "a hash of something unknown" : "no base64 of 20 bytes";
	snprintf(out, W101_ACCEPT_CAUSE_MAX, "%s", cause);
}
