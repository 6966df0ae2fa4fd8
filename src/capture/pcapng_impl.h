/* What the files of the pcapng reader share: pcapng.c reads blocks and packets,
 * pcapng_about.c what the other blocks and the options say.  Internal to them. */
#ifndef W101_CAPTURE_PCAPNG_IMPL_H
#define W101_CAPTURE_PCAPNG_IMPL_H

#include "base/cursor.h"
#include "capture/facts.h"
#include "capture/input.h"
#include "capture/stamp.h"

#define W101_PCAPNG_INTERFACES 65536 /* of one section */
#define W101_PCAPNG_NO_FACT UINT32_MAX

struct w101_pcapng_interface {
	uint32_t link, snaplen;
	uint32_t fact; /* its index in facts->interfaces; W101_PCAPNG_NO_FACT: there was no room */
	bool told;     /* a statistics block said what was dropped: the packets' own counts no longer matter */
	struct w101_stamp stamp;
};

struct w101_pcapng {
	struct w101_input *input;
	struct w101_window *window; /* of the input */
	struct w101_facts *facts;
	uint64_t at;                              /* the next block's place in the file, unpacked */
	bool big;                                 /* byte order of the section */
	w101_time last;                           /* of the packet before */
	struct w101_pcapng_interface *interfaces; /* of the section, W101_PCAPNG_INTERFACES at most */
	size_t n_interfaces, room;
	size_t turned_room;
	uint8_t *turned; /* the packet at hand in this machine's byte order, where that matters; NULL: none so far */
};

/* The body of a block, or what is left of it. */
struct w101_pcapng_body {
	struct w101_cursor c;
	bool big;
};

static inline uint16_t w101_pcapng_16(const uint8_t *p, bool big)
{
	return (uint16_t)(big ? p[0] << 8 | p[1] : p[1] << 8 | p[0]);
}

static inline uint32_t w101_pcapng_32(const uint8_t *p, bool big)
{
	return big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
		   : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline uint64_t w101_pcapng_64(const uint8_t *p, bool big)
{
	uint64_t a = w101_pcapng_32(p, big), b = w101_pcapng_32(p + 4, big);
	return big ? a << 32 | b : b << 32 | a;
}

/* What is broken in a body leaves what was read before it.  That matters only for
 * an interface, because link type and time stamps come from there. */

/* Comments, which can stand in the options of each block (3.5.1); packet: its number, 0: none. */
void w101_pcapng_comments(struct w101_facts *, uint64_t packet, struct w101_pcapng_body options);
/* Options of an enhanced packet block: comments.  Returns how many packets were lost before it (epb_dropcount). */
uint64_t w101_pcapng_packet_options(struct w101_facts *, uint64_t packet, struct w101_pcapng_body options);
/* An interface description (4.2) of at least 8 bytes.  NULL, or why it cannot be used. */
const char *w101_pcapng_describe(struct w101_pcapng *, struct w101_pcapng_body);
/* Adds to the packets lost on an interface, as its packets tell. */
void w101_pcapng_lost(struct w101_pcapng *, const struct w101_pcapng_interface *, uint64_t packets);

void w101_pcapng_names(struct w101_pcapng *, struct w101_pcapng_body);      /* 4.5 */
void w101_pcapng_statistics(struct w101_pcapng *, struct w101_pcapng_body); /* 4.6 */
void w101_pcapng_secrets(struct w101_pcapng *, struct w101_pcapng_body);    /* 4.7 */

#endif
