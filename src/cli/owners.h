/* Which packet belongs to which connection: noted while packets are analysed,
 * asked when they are saved.  Four bytes a packet, in a temporary file when they
 * are many. */
#ifndef W101_CLI_OWNERS_H
#define W101_CLI_OWNERS_H

#include "cli/shown.h"

struct w101_owners;

/* NULL: no memory. */
struct w101_owners *w101_owners_new(void);
void w101_owners_free(struct w101_owners *);
/* w101_engine_config.owner; self is the owners.  Packets from 1; cheap when their numbers go up. */
void w101_owners_note(void *self, uint64_t packet, uint32_t flow);
/* Whether one of the packet's connections is shown.  Cheap when the numbers go up. */
bool w101_owners_shown(struct w101_owners *, uint64_t packet, const struct w101_shown *);
/* errno of the temporary file; 0: all is known. */
int w101_owners_error(const struct w101_owners *);

#endif
