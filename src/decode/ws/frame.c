/* Reads one frame header (RFC 6455 section 5.2).  A pure function: it knows no
 * direction, no extension and no state. */
#include "decode/ws/frame.h"

#include <string.h>

#include "base/cursor.h"

const char *const w101_ws_kinds[16] = {
	"continuation", "text", "binary", "reserved-3", "reserved-4", "reserved-5", "reserved-6", "reserved-7",
	"close", "ping", "pong", "reserved-b", "reserved-c", "reserved-d", "reserved-e", "reserved-f",
};

int w101_ws_header_parse(const uint8_t *p, size_t n, struct w101_ws_header *h)
{
	struct w101_cursor c = w101_cursor(p, n);
	uint8_t first = w101_u8(&c), second = w101_u8(&c);
	*h = (struct w101_ws_header){
		.length = second & 0x7f,
		.opcode = first & 0x0f,
		.rsv = first >> 4 & 7,
		.fin = first >> 7,
		.masked = second >> 7,
		.shortest = true,
	};
	if (h->length == 126) {
		h->length = w101_be16(&c);
		h->shortest = h->length > 125;
	} else if (h->length == 127) {
		h->length = w101_be64(&c);
		h->shortest = h->length > 0xffff;
	}
	if (h->masked) {
		const uint8_t *key = w101_take(&c, 4);
		if (key)
			memcpy(h->mask, key, 4);
	}
	if (c.bad)
		return 0;
	h->size = (uint8_t)(c.p - p);
	return h->size;
}
