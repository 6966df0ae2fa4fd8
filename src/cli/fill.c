/* Filling of the program's own (ASCII) texts, for help and explanations. */
#include "cli/fill.h"

#include <string.h>

enum { WIDTH = 79 };

void w101_fill(FILE *f, int column, const char *text)
{
	for (int at = column; *text;) {
		int n = (int)strcspn(text, " ");
		if (at > column && at + 1 + n > WIDTH) {
			fprintf(f, "\n%*s", column, "");
			at = column;
		}
		at += fprintf(f, "%s%.*s", at > column ? " " : "", n, text);
		text += n + (text[n] == ' ');
	}
	fputc('\n', f);
}
