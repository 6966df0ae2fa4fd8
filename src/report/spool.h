/* Blocks of text that are printed later, in another order: in memory at first,
 * in a temporary file when they are many. */
#ifndef W101_REPORT_SPOOL_H
#define W101_REPORT_SPOOL_H

#include <stdio.h>

#include "base/buf.h"
#include "report/writer.h"

#define W101_SPOOL_MEMORY (8u << 20) /* bytes kept in memory before a file is made */

struct w101_spool {
	struct w101_buf text;  /* the bytes not yet in the file */
	struct w101_buf index; /* struct w101_spool_block */
	uint64_t size;         /* bytes of all blocks */
	uint64_t begun;        /* where the block at hand begins */
	FILE *file;            /* NULL: none made yet */
	bool no_file;          /* none can be made: memory alone, up to the quota */
	int error;             /* errno of the file */
	uint64_t lost;         /* blocks left out for want of room */
	bool bad;              /* the block at hand is lost */
};

void w101_spool_init(struct w101_spool *, struct w101_quota *);
void w101_spool_clear(struct w101_spool *);
/* A block is put piece by piece, then ended with the number that orders it. */
void w101_spool_put(struct w101_spool *, const void *, size_t n);
void w101_spool_end(struct w101_spool *, uint32_t number);
/* All blocks by number, those of one number as they came. */
void w101_spool_print(struct w101_spool *, struct w101_writer *);

#endif
