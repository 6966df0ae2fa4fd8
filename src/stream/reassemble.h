/* Delivery: bytes in order and in causal order, patience, gaps, ends.
 * Internal to stream/. */
#ifndef W101_STREAM_REASSEMBLE_H
#define W101_STREAM_REASSEMBLE_H

#include "stream/lone.h"
#include "stream/table.h"

struct w101_stream {
	struct w101_stream_host host;
	const struct w101_limits *limits;
	struct w101_quota *quota;
	struct w101_flow_table table;
	struct w101_lone_table lone;
	uint64_t n_flows;
	struct w101_flow *wait_head, *wait_tail; /* those whose patience runs, the earliest first */
	const struct w101_flow *busy;            /* at work on it: it is not given up */
};

/* Offset of an acknowledged byte in the stream of `h`; W101_OFFSET_NONE: nonsense. */
uint64_t w101_half_ack_offset(const struct w101_half *h, uint32_t ack);
/* The stream of `side` begins at sequence number `base`. */
void w101_reassemble_begin_at(struct w101_stream *, struct w101_flow *, unsigned side, uint32_t base);
/* The usual segment: the next bytes of its side, nothing waits, nothing ends,
 * and all that it acknowledges was passed on.  Then it is delivered, and true. */
bool w101_reassemble_next(struct w101_stream *, struct w101_flow *, unsigned side, const struct w101_segment *,
	uint64_t packet, w101_time at);
/* Bytes of a segment: passed on or kept.  False: the flow is no longer read. */
bool w101_reassemble_data(struct w101_stream *, struct w101_flow *, unsigned side, const struct w101_waiting *like,
	struct w101_bytes);
/* After each segment: pass on what can be, begin or end patience. */
void w101_reassemble_after(struct w101_stream *, struct w101_flow *, w101_time now);
void w101_reassemble_expire(struct w101_stream *, w101_time now);
/* Everything is passed on, ended and closed; the flow stays in the table as one that is over. */
void w101_reassemble_finish(struct w101_stream *, struct w101_flow *, enum w101_end);
/* Gives up one flow for a request of n bytes, never the busy one; false: there was none (struct w101_quota). */
bool w101_reassemble_make_room(void *stream, uint64_t n);

#endif
