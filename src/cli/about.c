/* Facts of several files become one value that the report reads.  Texts stay as
 * in the files: who shows them makes them safe. */
#include "cli/about.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"

enum { DROPS_MAX = 8 }; /* interfaces of a file with a finding of their own */

/* ---- dropped packets */

static uint64_t known(uint64_t counter)
{
	return counter == UINT64_MAX ? 0 : counter;
}

/* UINT64_MAX: not told. */
static uint64_t dropped(const struct w101_interface *i)
{
	uint64_t sum;
	if (i->dropped_by_interface == UINT64_MAX && i->dropped_by_system == UINT64_MAX)
		return UINT64_MAX;
	return __builtin_add_overflow(known(i->dropped_by_interface), known(i->dropped_by_system), &sum) ? UINT64_MAX - 1
													 : sum;
}

struct line {
	char p[1024];
	size_t n;
};

__attribute__((format(printf, 2, 3))) static void put(struct line *l, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(l->p + l->n, sizeof l->p - l->n, format, args);
	va_end(args);
	if (n > 0)
		l->n = l->n + (size_t)n < sizeof l->p ? l->n + (size_t)n : sizeof l->p - 1;
}

/* "eth0: 12 packets dropped by the interface, 5 by the system, of 1000 received": what is known and not 0. */
static void put_drops(struct line *l, const struct w101_interface *in, size_t number)
{
	uint64_t first = known(in->dropped_by_interface), second = known(in->dropped_by_system);
	if (in->name)
		put(l, "%.200s: ", in->name);
	else
		put(l, "interface %zu: ", number);
	uint64_t n = first ? first : second;
	put(l, "%" PRIu64 " packet%s dropped by the %s", n, n == 1 ? "" : "s", first ? "interface" : "system");
	if (first && second)
		put(l, ", %" PRIu64 " by the system", second);
	if (in->received != UINT64_MAX)
		put(l, ", of %" PRIu64 " received", in->received);
}

static void note_drops(const struct w101_facts *f, struct w101_engine *engine, const char *file)
{
	size_t n = 0;
	for (size_t i = 0; i < f->n_interfaces; i++) {
		struct line line = { .n = 0 };
		uint64_t drops = dropped(&f->interfaces[i]);
		if (drops == 0 || drops == UINT64_MAX || n++ >= DROPS_MAX)
			continue;
		if (file)
			put(&line, "%.400s: ", file);
		put_drops(&line, &f->interfaces[i], i);
		w101_engine_note(engine, W101_F_cap_dropped, line.p);
	}
	if (n > DROPS_MAX) {
		struct line line = { .n = 0 };
		put(&line, "%s%s%zu more interfaces dropped packets", file ? file : "", file ? ": " : "", n - DROPS_MAX);
		w101_engine_note(engine, W101_F_cap_dropped, line.p);
	}
}

/* ---- copies */

static void keep_interface(struct w101_facts *all, const struct w101_interface *from)
{
	struct w101_interface *to = w101_facts_interface(
		all, from->link, from->snaplen, w101_str(from->name), w101_str(from->description));
	if (!to)
		return;
	to->packets = from->packets;
	to->received = from->received;
	to->dropped_by_interface = from->dropped_by_interface;
	to->dropped_by_system = from->dropped_by_system;
}

void w101_about_file(struct w101_about *a, const struct w101_facts *f, struct w101_engine *engine, const char *file)
{
	if (engine)
		note_drops(f, engine, file);
	for (size_t i = 0; i < f->n_interfaces; i++)
		keep_interface(&a->all, &f->interfaces[i]);
	for (size_t i = 0; i < f->n_comments; i++)
		w101_facts_comment(&a->all, f->comments[i].packet, w101_str(f->comments[i].text));
	for (size_t i = 0; i < f->n_names; i++)
		w101_facts_name(&a->all, &f->names[i].addr, w101_str(f->names[i].name));
	a->all.left_out += f->left_out;
}

/* ---- the report's view of them */

/* n of `size` bytes; NULL, and *n 0: none, or no memory. */
static void *array(size_t *n, size_t size, uint64_t *left_out)
{
	void *p = *n ? calloc(*n, size) : NULL;
	if (!p) {
		*left_out += *n;
		*n = 0;
	}
	return p;
}

void w101_about_ready(struct w101_about *a, struct w101_engine *engine)
{
	struct w101_facts *all = &a->all;
	struct w101_report_facts *f = &a->facts;
	size_t interfaces = all->n_interfaces, comments = all->n_comments, names = all->n_names;
	f->interfaces = a->interfaces = array(&interfaces, sizeof *a->interfaces, &all->left_out);
	a->link_names = interfaces ? calloc(interfaces, sizeof *a->link_names) : NULL;
	if (!a->link_names)
		interfaces = 0;
	f->comments = a->comments = array(&comments, sizeof *a->comments, &all->left_out);
	f->names = a->names = array(&names, sizeof *a->names, &all->left_out);
	f->n_interfaces = interfaces;
	f->n_comments = comments;
	f->n_names = names;
	for (size_t i = 0; i < interfaces; i++) {
		const struct w101_interface *in = &all->interfaces[i];
		const char *link = w101_links_name(in->link, a->link_names[i]);
		a->interfaces[i] = (struct w101_report_interface){ in->name, link, in->packets, dropped(in) };
	}
	for (size_t i = 0; i < comments; i++)
		a->comments[i] = (struct w101_report_comment){ all->comments[i].packet, all->comments[i].text };
	for (size_t i = 0; i < names; i++)
		a->names[i] = (struct w101_report_name){ all->names[i].addr, all->names[i].name };
	w101_links_text(all, a->links, sizeof a->links);
	if (all->left_out) {
		struct line line = { .n = 0 };
		put(&line, "%" PRIu64 " comments, names and other facts of the files were not kept: they are too many",
			all->left_out);
		w101_engine_note(engine, W101_F_limit_reached, line.p);
	}
}

void w101_about_clear(struct w101_about *a)
{
	free(a->interfaces);
	free(a->link_names);
	free(a->comments);
	free(a->names);
	w101_facts_clear(&a->all);
}
