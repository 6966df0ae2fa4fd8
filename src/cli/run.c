/* One run: sources, engine and sinks put together, file after file, and what
 * became of it as messages and an exit status.  Knows no protocol. */
#include "config.h"

#include "cli/run.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <wire101/engine.h>

#include "base/quota.h"
#include "capture/source.h"
#include "cli/check.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "net/net.h"

#define RESERVE (1u << 20) /* memory set aside so that the sinks can end in order */

/* The one variable that a signal handler needs; only this file's loop reads it. */
static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

struct run {
	const struct w101_options *o;
	struct w101_quota quota;
	struct w101_check check;
	struct w101_sink sink;      /* the first of the chain */
	struct w101_engine *engine; /* NULL until a file could be opened */
	struct w101_progress progress;
	char links[256];           /* names of the link types, for the report */
	uint64_t packets, matched; /* read, and given to the engine */
	int output_error;          /* errno of standard output */
	int status;
	bool incomplete; /* not all of the input was analysed */
	bool stop;
};

static const char *name_of(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : *path ? path : "\"\"";
}

static void worse(struct run *r, int status)
{
	if (status > r->status)
		r->status = status;
}

/* The input cannot be read (further), or not understood: said, and the run goes on with the next file. */
static void lost(struct run *r, const char *path, const char *why)
{
	w101_progress_clear(&r->progress);
	w101_say("%s: %s", name_of(path), why);
	worse(r, W101_EXIT_IO);
	r->incomplete = true;
}

static void stop(struct run *r, const char *why)
{
	w101_progress_clear(&r->progress);
	w101_say("%s", why);
	worse(r, W101_EXIT_IO);
	r->incomplete = r->stop = true;
}

/* An exit status. */
static int look_at_keylogs(const struct w101_options *o)
{
	const char *from_environment = o->keylog_env ? getenv("SSLKEYLOGFILE") : NULL;
	if (o->keylog_env && (!from_environment || !*from_environment)) {
		w101_say("--keylog-env: the environment variable SSLKEYLOGFILE is not set");
		return W101_EXIT_USAGE;
	}
	for (size_t i = 0; i < o->n_keylogs + (from_environment ? 1 : 0); i++) {
		const char *path = i < o->n_keylogs ? o->keylogs[i] : from_environment;
		if (access(path, R_OK)) {
			w101_say("key log %s: %s", path, strerror(errno));
			return W101_EXIT_IO;
		}
	}
	return W101_EXIT_DONE;
}

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

/* engine -> check -> filter -> format.  False: said why, and r->status set. */
static bool open_sinks(struct run *r, const struct w101_report_options *report)
{
	const struct w101_options *o = r->o;
	char error[W101_FILTER_ERROR];
	struct w101_sink last, shown;
	if (!o->format->open(stdout, report, &last)) {
		w101_say("no memory");
		worse(r, W101_EXIT_IO);
		return false;
	}
	if (w101_filter_open(&o->show, last, &shown, error)) {
		w101_say("%s", error);
		worse(r, W101_EXIT_USAGE);
		last.ops->close(last.self);
		return false;
	}
	r->sink = w101_check_open(&r->check, shown);
	return true;
}

static bool open_engine(struct run *r)
{
	struct w101_engine_config config = { .limits = W101_LIMITS_DEFAULT,
		.sink = r->sink,
		.quota = &r->quota,
		.keep_messages = r->o->payload == W101_PAYLOAD_FULL || r->o->show.grep,
		.plain_http = r->o->verbose > 0 };
	config.limits.memory = r->o->max_memory;
	if (getrandom(config.seed, sizeof config.seed, 0) != sizeof config.seed) {
		w101_say("no random numbers: %s", strerror(errno));
		worse(r, W101_EXIT_IO);
		return false;
	}
	r->engine = w101_engine_new(&config);
	if (!r->engine)
		stop(r, "out of memory");
	return r->engine != NULL;
}

/* A link type for the heading; one that net/ cannot read is said. */
static void add_link(struct run *r, const struct w101_source *source, const char *path)
{
	char why[160];
	const char *name = w101_net_link_name(w101_source_link(source));
	size_t n = strlen(r->links);
	if (!name) {
		name = w101_source_link_words(source);
		snprintf(why, sizeof why, "link type %" PRIu32 " (%s) is not read yet: its packets are only counted",
			w101_source_link(source), name);
		lost(r, path, why);
	}
	for (const char *at = r->links; (at = strstr(at, name)); at++)
		if ((at == r->links || at[-1] == ' ') && strchr(",", at[strlen(name)]))
			return;
	if (n + 2 + strlen(name) < sizeof r->links)
		snprintf(r->links + n, sizeof r->links - n, "%s%s", n ? ", " : "", name);
}

