/* What becomes of events, as the options have it. */
#include "config.h"

#include "cli/sinks.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/run.h"
#include "cli/say.h"

/* Whether packets may still be on their way: a pipe. */
static bool is_live(const struct w101_options *o)
{
	struct stat st;
	for (size_t i = 0; i < o->n_files; i++)
		if ((strcmp(o->files[i], "-") == 0 ? fstat(STDIN_FILENO, &st) : stat(o->files[i], &st)) == 0 &&
			(S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || S_ISCHR(st.st_mode)))
			return true;
	return false;
}

static bool colors(enum w101_when when)
{
	if (when != W101_AUTO)
		return when == W101_ALWAYS;
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

int w101_sinks_open(struct w101_sinks *s, const struct w101_options *o, const char *links,
	const struct w101_report_facts *facts)
{
	const struct w101_report_options report = { .payload = o->payload,
		.hex = o->hex,
		.color = colors(o->color),
		.utc = o->utc,
		.quiet = o->quiet,
		.verbose = o->verbose,
		.live = o->lines || is_live(o),
		.files = o->files,
		.n_files = o->n_files,
		.links = links,
		.facts = facts };
	char error[W101_FILTER_ERROR];
	struct w101_sink last, filter;
	if (!o->format->open(stdout, &report, &last)) {
		w101_say("no memory");
		return W101_EXIT_IO;
	}
	last = w101_shown_open(&s->shown, o->verbose > 0, last);
	if (w101_filter_open(&o->show, last, &filter, error)) {
		w101_say("%s", error);
		last.ops->close(last.self);
		w101_sinks_clear(s);
		return W101_EXIT_USAGE;
	}
	s->first = w101_check_open(&s->check, filter);
	return W101_EXIT_DONE;
}

int w101_sinks_close(struct w101_sinks *s)
{
	return s->first.ops->close(s->first.self);
}

void w101_sinks_clear(struct w101_sinks *s)
{
	w101_shown_clear(&s->shown);
}
