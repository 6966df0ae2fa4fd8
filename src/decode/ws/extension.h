/* What the 101 agreed on for the frames (RFC 6455 section 9, RFC 7692 section 7). */
#ifndef W101_DECODE_WS_EXTENSION_H
#define W101_DECODE_WS_EXTENSION_H

#include <wire101/types.h>

struct w101_ws_agreed {
	bool pmd;             /* permessage-deflate */
	bool unknown;         /* another extension: payloads with RSV bits are opaque */
	uint8_t bits[2];      /* window of each sender, 8-15; 15 unless agreed otherwise */
	bool no_takeover[2];  /* that sender begins every message with an empty window */
};

/* From the server's Sec-WebSocket-Extensions, joined.  Tolerant: what is not
 * understood is passed over, http/ judges the grammar. */
void w101_ws_agreed_parse(struct w101_bytes extensions, struct w101_ws_agreed *);

#endif
