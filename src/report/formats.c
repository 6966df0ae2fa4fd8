/* The output formats: one row each. */
#include "report/report.h"

#include <string.h>

#include "report/jsonl.h"
#include "report/log.h"
#include "report/text.h"

const struct w101_format w101_formats[] = {
	{ "report", "what a person reads: a block for each connection, with its verdict (default)", w101_text_open },
	{ "log", "one line an event, as it happens", w101_log_open },
	{ "jsonl", "one JSON object a line, for programs", w101_jsonl_open },
	{ NULL, NULL, NULL },
};

const struct w101_format *w101_format_find(const char *name)
{
	for (const struct w101_format *f = w101_formats; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}
