/* What RFC 6455 section 5 says about a frame header where it stands. */
#ifndef W101_DECODE_WS_RULES_H
#define W101_DECODE_WS_RULES_H

#include "decode/ws/conn.h"

/* Judges the header of the frame at hand (side->head, raw, offset), before the
 * message takes it. */
void w101_ws_judge_header(struct w101_ws *, enum w101_dir);

#endif
