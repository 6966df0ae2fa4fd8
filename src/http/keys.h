/* Sec-WebSocket-Key values of one capture, to find reused keys and crossed
 * answers across connections.  Owned by the engine, shared by its connections. */
#ifndef W101_HTTP_KEYS_H
#define W101_HTTP_KEYS_H

#include <wire101/types.h>

struct w101_quota;
struct w101_keys;

struct w101_keys *w101_keys_new(struct w101_quota *, const uint8_t seed[16]);
void w101_keys_free(struct w101_keys *);

#endif
