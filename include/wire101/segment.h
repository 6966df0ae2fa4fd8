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

/* What a connection's key has beside addresses and ports.  A context is 0, or
 * its scope and number, or, of several in one another and of what has no number,
 * the scope of the innermost and a hash. */
enum w101_scope {
	W101_SCOPE_VLAN = 1, /* VLAN identifier 1-4094; 0 is a priority tag and no VLAN */
	W101_SCOPE_PPPOE,    /* session */
	W101_SCOPE_IP,       /* IP in IP: hash of the outer addresses, the same in both directions */
	W101_SCOPE_GRE,      /* key, else hash of the outer addresses */
	W101_SCOPE_ERSPAN,   /* session and VLAN */
	W101_SCOPE_VXLAN,    /* VNI */
	W101_SCOPE_GENEVE,   /* VNI */
	W101_SCOPE_GTP       /* TEID: each direction has another */
};
#define W101_CONTEXT_SCOPE 56                  /* bits 56 to 62: the scope */
#define W101_CONTEXT_HASHED (UINT64_C(1) << 63) /* below them is no number */

struct w101_segment {
	struct w101_endpoint src, dst;
	uint64_t context;          /* belongs to the connection key; 0: neither VLAN nor tunnel */
	uint32_t seq, ack;         /* host order; ack only with W101_TCP_ACK */
	uint8_t flags;             /* enum w101_tcp_flag */
	struct w101_bytes payload; /* the bytes captured, borrowed from the packet */
	uint32_t payload_len;      /* the bytes on the wire; more than payload.n when cut */
};

#endif
