/* The header of a WebSocket frame (RFC 6455 section 5.2). */
#ifndef W101_DECODE_WS_FRAME_H
#define W101_DECODE_WS_FRAME_H

#include <wire101/types.h>

#define W101_WS_HEADER_MAX 14

enum w101_ws_opcode {
	W101_WS_CONTINUATION = 0x0,
	W101_WS_TEXT = 0x1,
	W101_WS_BINARY = 0x2,
	W101_WS_CLOSE = 0x8,
	W101_WS_PING = 0x9,
	W101_WS_PONG = 0xa
};

enum w101_ws_rsv { W101_WS_RSV1 = 4, W101_WS_RSV2 = 2, W101_WS_RSV3 = 1 };

struct w101_ws_header {
	uint64_t length;  /* of the payload, all 64 bits as sent */
	uint8_t opcode;   /* 0-15 */
	uint8_t rsv;      /* enum w101_ws_rsv */
	uint8_t size;     /* of the header in bytes */
	bool fin, masked;
	bool shortest;    /* the length is in its shortest form */
	uint8_t mask[4];  /* zero when not masked */
};

/* Bytes used (2-14), or 0 when p does not hold the whole header yet.  Every
 * byte pattern is a header, so nothing is malformed here: rules.h judges. */
int w101_ws_header_parse(const uint8_t *p, size_t n, struct w101_ws_header *);

/* Names of the 16 opcodes: "text", "reserved-b". */
extern const char *const w101_ws_kinds[16];

static inline bool w101_ws_is_control(uint8_t opcode)
{
	return opcode >= 8;
}

static inline bool w101_ws_is_reserved(uint8_t opcode)
{
	return (opcode & 7) >= 3;
}

#endif
