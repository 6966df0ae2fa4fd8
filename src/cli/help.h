/* The help text, made from the table of options. */
#ifndef W101_CLI_HELP_H
#define W101_CLI_HELP_H

#include <stdio.h>

/* One line without its end. */
#define W101_USAGE                                                                                                     \
	"usage: wire101 [options] FILE...  or  wire101 [options] -r FILE [FILTER]  (wire101 --help tells more)"

void w101_help(FILE *);

#endif
