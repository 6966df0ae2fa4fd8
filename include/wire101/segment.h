/* What net/ makes of a packet: one TCP segment.  This value crosses from net/
 * to stream/ through the engine; neither room knows the other. */
#ifndef W101_SEGMENT_H
#define W101_SEGMENT_H

#include <wire101/types.h>

enum w101_tcp_flag {
	W101_TCP_FIN = 0x01,
	W101_TCP_SYN = 0x02,
	W101_TCP_RST = 0x04,
	W101_TCP_PSH = 0x08,
	W101_TCP_ACK = 0x10
};

struct w101_segment {
	struct w101_endpoint src, dst;
	uint64_t context;          /* VLAN, tunnel: belongs to the connection key; 0: none */
	uint32_t seq, ack;         /* host order; ack only with W101_TCP_ACK */
	uint8_t flags;             /* enum w101_tcp_flag */
	struct w101_bytes payload; /* the bytes captured, borrowed from the packet */
	uint32_t payload_len;      /* the bytes on the wire; more than payload.n when cut */
};

#endif
