/* The second pass.  A regular file is opened again, standard input that is one is
 * moved back; what cannot be read twice (a pipe) is kept in a ring.  Packets are
 * known by their numbers, which count the same way both times. */
#include "config.h"

#include "cli/saving.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/ring.h"
#include "capture/save.h"
#include "cli/interrupt.h"
#include "cli/links.h"
#include "cli/say.h"

struct input {
	bool again;           /* can be read a second time */
	off_t start;          /* of standard input */
	struct stat st;       /* of a file that can be read again */
	uint64_t first, last; /* number of the packet before its first one, and of its last one */
};

struct w101_saving {
	const struct w101_options *o;
	struct w101_save *save;
	struct w101_save_input *used; /* files that must not be written over */
	struct w101_owners *owners;
	struct w101_ring *ring;       /* NULL: not needed */
	struct input *input, *at;     /* one for each of o->files; the one at hand */
	/* second pass */
	const struct w101_shown *shown;
	struct w101_progress *progress;
	uint64_t wanted, fallen;      /* packets of the connections shown; those that fell out of the ring */
	uint64_t ring_at;
	bool interrupted_before;      /* the first pass was */
	bool incomplete, stop;
};

static bool is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

static const char *name_of(const char *path)
{
	return is_stdin(path) ? "standard input" : path;
}

/* ---- before the run */

static bool refused(const struct w101_options *o, const char *why)
{
	w101_say("-w %s: %s", *o->write ? o->write : "\"\"", why);
	return false;
}

static void keep(struct w101_saving *s, size_t *n, const struct stat *st, const char *what)
{
	s->used[(*n)++] = (struct w101_save_input){ st->st_dev, st->st_ino, what };
}

static void keep_path(struct w101_saving *s, size_t *n, const char *path, const char *what)
{
	struct stat st;
	if (path && stat(path, &st) == 0)
		keep(s, n, &st, what);
}

enum { USED_BESIDE = 4 }; /* beside inputs and key logs: SSLKEYLOGFILE, -F, standard output and error */

/* Other files of the run that must not be written over; one that is not regular is refused for that. */
static void look_at_others(struct w101_saving *s, size_t *n)
{
	static const char keylog[] = "is a key log: choose another name";
	struct stat st;
	for (size_t i = 0; i < s->o->n_keylogs; i++)
		keep_path(s, n, s->o->keylogs[i], keylog);
	keep_path(s, n, getenv("SSLKEYLOGFILE"), keylog); /* asked for or not: a browser may be writing it */
	keep_path(s, n, s->o->filter_file, "is the filter file: choose another name");
	if (fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode))
		keep(s, n, &st, "is where standard output goes: choose another name");
	if (fstat(STDERR_FILENO, &st) == 0 && S_ISREG(st.st_mode))
		keep(s, n, &st, "is where standard error goes: choose another name");
}

/* What the inputs are.  A file that is not there is for the run to tell. */
static void look_at_inputs(struct w101_saving *s, size_t *n)
{
	for (size_t i = 0; i < s->o->n_files; i++) {
		struct input *in = &s->input[i];
		bool in_use = is_stdin(s->o->files[i]);
		if (in_use ? fstat(STDIN_FILENO, &in->st) : stat(s->o->files[i], &in->st))
			continue;
		keep(s, n, &in->st, "is one of the inputs: choose another name");
		in->start = in_use ? lseek(STDIN_FILENO, 0, SEEK_CUR) : 0;
		in->again = S_ISREG(in->st.st_mode) && in->start >= 0;
	}
}

static bool need_ring(const struct w101_saving *s)
{
	for (size_t i = 0; i < s->o->n_files; i++)
		if (!s->input[i].again)
			return true;
	return false;
}

