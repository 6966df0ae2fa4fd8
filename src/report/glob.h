/* Patterns of --host and --path. */
#ifndef W101_REPORT_GLOB_H
#define W101_REPORT_GLOB_H

#include <wire101/types.h>

/* `*` any bytes, `?` one byte, `\` takes the next one as it is.  The whole text must match. */
bool w101_glob(const char *pattern, struct w101_bytes text, bool nocase);

#endif
