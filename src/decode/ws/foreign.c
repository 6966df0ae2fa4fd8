/* Tells frames from what is plainly none (RFC 6455 section 5.2).  All text in
 * ASCII has FIN clear and an RSV bit set, so that only headers that break a rule
 * are looked at. */
#include "decode/ws/foreign.h"

#include <string.h>

#define TEXT 8                         /* printable bytes at the start that make a text */
#define NONSENSE (UINT64_C(1) << 40)   /* no frame is that long */

static const char *const starts[] = {
	"HTTP/1.", "<html", "<HTML", "<!DOCTYPE", "<!doctype", "GET ", "POST ", "HEAD ", "PUT ", "OPTIONS ",
};

static bool rsv_illegal(uint8_t rsv, uint8_t opcode, const struct w101_ws_agreed *agreed)
{
	bool data = opcode == W101_WS_TEXT || opcode == W101_WS_BINARY;
	return (rsv & ~(agreed->pmd && data ? W101_WS_RSV1 : 0)) != 0;
}

static bool printable(uint8_t c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\r' || c == '\n';
}

enum w101_ws_foreign w101_ws_foreign_text(
	const uint8_t *p, size_t n, bool first, const struct w101_ws_agreed *agreed)
{
	if (p[0] < 0x20 || p[0] >= 0x7f)
		return W101_WS_FRAMES;
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		size_t want = strlen(starts[i]);
		if (memcmp(p, starts[i], n < want ? n : want) == 0)
			return n < want ? W101_WS_DOUBT : W101_WS_FOREIGN;
	}
	if (!first || !agreed || agreed->unknown || !rsv_illegal(p[0] >> 4, p[0] & 15, agreed))
		return W101_WS_FRAMES;
	for (size_t i = 0; i < n && i < TEXT; i++)
		if (!printable(p[i]))
			return W101_WS_FRAMES;
	return n < TEXT ? W101_WS_DOUBT : W101_WS_FOREIGN;
}

bool w101_ws_foreign_header(
	const struct w101_ws_header *h, enum w101_dir dir, const struct w101_ws_agreed *agreed)
{
	if (!agreed || agreed->unknown || !w101_ws_is_reserved(h->opcode) || !rsv_illegal(h->rsv, h->opcode, agreed))
		return false;
	return !h->fin || h->masked != (dir == W101_CLIENT) || !h->shortest || h->length >= NONSENSE;
}