bool w101_saving_open(const struct w101_options *o, struct w101_saving **out)
{
	char error[W101_SAVE_ERROR] = "no memory";
	*out = NULL;
	if (!o->write)
		return true;
	struct w101_saving *s = calloc(1, sizeof *s);
	if (!s)
		return refused(o, error);
	s->o = o;
	s->input = calloc(o->n_files, sizeof *s->input);
	s->used = calloc(o->n_files + o->n_keylogs + USED_BESIDE, sizeof *s->used);
	s->owners = w101_owners_new();
	if (s->input && s->used && s->owners) {
		size_t n = 0;
		look_at_inputs(s, &n);
		look_at_others(s, &n);
		if (!need_ring(s) || (s->ring = w101_ring_new(W101_RING_DEFAULT)))
			s->save = w101_save_open(o->write, o->force, s->used, n, error);
	}
	if (!s->save) {
		w101_saving_free(s);
		return refused(o, error);
	}
	*out = s;
	return true;
}

void w101_saving_free(struct w101_saving *s)
{
	if (!s)
		return;
	w101_save_free(s->save);
	w101_owners_free(s->owners);
	w101_ring_free(s->ring);
	free(s->used);
	free(s->input);
	free(s);
}

/* ---- during the run */

struct w101_owners *w101_saving_owners(struct w101_saving *s)
{
	return s ? s->owners : NULL;
}

void w101_saving_begin(struct w101_saving *s, size_t i, uint64_t number)
{
	if (!s)
		return;
	s->at = &s->input[i];
	s->at->first = s->at->last = number;
}

void w101_saving_packet(struct w101_saving *s, const struct w101_packet *p)
{
	if (s && !s->at->again)
		w101_ring_add(s->ring, p);
}

void w101_saving_end(struct w101_saving *s, uint64_t number)
{
	if (s)
		s->at->last = number;
}

/* ---- the second pass */

static bool is_wanted(struct w101_saving *s, uint64_t number)
{
	return w101_owners_shown(s->owners, number, s->shown);
}

/* Whether there is still a file that can be written. */
static bool all_failed(const struct w101_saving *s)
{
	const struct w101_saved *f;
	for (size_t n = w101_save_files(s->save, &f); n; n--, f++)
		if (!f->failed)
			return false;
	return true;
}

static void say(struct w101_saving *s, const char *what, const char *why)
{
	w101_progress_clear(s->progress);
	w101_say("%s: %s", what, why);
	s->incomplete = true;
}

static void save(struct w101_saving *s, const struct w101_packet *p)
{
	char error[W101_SAVE_ERROR];
	s->wanted++;
	if (w101_save_packet(s->save, p, error))
		return;
	say(s, "-w", error);
	s->stop = all_failed(s);
}

static void look_around(struct w101_saving *s)
{
	if (s->interrupted_before || !w101_interrupted())
		return;
	say(s, "-w", "interrupted: not all packets were saved");
	s->stop = true;
}

/* Packets that the second reading did not bring. */
static void missing(struct w101_saving *s, const struct input *in, uint64_t from, const char *path, const char *why)
{
	char text[W101_SOURCE_ERROR + 128];
	uint64_t n = 0;
	for (uint64_t number = from; number <= in->last; number++)
		n += is_wanted(s, number);
	if (!n)
		return;
	s->wanted += n;
	snprintf(text, sizeof text, "%s: %" PRIu64 " packet%s of the connections shown %s not saved", why, n,
		n == 1 ? "" : "s", n == 1 ? "is" : "are");
	say(s, name_of(path), text);
}

static bool replaced(const struct input *in, const char *path)
{
	struct stat st;
	return !is_stdin(path) && stat(path, &st) == 0 && (st.st_dev != in->st.st_dev || st.st_ino != in->st.st_ino);
}

