/* What WebSocket close codes mean (RFC 6455 7.4, and the IANA registry). */
#ifndef W101_BASE_CLOSE_CODE_H
#define W101_BASE_CLOSE_CODE_H

struct w101_close_code {
	unsigned first, last; /* one code, or a range that shares its meaning */
	const char *name;     /* "going away" */
	const char *section;  /* of the standard */
	const char *meaning, *causes, *advice; /* sentences */
};

/* The row of a code; NULL above 65535, which no Close can carry. */
const struct w101_close_code *w101_close_code_find(unsigned code);
/* Name of a code that stands for itself; NULL: it is one of a range. */
const char *w101_close_code_name(unsigned code);

#endif
