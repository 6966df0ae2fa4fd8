/* A sink before a sink: passes on the connections and events that the user
 * asked to see (--connection --host --path --token --kind --grep --severity). */
#ifndef W101_REPORT_FILTER_H
#define W101_REPORT_FILTER_H

#include <wire101/sink.h>

struct w101_filter_options {
	const char *connections; /* "1,4-7,9-": numbers and ranges; NULL: all.  The others likewise */
	const char *host;        /* glob, without case, against Host without and with its port */
	const char *path;        /* glob against the request target, its query included */
	const char *token;       /* offered or switched protocol, without case, version or not */
	const char *kind;        /* kinds of frames and messages, comma separated: "text,close,reserved-*" */
	const char *grep;        /* extended regular expression against message payloads */
	const char *severity;    /* "warning": findings below are not shown */
};

/* - host, path and token choose a connection by one of its requests, which must
 *   fit all that are given; an answer's token counts too, and so does that of a
 *   connection recognised midstream when token alone is given.
 * - kind drops frames and messages of other kinds, and nothing else.
 * - grep shows the messages that match (the part of the payload that was kept;
 *   NUL bytes divide it as line ends would) and no frames; a connection without
 *   such a message is not shown at all.
 * - Events that come before a connection is chosen are held, up to 256 KiB of a
 *   connection and 64 MiB of all, and passed on in their order once it is.
 * - What concerns the capture as a whole (flow 0, the summary) is always passed
 *   on; the summary counts everything, shown or not. */
#define W101_FILTER_ERROR 256
/* 0, or -1 with one line in error that names the option; `next` is then still
 * the caller's.  The filter closes `next` when it is closed. */
int w101_filter_open(const struct w101_filter_options *, struct w101_sink next, struct w101_sink *out,
		     char error[W101_FILTER_ERROR]);

#endif
