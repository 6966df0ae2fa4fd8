/* What a sink remembers of a connection or HTTP/2 stream, found by its number. */
#ifndef W101_REPORT_MAP_H
#define W101_REPORT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/quota.h"

struct w101_map_node { /* first member of what is kept; owned by the caller */
	struct w101_map_node *next;
	uint32_t flow, stream;
};

struct w101_map {
	struct w101_map_node **bucket;
	size_t size, n; /* size: a power of two, 0 at first */
	struct w101_quota *quota;
};

void *w101_map_find(const struct w101_map *, uint32_t flow, uint32_t stream); /* NULL: not there */
bool w101_map_add(struct w101_map *, struct w101_map_node *);                /* false: no memory */
void w101_map_remove(struct w101_map *, struct w101_map_node *);
void *w101_map_any(const struct w101_map *); /* NULL: empty */
void w101_map_clear(struct w101_map *);      /* of an empty one */

#endif
