/* A sink before a sink: passes on the connections and events that the user
 * asked to see (--connection --host --path --token --kind --grep --severity). */
#ifndef W101_REPORT_FILTER_H
#define W101_REPORT_FILTER_H

#include <wire101/sink.h>

struct w101_filter_options {
	const char *connections; /* "1,4-7": numbers and ranges; NULL: all.  The others likewise */
	const char *host;        /* glob, without case, against Host without and with its port */
	const char *path;        /* glob against the request target */
	const char *token;       /* offered or switched protocol, without case */
	const char *kind;        /* kinds of frames and messages, comma separated: "text,close" */
	const char *grep;        /* extended regular expression against message payloads */
	const char *severity;    /* "warning": findings below are not shown */
};

#define W101_FILTER_ERROR 256
/* 0, or -1 with one line in error that names the option.  The filter closes `next`. */
int w101_filter_open(const struct w101_filter_options *, struct w101_sink next, struct w101_sink *out,
		     char error[W101_FILTER_ERROR]);

#endif
