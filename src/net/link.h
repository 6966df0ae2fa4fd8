/* Link types: one row each. */
#ifndef W101_NET_LINK_H
#define W101_NET_LINK_H

#include "net/walk.h"

struct w101_link {
	uint32_t number; /* LINKTYPE_ */
	const char *name;
	enum w101_layer layer; /* what a packet begins with */
};

const struct w101_link *w101_link_find(uint32_t number); /* NULL: not known */

#endif
