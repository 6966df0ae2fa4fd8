/* -w: saves the packets of the connections that are shown.  What is analysed is
 * noted during the run, and saved by reading the input a second time. */
#ifndef W101_CLI_SAVING_H
#define W101_CLI_SAVING_H

#include <wire101/packet.h>

#include "cli/options.h"
#include "cli/owners.h"
#include "cli/progress.h"
#include "cli/shown.h"

struct w101_saving;

/* Without -w NULL is a saving that does nothing.  *out; false: said why, before anything was read.  The options are
 * borrowed until the end. */
bool w101_saving_open(const struct w101_options *, struct w101_saving **out);
void w101_saving_free(struct w101_saving *);

/* What the engine is to tell; NULL without -w. */
struct w101_owners *w101_saving_owners(struct w101_saving *);
/* File number i of the options is read next; `number` packets came before it. */
void w101_saving_begin(struct w101_saving *, size_t i, uint64_t number);
/* A packet that was analysed. */
void w101_saving_packet(struct w101_saving *, const struct w101_packet *);
/* The last packet of that file was this one. */
void w101_saving_end(struct w101_saving *, uint64_t number);

/* The second pass: says what was saved and what could not be.  False: not all of it.  Not called: nothing is written,
 * and a file that was made is removed. */
bool w101_saving_run(struct w101_saving *, const struct w101_shown *, struct w101_progress *);

#endif
