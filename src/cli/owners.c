/* A file of 32-bit connection numbers behind a window that moves over it.  The
 * file has no name, and is made when the first window is full.  A packet has
 * more than one connection only when its frame aggregates several (802.11
 * A-MSDU): the further ones stand in a list. */
#include "config.h"

#include "cli/owners.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW = 1 << 18, FURTHER_MAX = 1 << 20 };
#define SEVERAL UINT32_MAX /* more connections than there was room for: counts as shown when any is */

struct further {
	uint64_t packet;
	uint32_t flow;
};

struct w101_owners {
	uint32_t window[WINDOW];
	uint64_t base; /* index of window[0]; a packet's index is its number - 1 */
	bool dirty;
	FILE *file; /* NULL: none yet, all is in the window */
	int error;
	bool asked; /* the list is in order */
	struct w101_quota quota;
	struct w101_buf further; /* struct further */
};

struct w101_owners *w101_owners_new(void)
{
	struct w101_owners *o = calloc(1, sizeof *o);
	if (!o)
		return NULL;
	w101_quota_init(&o->quota, FURTHER_MAX, 0);
	w101_buf_init(&o->further, &o->quota);
	return o;
}

void w101_owners_free(struct w101_owners *o)
{
	if (!o)
		return;
	if (o->file)
		fclose(o->file);
	w101_buf_clear(&o->further);
	w101_quota_clear(&o->quota);
	free(o);
}

int w101_owners_error(const struct w101_owners *o)
{
	return o->error;
}

/* ---- the file */

static void failed(struct w101_owners *o)
{
	o->error = errno ? errno : EIO;
}

static void store(struct w101_owners *o, const uint32_t *p, size_t n, uint64_t index)
{
	const char *from = (const char *)p;
	off_t at = (off_t)(index * sizeof *p);
	errno = 0;
	if (!o->file && !(o->file = tmpfile())) {
		failed(o);
		return;
	}
	for (size_t left = n * sizeof *p; left && !o->error;) {
		ssize_t done = pwrite(fileno(o->file), from, left, at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			failed(o);
			return;
		}
		from += done;
		at += done;
		left -= (size_t)done;
	}
}

/* What was never written is 0. */
static void load(struct w101_owners *o, uint32_t *p, size_t n, uint64_t index)
{
	char *to = (char *)p;
	off_t at = (off_t)(index * sizeof *p);
	memset(p, 0, n * sizeof *p);
	errno = 0;
	for (size_t left = n * sizeof *p; o->file && left && !o->error;) {
		ssize_t done = pread(fileno(o->file), to, left, at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			failed(o);
		if (done <= 0)
			return;
		to += done;
		at += done;
		left -= (size_t)done;
	}
}

static void turn_to(struct w101_owners *o, uint64_t index)
{
	if (o->dirty)
		store(o, o->window, WINDOW, o->base);
	o->dirty = false;
	o->base = index - index % WINDOW;
	load(o, o->window, WINDOW, o->base);
}

/* ---- entries */

/* What becomes of an entry when another connection claims its packet too. */
static uint32_t one_more(struct w101_owners *o, uint64_t packet, uint32_t before, uint32_t flow)
{
	const struct further f = { packet, flow };
	if (!before || before == flow)
		return flow;
	return before != SEVERAL && w101_buf_add(&o->further, &f, sizeof f) ? before : SEVERAL;
}

void w101_owners_note(void *self, uint64_t packet, uint32_t flow)
{
	struct w101_owners *o = self;
	uint64_t index = packet - 1;
	uint32_t entry;
	if (o->error || !flow)
		return;
	if (index >= o->base + WINDOW)
		turn_to(o, index);
	if (index >= o->base) {
		uint32_t *e = &o->window[index - o->base];
		*e = one_more(o, packet, *e, flow);
		o->dirty = true;
		return;
	}
	load(o, &entry, 1, index); /* a fragment of long ago: the window stays where the next packets will be */
	entry = one_more(o, packet, entry, flow);
	store(o, &entry, 1, index);
}

static int by_packet(const void *a, const void *b)
{
	const struct further *x = a, *y = b;
	return (x->packet > y->packet) - (x->packet < y->packet);
}

static bool further_shown(struct w101_owners *o, uint64_t packet, const struct w101_shown *shown)
{
	const struct further *list = (const struct further *)(const void *)o->further.p;
	size_t n = o->further.n / sizeof *list, low = 0, high = n;
	if (!o->asked && n)
		qsort(o->further.p, n, sizeof *list, by_packet);
	o->asked = true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (list[middle].packet < packet)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < n && list[low].packet == packet; low++)
		if (w101_shown_has(shown, list[low].flow))
			return true;
	return false;
}

bool w101_owners_shown(struct w101_owners *o, uint64_t packet, const struct w101_shown *shown)
{
	uint64_t index = packet - 1;
	if (index < o->base || index >= o->base + WINDOW)
		turn_to(o, index);
	uint32_t flow = o->window[index - o->base];
	if (!flow)
		return false;
	if (flow == SEVERAL)
		return shown->n > 0;
	return w101_shown_has(shown, flow) || further_shown(o, packet, shown);
}
