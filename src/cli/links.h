/* Link types of a run: which are not read, and names for the heading. */
#ifndef W101_CLI_LINKS_H
#define W101_CLI_LINKS_H

#include "capture/facts.h"

enum {
	W101_LINKS_STRANGE = 16,
	W101_LINKS_SAID = 8, /* lines of one kind about link types; the rest is one more line */
	W101_LINKS_NAME = 24
};

struct w101_links {
	uint32_t usual; /* the last one that is read */
	bool set;
	size_t n;
	struct w101_links_strange {
		uint32_t link;
		uint64_t packets;
	} strange[W101_LINKS_STRANGE]; /* of the file at hand */
	uint64_t further; /* packets of link types without a place there */
};

/* A packet that was given to the engine. */
void w101_links_packet(struct w101_links *, uint32_t link);
/* Line number i of a file: "link type 147 (USER 0) is not read: its 12 packets are only counted", at last "and 3 more
 * link types are not read: ...".  False: there is no such line. */
bool w101_links_say(const struct w101_links *, size_t i, char *out, size_t max);

/* "Ethernet", "raw IP", "link type 1000": what people call it; buffer may be used. */
const char *w101_links_name(uint32_t link, char buffer[W101_LINKS_NAME]);
/* "Ethernet (eth0, eth1), raw IP": the link types of the interfaces that had packets; of all when none had.  Names
 * are as in the file: not safe for a terminal. */
void w101_links_text(const struct w101_facts *, char *out, size_t max);

#endif
