/* Comments and host names that came with the packets (pcapng, draft-ietf-opsawg-pcapng
 * 3.5, 4.5).  Whoever made the file wrote them: they are as hostile as packets.
 * Knows nothing of how they were read. */
#include "report/facts.h"

#include "base/ascii.h"
#include "report/human.h"

enum { COMMENTS_SHOWN = 8, TEXT_SHOWN = 200 };

static void put_comment(struct w101_writer *w, const struct w101_report_comment *c, int verbose)
{
	if (c->packet) {
		w101_puts(w, "packet ");
		w101_put_uint(w, c->packet);
		w101_puts(w, ": ");
	}
	w101_put_quoted(w, w101_str(c->text), verbose ? 0 : TEXT_SHOWN);
	w101_putc(w, '\n');
}

static void put_name(struct w101_writer *w, const struct w101_report_name *n)
{
	w101_put_addr(w, &n->addr);
	w101_putc(w, ' ');
	w101_put_safe(w, w101_str(n->name), 0, 0);
	w101_putc(w, '\n');
}

void w101_put_facts(struct w101_writer *w, const struct w101_report_facts *f, const struct w101_facts_style *s, int verbose)
{
	if (!f)
		return;
	const size_t shown = verbose || f->n_comments < COMMENTS_SHOWN ? f->n_comments : COMMENTS_SHOWN;
	for (size_t i = 0; i < shown; i++) {
		w101_puts(w, s->comment);
		put_comment(w, &f->comments[i], verbose);
	}
	if (shown < f->n_comments) {
		w101_puts(w, s->more);
		w101_puts(w, "and ");
		w101_put_uint(w, f->n_comments - shown);
		w101_puts(w, " more (-v shows all)\n");
	}
	for (size_t i = 0; verbose && i < f->n_names; i++) {
		w101_puts(w, s->name);
		put_name(w, &f->names[i]);
	}
}
