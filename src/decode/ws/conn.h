/* The state of one WebSocket connection, shared by the files of this folder:
 * websocket.c walks the bytes, rules.c judges headers, message.c assembles,
 * control.c answers for Ping, Pong and Close.  All state is kept for each
 * direction; nothing is allocated for a side that sends whole frames in whole
 * segments without compression. */
#ifndef W101_DECODE_WS_CONN_H
#define W101_DECODE_WS_CONN_H

#include <wire101/decoder.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "decode/ws/extension.h"
#include "decode/ws/frame.h"

struct w101_ws_inflate;
struct w101_ws_pings;
struct w101_ws_resync;

/* Buffers up to this size stay with an idle side, larger ones are given back. */
#define W101_WS_IDLE_MAX 256

#define W101_WS_PROTOCOL "websocket"

/* A side's first Close; from then on. */
struct w101_ws_closing {
	uint64_t offset, end; /* in that side's stream: the frame, and behind it */
	uint64_t acked;       /* the peer's bytes that it had when it sent this */
	uint64_t packet;
	w101_time at;
	uint16_t code;
	bool has_code;
	uint8_t n_reason;
	uint8_t reason[123];
};

enum w101_ws_open {
	W101_WS_NONE,   /* no message is open */
	W101_WS_OPEN,
	W101_WS_UNKNOWN /* bytes are missing: a continuation may be right or wrong */
};

/* Findings about a message, told when the frame that shows them is complete, so
 * that they come in one order however the bytes were cut. */
enum w101_ws_due {
	W101_WS_DUE_EMPTY = 1 << 0,
	W101_WS_DUE_INFLATE = 1 << 1,
	W101_WS_DUE_WINDOW = 1 << 2,
	W101_WS_DUE_TAIL = 1 << 3,
	W101_WS_DUE_FINAL = 1 << 4,
	W101_WS_DUE_BOMB = 1 << 5,
	W101_WS_DUE_UTF8 = 1 << 6,
	W101_WS_DUE_MEMORY = 1 << 7,
	W101_WS_DUE_NOT_KEPT = 1 << 8,
	W101_WS_DUE_NO_BLOCK = 1 << 9
};

struct w101_ws_message {
	uint8_t open;         /* enum w101_ws_open */
	uint8_t opcode;
	uint8_t bad_byte;     /* that broke UTF-8 */
	bool compressed : 1;
	bool opaque : 1;      /* an unknown extension took part */
	bool lost : 1;        /* bytes are missing or do not inflate: no message will come */
	bool stopped : 1;     /* inflate limit: complete but not whole */
	bool full : 1;        /* nothing more is kept */
	uint32_t empty_run;   /* fragments without payload in a row */
	uint32_t frames;
	uint16_t due, told;   /* enum w101_ws_due */
	uint64_t offset;      /* of its first frame */
	uint64_t wire_bytes;  /* headers included */
	uint64_t wire_length; /* payload on the wire */
	uint64_t plain;       /* payload after inflating so far */
	struct w101_utf8 utf8;
	struct w101_buf kept; /* the beginning, as far as it is wanted */
	uint8_t tail[4];      /* last bytes on the wire, when compressed */
};

/* What a frame that is taken the short way needs (quick.c) stands first. */
struct w101_ws_side {
	/* the frame at hand */
	uint64_t offset;      /* of its header */
	uint8_t n_raw;        /* bytes of raw: a header so far, or the header of the frame at hand */
	uint8_t mask_run, mask_step;
	uint8_t ended;        /* enum w101_end + 1; 0: not yet */
	bool in_frame : 1;
	bool hole : 1;        /* payload of this frame is missing */
	bool partial : 1;     /* earlier pieces of its payload are in `part` */

	/* the side as a whole */
	bool any : 1;             /* a frame was seen */
	bool last_masked : 1;     /* ... and its mask bit */
	bool broken : 1, broken_told : 1;
	bool closed : 1;
	bool close_fault : 1;     /* an error row in closing */
	bool role_due : 1;        /* its Close code is judged at the end: the other side's Close may stand before it */
	bool after_close_gap : 1; /* bytes missing after the other side's Close */
	bool pings_unknown : 1;   /* Pings were forgotten: a Pong cannot be judged until one fits */
	bool pings_lost : 1;      /* ... or not captured: no Pong can be called unasked from then on */
	bool zero_told : 1, rsv_told : 1, gap_told : 1;
	bool data_seen : 1, compressed_seen : 1;
	bool history_lost : 1;    /* inflating begins with an empty history of a longer stream */
	uint32_t mask_last;
	uint64_t wire_payload, plain_payload;
	struct w101_ws_pings *pings;     /* of this side; from the first Ping on */
	struct w101_ws_resync *resync;   /* NULL: in step */
	struct w101_ws_message msg;
	struct w101_ws_inflate *inflate; /* from the first compressed message on */
	struct w101_ws_closing *closing; /* NULL: not closed, or no memory to remember how */

	struct w101_ws_header head; /* of the frame at hand */
	uint64_t left;        /* payload still to come */
	struct w101_buf part; /* the beginning of a payload that comes in pieces; bytes that are no frames */
	uint8_t raw[W101_WS_HEADER_MAX];
	uint64_t end_offset;  /* where its bytes ended */
	w101_time ended_at;
	uint64_t ended_packet;
};

struct w101_ws {
	struct w101_out out;
	w101_time at;         /* of the chunk at hand */
	uint64_t packet, acked; /* likewise */
	struct w101_ws_agreed agreed;
	bool keep_messages : 1, assumed : 1, quiet : 1;
	uint8_t first_close;  /* enum w101_dir: whose Close was delivered first */
	struct w101_ws_side side[2];
	const struct w101_limits *limits;
	struct w101_quota *quota;
	uint64_t offset;      /* where the server's side begins */
};

static inline bool w101_ws_control_now(const struct w101_ws_side *s)
{
	return w101_ws_is_control(s->head.opcode);
}

/* What is told from here on was carried by that packet. */
void w101_ws_tell_place(const struct w101_ws *, uint64_t packet, w101_time at);
void w101_ws_report(struct w101_ws *, enum w101_dir, enum w101_finding_id, uint64_t offset, struct w101_bytes seen,
	const char *wanted, const char *detail);
/* About the frame at hand: its offset, its header in hex as `seen`.  wanted and
 * detail may be NULL. */
void w101_ws_report_frame(
	struct w101_ws *, enum w101_dir, enum w101_finding_id, const char *wanted, const char *detail);

#endif
