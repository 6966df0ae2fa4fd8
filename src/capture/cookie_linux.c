/* A FILE over a function by fopencookie(3): glibc and musl. */
#include "config.h"

#include "capture/cookie.h"

#include <errno.h>
#include <stdlib.h>

struct cookie {
	void *self;
	w101_cookie_read *read;
};

static ssize_t cookie_read(void *cookie, char *out, size_t n)
{
	struct cookie *c = cookie;
	size_t got = c->read(c->self, out, n);
	if (got != W101_COOKIE_FAILED)
		return (ssize_t)got;
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
	FILE *f = fopencookie(c, "rb", (cookie_io_functions_t){ .read = cookie_read, .close = cookie_close });
	if (!f)
		free(c);
	return f;
}
