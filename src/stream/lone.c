/* A table of entries in groups of four, which grows to a bound.  A key is known
 * by its 64-bit seeded hash alone: that two unanswered SYNs share one is not to
 * be expected in any capture, and would cost one of them. */
#include "stream/lone.h"

enum { GROUP = 4, FIRST = 1024 };

static uint64_t name_of(uint64_t hash)
{
	return (hash | 2) & ~UINT64_C(1); /* never 0 */
}

static struct w101_lone *group_of(const struct w101_lone_table *t, uint64_t hash)
{
	return &t->entries[(hash >> 8) * GROUP & (t->size - 1)];
}

void w101_lone_clear(struct w101_lone_table *t)
{
	w101_free(t->quota, t->entries, t->size * sizeof *t->entries);
	t->entries = NULL;
	t->size = t->n = 0;
}

struct w101_lone *w101_lone_find(const struct w101_lone_table *t, uint64_t hash)
{
	if (!t->n)
		return NULL;
	struct w101_lone *e = group_of(t, name_of(hash));
	for (unsigned i = 0; i < GROUP; i++)
		if ((e[i].hash & ~UINT64_C(1)) == name_of(hash))
			return &e[i];
	return NULL;
}

void w101_lone_ahead(const struct w101_lone_table *t, uint64_t hash)
{
	if (t->n)
		__builtin_prefetch(group_of(t, name_of(hash)));
}

unsigned w101_lone_side(const struct w101_lone *e)
{
	return e->hash & 1;
}

/* Where a new entry of this group goes: an empty place, else that of the oldest. */
static struct w101_lone *place(struct w101_lone *group)
{
	struct w101_lone *oldest = group;
	for (unsigned i = 0; i < GROUP; i++) {
		if (!group[i].hash)
			return &group[i];
		if (group[i].at < oldest->at)
			oldest = &group[i];
	}
	return oldest;
}

/* Only while there is plenty: a table that stays small forgets earlier, which nobody need be told. */
static bool grow(struct w101_lone_table *t)
{
	struct w101_lone_table larger = { t->quota, NULL, t->size ? t->size * 2 : FIRST, t->n };
	uint64_t bytes = larger.size * sizeof *larger.entries;
	if (larger.size > W101_LONE_MAX || t->quota->used + bytes > t->quota->max / 2 ||
		!(larger.entries = w101_alloc0(t->quota, bytes)))
		return false;
	larger.n = 0;
	for (uint64_t i = 0; i < t->size; i++) {
		if (!t->entries[i].hash)
			continue;
		struct w101_lone *e = place(group_of(&larger, t->entries[i].hash));
		larger.n += !e->hash;
		*e = t->entries[i];
	}
	w101_lone_clear(t);
	*t = larger;
	return true;
}

struct w101_lone *w101_lone_add(struct w101_lone_table *t, uint64_t hash, unsigned side)
{
	if (!t->size && !grow(t))
		return NULL;
	struct w101_lone *e = place(group_of(t, name_of(hash)));
	while (e->hash && grow(t))
		e = place(group_of(t, name_of(hash)));
	if (e->hash && t->size == W101_LONE_MAX && t->n * 2 < t->size) /* a full group of a table with room: no reason to forget */
		return NULL;
	t->n += !e->hash;
	*e = (struct w101_lone){ .hash = name_of(hash) | side };
	return e;
}

void w101_lone_remove(struct w101_lone_table *t, struct w101_lone *e)
{
	*e = (struct w101_lone){ 0 };
	t->n--;
}
