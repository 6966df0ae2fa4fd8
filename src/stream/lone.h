/* SYNs that nobody has answered yet, in 32 bytes each: what a scan or a flood
 * leaves of itself.  Internal to stream/. */
#ifndef W101_STREAM_LONE_H
#define W101_STREAM_LONE_H

#include <wire101/types.h>

#include "base/quota.h"

/* Entries at most; beyond that the oldest of four is forgotten. */
#define W101_LONE_MAX (1u << 19)

struct w101_lone {
	uint64_t hash;    /* of the key; its lowest bit is the side; 0: no entry */
	w101_time at;
	uint64_t context;
	uint32_t seq;
	uint32_t number;  /* of the connection */
};

struct w101_lone_table {
	struct w101_quota *quota;
	struct w101_lone *entries; /* NULL: none yet */
	uint64_t size, n;
};

void w101_lone_clear(struct w101_lone_table *);
/* The SYN of either side of this key; NULL: none. */
struct w101_lone *w101_lone_find(const struct w101_lone_table *, uint64_t hash);
/* It will be looked for soon. */
void w101_lone_ahead(const struct w101_lone_table *, uint64_t hash);
unsigned w101_lone_side(const struct w101_lone *);
/* NULL: no place for it though the table has room, or no memory: it needs another. */
struct w101_lone *w101_lone_add(struct w101_lone_table *, uint64_t hash, unsigned side);
void w101_lone_remove(struct w101_lone_table *, struct w101_lone *);

#endif
