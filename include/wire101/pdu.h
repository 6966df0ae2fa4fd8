/* A protocol data unit, neutral: protocol, kind, named fields.  Decoders fill
 * it, sinks read it; a new protocol needs no change in a sink. */
#ifndef W101_PDU_H
#define W101_PDU_H

#include <wire101/types.h>

#define W101_KINDS_MAX 16

enum w101_value_type { W101_VALUE_UINT, W101_VALUE_BOOL, W101_VALUE_TEXT, W101_VALUE_BYTES };

/* One named field.  TEXT is UTF-8 or nearly so (sinks escape); BYTES is shown in hex. */
struct w101_value {
	const char *name; /* static */
	enum w101_value_type type;
	uint64_t u;          /* UINT, BOOL */
	struct w101_bytes s; /* TEXT, BYTES: borrowed */
};

struct w101_pdu {
	const char *protocol;   /* static, "websocket" */
	const char *kind;       /* static, "text" */
	unsigned kind_no;       /* index in the decoder's kinds, below W101_KINDS_MAX */
	uint64_t offset;        /* of its first byte in that direction's TCP stream */
	uint64_t wire_bytes;    /* header and payload on the wire */
	uint64_t payload_bytes; /* frame: payload on the wire; message: length after inflating */
	struct w101_bytes payload; /* borrowed; the beginning, unmasked; a message's is inflated.
	                              Bounded by the preview or message limit */
	bool truncated;            /* payload.n is less than payload_bytes */
	const struct w101_value *fields;
	size_t n_fields;

	/* messages only */
	uint32_t frames;           /* frames it was sent in */
	bool compressed;
	bool text;                 /* meant as text (its payload may still not be UTF-8) */
	uint64_t wire_length;      /* payload bytes of its frames on the wire */
	struct w101_bytes summary; /* of a subprotocol; n == 0: none */
};

#endif
