/* Sentences that the report and the log share. */
#ifndef W101_REPORT_PHRASE_H
#define W101_REPORT_PHRASE_H

#include <wire101/event.h>

#include "report/report.h"
#include "report/writer.h"

#define W101_PREVIEW 256 /* bytes of payload with W101_PAYLOAD_PREVIEW */

/* The payload cut to what `what` asks for; *truncated: less than the whole. */
struct w101_bytes w101_payload_shown(const struct w101_pdu *, enum w101_payload what, bool *truncated);
/* " "hello"" or, when it is hardly text, " [de ad be ef ...]"; nothing for an
 * empty payload or W101_PAYLOAD_NONE.  Short with W101_PAYLOAD_PREVIEW. */
void w101_put_payload(struct w101_writer *, const struct w101_pdu *, enum w101_payload);
/* "closed by client: 1000 normal closure, answered, TCP closed by server, after 24 ms" */
void w101_put_closing(struct w101_writer *, const struct w101_ev_close *);
/* "websocket   accept verified   permessage-deflate" and the like: what was agreed */
void w101_put_agreed(struct w101_writer *, const struct w101_exchange *, const char *gap);
/* "(seen "close", wanted "upgrade")" behind `before`; nothing when there is nothing to show.  A finding that
 * either side can cause names it: "(client, seen ...)". */
void w101_put_evidence(struct w101_writer *, const struct w101_ev_finding *, enum w101_dir, const char *before);
/* "sentence" or "sentence: detail" */
void w101_put_sentence(struct w101_writer *, const struct w101_ev_finding *);
enum w101_ink w101_severity_ink(enum w101_severity);

/* What the totals say beyond the summary. */
struct w101_tally {
	uint64_t assumed;   /* connections recognised midstream */
	uint64_t encrypted; /* TLS without keys */
	uint64_t badly;     /* switched badly */
	uint64_t unjudged;  /* switched, and neither right nor wrong */
	bool cut;           /* the capture ends inside a packet */
	bool verbose;
};
/* Adds what the totals need to know of an EXCHANGE, SWITCH or FINDING. */
void w101_tally_add(struct w101_tally *, const struct w101_event *);
void w101_put_totals(struct w101_writer *, const struct w101_ev_summary *, const struct w101_tally *);
const struct w101_value *w101_pdu_field(const struct w101_pdu *, const char *name); /* NULL: not there */

#endif
