/* The flow table: a seeded hash with chains that grows, and three lists by which
 * flows are given up when memory runs short.  Internal to stream/. */
#ifndef W101_STREAM_TABLE_H
#define W101_STREAM_TABLE_H

#include "base/hash.h"
#include "stream/flow.h"

struct w101_flow_list {
	struct w101_flow *head, *tail;
};

struct w101_flow_table {
	struct w101_quota *quota;
	struct w101_word_hash hash;
	struct w101_flow **bucket;
	uint64_t n_buckets, n;
	struct w101_flow_list idle;   /* ignored or over: given up first */
	struct w101_flow_list silent; /* no data yet: given up next */
	struct w101_flow_list live;
};

bool w101_flow_table_init(struct w101_flow_table *, struct w101_quota *, const uint8_t seed[16]);
void w101_flow_table_clear(struct w101_flow_table *); /* the flows must be gone */
/* The key of a segment; *side: the side that sent it.  Several flows may have one key, in different VLANs or tunnels. */
void w101_flow_key(const struct w101_segment *, struct w101_flow_key *, unsigned *side);
struct w101_endpoint w101_flow_endpoint(const struct w101_flow_key *, unsigned side);
uint64_t w101_flow_hash(const struct w101_flow_table *, const struct w101_flow_key *);
uint64_t w101_flow_hash_in(const struct w101_flow_table *, uint64_t hash, uint64_t context); /* the key's hash, in a VLAN or tunnel */
/* From f, or from the first of its bucket (NULL), on: the next flow with this key; NULL: no more. */
struct w101_flow *w101_flow_next(const struct w101_flow_table *, const struct w101_flow *, const struct w101_flow_key *,
	uint64_t hash);
struct w101_flow *w101_flow_add(struct w101_flow_table *, const struct w101_flow_key *, uint64_t hash); /* NULL: no memory */
void w101_flow_move(struct w101_flow_table *, struct w101_flow *, uint64_t hash);   /* kept by another hash */
void w101_flow_remove(struct w101_flow_table *, struct w101_flow *);  /* unlinks and frees */
void w101_flow_spoke(struct w101_flow_table *, struct w101_flow *);     /* it carries data */
void w101_flow_give_live(struct w101_flow_table *, struct w101_flow *); /* frees what only a live flow needs */
/* The flow to give up next: idle ones, then silent ones, then (only if live) the longest unused; never `keep`; NULL: none. */
struct w101_flow *w101_flow_victim(struct w101_flow_table *, const struct w101_flow *keep, bool live);

#endif
