/* What RFC 6455 section 5 says about a frame header where it stands. */
#ifndef W101_DECODE_WS_RULES_H
#define W101_DECODE_WS_RULES_H

#include "decode/ws/conn.h"

/* Judges the header of the frame at hand (side->head, raw, offset), before the
 * message takes it. */
void w101_ws_judge_header(struct w101_ws *, enum w101_dir);

/* The key of a frame that breaks no rule and gives no suspicion: remembered.
 * False: it may, and nothing was remembered. */
bool w101_ws_key_is_fine(struct w101_ws_side *, const uint8_t key[4]);

#endif
