/* How rules report: findings go out as they are made, and are remembered by id
 * so that one fault is told once. */
#ifndef W101_HTTP_JUDGE_H
#define W101_HTTP_JUDGE_H

#include <wire101/finding.h>
#include <wire101/http.h>

#define W101_JUDGE_TEXT 256u /* bytes of a text that is put together for a finding */

/* Which findings were made, and how many of each severity. */
struct w101_found {
	uint64_t bits[(W101_F_COUNT + 63) / 64];
	unsigned n[3];
	unsigned websocket_errors, h2c_errors; /* of a request, by the rules of that protocol alone: when another
	                                          one that was offered is switched to, they do not count */
};

static inline bool w101_found_has(const struct w101_found *f, enum w101_finding_id id)
{
	return f->bits[id / 64] >> (id % 64) & 1;
}

struct w101_judge {
	void *self;
	void (*finding)(void *self, const struct w101_finding *);
	struct w101_found found;
};

void w101_judge_say(struct w101_judge *, const struct w101_finding *);

/* A finding about a field: `name` is searched, `seen` is its value (several
 * lines: joined), the offset that of the first line, else of the head. */
void w101_judge_field(struct w101_judge *, enum w101_finding_id, const struct w101_http_head *, const char *name,
		      struct w101_bytes wanted, struct w101_bytes detail);
/* Defects of a head among mask, all in one finding. */
void w101_judge_defects(struct w101_judge *, enum w101_finding_id, const struct w101_http_head *, uint32_t mask);

/* A bounded text; what does not fit is left out. */
struct w101_text {
	char p[W101_JUDGE_TEXT];
	size_t n;
};
void w101_text_add(struct w101_text *, const char *separator, struct w101_bytes); /* separator: only between parts */
static inline struct w101_bytes w101_text_bytes(const struct w101_text *t)
{
	return (struct w101_bytes){ (const uint8_t *)t->p, t->n };
}

#endif
