/* Sinks that write text: report, log, jsonl.  Only here does an event become
 * bytes on a FILE. */
#ifndef W101_REPORT_REPORT_H
#define W101_REPORT_REPORT_H

#include <stdio.h>

#include <wire101/sink.h>

enum w101_payload { W101_PAYLOAD_NONE, W101_PAYLOAD_PREVIEW, W101_PAYLOAD_FULL };

struct w101_report_options {
	enum w101_payload payload;
	bool hex;                  /* -x: payload as a hex dump */
	bool color;                /* ANSI colours */
	bool utc;                  /* times in UTC, else local (jsonl is always UTC) */
	bool quiet;                /* -q: only what is wrong, and totals */
	int verbose;               /* -v, -vv */
	bool live;                 /* flush after each line */
	const char *const *files;  /* names of the inputs, for the heading and the summary line; borrowed */
	size_t n_files;
	const char *links;         /* "Ethernet", "Ethernet, Linux cooked v2": filled by the caller before the summary; points to a
	                              buffer of the caller that may still change until then; may be "" */
};

struct w101_format {
	const char *name;        /* "report" */
	const char *description; /* one line, for -o help */
	/* out is filled; false: no memory */
	bool (*open)(FILE *, const struct w101_report_options *, struct w101_sink *out);
};

/* The formats, ended by a row whose name is NULL. */
extern const struct w101_format w101_formats[];
const struct w101_format *w101_format_find(const char *name); /* NULL: unknown */

#endif
