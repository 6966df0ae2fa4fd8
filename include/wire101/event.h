/* Every fact that the analyzer can state.  The engine sends events to sinks,
 * one way; all pointers are borrowed until the sink's call returns. */
#ifndef W101_EVENT_H
#define W101_EVENT_H

#include <wire101/decoder.h>
#include <wire101/finding.h>
#include <wire101/http.h>
#include <wire101/pdu.h>
#include <wire101/types.h>

enum w101_event_type {
	W101_EV_OPEN,     /* a TCP connection whose bytes are worth reading */
	W101_EV_TLS,
	W101_EV_REQUEST,  /* head complete */
	W101_EV_RESPONSE, /* head complete, 1xx included */
	W101_EV_EXCHANGE, /* the verdict */
	W101_EV_SWITCH,   /* the protocol changes here */
	W101_EV_FRAME,
	W101_EV_MESSAGE,
	W101_EV_FINDING,
	W101_EV_HINT,
	W101_EV_PAIR,
	W101_EV_GAP,
	W101_EV_CLOSE,    /* the connection leaves the analyzer */
	W101_EV_SUMMARY   /* last */
};

enum w101_tcp_end { W101_TCP_END_NONE, W101_TCP_END_FIN, W101_TCP_END_RST };

struct w101_ev_open {
	struct w101_endpoint client, server;
	bool midstream;
};

struct w101_ev_head {
	const struct w101_http_head *head;
	bool about_upgrade; /* request: offers one or has Sec-WebSocket-*; response: answers such a request, or is a 101 */
};

struct w101_ev_exchange {
	const struct w101_exchange *x;
	struct w101_endpoint client, server;
	bool one_way; /* one direction is not in the capture: without an answer nothing says that there was none */
};

struct w101_ev_switch {
	const char *protocol;   /* "websocket", "opaque", ... */
	struct w101_bytes token;
	uint64_t offset[2];     /* stream offset of the first byte of the new protocol */
	bool assumed;
};

struct w101_ev_finding {
	const struct w101_finding_row *row;
	enum w101_finding_id id;
	uint64_t offset;
	struct w101_bytes seen, wanted, detail;
	uint64_t count; /* 1; at the end of the connection the further ones are told in one event with repeat set */
	bool repeat;
};

struct w101_ev_hint {
	const char *id, *text;
	const char *const *evidence;
	size_t n_evidence;
	int confidence; /* 2 certain, 1 likely, 0 possible */
};

struct w101_ev_gap {
	uint64_t missing; /* bytes */
};

/* All that is told of a connection at its end. */
struct w101_ev_close {
	struct w101_endpoint client, server;
	uint64_t context[2];       /* VLAN or tunnel that each side's segments came in (segment.h) */
	bool upgrade;              /* had an exchange about an upgrade, or was recognised midstream: has a connection line */
	bool midstream;
	bool one_way;              /* the other direction was not captured: who was first is not known */
	const char *protocol;      /* after the switch; NULL: never switched */
	struct w101_bytes token;
	const char *const *kinds;  /* names for frames[][]; NULL without protocol */
	unsigned n_kinds;
	int verified;              /* 1, 0, -1 not judged */
	w101_time first, last;     /* first and last packet */
	uint64_t frames[2][W101_KINDS_MAX];
	uint64_t messages[2];
	uint64_t wire_bytes[2];    /* TCP payload, both protocols */
	uint64_t payload_bytes[2]; /* of messages, inflated */
	uint64_t lost_bytes[2];
	int64_t connect;           /* ns SYN to SYN+ACK, -1 unknown */
	int64_t first_frame;       /* ns 101 to the first frame, -1 */
	int64_t longest_silence;   /* ns after the switch, -1 */
	struct { int64_t min, median, max; uint64_t n; } ping_rtt; /* n == 0: none */
	struct w101_decoder_status status; /* close_by W101_NO_DIR without a decoder */
	enum w101_tcp_end tcp;     /* how TCP ended */
	enum w101_dir tcp_by;      /* who ended it first; W101_NO_DIR */
	bool tcp_first;            /* TCP was ended before the first close of the protocol was sent */
	int64_t close_to_tcp;      /* ns from the first close frame (else the last byte) to the end of TCP, -1 */
	unsigned findings[3];      /* by severity; repeats not counted */
};

struct w101_ev_summary {
	uint64_t packets, bytes, tcp_packets, flows;
	uint64_t tcp_bytes;        /* TCP payload of all segments as it was on the wire, repeated bytes too */
	w101_time first, last;     /* W101_TIME_NONE without packets */
	struct {
		uint64_t offered, switched, verified, refused, ignored, unanswered;
		uint64_t one_way; /* of the unanswered: the answer, if there was one, was not captured */
	} upgrades;
	uint64_t frames, messages;
	uint64_t incomplete;       /* IP datagrams that were not read because fragments of them are missing */
	uint64_t encrypted;        /* 802.11 data frames that were not read */
	uint64_t findings[3];      /* by severity */
	bool complete;             /* false: the run ended before its input did */
};

struct w101_event {
	enum w101_event_type type;
	uint64_t seq;     /* from 1 */
	uint64_t packet;  /* number, 0: none */
	w101_time at;
	uint32_t flow;    /* connection, from 1 in order of appearance; 0: the capture as a whole */
	uint32_t stream;  /* HTTP/2; else 0 */
	enum w101_dir dir;
	union {
		struct w101_ev_open open;
		struct w101_ev_head head;
		struct w101_ev_exchange exchange;
		struct w101_ev_switch change;
		const struct w101_pdu *pdu; /* FRAME, MESSAGE */
		struct w101_ev_finding finding;
		struct w101_ev_hint hint;
		struct w101_ev_gap gap;
		const struct w101_ev_close *close;
		const struct w101_ev_summary *summary;
	} u;
};

#endif
