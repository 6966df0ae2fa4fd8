/* A progress line on standard error. */
#ifndef W101_CLI_PROGRESS_H
#define W101_CLI_PROGRESS_H

#include "capture/source.h"
#include "cli/options.h"

struct w101_progress {
	bool allowed; /* for files above the size */
	bool always;
	int width; /* of the line that stands there, 0: none */
	unsigned percent;
	uint64_t next; /* packet at which to look again */
};

/* busy: the output itself goes to the terminal as it comes. */
void w101_progress_init(struct w101_progress *, enum w101_when, bool busy);
/* To be called after each packet; looks up only now and then. */
void w101_progress_step(struct w101_progress *, const struct w101_source *, const char *name, uint64_t packet);
void w101_progress_clear(struct w101_progress *);

#endif
