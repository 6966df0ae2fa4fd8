/* Sec-WebSocket-Key values of one capture, to find reused keys and crossed
 * answers across connections.  Owned by the engine, shared by its connections.
 * A key is known by its accept digest, so that one look-up serves both. */
#ifndef W101_HTTP_KEYS_H
#define W101_HTTP_KEYS_H

#include <wire101/types.h>

#define W101_DIGEST_LEN 20 /* SHA-1 */

struct w101_quota;
struct w101_keys;

/* The first exchange that used a key. */
struct w101_key_use {
	uint8_t digest[W101_DIGEST_LEN]; /* SHA-1(key + GUID) */
	uint32_t flow;                   /* connection number */
	uint32_t target;                 /* hash of the request target */
	w101_time at;                    /* of the request */
	w101_time until;                 /* of the answer or the end; INT64_MAX: it waits still */
};

struct w101_keys *w101_keys_new(struct w101_quota *, const uint8_t seed[16]);
void w101_keys_free(struct w101_keys *);

/* Remembers a request.  A key that is known keeps its first use.  When the
 * quota refuses, keys are no longer remembered: w101_keys_full tells. */
void w101_keys_add(struct w101_keys *, const uint8_t digest[W101_DIGEST_LEN], uint32_t flow, struct w101_bytes target,
		   w101_time at);
bool w101_keys_full(const struct w101_keys *);
/* The exchange of that key on that connection has ended. */
void w101_keys_ended(struct w101_keys *, const uint8_t digest[W101_DIGEST_LEN], uint32_t flow, w101_time at);
/* NULL: not known.  Valid until the next add. */
const struct w101_key_use *w101_keys_find(const struct w101_keys *, const uint8_t digest[W101_DIGEST_LEN]);
/* The first use by another connection, unless it is the other leg of a proxy:
 * same target, and both exchanges were under way at one time.  NULL: none. */
const struct w101_key_use *w101_keys_reused(const struct w101_keys *, const uint8_t digest[W101_DIGEST_LEN],
					    uint32_t flow, struct w101_bytes target, w101_time at, w101_time until);

#endif
