/* The run over the files. */
#ifndef W101_CLI_RUN_H
#define W101_CLI_RUN_H

#include "cli/options.h"

enum { W101_EXIT_DONE = 0, W101_EXIT_CHECK = 1, W101_EXIT_USAGE = 2, W101_EXIT_IO = 3 };

/* Reads o->files, writes to standard output; returns the exit status. */
int w101_run(const struct w101_options *o);

/* What is left in standard output's buffer, and whether writing went well: status, or W101_EXIT_IO with a message. */
int w101_run_finish_output(int status);

#endif
