/* Fragments of IPv4 (RFC 791 3.2) and IPv6 (RFC 8200 4.5) put together.
 * Internal to net/. */
#ifndef W101_NET_FRAGMENT_H
#define W101_NET_FRAGMENT_H

#include "net/walk.h"

struct w101_fragments;
struct w101_datagram;

/* NULL: no memory.  limits and quota are borrowed. */
struct w101_fragments *w101_fragments_new(const struct w101_limits *, struct w101_quota *, const uint8_t seed[16]);
void w101_fragments_free(struct w101_fragments *);

/* A fragment: w->part holds its bytes, offset (a multiple of 8), more and
 * *protocol are as its headers have them.
 * W101_NET_TCP: with this one the datagram is complete; w->part is the whole of
 * it (valid until w101_fragments_release), w->whole says of which packets, and
 * *protocol is that of its first fragment.  W101_NET_FRAGMENT: kept, or not
 * wanted.  W101_NET_MALFORMED: empty, beyond 65,535 bytes, or of a length that
 * none but the last may have. */
enum w101_net_result w101_fragments_add(struct w101_fragments *, struct w101_walk *, uint32_t id, uint32_t offset,
					bool more, uint8_t *protocol);
/* Before the next packet: what was put together for the last one goes. */
void w101_fragments_release(struct w101_fragments *);

/* The earlier packets of a complete datagram, in the order in which they came;
 * those of second copies and of the datagrams around it included. */
size_t w101_datagram_packets(const struct w101_datagram *, const uint64_t **packets);
/* See net.h. */
uint64_t w101_fragments_given_up(const struct w101_fragments *);
uint64_t w101_fragments_incomplete(const struct w101_fragments *);

#endif
