/* Every bound of the engine that a capture can meet, in one place, each with what
 * happens then (DESIGN 5); those of the readers stand in capture/ (input.h, facts.h,
 * ring.h), depths of headers in net/walk.h.  Values are bytes unless the name says otherwise. */
#ifndef W101_LIMITS_H
#define W101_LIMITS_H

#include <wire101/types.h>

struct w101_limits {
	uint64_t memory;          /* everything whose size the traffic decides: ignored and closed flows are
	                             evicted first, then the longest idle -> limit-reached */
	uint32_t reorder;         /* waiting for a hole, each direction -> the hole becomes a gap */
	uint32_t http_head;       /* one head -> of an answer: the connection is no longer read as HTTP;
	                             of a request: it is not judged, its answer is */
	uint32_t held_client;     /* client bytes before the 101 -> the rest is dropped, a gap for the decoder */
	uint32_t pending;         /* requests without an answer on one connection (count) -> the oldest is unanswered */
	uint64_t message;         /* one message kept -> beyond it is counted and checked, not kept */
	uint64_t inflate;         /* output of one compressed message -> pmd-bomb, rest of the message not inflated */
	uint32_t preview;         /* payload kept of a frame, and of each side of an opaque protocol */
	uint32_t patience_packets;/* packets of the connection that a hole waits for late segments (count) */
	int64_t patience_time;    /* ... or capture time in ns */
	uint32_t fragments;       /* datagrams in assembly (count) -> the oldest is given up, limit-reached */
	int64_t fragment_time;    /* ns of capture time for one datagram -> it is given up, which is no finding:
	                             the network lost a fragment */
};

#define W101_LIMITS_DEFAULT                                                                        \
	{                                                                                          \
		.memory = UINT64_C(512) << 20, .reorder = 1u << 20, .http_head = 64u << 10,        \
		.held_client = 256u << 10, .pending = 256, .message = UINT64_C(16) << 20,          \
		.inflate = UINT64_C(64) << 20, .preview = 256, .patience_packets = 64,             \
		.patience_time = W101_SECOND, .fragments = 1024, .fragment_time = 30 * W101_SECOND \
	}

#endif
