/* The analyzer as a whole: packets in, events out.  No globals: several
 * engines can run in one process. */
#ifndef W101_ENGINE_H
#define W101_ENGINE_H

#include <wire101/event.h>
#include <wire101/limits.h>
#include <wire101/packet.h>
#include <wire101/sink.h>

struct w101_engine;
struct w101_quota;

struct w101_engine_config {
	struct w101_limits limits;
	struct w101_sink sink;      /* the engine calls event, never close */
	struct w101_quota *quota;   /* all memory is taken here; borrowed */
	uint8_t seed[16];           /* for hash tables: random in the program, fixed in tests */
	bool keep_messages;         /* message payloads whole, not only the preview */
	bool plain_http;            /* exchange events for HTTP without an upgrade too (-v) */
	/* Told for every packet that belongs to a TCP connection, in any order for
	 * fragments: their datagram may be complete much later.  NULL: not wanted. */
	void (*owner)(void *self, uint64_t packet, uint32_t flow);
	void *owner_self;
};

/* NULL: no memory. */
struct w101_engine *w101_engine_new(const struct w101_engine_config *);
void w101_engine_packet(struct w101_engine *, const struct w101_packet *);
/* The same for n of them, one after the other; memory that later ones need is fetched in the meantime. */
void w101_engine_packets(struct w101_engine *, const struct w101_packet *, size_t n);
/* Capture time moved on without a packet (live). */
void w101_engine_tick(struct w101_engine *, w101_time now);
/* A finding about the capture as a whole (cap-cut, cap-dropped). */
void w101_engine_note(struct w101_engine *, enum w101_finding_id, const char *detail);
/* End of the capture: closes what is open, then sends the summary.  Once. */
void w101_engine_flush(struct w101_engine *, bool complete);
void w101_engine_free(struct w101_engine *);

#endif
