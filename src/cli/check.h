/* A sink before the others that counts findings for --check. */
#ifndef W101_CLI_CHECK_H
#define W101_CLI_CHECK_H

#include <wire101/sink.h>

struct w101_check {
	struct w101_sink next;
	uint64_t findings[3]; /* by severity */
};

/* The sink lives in *check, which stays the caller's; closing it closes next. */
struct w101_sink w101_check_open(struct w101_check *check, struct w101_sink next);
/* Whether there was one of this severity or above. */
bool w101_check_found(const struct w101_check *, enum w101_severity);

#endif
