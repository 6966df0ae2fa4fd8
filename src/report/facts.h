/* What the files say of themselves (comments, names of hosts) as lines that the
 * report and the log share. */
#ifndef W101_REPORT_FACTS_H
#define W101_REPORT_FACTS_H

#include "report/report.h"
#include "report/writer.h"

/* How lines begin. */
struct w101_facts_style {
	const char *comment, *name, *more;
};

/* The first comments, and how many more there are; with `verbose` all of them,
 * whole, and the names.  facts may be NULL. */
void w101_put_facts(struct w101_writer *, const struct w101_report_facts *, const struct w101_facts_style *, int verbose);

#endif
