/* The rest of a packet while its headers are taken off: the bytes that were
 * captured and the bytes that stood on the wire. */
#ifndef W101_NET_PART_H
#define W101_NET_PART_H

#include "net/net.h"

struct w101_part {
	const uint8_t *p;
	uint32_t cap;  /* bytes at p */
	uint32_t wire; /* bytes on the wire, cap or more */
};

/* Takes n bytes off the front; NULL when they were not captured. */
static inline const uint8_t *w101_part_take(struct w101_part *part, uint32_t n)
{
	if (part->cap < n)
		return NULL;
	const uint8_t *p = part->p;
	part->p += n;
	part->cap -= n;
	part->wire -= n;
	return p;
}

/* Why n bytes could not be taken: the wire had none, or the snapshot length cut them off. */
static inline enum w101_net_result w101_part_lack(const struct w101_part *part, uint32_t n)
{
	return part->wire < n ? W101_NET_MALFORMED : W101_NET_CUT;
}

/* A length field of a header says how many bytes follow.  Fewer than the wire
 * had: the rest is padding of the link.  More: the file has lost bytes without
 * saying so, and the header is believed. */
static inline void w101_part_limit(struct w101_part *part, uint32_t n)
{
	part->wire = n;
	if (part->cap > n)
		part->cap = n;
}

static inline uint16_t w101_part_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t w101_part_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

#endif
