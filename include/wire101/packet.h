/* What capture/ hands to the engine: one packet as it was recorded. */
#ifndef W101_PACKET_H
#define W101_PACKET_H

#include <wire101/types.h>

struct w101_packet {
	w101_time at;
	uint64_t number;     /* from 1, counted over all files of the run */
	uint32_t link;       /* LINKTYPE_ number, as files have it (not DLT_) */
	uint32_t caplen;     /* bytes at `data` */
	uint32_t len;        /* bytes the packet had on the wire */
	const uint8_t *data; /* borrowed until the call returns */
};

#endif
