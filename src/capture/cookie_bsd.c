/* A FILE over a function by funopen(3): macOS and the BSDs. */
#include "config.h"

#include "capture/cookie.h"

#include <errno.h>
#include <stdlib.h>

struct cookie {
	void *self;
	w101_cookie_read *read;
};

static int cookie_read(void *cookie, char *out, int n)
{
	struct cookie *c = cookie;
	size_t got = n > 0 ? c->read(c->self, out, (size_t)n) : 0;
	if (got != W101_COOKIE_FAILED)
		return (int)got;
	errno = EIO;
	return -1;
}

static int cookie_close(void *cookie)
{
	free(cookie);
	return 0;
}

FILE *w101_cookie_open(void *self, w101_cookie_read *read)
{
	struct cookie *c = malloc(sizeof *c);
	if (!c)
		return NULL;
	*c = (struct cookie){ self, read };
	FILE *f = funopen(c, cookie_read, NULL, NULL, cookie_close);
	if (!f)
		free(c);
	return f;
}
