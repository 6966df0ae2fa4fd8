/* Sec-WebSocket-Accept (RFC 6455 1.3, 4.2.2): the hash of a key, and what went
 * wrong when a server sent another one. */
#ifndef W101_HTTP_ACCEPT_H
#define W101_HTTP_ACCEPT_H

#include "http/keys.h"

#define W101_ACCEPT_LEN 28       /* characters */
#define W101_ACCEPT_KEY_MAX 256u /* longer keys are not hashed */
#define W101_ACCEPT_CAUSE_MAX 96u

/* SHA-1(key + GUID); false: the key is too long, or there is no SHA-1. */
bool w101_accept_digest(struct w101_bytes key, uint8_t digest[W101_DIGEST_LEN]);
/* base64 of a digest, and a NUL. */
void w101_accept_text(const uint8_t digest[W101_DIGEST_LEN], char out[W101_ACCEPT_LEN + 1]);
/* Names the mistake that leads from this key to the accept value that was seen,
 * among those that servers make.  Writes a sentence and a NUL. */
void w101_accept_cause(struct w101_bytes key, struct w101_bytes seen, const struct w101_keys *, uint32_t flow,
		       char out[W101_ACCEPT_CAUSE_MAX]);

#endif
