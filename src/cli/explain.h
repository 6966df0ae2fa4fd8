/* --explain: what is known of one finding or close code. */
#ifndef W101_CLI_EXPLAIN_H
#define W101_CLI_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

/* The id of a finding or a close code, printed on the file; false, and the ids that come near (comma separated,
 * may be empty) in near, when there is no such id. */
bool w101_explain(FILE *, const char *id, char *near, size_t n_near);

#endif
