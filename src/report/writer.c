/* The buffer in front of a FILE.  A write that fails is remembered and ends
 * all writing: the sink reports it once, when it is closed. */
#include "report/writer.h"

#include <errno.h>
#include <stdlib.h>

bool w101_writer_init(struct w101_writer *w, FILE *f, size_t cap)
{
	*w = (struct w101_writer){ .f = f, .cap = cap, .p = malloc(cap) };
	return w->p != NULL;
}

static void give(struct w101_writer *w, const void *p, size_t n)
{
	if (w->error || n == 0)
		return;
	errno = 0;
	if (fwrite(p, 1, n, w->f) != n)
		w->error = errno ? errno : EIO;
}

static void drain(struct w101_writer *w)
{
	give(w, w->p, w->n);
	w->n = 0;
}

void w101_writer_flush(struct w101_writer *w)
{
	drain(w);
	errno = 0;
	if (fflush(w->f) && !w->error)
		w->error = errno ? errno : EIO;
}

int w101_writer_close(struct w101_writer *w)
{
	if (w->f)
		w101_writer_flush(w);
	free(w->p);
	w->p = NULL;
	return w->error;
}

void w101_writer_reset(struct w101_writer *w)
{
	w->n = 0;
	w->cut = false;
}

void w101_put_slow(struct w101_writer *w, const void *p, size_t n)
{
	if (!w->f) {
		w->cut = true;
		return;
	}
	drain(w);
	if (n >= w->cap) {
		give(w, p, n);
		return;
	}
	memcpy(w->p, p, n);
	w->n = n;
}

void w101_put_uint_pad(struct w101_writer *w, uint64_t u, unsigned digits)
{
	char text[24];
	size_t i = sizeof text;
	do {
		text[--i] = (char)('0' + u % 10);
		u /= 10;
		if (digits)
			digits--;
	} while ((u || digits) && i);
	w101_put(w, text + i, sizeof text - i);
}

void w101_put_uint(struct w101_writer *w, uint64_t u)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
				    "49505152535455565758596061626364656667686970717273747576777879808182838485868788899091929394959697"
				    "9899";
	char text[20];
	size_t i = sizeof text;
	for (; u >= 100; u /= 100) {
		i -= 2;
		memcpy(text + i, pairs + u % 100 * 2, 2);
	}
	if (u >= 10) {
		i -= 2;
		memcpy(text + i, pairs + u * 2, 2);
	} else {
		text[--i] = (char)('0' + u);
	}
	w101_put(w, text + i, sizeof text - i);
}

void w101_put_spaces(struct w101_writer *w, size_t n)
{
	for (; n; n--)
		w101_putc(w, ' ');
}

void w101_report_paint(struct w101_writer *w, enum w101_ink ink)
{
	static const char *const code[] = {
		[W101_INK_OFF] = "\033[0m",     [W101_INK_BOLD] = "\033[1m",   [W101_INK_DIM] = "\033[2m",
		[W101_INK_RED] = "\033[1;31m", [W101_INK_YELLOW] = "\033[33m", [W101_INK_GREEN] = "\033[32m",
	};
	if (w->color)
		w101_puts(w, code[ink]);
}
