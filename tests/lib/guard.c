/* Guarded copies by mmap and mprotect. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#endif
#include "guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct w101_guard w101_guard_copy(const void *data, size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (n + page - 1) / page * page;
	struct w101_guard g = { .map_n = room + page };
	void *map = mmap(NULL, g.map_n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED) {
		perror("mmap");
		abort();
	}
	g.map = map;
	if (mprotect(g.map + room, page, PROT_NONE)) {
		perror("mprotect");
		abort();
	}
	if (n)
		memcpy(g.map + room - n, data, n);
	g.bytes = (struct w101_bytes){ g.map + room - n, n };
	return g;
}

void w101_guard_free(struct w101_guard *g)
{
	munmap(g->map, g->map_n);
	*g = (struct w101_guard){ 0 };
}

static void piece(const struct w101_seams *s, const uint8_t *p, size_t n)
{
	struct w101_guard g = w101_guard_copy(p, n);
	s->feed(s->self, g.bytes);
	w101_guard_free(&g);
}

void w101_seams_run(struct w101_bytes in, size_t places, const struct w101_seams *s)
{
	char way[64];
	s->begin(s->self);
	piece(s, in.p, in.n);
	s->end(s->self, "whole");

	s->begin(s->self);
	for (size_t i = 0; i < in.n; i++)
		piece(s, in.p + i, 1);
	s->end(s->self, "bytewise");

	size_t step = places && in.n > places ? in.n / places : 1;
	for (size_t cut = 1; cut < in.n; cut += step) {
		s->begin(s->self);
		piece(s, in.p, cut);
		piece(s, in.p + cut, in.n - cut);
		snprintf(way, sizeof way, "cut at %zu", cut);
		s->end(s->self, way);
	}
}
