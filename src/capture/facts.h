/* What a capture file says of itself beside its packets: interfaces, comments,
 * names of hosts, TLS secrets.  A value that readers fill and others read. */
#ifndef W101_CAPTURE_FACTS_H
#define W101_CAPTURE_FACTS_H

#include <wire101/types.h>

/* Bounds; what is beyond them is counted in `left_out`. */
#define W101_FACTS_INTERFACES 65536
#define W101_FACTS_COMMENTS 1000
#define W101_FACTS_NAMES 32768
#define W101_FACTS_TEXT 4096            /* bytes of one text; the rest of it is cut off */
#define W101_FACTS_TEXTS (2u << 20)     /* bytes of all texts, with what is kept beside each */
#define W101_FACTS_SECRETS (4u << 20)   /* bytes of all secrets, with what is kept beside each */

struct w101_interface {
	uint32_t link;             /* LINKTYPE_ */
	uint32_t snaplen;          /* 0: no limit */
	char *name, *description;  /* as in the file: not safe for a terminal; NULL: none */
	uint64_t packets;          /* read from it so far */
	/* counters of the capturing system, from the last statistics block; UINT64_MAX: not told */
	uint64_t received, dropped_by_interface, dropped_by_system;
};

struct w101_comment {
	uint64_t packet; /* its number in the run; 0: of a section, interface or other block */
	char *text;      /* as in the file: not safe for a terminal */
};

struct w101_host_name {
	struct w101_addr addr;
	char *name; /* as in the file: not safe for a terminal */
};

/* Kept for the engine, which will take them before the source closes, when TLS is decrypted; nobody reads them yet. */
struct w101_secrets {
	uint32_t type; /* 0x544c534b: lines of a TLS key log */
	struct w101_bytes bytes;
};

struct w101_facts {
	struct w101_interface *interfaces; /* of all sections, in order; a classic file has one */
	size_t n_interfaces;
	struct w101_comment *comments;
	size_t n_comments;
	struct w101_host_name *names;
	size_t n_names;
	struct w101_secrets *secrets;
	size_t n_secrets;
	uint64_t left_out; /* pieces for which there was no room */
	size_t text_bytes, secret_bytes; /* taken so far of W101_FACTS_TEXTS and W101_FACTS_SECRETS */
};

void w101_facts_clear(struct w101_facts *);
/* Each copies what it is given; false: no room (counted).  n 0 for a text: none.  A text ends at its first NUL.
 * An interface whose text has no room is kept without it (counted). */
struct w101_interface *w101_facts_interface(struct w101_facts *, uint32_t link, uint32_t snaplen,
					    struct w101_bytes name, struct w101_bytes description);
bool w101_facts_comment(struct w101_facts *, uint64_t packet, struct w101_bytes text);
bool w101_facts_name(struct w101_facts *, const struct w101_addr *, struct w101_bytes name);
bool w101_facts_secrets(struct w101_facts *, uint32_t type, struct w101_bytes);

#endif
