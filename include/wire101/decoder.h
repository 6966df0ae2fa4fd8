/* The contract between engine/ and a protocol after the switch (decode/).
 * To add a protocol: fill a struct w101_decoder_ops in a file of its own and
 * name it in decode/table.c. */
#ifndef W101_DECODER_H
#define W101_DECODER_H

#include <wire101/finding.h>
#include <wire101/limits.h>
#include <wire101/pdu.h>
#include <wire101/types.h>

struct w101_quota;

/* Bytes of one direction, in order, with the place where they were seen. */
struct w101_chunk {
	struct w101_bytes bytes;
	uint64_t offset;   /* of bytes.p[0] in that direction's TCP stream */
	uint64_t packet;   /* that carried bytes.p[0] */
	w101_time at;      /* of that packet */
	uint64_t acked;    /* the peer's stream up to here had been received when this was sent;
	                      UINT64_MAX: not known */
};

/* Where a decoder puts what it found.  The engine fills it; calls happen only
 * inside data, gap, end and finish. */
struct w101_out {
	void *self;
	void (*frame)(void *self, enum w101_dir, const struct w101_pdu *);
	void (*message)(void *self, enum w101_dir, const struct w101_pdu *);
	void (*finding)(void *self, const struct w101_finding *);
	/* what follows was carried by that packet, until the next call or the end of
	 * this one: for bytes that are read later than they came; NULL: not wanted */
	void (*place)(void *self, uint64_t packet, w101_time at);
	/* in place of frame() and message(), only when the handshake is `quiet`: one frame
	 * that was one message, about which there is nothing to say but its size */
	void (*quiet)(void *self, enum w101_dir, unsigned kind_no, uint64_t payload_bytes);
};

/* How the switch was agreed.  Borrowed during open: keep by copying. */
struct w101_handshake {
	struct w101_bytes token;       /* of the 101 */
	struct w101_bytes subprotocol; /* n == 0: none */
	struct w101_bytes extensions;  /* the server's, joined; n == 0: none */
	struct w101_bytes offered_extensions; /* the client's, joined */
	bool assumed;                  /* recognised midstream: nothing was agreed that we know of */
	uint64_t offset[2];            /* stream offset where each side's new protocol begins */
	const struct w101_limits *limits;
	struct w101_quota *quota;
	bool keep_messages;            /* whole payload wanted (up to limits->message), else the preview */
	bool quiet;                    /* nobody is shown frames and messages: out.quiet may be called */
};

/* What a decoder knows at the end of a connection. */
struct w101_decoder_status {
	enum w101_dir close_by;  /* who sent the first close of the protocol; W101_NO_DIR: nobody */
	bool has_code;
	unsigned code;
	const char *reason;      /* UTF-8 or nearly so, never NULL; valid until free */
	size_t reason_len;
	w101_time close_at[2];   /* of each side's close; W101_TIME_NONE */
	uint64_t close_packet[2];
	bool clean;              /* closed by the protocol's own rules, both sides */
	uint64_t wire_payload[2], plain_payload[2]; /* of complete messages: before and after inflating */
	bool compression;        /* agreed on */
	bool broken[2];          /* that side can no longer be decoded */
	/* opaque protocols: the beginning of each side, for people */
	struct w101_bytes preview[2];
};

/* Why a connection's bytes end. */
enum w101_end { W101_END_FIN, W101_END_RST, W101_END_CAPTURE, W101_END_EVICTED };

struct w101_decoder_ops {
	const char *token;    /* compared without case and without "/version" */
	const char *protocol; /* public name: "websocket" */
	const char *const *kinds; /* n_kinds names; a PDU's kind_no is an index here */
	unsigned n_kinds;
	void *(*open)(const struct w101_handshake *, const struct w101_out *); /* out is copied; NULL: no memory */
	/* MORE, or DEAD: both sides are of no further use */
	enum w101_feed (*data)(void *, enum w101_dir, const struct w101_chunk *);
	void (*gap)(void *, enum w101_dir, uint64_t n, const struct w101_chunk *where); /* bytes.n is 0 */
	/* once for each direction: its bytes end here */
	void (*end)(void *, enum w101_dir, enum w101_end, const struct w101_chunk *where);
	/* before free, when both directions have ended: judge what needs the whole */
	void (*finish)(void *);
	void (*status)(const void *, struct w101_decoder_status *);
	void (*free)(void *);
	void (*ahead)(const void *); /* bytes come soon: what they need may be fetched */
};

#endif
