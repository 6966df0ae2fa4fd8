/* What all files of a run say of themselves, for the report. */
#ifndef W101_CLI_ABOUT_H
#define W101_CLI_ABOUT_H

#include <wire101/engine.h>

#include "capture/facts.h"
#include "cli/links.h"
#include "report/report.h"

struct w101_about {
	struct w101_facts all;          /* copies, without secrets; bounded as those of one file */
	struct w101_report_facts facts; /* for the report; points into `all` */
	struct w101_report_interface *interfaces;
	char (*link_names)[W101_LINKS_NAME]; /* of interfaces whose link type has no other */
	struct w101_report_comment *comments;
	struct w101_report_name *names;
	char links[1024];               /* for the heading */
};

/* Zeroed before the first use.  At the end of a file: keeps copies, and notes packets that the capturing system dropped
 * (cap-dropped), with the file's name unless it is NULL. */
void w101_about_file(struct w101_about *, const struct w101_facts *, struct w101_engine *, const char *file);
/* After the last file: fills `facts` and `links`. */
void w101_about_ready(struct w101_about *, struct w101_engine *);
void w101_about_clear(struct w101_about *);

#endif
