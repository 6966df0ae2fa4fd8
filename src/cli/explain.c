/* --explain ID, from the tables of findings and close codes; for a mistyped id
 * the ones that come near: those that contain it, or differ from it by few
 * letters. */
#include "cli/explain.h"

#include <string.h>

#include <wire101/finding.h>

#include "base/close_code.h"
#include "cli/fill.h"

enum { ID_MAX = 48, NEAR_MAX = 5 };

/* Levenshtein's distance; a and b are shorter than ID_MAX. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[ID_MAX + 1], n = (unsigned)strlen(b);
	for (unsigned j = 0; j <= n; j++)
		row[j] = j;
	for (unsigned i = 0; a[i]; i++) {
		unsigned corner = row[0];
		row[0] = i + 1;
		for (unsigned j = 0; j < n; j++) {
			unsigned change = corner + (a[i] != b[j]);
			corner = row[j + 1];
			unsigned other = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;
			row[j + 1] = change < other ? change : other;
		}
	}
	return row[n];
}

static void nearest(const char *id, char *near, size_t n_near)
{
	size_t at = 0, length = strlen(id);
	unsigned shown = 0;
	near[0] = '\0';
	if (length < 2 || length >= ID_MAX)
		return;
	for (unsigned i = 0; i < W101_F_COUNT && shown < NEAR_MAX; i++) {
		const char *candidate = w101_finding_row((enum w101_finding_id)i)->id;
		if (strlen(candidate) >= ID_MAX || (!strstr(candidate, id) && distance(id, candidate) > 1 + length / 4))
			continue;
		int n = snprintf(near + at, n_near - at, "%s%s", shown++ ? ", " : "", candidate);
		if (n < 0 || (size_t)n >= n_near - at)
			return;
		at += (size_t)n;
	}
}

/* The row of a word that is a number and nothing else; NULL: it is none, or no close code. */
static const struct w101_close_code *close_code(const char *word, unsigned *code)
{
	*code = 0;
	for (const char *p = word; *p; p++) {
		if (*p < '0' || *p > '9' || p - word == 5)
			return NULL;
		*code = *code * 10 + (unsigned)(*p - '0');
	}
	return *word ? w101_close_code_find(*code) : NULL;
}

static void explain_code(FILE *f, const struct w101_close_code *row, unsigned code)
{
	fprintf(f, "%u ", code);
	if (row->first != row->last)
		fprintf(f, "(%u to %u) ", row->first, row->last);
	fprintf(f, "%s (close code, %s)\n\n", row->name, row->section);
	w101_fill(f, 0, row->meaning);
	fputs("\nUsual causes: ", f);
	w101_fill(f, (int)strlen("Usual causes: "), row->causes);
	fputs("What to do:   ", f);
	w101_fill(f, (int)strlen("What to do:   "), row->advice);
}

bool w101_explain(FILE *f, const char *id, char *near, size_t n_near)
{
	enum w101_finding_id found;
	unsigned code;
	const struct w101_close_code *closing = close_code(id, &code);
	if (closing) {
		explain_code(f, closing, code);
		return true;
	}
	if (!w101_finding_by_name(id, &found)) {
		nearest(id, near, n_near);
		return false;
	}
	const struct w101_finding_row *row = w101_finding_row(found);
	fprintf(f, "%s (%s%s%s)\n\n", row->id, w101_severity_name(row->severity), *row->spec ? ", " : "", row->spec);
	w101_fill(f, 0, row->sentence);
	if (*row->explanation) {
		fputc('\n', f);
		w101_fill(f, 0, row->explanation);
	}
	return true;
}
