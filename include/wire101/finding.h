/* Findings: what a rule of CHECKS.md says about the bytes.  The table
 * findings.def holds one row for each rule and feeds every output. */
#ifndef W101_FINDING_H
#define W101_FINDING_H

#include <wire101/types.h>

enum w101_severity { W101_INFO, W101_WARNING, W101_ERROR };

enum w101_finding_id {
#define W101_FINDING(name, id, severity, spec, sentence, explanation) W101_F_##name,
#include <wire101/findings.def>
#undef W101_FINDING
	W101_F_COUNT
};

struct w101_finding_row {
	const char *id;          /* public: "req-method" */
	enum w101_severity severity;
	const char *spec;        /* "RFC 6455 4.1"; empty when no text demands it */
	const char *sentence;    /* one sentence, present tense */
	const char *explanation; /* what it means, what usually causes it, what to do */
};

/* One finding as a room reports it.  The engine adds connection, packet, time and count. */
struct w101_finding {
	enum w101_finding_id id;
	enum w101_dir dir;        /* whose bytes */
	uint64_t offset;          /* in that direction's stream */
	struct w101_bytes seen;   /* the bytes as they were, n == 0: nothing to show; sinks escape and shorten */
	struct w101_bytes wanted; /* what the rule asks for, n == 0: the sentence says all */
	struct w101_bytes detail; /* more than the row's sentence, e.g. the cause of a wrong accept; n == 0: none */
};

/* base/finding.c */
const struct w101_finding_row *w101_finding_row(enum w101_finding_id);
bool w101_finding_by_name(const char *id, enum w101_finding_id *out);
const char *w101_severity_name(enum w101_severity);

#endif
