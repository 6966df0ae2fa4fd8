/* Text on its way out: one buffer in front of a FILE, or a fixed piece of
 * memory.  Nothing is formatted here beyond decimal numbers and colours. */
#ifndef W101_REPORT_WRITER_H
#define W101_REPORT_WRITER_H

#include <stdio.h>
#include <string.h>

#include <wire101/types.h>

struct w101_writer {
	FILE *f; /* NULL: memory only.  Never closed here */
	char *p;
	size_t n, cap;
	int error;  /* errno of the first write that failed; nothing is written after it */
	bool cut;   /* memory only: a piece did not fit; it and all that follows are left out, whole */
	bool color; /* w101_report_paint writes something */
};

enum w101_ink { W101_INK_OFF, W101_INK_BOLD, W101_INK_DIM, W101_INK_RED, W101_INK_YELLOW, W101_INK_GREEN };

/* cap: size of the buffer, bytes.  False: no memory. */
bool w101_writer_init(struct w101_writer *, FILE *, size_t cap);
/* Down to the operating system. */
void w101_writer_flush(struct w101_writer *);
/* Flushes and frees; 0 or the errno of the output. */
int w101_writer_close(struct w101_writer *);
/* Memory only: begins anew. */
void w101_writer_reset(struct w101_writer *);

void w101_put_slow(struct w101_writer *, const void *, size_t n);
void w101_put_uint(struct w101_writer *, uint64_t);
void w101_put_uint_pad(struct w101_writer *, uint64_t, unsigned digits); /* leading zeros */
void w101_put_spaces(struct w101_writer *, size_t n);
void w101_report_paint(struct w101_writer *, enum w101_ink);

static inline void w101_put(struct w101_writer *w, const void *p, size_t n)
{
	if (n > w->cap - w->n || w->cut) {
		w101_put_slow(w, p, n);
		return;
	}
	if (n)
		memcpy(w->p + w->n, p, n);
	w->n += n;
}

static inline void w101_puts(struct w101_writer *w, const char *s)
{
	w101_put(w, s, strlen(s));
}

static inline void w101_putc(struct w101_writer *w, char c)
{
	w101_put(w, &c, 1);
}

#endif
