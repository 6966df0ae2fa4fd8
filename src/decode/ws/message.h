/* Data messages (RFC 6455 sections 5.4 and 5.6) of one direction, inflated (RFC
 * 7692) and checked as they come. */
#ifndef W101_DECODE_WS_MESSAGE_H
#define W101_DECODE_WS_MESSAGE_H

#include "decode/ws/conn.h"

/* A data frame begins (side->head, offset); its header was judged. */
void w101_ws_message_frame(struct w101_ws *, enum w101_dir);
/* Whether the payload of the frame at hand matters beyond its preview. */
bool w101_ws_message_wants(const struct w101_ws *, enum w101_dir);
/* Payload of the data frame at hand, unmasked; frame_end: its last bytes, n may
 * be 0.  Sends the message when it is complete. */
void w101_ws_message_data(struct w101_ws *, enum w101_dir, const uint8_t *p, size_t n, bool frame_end);
/* Payload of the frame at hand is missing. */
void w101_ws_message_hole(struct w101_ws *, enum w101_dir, uint64_t n);
/* Frames are missing: nothing is known of the open message, if there is one. */
void w101_ws_message_lose(struct w101_ws *, enum w101_dir);
/* The direction ends: tells what is due of an unfinished message. */
void w101_ws_message_end(struct w101_ws *, enum w101_dir);
void w101_ws_message_clear(struct w101_ws_side *);
/* Gives a large buffer back; small ones stay for the next time. */
void w101_ws_buf_rest(struct w101_buf *);

#endif
