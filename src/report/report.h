/* Sinks that write text: report, log, jsonl.  Only here does an event become
 * bytes on a FILE. */
#ifndef W101_REPORT_REPORT_H
#define W101_REPORT_REPORT_H

#include <stdio.h>

#include <wire101/sink.h>

enum w101_payload { W101_PAYLOAD_NONE, W101_PAYLOAD_PREVIEW, W101_PAYLOAD_FULL };

/* What the files say of themselves.  Texts are as in the file: not safe for a
 * terminal.  The owner may still change and grow all of it until the summary. */
struct w101_report_interface {
	const char *name;  /* "eth0"; NULL: none */
	const char *link;  /* "Ethernet" */
	uint64_t packets;
	uint64_t dropped;  /* by the capturing system and the interface; UINT64_MAX: not told */
};
struct w101_report_comment {
	uint64_t packet;   /* 0: of the file */
	const char *text;
};
struct w101_report_name {
	struct w101_addr addr;
	const char *name;
};
struct w101_report_facts {
	const struct w101_report_interface *interfaces;
	size_t n_interfaces;
	const struct w101_report_comment *comments;
	size_t n_comments;
	const struct w101_report_name *names;
	size_t n_names;
};

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
	                              buffer of the caller that may still change until then; may be ""; not safe */
	const struct w101_report_facts *facts; /* borrowed; NULL: none */
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
