/* Bytes that are no WebSocket frames though they stand where one should begin:
 * a proxy's HTTP answer, other text, another protocol. */
#ifndef W101_DECODE_WS_FOREIGN_H
#define W101_DECODE_WS_FOREIGN_H

#include "decode/ws/extension.h"
#include "decode/ws/frame.h"

/* Bytes that may be needed to tell; fewer than any frame has that is in doubt. */
#define W101_WS_FOREIGN_MAX 9

enum w101_ws_foreign { W101_WS_FRAMES, W101_WS_FOREIGN, W101_WS_DOUBT /* more bytes will tell */ };

/* p: where a frame should begin, n > 0; first: the first one of this side.
 * agreed: NULL when nothing is known of extensions. */
enum w101_ws_foreign w101_ws_foreign_text(
	const uint8_t *p, size_t n, bool first, const struct w101_ws_agreed *agreed);
/* The same for the first header of a side, when it is no text: three faults that
 * have nothing to do with one another. */
bool w101_ws_foreign_header(
	const struct w101_ws_header *, enum w101_dir, const struct w101_ws_agreed *agreed);

#endif
