/* The command line as a value.  One table of options feeds the parser and the
 * help text. */
#ifndef W101_CLI_OPTIONS_H
#define W101_CLI_OPTIONS_H

#include <wire101/finding.h>

#include "report/filter.h"
#include "report/report.h"

enum w101_mode { W101_MODE_RUN, W101_MODE_HELP, W101_MODE_VERSION, W101_MODE_FORMATS, W101_MODE_EXPLAIN };
enum w101_when { W101_AUTO, W101_ALWAYS, W101_NEVER };

/* Strings belong to argv unless said. */
struct w101_options {
	enum w101_mode mode;
	const char **files; /* the array is ours */
	size_t n_files;
	char *filter;         /* ours; NULL: none */
	const char *filter_file; /* NULL: none */
	const char *word;     /* first word of a filter that stood behind -r, else NULL */
	const char **keylogs; /* the array is ours */
	size_t n_keylogs;
	bool keylog_env;
	const struct w101_format *format;
	const char *write; /* file for the packets of the connections shown; NULL: none */
	enum w101_payload payload;
	struct w101_filter_options show;
	const char *explain;
	enum w101_severity check_at;
	uint64_t max_memory; /* bytes */
	uint64_t count;      /* packets; 0: all */
	enum w101_when color, progress;
	bool hex, check, utc, quiet;
	bool force; /* write over an existing file */
	bool lines; /* written at once */
	int verbose, t; /* how often -v and -t were given */
};

#define W101_OPTIONS_ERROR 512

/* 0, or -1 with one line in error.  Clear after either. */
int w101_options_parse(struct w101_options *, int argc, char **argv, char error[W101_OPTIONS_ERROR]);
void w101_options_clear(struct w101_options *);

/* ---- the table */

enum w101_option_section {
	W101_SECTION_INPUT,
	W101_SECTION_OUTPUT,
	W101_SECTION_SHOW,
	W101_SECTION_JUDGE,
	W101_SECTION_OTHER,
	W101_SECTION_ALSO, /* tcpdump's; told in one line, without `help` */
	W101_SECTION_LATER /* known, not built yet: `help` is why, and what to do instead */
};
enum w101_option_argument { W101_ARG_NONE, W101_ARG_NEEDED, W101_ARG_OPTIONAL };

struct w101_option {
	int id;
	char letter;      /* 0: none */
	const char *name; /* NULL: none */
	enum w101_option_argument argument;
	const char *value; /* its name in the help; NULL without argument */
	enum w101_option_section section;
	const char *help;
};

extern const struct w101_option w101_option_table[];
extern const size_t w101_option_count;

#endif
