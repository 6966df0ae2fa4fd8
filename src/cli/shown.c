/* The connections that have a block in the report and a connection line in the
 * JSON lines: those about an upgrade, with -v every HTTP connection.  -q makes
 * the report shorter and changes nothing here. */
#include "cli/shown.h"

#include <string.h>

#define MEMORY (64u << 20) /* a hundred million connections, since growing needs the old and the new */

static void note(struct w101_shown *s, uint32_t flow)
{
	size_t at = flow / 8;
	if (at >= s->bits.n) {
		size_t more = at + 1 - s->bits.n;
		uint8_t *p = w101_buf_reserve(&s->bits, more);
		if (!p) {
			s->left_out++;
			return;
		}
		memset(p, 0, more);
		s->bits.n += more;
	}
	if (!w101_shown_has(s, flow)) /* one of HTTP/2 ends once for each stream */
		s->n++;
	s->bits.p[at] |= (uint8_t)(1u << flow % 8);
}

static void event(void *self, const struct w101_event *e)
{
	struct w101_shown *s = self;
	if (e->type == W101_EV_CLOSE && (e->u.close->upgrade || s->all))
		note(s, e->flow);
	s->next.ops->event(s->next.self, e);
}

static int close_next(void *self)
{
	struct w101_shown *s = self;
	return s->next.ops->close(s->next.self);
}

struct w101_sink w101_shown_open(struct w101_shown *s, bool all, struct w101_sink next)
{
	static const struct w101_sink_ops ops = { event, close_next };
	*s = (struct w101_shown){ .next = next, .all = all };
	w101_quota_init(&s->quota, MEMORY, 0);
	w101_buf_init(&s->bits, &s->quota);
	return (struct w101_sink){ &ops, s, next.skips };
}

bool w101_shown_has(const struct w101_shown *s, uint32_t flow)
{
	size_t at = flow / 8;
	return at < s->bits.n && s->bits.p[at] >> flow % 8 & 1;
}

void w101_shown_clear(struct w101_shown *s)
{
	w101_buf_clear(&s->bits);
	w101_quota_clear(&s->quota);
}
