/* The flow table and the reassembly of TCP (RFC 9293 3.4, 3.8): segments in,
 * ordered bytes, gaps and ends out, by callbacks to the host.
 *
 * Order between the two directions: a segment that acknowledges bytes of its
 * peer was sent after them, so it is delivered after them, too, as long as they
 * may still come (patience).  The layers above see requests before answers and
 * Pings before Pongs even when the capture has them the other way round.
 *
 * Knows nothing of what the bytes mean. */
#ifndef W101_STREAM_STREAM_H
#define W101_STREAM_STREAM_H

#include <wire101/decoder.h> /* struct w101_chunk, enum w101_end */
#include <wire101/finding.h>
#include <wire101/limits.h>
#include <wire101/segment.h>

struct w101_quota;
struct w101_stream;
struct w101_flow;

struct w101_stream_host {
	void *self;
	/* Bytes in order.  DEAD: the flow is of no interest; no callback follows, its user pointer is NULL. */
	enum w101_feed (*data)(void *self, struct w101_flow *, enum w101_dir, const struct w101_chunk *);
	/* n bytes are not in the capture; `cut`: by the snapshot length.  where->bytes is empty. */
	void (*gap)(void *self, struct w101_flow *, enum w101_dir, uint64_t n, bool cut, const struct w101_chunk *where);
	/* No more bytes from this side. */
	void (*end)(void *self, struct w101_flow *, enum w101_dir, enum w101_end, const struct w101_chunk *where);
	/* tcp-overlap, limit-reached */
	void (*finding)(void *self, struct w101_flow *, const struct w101_finding *, const struct w101_chunk *where);
	/* After both ends; the user pointer is forgotten. */
	void (*close)(void *self, struct w101_flow *, enum w101_end);
};

/* NULL: no memory.  limits and quota are borrowed. */
struct w101_stream *w101_stream_new(const struct w101_stream_host *, const struct w101_limits *, struct w101_quota *,
				    const uint8_t seed[16]);
/* The number of the segment's connection; 0: no memory for one. */
uint32_t w101_stream_segment(struct w101_stream *, const struct w101_segment *, uint64_t packet, w101_time at);
/* What can be made ready for a segment that comes soon: its connection is looked for
 * and its memory fetched, in steps with work on other segments between them. */
struct w101_stream_ahead {
	uint64_t key[5];
	uint64_t hash;
	unsigned side;
};
void w101_stream_ahead(const struct w101_stream *, const struct w101_segment *, struct w101_stream_ahead *);
void w101_stream_ahead_flow(const struct w101_stream *, const struct w101_stream_ahead *);
/* Both return the host's pointer as it is now; NULL: none. */
void *w101_stream_ahead_live(const struct w101_stream *, const struct w101_stream_ahead *);
void *w101_stream_ahead_user(const struct w101_stream *, const struct w101_stream_ahead *);
/* w101_stream_segment for a segment that was looked ahead for. */
uint32_t w101_stream_segment_ahead(struct w101_stream *, const struct w101_segment *, const struct w101_stream_ahead *,
	uint64_t packet, w101_time at);
void w101_stream_tick(struct w101_stream *, w101_time now); /* patience that ran out */
void w101_stream_flush(struct w101_stream *);               /* end of the capture: everything is delivered and closed */
void w101_stream_free(struct w101_stream *);
uint64_t w101_stream_flows(const struct w101_stream *);     /* TCP connections seen so far */

/* What is known of a flow, by role. */
struct w101_flow_info {
	uint32_t number;                 /* from 1 in order of appearance */
	struct w101_endpoint client, server;
	uint64_t context[2];             /* VLAN or tunnel of each; of one that was not seen that of the other */
	bool role_sure;                  /* by a SYN */
	bool midstream;                  /* no SYN was seen */
	bool one_way;                    /* one side is not in the capture: it never sent a packet, or almost ... */
	bool almost;                     /* ... since the server's packets have none of the bytes that the client read */
	bool one_way_sure;               /* ... and the other acknowledged some: they are not in the capture */
	w101_time first, last;           /* packets */
	w101_time syn, synack;           /* W101_TIME_NONE: not seen */
	uint64_t delivered[2], lost[2];  /* bytes passed on; bytes missing.  Of a side that is not in the capture:
	                                    what the other acknowledged */
	w101_time last_data;
	bool fin[2];
	w101_time fin_at[2];
	uint64_t fin_packet[2];
	enum w101_dir fin_first;         /* of the FINs, by what they acknowledge; W101_NO_DIR: none */
	bool rst;
	enum w101_dir rst_by;
	w101_time rst_at;
	uint64_t rst_packet;
};
void w101_flow_info(const struct w101_flow *, struct w101_flow_info *);
uint32_t w101_flow_number(const struct w101_flow *);
void *w101_flow_user(const struct w101_flow *);
void w101_flow_set_user(struct w101_flow *, void *);
/* The sides change roles.  Only while the host has kept nothing of them. */
void w101_flow_swap(struct w101_flow *);

#endif
