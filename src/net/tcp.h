/* The TCP header. */
#ifndef W101_NET_TCP_H
#define W101_NET_TCP_H

#include "net/part.h"

/* part is one TCP segment; fills what out lacks.  TCP, CUT or MALFORMED. */
enum w101_net_result w101_tcp_header(const struct w101_part *, struct w101_segment *out);

#endif
