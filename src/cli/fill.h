/* Words filled into lines of 79 columns. */
#ifndef W101_CLI_FILL_H
#define W101_CLI_FILL_H

#include <stdio.h>

/* The cursor stands at `column`, where further lines begin too.  Ends the last line. */
void w101_fill(FILE *, int column, const char *text);

#endif
