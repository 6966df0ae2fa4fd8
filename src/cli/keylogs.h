/* Key logs, so far only whether they can be read. */
#ifndef W101_CLI_KEYLOGS_H
#define W101_CLI_KEYLOGS_H

#include "cli/options.h"

/* An exit status; what is wrong was said. */
int w101_keylogs_check(const struct w101_options *);

#endif
