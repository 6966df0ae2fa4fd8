/* A growing byte buffer under a quota. */
#ifndef W101_BASE_BUF_H
#define W101_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wire101/types.h>

#include "base/quota.h"

struct w101_buf {
	uint8_t *p;
	size_t n, cap;
	struct w101_quota *quota;
};

void w101_buf_init(struct w101_buf *, struct w101_quota *);
void w101_buf_clear(struct w101_buf *); /* gives the memory back; may be used again */
/* Room for n > 0 more bytes behind the end; NULL when the quota refuses, nothing changes. */
uint8_t *w101_buf_reserve(struct w101_buf *, size_t n);
bool w101_buf_add(struct w101_buf *, const void *, size_t n);
void w101_buf_drop(struct w101_buf *, size_t n); /* from the front */
static inline struct w101_bytes w101_buf_bytes(const struct w101_buf *b)
{
	return (struct w101_bytes){ b->p, b->n };
}

#endif
