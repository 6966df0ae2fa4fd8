/* One run: sources, engine and sinks put together, file after file, and what
 * became of it as messages and an exit status.  Knows no protocol. */
#include "config.h"

#include "cli/run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <wire101/engine.h>

#include "base/quota.h"
#include "capture/bpf.h"
#include "capture/source.h"
#include "cli/about.h"
#include "cli/interrupt.h"
#include "cli/keylogs.h"
#include "cli/links.h"
#include "cli/progress.h"
#include "cli/saving.h"
#include "cli/say.h"
#include "cli/sinks.h"

#define BATCH 64 /* packets that are read at once, when they are there */
#define RESERVE (1u << 20) /* memory set aside so that the sinks can end in order */

struct run {
	const struct w101_options *o;
	struct w101_quota quota;
	struct w101_sinks sinks;
	struct w101_engine *engine; /* NULL until there is something to analyse */
	struct w101_bpf *bpf;       /* NULL: no filter */
	struct w101_saving *saving; /* NULL: no -w */
	struct w101_progress progress;
	struct w101_about about;
	struct w101_links links;
	uint64_t packets, matched; /* read, and given to the engine */
	int output_error;          /* errno of standard output */
	int status;
	bool incomplete; /* not all of the input was analysed */
	size_t unfit;    /* link types that the filter did not fit */
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

static bool open_engine(struct run *r)
{
	struct w101_engine_config config = { .limits = W101_LIMITS_DEFAULT,
		.sink = r->sinks.first,
		.quota = &r->quota,
		.keep_messages = r->o->payload == W101_PAYLOAD_FULL || r->o->show.grep,
		.plain_http = r->o->verbose > 0,
		.owner = r->saving ? w101_owners_note : NULL,
		.owner_self = w101_saving_owners(r->saving) };
	config.limits.memory = r->o->max_memory;
	if (getentropy(config.seed, sizeof config.seed)) {
		w101_say("no random numbers: %s", strerror(errno));
		worse(r, W101_EXIT_IO);
		return false;
	}
	r->engine = w101_engine_new(&config);
	if (!r->engine)
		stop(r, "out of memory");
	return r->engine != NULL;
}

/* A filter that no link type takes is wrong usage; true: it is one. */
static bool is_wrong_filter(struct run *r)
{
	char why[W101_SOURCE_ERROR];
	if (w101_bpf_check(r->o->filter, why) == 0)
		return false;
	bool file = r->o->word && access(r->o->word, F_OK) == 0;
	w101_say("filter \"%s\": %s%s", r->o->filter, why,
		file ? " (the words behind -r FILE are the filter: to read more files give each its -r)" : "");
	worse(r, W101_EXIT_USAGE);
	r->stop = true;
	return true;
}

/* Good for other link types, not for this packet's. */
static void does_not_fit(struct run *r, const char *path, uint32_t link, const char *why)
{
	if (!r->engine && is_wrong_filter(r))
		return;
	char buffer[W101_LINKS_NAME];
	r->incomplete = true;
	if (r->unfit++ >= W101_LINKS_SAID)
		return;
	w101_progress_clear(&r->progress);
	w101_say("%s: filter \"%s\" does not fit %s: its packets are left out (%s)", name_of(path), r->o->filter,
		w101_links_name(link, buffer), why);
}

/* The first packet that a filter can be asked about is what opens the engine. */
static bool matches(struct run *r, const struct w101_packet *packet, const char *path)
{
	char why[W101_SOURCE_ERROR];
	int match = r->bpf ? w101_bpf_match(r->bpf, packet, why) : 1;
	if (match < 0)
		does_not_fit(r, path, packet->link, why);
	else if (!r->engine && w101_bpf_used(r->bpf))
		open_engine(r);
	return match > 0 && r->engine;
}

/* For a file without a packet that the filter could be asked about. */
static bool open_engine_for_nothing(struct run *r)
{
	return !r->stop && !r->unfit && !(r->bpf && is_wrong_filter(r)) && open_engine(r);
}

/* After each packet: what ends the run early. */
static void look_around(struct run *r)
{
	if (w101_interrupted()) {
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

/* Those of n packets that match, in their order, go to the engine. */
static void take(struct run *r, struct w101_packet *packets, size_t n, const char *path)
{
	size_t kept = 0;
	for (size_t i = 0; i < n && !r->stop && !(r->o->count && r->matched >= r->o->count); i++) {
		if (!matches(r, &packets[i], path))
			continue;
		r->matched++;
		w101_links_packet(&r->links, packets[i].link);
		packets[kept++] = packets[i];
	}
	errno = 0;
	if (kept)
		w101_engine_packets(r->engine, packets, kept);
	for (size_t i = 0; r->saving && i < kept; i++)
		w101_saving_packet(r->saving, &packets[i]);
}

/* With -c no packet is read beyond the last one that is wanted. */
static size_t at_once(const struct run *r)
{
	uint64_t left = r->o->count ? r->o->count - r->matched : BATCH;
	return left < BATCH ? (size_t)left : BATCH;
}

static void read_packets(struct run *r, struct w101_source *source, const char *path)
{
	struct w101_packet packets[BATCH];
	char error[W101_SOURCE_ERROR], note[W101_SOURCE_ERROR + 512];
	enum w101_source_next next = W101_SOURCE_PACKET;
	size_t n;
	while (!r->stop && (n = w101_source_some(source, &r->packets, packets, at_once(r), &next, error))) {
		w101_progress_step(&r->progress, source, path, r->packets);
		take(r, packets, n, path);
		look_around(r);
	}
	if (w101_interrupted() && !r->stop) { /* while it waited for a packet */
		look_around(r);
	} else if (next == W101_SOURCE_CUT) {
		snprintf(note, sizeof note, "%.400s, after packet %" PRIu64 ": %s", name_of(path), r->packets, error);
		if (r->engine || open_engine_for_nothing(r))
			w101_engine_note(r->engine, W101_F_cap_cut, note);
		snprintf(note, sizeof note, "after packet %" PRIu64 ": %s (everything before was analysed)", r->packets,
			error);
		lost(r, path, note);
	} else if (next == W101_SOURCE_FAILED) {
		lost(r, path, error);
	}
}

/* What is to be told of a file as a whole. */
static void look_back(struct run *r, const struct w101_source *source, const char *path)
{
	char why[W101_SOURCE_ERROR];
	w101_progress_clear(&r->progress);
	if (r->engine || open_engine_for_nothing(r))
		w101_about_file(&r->about, w101_source_facts(source), r->engine, r->o->n_files > 1 ? name_of(path) : NULL);
	for (size_t i = 0; w101_links_say(&r->links, i, why, sizeof why); i++)
		lost(r, path, why);
	r->links.n = r->links.further = 0;
}

static void read_file(struct run *r, size_t i)
{
	char error[W101_SOURCE_ERROR];
	const char *path = r->o->files[i];
	struct w101_source *source = w101_source_open(path, error);
	if (w101_interrupted()) {
		look_around(r);
	} else if (!source) {
		lost(r, path, error);
	} else if (r->bpf || r->engine || open_engine(r)) {
		w101_saving_begin(r->saving, i, r->packets);
		read_packets(r, source, path);
		w101_saving_end(r->saving, r->packets);
		look_back(r, source, path);
	}
	w101_source_close(source);
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

/* All events are out: the engine is not needed any more. */
static void end_analysis(struct run *r)
{
	if (r->engine) {
		w101_about_ready(&r->about, r->engine);
		w101_engine_flush(r->engine, !r->incomplete);
	}
	if (r->engine && r->o->filter && r->matched == 0)
		w101_say("filter \"%s\": matched 0 of %" PRIu64 " packets", r->o->filter, r->packets);
	if (r->unfit > W101_LINKS_SAID)
		w101_say("filter \"%s\" does not fit %zu more link types: their packets are left out", r->o->filter,
			r->unfit - W101_LINKS_SAID);
	if (r->unfit && !r->engine)
		w101_say("filter \"%s\": no packet came that it fits: nothing was analysed", r->o->filter);
	if (r->unfit)
		worse(r, r->engine ? W101_EXIT_IO : W101_EXIT_USAGE);
	int error = w101_sinks_close(&r->sinks);
	if (r->output_error || error)
		worse(r, output_failed(error ? error : r->output_error));
	else
		worse(r, w101_run_finish_output(r->status));
	if (r->o->check && w101_check_found(&r->sinks.check, r->o->check_at))
		worse(r, W101_EXIT_CHECK);
	w101_engine_free(r->engine);
}

static void analyse(struct run *r)
{
	bool busy = isatty(STDOUT_FILENO) && strcmp(r->o->format->name, "report") != 0;
	w101_interrupt_catch();
	w101_quota_init(&r->quota, r->o->max_memory, RESERVE);
	w101_progress_init(&r->progress, r->o->progress, busy);
	r->status = w101_sinks_open(&r->sinks, r->o, r->about.links, &r->about.facts);
	if (r->status)
		return;
	for (size_t i = 0; i < r->o->n_files && !r->stop; i++)
		read_file(r, i);
	bool analysed = r->engine != NULL;
	end_analysis(r);
	w101_progress_init(&r->progress, r->o->progress, false);
	if (analysed && !w101_saving_run(r->saving, &r->sinks.shown, &r->progress))
		worse(r, W101_EXIT_IO);
	w101_sinks_clear(&r->sinks);
}

int w101_run(const struct w101_options *o)
{
	struct run r = { .o = o, .status = w101_keylogs_check(o) };
	if (r.status)
		return r.status;
	if (o->filter && !(r.bpf = w101_bpf_new(o->filter))) {
		w101_say("no memory");
		return W101_EXIT_IO;
	}
	if (w101_saving_open(o, &r.saving))
		analyse(&r);
	else
		r.status = W101_EXIT_IO;
	w101_saving_free(r.saving);
	w101_about_clear(&r.about);
	w101_bpf_free(r.bpf);
	w101_quota_clear(&r.quota);
	return r.status;
}
