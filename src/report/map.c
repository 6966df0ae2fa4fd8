/* A chained hash by flow and stream.  Flow numbers are our own and stream
 * numbers are bounded for each flow, so that no seed is needed against
 * chosen collisions. */
#include "report/map.h"

static size_t place(const struct w101_map *m, uint32_t flow, uint32_t stream)
{
	uint64_t h = ((uint64_t)flow << 32 | stream) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(h >> 32) & (m->size - 1);
}

void *w101_map_find(const struct w101_map *m, uint32_t flow, uint32_t stream)
{
	if (!m->size)
		return NULL;
	struct w101_map_node *n = m->bucket[place(m, flow, stream)];
	while (n && (n->flow != flow || n->stream != stream))
		n = n->next;
	return n;
}

static void insert(struct w101_map *m, struct w101_map_node *n)
{
	struct w101_map_node **at = &m->bucket[place(m, n->flow, n->stream)];
	n->next = *at;
	*at = n;
}

static bool grow(struct w101_map *m)
{
	struct w101_map old = *m;
	m->size = old.size ? old.size * 2 : 64;
	m->bucket = w101_alloc0(m->quota, m->size * sizeof *m->bucket);
	if (!m->bucket) {
		*m = old;
		return false;
	}
	for (size_t i = 0; i < old.size; i++) {
		for (struct w101_map_node *n = old.bucket[i], *next; n; n = next) {
			next = n->next;
			insert(m, n);
		}
	}
	w101_free(m->quota, old.bucket, old.size * sizeof *old.bucket);
	return true;
}

bool w101_map_add(struct w101_map *m, struct w101_map_node *n)
{
	if (m->n == m->size && !grow(m) && !m->size)
		return false;
	insert(m, n);
	m->n++;
	return true;
}

void w101_map_remove(struct w101_map *m, struct w101_map_node *n)
{
	struct w101_map_node **at = &m->bucket[place(m, n->flow, n->stream)];
	while (*at != n)
		at = &(*at)->next;
	*at = n->next;
	m->n--;
}

void *w101_map_any(const struct w101_map *m)
{
	for (size_t i = 0; m->n && i < m->size; i++)
		if (m->bucket[i])
			return m->bucket[i];
	return NULL;
}

void w101_map_clear(struct w101_map *m)
{
	w101_free(m->quota, m->bucket, m->size * sizeof *m->bucket);
	m->bucket = NULL;
	m->size = m->n = 0;
}
