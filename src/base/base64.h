/* Base64 (RFC 4648 section 4) and base64url (section 5). */
#ifndef W101_BASE_BASE64_H
#define W101_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define W101_BASE64_LEN(n) (((n) + 2) / 3 * 4)

/* Writes W101_BASE64_LEN(n) characters and a NUL. */
void w101_base64_encode(const void *, size_t n, char *out);

enum w101_base64_result {
	W101_BASE64_OK,
	W101_BASE64_SPARE_BITS, /* decoded, but unused bits of the last character are not zero (RFC 4648 3.5) */
	W101_BASE64_BAD         /* wrong character, length or padding */
};
/* Strict: padding as the section says; no white space.  *n_out: bytes in out,
 * at most max; more is BAD. */
enum w101_base64_result w101_base64_decode(const void *, size_t n, uint8_t *out, size_t max, size_t *n_out);
/* base64url without padding. */
enum w101_base64_result w101_base64url_decode(const void *, size_t n, uint8_t *out, size_t max, size_t *n_out);

#endif
