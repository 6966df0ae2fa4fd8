/* A small JSON writer (RFC 8259).  Its output is always valid JSON in valid
 * UTF-8, whatever bytes come in, and holds no control or hostile character raw. */
#ifndef W101_REPORT_JSON_H
#define W101_REPORT_JSON_H

#include <wire101/types.h>

#include "report/human.h"
#include "report/writer.h"

struct w101_json {
	struct w101_writer *w;
	bool comma; /* a value stands before */
};

void w101_json_open(struct w101_json *, char bracket);  /* '{' or '[' */
void w101_json_close(struct w101_json *, char bracket); /* '}' or ']' */
/* In line: the length of a key that stands in the source is known there. */
static inline void w101_json_key(struct w101_json *j, const char *key)
{
	struct w101_writer *w = j->w;
	size_t n = strlen(key);
	if (w->cut || w->cap - w->n < n + 4) { /* one piece or the other: the slow way is the same */
		if (j->comma)
			w101_putc(w, ',');
		w101_putc(w, '"');
		w101_put(w, key, n);
		w101_put(w, "\":", 2);
	} else {
		char *p = w->p + w->n;
		*p = ',';
		p += j->comma;
		*p++ = '"';
		memcpy(p, key, n);
		p += n;
		*p++ = '"';
		*p++ = ':';
		w->n = (size_t)(p - w->p);
	}
	j->comma = false;
}

/* A byte that is not UTF-8 is taken as Latin-1 and written \u00XX, as HTTP once
 * defined its fields.  C0, DEL, C1, line separators, bidirectional overrides
 * and other hostile characters are written \uXXXX. */
void w101_json_bytes(struct w101_json *, struct w101_bytes);
void w101_json_bytes_or_null(struct w101_json *, struct w101_bytes); /* null when n == 0 */
void w101_json_said(struct w101_json *, struct w101_bytes sentence, struct w101_bytes detail); /* "sentence: detail" */
void w101_json_text(struct w101_json *, const char *); /* NULL: null */
void w101_json_uint(struct w101_json *, uint64_t);
void w101_json_bool(struct w101_json *, bool);
void w101_json_null(struct w101_json *);
void w101_json_tristate(struct w101_json *, int);       /* 1 true, 0 false, else null */
void w101_json_seconds(struct w101_json *, int64_t ns); /* exact: 0.0032; negative: null */
void w101_json_time(struct w101_json *, struct w101_stamp *, w101_time); /* W101_TIME_NONE: null */
void w101_json_hex(struct w101_json *, struct w101_bytes);
void w101_json_base64(struct w101_json *, struct w101_bytes);
void w101_json_endpoint(struct w101_json *, const struct w101_endpoint *);

#endif
