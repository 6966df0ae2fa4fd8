/* Link types of a run: which are not read, and names for the heading. */
#ifndef W101_CLI_LINKS_H
#define W101_CLI_LINKS_H

#include "capture/facts.h"

enum { W101_LINKS_STRANGE = 16 };

struct w101_links {
	uint32_t usual; /* the last one that is read */
	bool set;
	size_t n;
	struct w101_links_strange {
		uint32_t link;
		uint64_t packets;
	} strange[W101_LINKS_STRANGE]; /* of the file at hand; the last one also counts those without a place */
};

/* A packet that was given to the engine. */
void w101_links_packet(struct w101_links *, uint32_t link);
/* "link type 147 (USER 0) is not read: its 12 packets are only counted" */
void w101_links_say(const struct w101_links_strange *, char *out, size_t max);

/* "Ethernet", "raw IP": what people call it; never NULL. */
const char *w101_links_name(uint32_t link);
/* "Ethernet (eth0, eth1), raw IP": the link types of the interfaces that had packets; of all when none had.  Names
 * are as in the file: not safe for a terminal. */
void w101_links_text(const struct w101_facts *, char *out, size_t max);

#endif
