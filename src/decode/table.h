/* Protocols after the switch: one row each. */
#ifndef W101_DECODE_TABLE_H
#define W101_DECODE_TABLE_H

#include <wire101/decoder.h>

/* By the token of the 101, without case and without "/version".  Never NULL:
 * what has no decoder goes to the opaque one. */
const struct w101_decoder_ops *w101_decoder_find(struct w101_bytes token);
/* A token with a meaning of its own (h2c, TLS, tcp, ...), decoder or not:
 * nothing unknown about it. */
bool w101_token_known(struct w101_bytes token);

extern const struct w101_decoder_ops w101_opaque_decoder;
extern const struct w101_decoder_ops w101_websocket_decoder;

#endif
