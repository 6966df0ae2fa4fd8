/* Blocks of text waiting for the end of the capture.  The file has no name and
 * is gone when it is closed. */
#include "config.h"

#include "report/spool.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>

struct w101_spool_block {
	uint64_t at;
	uint32_t n, number;
};

void w101_spool_init(struct w101_spool *s, struct w101_quota *q)
{
	*s = (struct w101_spool){ 0 };
	w101_buf_init(&s->text, q);
	w101_buf_init(&s->index, q);
}

void w101_spool_clear(struct w101_spool *s)
{
	w101_buf_clear(&s->text);
	w101_buf_clear(&s->index);
	if (s->file)
		fclose(s->file);
	s->file = NULL;
}

static void fail(struct w101_spool *s)
{
	s->error = errno ? errno : EIO;
}

/* What is in memory goes to the file; where none can be made (a sandbox) it stays. */
static bool spill(struct w101_spool *s)
{
	errno = 0;
	if (!s->file && !s->no_file)
		s->no_file = !(s->file = tmpfile());
	if (!s->file)
		return true;
	if (!s->error && fwrite(s->text.p, 1, s->text.n, s->file) != s->text.n)
		fail(s);
	if (s->error)
		return false;
	s->text.n = 0;
	return true;
}

void w101_spool_put(struct w101_spool *s, const void *p, size_t n)
{
	if (s->bad)
		return;
	if ((s->text.n + n > W101_SPOOL_MEMORY && !spill(s)) || !w101_buf_add(&s->text, p, n)) {
		s->bad = true;
		return;
	}
	s->size += n;
}

void w101_spool_end(struct w101_spool *s, uint32_t number)
{
	const struct w101_spool_block b = { s->begun, (uint32_t)(s->size - s->begun), number };
	if (s->bad || !w101_buf_add(&s->index, &b, sizeof b))
		s->lost++;
	s->begun = s->size;
	s->bad = false;
}

static int by_number(const void *a, const void *b)
{
	const struct w101_spool_block *x = a, *y = b;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

static void print_from_file(struct w101_spool *s, const struct w101_spool_block *b, struct w101_writer *w)
{
	char part[4096];
	uint32_t left = b->n;
	errno = 0;
	if (fseeko(s->file, (off_t)b->at, SEEK_SET)) {
		fail(s);
		return;
	}
	while (left) {
		size_t want = left < sizeof part ? left : sizeof part;
		if (fread(part, 1, want, s->file) != want) {
			fail(s);
			return;
		}
		w101_put(w, part, want);
		left -= (uint32_t)want;
	}
}

void w101_spool_print(struct w101_spool *s, struct w101_writer *w)
{
	if (s->file)
		spill(s);
	struct w101_spool_block *b = (struct w101_spool_block *)(void *)s->index.p;
	size_t n = s->index.n / sizeof *b;
	if (n)
		qsort(b, n, sizeof *b, by_number);
	for (size_t i = 0; i < n; i++) {
		if (s->file)
			print_from_file(s, &b[i], w);
		else
			w101_put(w, s->text.p + b[i].at, b[i].n);
	}
}
