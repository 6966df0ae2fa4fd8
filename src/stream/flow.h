/* A TCP connection as the table keeps it.  Internal to stream/.
 *
 * Side 0 is the lower address and port, side 1 the other: that is how a
 * connection is found.  Who is the client is a property of the flow (`client`),
 * not of its place in the table. */
#ifndef W101_STREAM_FLOW_H
#define W101_STREAM_FLOW_H

#include "stream/half.h"
#include "stream/stream.h"

/* Without padding: it is hashed and compared as bytes. */
struct w101_flow_key {
	uint8_t addr[2][16];
	uint16_t port[2];
	uint32_t family;
};

/* What only a connection needs that is still read.  What every segment needs stands first. */
struct w101_live {
	bool waiting;             /* in the list of those whose patience runs */
	bool rst;
	uint8_t rst_side;
	bool rst_doubted;         /* its side went on sending, below the place of the RST */
	bool wait_over;           /* the connection was over when patience began */
	uint32_t wait_packets;    /* so many packets of the connection came since */
	w101_time last_data;
	struct w101_half half[2]; /* by side */
	w101_time synack;
	w101_time wait_since;     /* patience began ... */
	uint64_t wait_from[2];    /* where both sides were then ... */
	uint64_t wait_acked[2];   /* ... and what was acknowledged */
	uint32_t rst_seq;
	w101_time rst_at;
	uint64_t rst_packet;
	struct w101_flow *wait_prev, *wait_next;
};

/* What finding it needs fills the first cache line, what every segment needs the second. */
struct w101_flow {
	uint64_t hash;
	struct w101_flow *chain;          /* of the hash bucket */
	struct w101_flow_key key;
	struct w101_live *live;           /* NULL: ignored or over */
	uint64_t context[2];              /* VLAN and tunnel (segment.h) that a side's segments come in: they may differ ... */
	bool placed[2];                   /* ... and are known once it has sent one */
	bool shared;                      /* other flows have its key, or had */
	bool referenced;                  /* used since the eviction list last looked */
	bool spoke;                       /* carried data */
	uint8_t client;                   /* the side that is the client */
	bool role_sure;
	uint32_t number;
	w101_time first, last;
	void *user;
	struct w101_flow *prev, *next;    /* of the eviction list */
	w101_time syn_at;
	uint32_t isn[2];                  /* sequence number before the first byte */
	bool isn_known[2];
	bool syn[2];                      /* a SYN of that side was seen */
};

static inline enum w101_dir w101_flow_dir(const struct w101_flow *f, unsigned side)
{
	return side == f->client ? W101_CLIENT : W101_SERVER;
}

#endif
