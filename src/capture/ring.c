/* A ring of packets in one piece of memory.  Places are counted on without end
 * and taken modulo the size, so that "how much is in it" is a difference.  A
 * packet stands in one piece: where it does not fit before the end of the
 * memory, that end is left empty.  Must not know what packets hold. */
#include "capture/ring.h"

#include <stdlib.h>
#include <string.h>

/* Before the bytes of each packet; number 0: the rest of the memory is empty. */
struct entry {
	uint64_t number;
	w101_time at;
	uint32_t link, caplen, len, unused;
};

enum { ALIGN = 8 };

struct w101_ring {
	uint8_t *memory;
	uint64_t size;       /* a multiple of ALIGN, as all places are */
	uint64_t head, tail; /* the oldest packet; behind the newest */
	uint64_t fallen;
};

struct w101_ring *w101_ring_new(uint64_t max)
{
	struct w101_ring *r = calloc(1, sizeof *r);
	if (!r)
		return NULL;
	r->size = max < sizeof *r + sizeof(struct entry) ? 0 : (max - sizeof *r) / ALIGN * ALIGN;
	r->memory = r->size ? malloc(r->size) : NULL;
	if (r->memory)
		return r;
	free(r);
	return NULL;
}

void w101_ring_free(struct w101_ring *r)
{
	if (!r)
		return;
	free(r->memory);
	free(r);
}

static struct entry *entry_at(const struct w101_ring *r, uint64_t place)
{
	return (struct entry *)(void *)(r->memory + place % r->size);
}

static uint64_t room_of(uint32_t caplen)
{
	return sizeof(struct entry) + ((uint64_t)caplen + ALIGN - 1) / ALIGN * ALIGN;
}

/* Bytes from here to the end of the memory. */
static uint64_t rest(const struct w101_ring *r, uint64_t place)
{
	return r->size - place % r->size;
}

static bool is_empty_end(const struct w101_ring *r, uint64_t place)
{
	return rest(r, place) < sizeof(struct entry) || entry_at(r, place)->number == 0;
}

static void drop_oldest(struct w101_ring *r)
{
	if (is_empty_end(r, r->head)) {
		r->head += rest(r, r->head);
		return;
	}
	r->head += room_of(entry_at(r, r->head)->caplen);
	r->fallen++;
}

static void make_room(struct w101_ring *r, uint64_t n)
{
	while (r->tail + n - r->head > r->size)
		drop_oldest(r);
}

void w101_ring_add(struct w101_ring *r, const struct w101_packet *p)
{
	uint64_t n = room_of(p->caplen), end = rest(r, r->tail);
	if (n > r->size) { /* what is older than a packet that fell out must not outlive it */
		while (r->head < r->tail)
			drop_oldest(r);
		r->fallen++;
		return;
	}
	if (n > end) {
		make_room(r, end);
		if (end >= sizeof(struct entry))
			entry_at(r, r->tail)->number = 0;
		r->tail += end;
	}
	make_room(r, n);
	struct entry *e = entry_at(r, r->tail);
	*e = (struct entry){ .number = p->number, .at = p->at, .link = p->link, .caplen = p->caplen, .len = p->len };
	if (p->caplen)
		memcpy(e + 1, p->data, p->caplen);
	r->tail += n;
}

/* The packet at this place or behind the empty end there; false: none. */
static bool find(const struct w101_ring *r, uint64_t *place)
{
	if (*place < r->tail && is_empty_end(r, *place))
		*place += rest(r, *place);
	return *place < r->tail;
}

bool w101_ring_next(const struct w101_ring *r, uint64_t *at, struct w101_packet *p)
{
	uint64_t place = *at ? *at - 1 : r->head; /* 0 is for "at first" */
	if (!find(r, &place))
		return false;
	const struct entry *e = entry_at(r, place);
	*p = (struct w101_packet){ .at = e->at, .number = e->number, .link = e->link, .caplen = e->caplen, .len = e->len,
		.data = (const uint8_t *)(e + 1) };
	*at = place + room_of(e->caplen) + 1;
	return true;
}

uint64_t w101_ring_fallen(const struct w101_ring *r)
{
	return r->fallen;
}

uint64_t w101_ring_first(const struct w101_ring *r)
{
	uint64_t place = r->head;
	return find(r, &place) ? entry_at(r, place)->number : 0;
}
