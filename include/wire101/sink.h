/* A sink takes events.  Reports, the view's history and tests are sinks; a
 * sink that passes events on to another (a filter, diagnosis) is one too. */
#ifndef W101_SINK_H
#define W101_SINK_H

#include <wire101/event.h>

struct w101_sink_ops {
	void (*event)(void *self, const struct w101_event *);
	int (*close)(void *self); /* flush and free self; 0, or an errno value of the output */
};

#define W101_SKIP(event_type) (UINT32_C(1) << (event_type))

struct w101_sink {
	const struct w101_sink_ops *ops;
	void *self;
	uint32_t skips; /* W101_SKIP: what it has no use for and may never get; only FRAME and MESSAGE */
};

#endif
