/* Events kept beyond their call: deep copies, each in one piece of memory. */
#ifndef W101_REPORT_KEEP_H
#define W101_REPORT_KEEP_H

#include <wire101/event.h>

#include "base/quota.h"

struct w101_report_kept {
	struct w101_report_kept *next;
	size_t size; /* of the whole piece */
	struct w101_event ev;
};

/* NULL: no memory, or a kind of event that is never kept (FRAME, MESSAGE, CLOSE, SUMMARY). */
struct w101_report_kept *w101_report_keep(struct w101_quota *, const struct w101_event *);
void w101_report_kept_free(struct w101_quota *, struct w101_report_kept *);

#endif
