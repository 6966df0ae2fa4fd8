/* wire101: from the command line to an exit status. */
#include "config.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture/source.h"
#include "cli/explain.h"
#include "cli/filter_file.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/run.h"
#include "cli/say.h"

#define OUTPUT_BUFFER (64u << 10)

static int explain(const char *id)
{
	char near[256];
	if (w101_explain(stdout, id, near, sizeof near))
		return W101_EXIT_DONE;
	w101_say("--explain: unknown id \"%s\"%s%s%s", id, *near ? ": did you mean " : "", near, *near ? "?" : "");
	return W101_EXIT_USAGE;
}

static int formats(void)
{
	for (const struct w101_format *f = w101_formats; f->name; f++)
		printf("%-8s %s\n", f->name, f->description);
	return W101_EXIT_DONE;
}

static int version(void)
{
	printf("wire101 %s\n%s\n", PACKAGE_VERSION, w101_source_library());
	return W101_EXIT_DONE;
}

static int run(struct w101_options *o)
{
	if (!o->n_files) {
		fprintf(stderr, "%s\n", W101_USAGE);
		return W101_EXIT_USAGE;
	}
	if (o->filter_file && !(o->filter = w101_filter_file(o->filter_file))) {
		w101_say("filter file %s: %s", *o->filter_file ? o->filter_file : "\"\"", strerror(errno));
		return W101_EXIT_IO;
	}
	return w101_run(o);
}

static int act(struct w101_options *o)
{
	switch (o->mode) {
	case W101_MODE_HELP:
		w101_help(stdout);
		return W101_EXIT_DONE;
	case W101_MODE_VERSION:
		return version();
	case W101_MODE_FORMATS:
		return formats();
	case W101_MODE_EXPLAIN:
		return explain(o->explain);
	case W101_MODE_RUN:
		break;
	}
	return run(o);
}

int main(int argc, char **argv)
{
	struct w101_options options;
	char error[W101_OPTIONS_ERROR];
	int status = W101_EXIT_USAGE;
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C"); /* numbers are read by programs too */
	tzset();
	setvbuf(stdout, malloc(OUTPUT_BUFFER), _IOFBF, OUTPUT_BUFFER); /* stdout's until the end; NULL: its own */
	if (w101_options_parse(&options, argc, argv, error))
		w101_say("%s", error);
	else
		status = options.mode == W101_MODE_RUN ? act(&options) : w101_run_finish_output(act(&options));
	w101_options_clear(&options);
	return status;
}
