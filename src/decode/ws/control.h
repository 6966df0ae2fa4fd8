/* Close, Ping and Pong (RFC 6455 sections 5.5 and 7). */
#ifndef W101_DECODE_WS_CONTROL_H
#define W101_DECODE_WS_CONTROL_H

#include "decode/ws/conn.h"

/* Bytes of a control frame's payload that are kept: all of a legal one. */
#define W101_WS_CONTROL_MAX 125

/* The control frame at hand is complete; `shown` is the beginning of its
 * payload, at least W101_WS_CONTROL_MAX bytes of it unless some are missing. */
void w101_ws_control(struct w101_ws *, enum w101_dir, struct w101_bytes shown);
/* After each frame of that side: the connection goes on, with Pings that wait for a Pong. */
void w101_ws_goes_on(struct w101_ws *, enum w101_dir);
/* Bytes of that side are missing: a Pong may be among them. */
void w101_ws_pong_lost(struct w101_ws *, enum w101_dir);
/* Both directions have ended: Pings that were never answered. */
void w101_ws_pings_finish(struct w101_ws *);
/* Code and reason in the payload of a Close; false: it has no code. */
bool w101_ws_close_read(struct w101_bytes payload, unsigned *code, struct w101_bytes *reason);
/* Both directions have ended: a Close that was never answered, codes that waited for the other side. */
void w101_ws_close_finish(struct w101_ws *);
/* Whose Close came first; W101_NO_DIR: nobody sent one. */
enum w101_dir w101_ws_close_by(const struct w101_ws *);
void w101_ws_control_clear(struct w101_ws *, struct w101_ws_side *);

#endif
