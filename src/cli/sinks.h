/* The chain of sinks behind the engine: check, filter, shown, format. */
#ifndef W101_CLI_SINKS_H
#define W101_CLI_SINKS_H

#include "cli/check.h"
#include "cli/options.h"
#include "cli/shown.h"

struct w101_sinks {
	struct w101_sink first; /* for the engine */
	struct w101_check check;
	struct w101_shown shown;
};

/* Output goes to standard output.  links and facts are borrowed and may change until the summary.  An exit status; what is
 * wrong was said. */
int w101_sinks_open(struct w101_sinks *, const struct w101_options *, const char *links,
		    const struct w101_report_facts *);
/* 0, or the errno of the output.  What check and shown know stays until the clear. */
int w101_sinks_close(struct w101_sinks *);
void w101_sinks_clear(struct w101_sinks *);

#endif
