/* The engine's own state.  Internal to engine/. */
#ifndef W101_ENGINE_IMPL_H
#define W101_ENGINE_IMPL_H

#include <wire101/engine.h>

#include "base/quota.h"
#include "http/keys.h"
#include "net/net.h"
#include "stream/stream.h"

struct w101_engine {
	struct w101_engine_config config;
	struct w101_quota *quota;
	struct w101_net *net;
	struct w101_stream *stream;
	struct w101_keys *keys;
	struct w101_ev_summary summary;
	uint64_t n_events;
	uint64_t cut_packets, cut_first; /* by the snapshot length: how many, number of the first */
	w101_time cut_at;
	bool flushed;
	const struct w101_packet *at_work; /* the packet whose segments arrive */
	bool cut;                          /* one of them lacks bytes */
	uint32_t owner;                    /* connection of the last one; 0: none */
};

void w101_engine_send(struct w101_engine *, struct w101_event *); /* numbers and counts it */

#endif
