/* Link types: one row each. */
#ifndef W101_NET_LINK_H
#define W101_NET_LINK_H

#include "net/part.h"

enum w101_ip_version { W101_IP_NONE, W101_IP_4, W101_IP_6 };

struct w101_link {
	uint32_t number; /* LINKTYPE_ */
	const char *name;
	/* Takes the link header off.  W101_NET_TCP: go on with *ip; else the answer for the packet. */
	enum w101_net_result (*parse)(struct w101_part *, enum w101_ip_version *ip);
};

const struct w101_link *w101_link_find(uint32_t number); /* NULL: not known */

#endif
