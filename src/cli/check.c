/* Counts findings on their way to the other sinks, before anything is left out
 * of what is shown. */
#include "cli/check.h"

static void event(void *self, const struct w101_event *e)
{
	struct w101_check *c = self;
	if (e->type == W101_EV_FINDING)
		c->findings[e->u.finding.row->severity]++;
	c->next.ops->event(c->next.self, e);
}

static int close_next(void *self)
{
	struct w101_check *c = self;
	return c->next.ops->close(c->next.self);
}

struct w101_sink w101_check_open(struct w101_check *check, struct w101_sink next)
{
	static const struct w101_sink_ops ops = { event, close_next };
	*check = (struct w101_check){ .next = next };
	return (struct w101_sink){ &ops, check, next.skips };
}

bool w101_check_found(const struct w101_check *c, enum w101_severity least)
{
	for (int s = (int)least; s <= (int)W101_ERROR; s++)
		if (c->findings[s])
			return true;
	return false;
}
