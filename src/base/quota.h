/* Memory whose size the traffic decides is taken through a quota.  A refusal
 * is normal: the caller keeps less and says so.  When the system itself has no
 * memory the quota remembers it (`exhausted`), and the run ends in order. */
#ifndef W101_BASE_QUOTA_H
#define W101_BASE_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct w101_quota {
	uint64_t used, max;
	uint64_t refused;  /* requests that were over max, and nothing could be given up for them */
	/* Asked before a refusal: gives something up; false: there is nothing (for a request of n bytes).  NULL: nobody to ask. */
	bool (*make_room)(void *self, uint64_t n);
	void *room_self;
	bool making;       /* make_room is at work: it is not asked again */
	bool exhausted;    /* malloc failed; `reserve` was given back */
	void *reserve;     /* set aside so that sinks can still flush */
};

/* reserve: bytes to set aside, 0: none. */
void w101_quota_init(struct w101_quota *, uint64_t max, size_t reserve);
void w101_quota_clear(struct w101_quota *);

/* Accounting alone, for memory that a library takes: false when over max. */
bool w101_quota_take(struct w101_quota *, uint64_t n);
void w101_quota_give(struct w101_quota *, uint64_t n);

/* NULL on refusal.  The owner remembers the size and gives it back. */
void *w101_alloc(struct w101_quota *, size_t n);                       /* not initialised */
void *w101_alloc0(struct w101_quota *, size_t n);                      /* zeroed */
void *w101_realloc(struct w101_quota *, void *, size_t old, size_t n); /* the old block stays valid on NULL */
void w101_free(struct w101_quota *, void *, size_t n);

#endif