/* A filter that cannot be understood is wrong usage, unless other files could do with it. */
static void bad_filter(struct run *r, const char *path, const char *why)
{
	if (r->engine) {
		w101_say("%s: filter \"%s\": %s", name_of(path), r->o->filter, why);
		worse(r, W101_EXIT_IO);
		r->incomplete = true;
		return;
	}
	bool file = r->o->word && access(r->o->word, F_OK) == 0;
	w101_say("filter \"%s\": %s%s", r->o->filter, why,
		file ? " (the words behind -r FILE are the filter: to read more files give each its -r)" : "");
	worse(r, W101_EXIT_USAGE);
	r->stop = true;
}

/* After each packet: what ends the run early. */
static void look_around(struct run *r)
{
	if (interrupted) {
		stop(r, "interrupted: what was read so far is reported");
	} else if (ferror(stdout)) {
		r->output_error = errno ? errno : EIO;
		r->incomplete = r->stop = true;
	} else if (r->quota.exhausted) {
		stop(r, "out of memory: what was read so far is reported");
	} else if (r->o->count && r->matched >= r->o->count) {
		r->stop = true;
	}
}

static void read_packets(struct run *r, struct w101_source *source, const char *path)
{
	struct w101_packet packet;
	char error[W101_SOURCE_ERROR], note[W101_SOURCE_ERROR + 512];
	enum w101_source_next next = W101_SOURCE_PACKET;
	while (!r->stop && (next = w101_source_next(source, &r->packets, &packet, error)) == W101_SOURCE_PACKET) {
		r->matched++;
		errno = 0;
		w101_engine_packet(r->engine, &packet);
		w101_progress_step(&r->progress, source, path, packet.number);
		look_around(r);
	}
	if (interrupted && !r->stop) { /* while it waited for a packet */
		look_around(r);
	} else if (next == W101_SOURCE_CUT) {
		snprintf(note, sizeof note, "%.400s, after packet %" PRIu64 ": %s", name_of(path), r->packets, error);
		w101_engine_note(r->engine, W101_F_cap_cut, note);
		snprintf(note, sizeof note, "after packet %" PRIu64 ": %s (everything before was analysed)", r->packets,
			error);
		lost(r, path, note);
	} else if (next == W101_SOURCE_FAILED) {
		lost(r, path, error);
	}
}

static void read_file(struct run *r, const char *path)
{
	char error[W101_SOURCE_ERROR];
	struct w101_source *source = w101_source_open(path, error);
	if (interrupted) {
		look_around(r);
	} else if (!source) {
		lost(r, path, error);
	} else if (r->o->filter && w101_source_filter(source, r->o->filter, error)) {
		bad_filter(r, path, error);
	} else if (r->engine || open_engine(r)) {
		add_link(r, source, path);
		read_packets(r, source, path);
		w101_progress_clear(&r->progress);
	}
	w101_source_close(source);
}

static void catch_signals(void)
{
	/* without SA_RESTART, so that waiting for a packet ends; the second one kills */
	struct sigaction end = { .sa_handler = on_signal, .sa_flags = SA_RESETHAND },
			 ignore = { .sa_handler = SIG_IGN };
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

/* A reader that went away (head, a pager) is no news to anybody. */
static int output_failed(int error)
{
	if (error != EPIPE)
		w101_say("standard output: %s", strerror(error));
	return W101_EXIT_IO;
}

int w101_run_finish_output(int status)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	return output_failed(errno ? errno : EIO);
}

int w101_run(const struct w101_options *o)
{
	struct run r = { .o = o };
	struct w101_report_options report = { .payload = o->payload,
		.hex = o->hex,
		.color = colors(o->color),
		.utc = o->utc,
		.quiet = o->quiet,
		.verbose = o->verbose,
		.live = o->lines || is_live(o),
		.files = o->files,
		.n_files = o->n_files,
		.links = r.links };
	r.status = look_at_keylogs(o);
	if (r.status)
		return r.status;
	catch_signals();
	w101_quota_init(&r.quota, o->max_memory, RESERVE);
	w101_progress_init(&r.progress, o->progress, isatty(STDOUT_FILENO) && strcmp(o->format->name, "report") != 0);
	if (open_sinks(&r, &report)) {
		for (size_t i = 0; i < o->n_files && !r.stop; i++)
			read_file(&r, o->files[i]);
		if (r.engine)
			w101_engine_flush(r.engine, !r.incomplete);
		if (r.engine && o->filter && r.matched == 0)
			w101_say("filter \"%s\": matched 0 of %" PRIu64 " packets", o->filter, r.packets);
		int error = r.sink.ops->close(r.sink.self);
		w101_engine_free(r.engine);
		if (r.output_error || error)
			worse(&r, output_failed(error ? error : r.output_error));
		else
			worse(&r, w101_run_finish_output(r.status));
		if (o->check && w101_check_found(&r.check, o->check_at))
			worse(&r, W101_EXIT_CHECK);
	}
	w101_quota_clear(&r.quota);
	return r.status;
}
