/* A packet filter read from a file, as tcpdump reads it: comments are blanks. */
#include "cli/filter_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILTER_MAX = 64 << 10 };

static void blank_comments(char *text)
{
	bool comment = false;
	for (; *text; text++) {
		comment = *text != '\n' && (comment || *text == '#');
		if (comment || *text == '\n' || *text == '\r')
			*text = ' ';
	}
}

char *w101_filter_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = f ? malloc(FILTER_MAX + 1) : NULL;
	int error = errno;
	if (text) {
		errno = 0;
		size_t n = fread(text, 1, FILTER_MAX + 1, f);
		error = ferror(f) ? errno : n > FILTER_MAX ? EFBIG : memchr(text, 0, n) ? EINVAL : 0;
		text[error ? 0 : n] = '\0';
		blank_comments(text);
	}
	if (f)
		fclose(f);
	if (text && !error)
		return text;
	free(text);
	errno = error;
	return NULL;
}
