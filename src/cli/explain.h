/* --explain: what the finding table knows of one id. */
#ifndef W101_CLI_EXPLAIN_H
#define W101_CLI_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

/* Prints it on the file; false, and the ids that come near (comma separated,
 * may be empty) in near, when there is no such id. */
bool w101_explain(FILE *, const char *id, char *near, size_t n_near);

#endif