static void from_file(struct w101_saving *s, const struct input *in, const char *path)
{
	char error[W101_SOURCE_ERROR];
	struct w101_packet p;
	struct w101_source *source = NULL;
	uint64_t number = in->first;
	if (replaced(in, path))
		snprintf(error, sizeof error, "was replaced while it was read");
	else if (is_stdin(path) && lseek(STDIN_FILENO, in->start, SEEK_SET) < 0)
		snprintf(error, sizeof error, "%s", strerror(errno));
	else
		source = w101_source_open(path, error);
	if (!source) {
		missing(s, in, number + 1, path, error);
		return;
	}
	while (!s->stop && number < in->last && w101_source_next(source, &number, &p, error) == W101_SOURCE_PACKET) {
		if (is_wanted(s, p.number))
			save(s, &p);
		w101_progress_step(s->progress, source, path, p.number);
		look_around(s);
	}
	w101_source_close(source);
	w101_progress_clear(s->progress);
	if (!s->stop && number < in->last)
		missing(s, in, number + 1, path, "changed while it was read");
}

static void from_ring(struct w101_saving *s, const struct input *in)
{
	struct w101_packet p;
	uint64_t first = w101_ring_first(s->ring), at = s->ring_at;
	for (uint64_t number = in->first + 1; number <= in->last && (number < first || !first); number++) {
		if (is_wanted(s, number)) {
			s->wanted++;
			s->fallen++;
		}
	}
	while (!s->stop && w101_ring_next(s->ring, &at, &p) && p.number <= in->last) {
		s->ring_at = at;
		if (is_wanted(s, p.number))
			save(s, &p);
		look_around(s);
	}
}

static void say_saved(const struct w101_saving *s)
{
	const struct w101_saved *f;
	size_t n = w101_save_files(s->save, &f);
	char all[64] = "", buffer[W101_LINKS_NAME];
	if (n == 1)
		snprintf(all, sizeof all, " of %" PRIu64 " connection%s", s->shown->n, s->shown->n == 1 ? "" : "s");
	for (; n; n--, f++) {
		const char *plural = f->packets == 1 ? "" : "s";
		if (f->failed && f->packets)
			w101_say("only %" PRIu64 " packet%s came to %s, which is not whole", f->packets, plural, f->path);
		if (f->failed)
			continue;
		if (!s->shown->n)
			w101_say("no connection is shown: %s holds no packets", f->path);
		else if (*all)
			w101_say("saved %" PRIu64 " packet%s%s to %s", f->packets, plural, all, f->path);
		else
			w101_say("saved %" PRIu64 " packet%s to %s (%s)", f->packets, plural, f->path,
				w101_links_name(f->link, buffer));
	}
}

static void say_lost(struct w101_saving *s)
{
	char text[96];
	if (s->fallen) {
		s->incomplete = true;
		w101_say("%" PRIu64 " of %" PRIu64 " packets of the connections shown were no longer at hand (the ring holds "
			 "%u MiB): save standard input to a file first",
			s->fallen, s->wanted, (unsigned)(W101_RING_DEFAULT >> 20));
	}
	uint64_t cut = w101_save_cut(s->save);
	if (cut) {
		snprintf(text, sizeof text, "%" PRIu64 " packet%s cut to 262144 bytes, the most that pcap has", cut,
			cut == 1 ? " was" : "s were");
		say(s, "-w", text);
	}
	if (s->shown->left_out) {
		snprintf(text, sizeof text, "no room for %" PRIu64 " of the connections shown", s->shown->left_out);
		say(s, "-w", text);
	}
	if (w101_owners_error(s->owners)) {
		say(s, "-w: temporary file", strerror(w101_owners_error(s->owners)));
		w101_say("-w: not all packets of the connections shown were saved");
	}
}

bool w101_saving_run(struct w101_saving *s, const struct w101_shown *shown, struct w101_progress *progress)
{
	char error[W101_SAVE_ERROR];
	if (!s)
		return true;
	s->shown = shown;
	s->progress = progress;
	s->interrupted_before = w101_interrupted();
	for (size_t i = 0; i < s->o->n_files && shown->n && !s->stop; i++) {
		const struct input *in = &s->input[i];
		if (in->first == in->last)
			continue;
		if (in->again)
			from_file(s, in, s->o->files[i]);
		else
			from_ring(s, in);
	}
	if (!w101_save_finish(s->save, error))
		say(s, "-w", error);
	say_saved(s);
	say_lost(s);
	return !s->incomplete;
}
