/* What the report remembers of one connection until it ends, and the block of
 * text that comes of it. */
#ifndef W101_REPORT_BLOCK_H
#define W101_REPORT_BLOCK_H

#include <wire101/event.h>

#include "base/buf.h"
#include "report/map.h"
#include "report/report.h"
#include "report/spool.h"
#include "report/writer.h"

#define W101_BLOCK_TEXT (64u << 10)  /* bytes of text kept of one connection, and as much again of messages */
#define W101_BLOCK_FINDINGS 20       /* different findings shown of one connection */
#define W101_BLOCK_EXCHANGES 32
#define W101_BLOCK_HINTS 16

struct w101_block {
	struct w101_map_node node;
	struct w101_buf text;      /* the lines of items, one after the other */
	struct w101_buf items;     /* struct w101_block_item */
	struct w101_buf messages;  /* lines, with -v */
	unsigned exchanges, findings, hints;
	uint64_t left_out;         /* findings, exchanges and hints beyond the bounds */
	uint64_t messages_cut;
	bool switched;             /* after SWITCH: what comes now is about the new protocol */
	bool unanswered;           /* the last exchange was */
	bool assumed;              /* the new protocol was recognised, not agreed on */
	bool request_lost;         /* an answer came without its request */
	bool one_way;              /* an exchange or cap-one-way says so */
	bool odd;                  /* an exchange that -q shows */
};

struct w101_block *w101_block_new(struct w101_quota *, uint32_t flow, uint32_t stream); /* NULL: no memory */
void w101_block_free(struct w101_block *, struct w101_quota *);

/* `w` is a scratch writer in memory. */
void w101_block_exchange(struct w101_block *, struct w101_writer *w, const struct w101_ev_exchange *);
void w101_block_finding(struct w101_block *, struct w101_writer *w, const struct w101_ev_finding *, enum w101_dir,
			 int verbose);
void w101_block_hint(struct w101_block *, struct w101_writer *w, const struct w101_ev_hint *);
/* A line that was written to `w`. */
void w101_block_message(struct w101_block *, const struct w101_writer *w);
/* To the spool, as one block that is not ended yet. */
void w101_block_print(const struct w101_block *, struct w101_writer *w, const struct w101_ev_close *, int verbose,
		      struct w101_spool *);
/* Findings and hints alone, into w, which is no scratch here. */
void w101_block_print_found(const struct w101_block *, struct w101_writer *w, int verbose);
/* Adds one to n[id] for each finding that the block holds. */
void w101_block_count(const struct w101_block *, uint64_t n[W101_F_COUNT]);

#endif
