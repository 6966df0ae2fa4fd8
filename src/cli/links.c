/* Link types: net/ says which are read and how they are called, capture/ has
 * words for the others. */
#include "cli/links.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "capture/linktype.h"
#include "net/net.h"

enum { LINKS_MAX = 16, NAMES_MAX = 4 }; /* told in the heading */

void w101_links_packet(struct w101_links *l, uint32_t link)
{
	size_t i = 0;
	if (l->set && link == l->usual)
		return;
	if (w101_net_link_name(link)) {
		l->set = true;
		l->usual = link;
		return;
	}
	while (i < l->n && l->strange[i].link != link && i < W101_LINKS_STRANGE - 1)
		i++;
	if (i == l->n)
		l->strange[l->n++] = (struct w101_links_strange){ .link = link };
	l->strange[i].packets++;
}

void w101_links_say(const struct w101_links_strange *s, char *out, size_t max)
{
	snprintf(out, max, "link type %" PRIu32 " (%s) is not read: its %" PRIu64 " packet%s only counted", s->link,
		w101_linktype_words(s->link), s->packets, s->packets == 1 ? " is" : "s are");
}

const char *w101_links_name(uint32_t link)
{
	const char *name = w101_net_link_name(link);
	return name ? name : w101_linktype_words(link);
}

/* ---- the heading */

struct text {
	char *p;
	size_t n, max;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *t, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(t->p + t->n, t->max - t->n, format, args);
	va_end(args);
	if (n > 0)
		t->n = t->n + (size_t)n < t->max ? t->n + (size_t)n : t->max - 1;
}

static bool is_among(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool told(const struct w101_interface *i, bool any)
{
	return i->packets || !any;
}

/* Names of the interfaces of link types that are called so. */
static void put_interfaces(struct text *t, const struct w101_facts *f, const char *link, bool any)
{
	const char *names[NAMES_MAX];
	size_t n = 0;
	for (size_t i = 0; i < f->n_interfaces; i++) {
		const struct w101_interface *in = &f->interfaces[i];
		if (!told(in, any) || !in->name || strcmp(w101_links_name(in->link), link) != 0 ||
			is_among(in->name, names, n))
			continue;
		if (n == NAMES_MAX) {
			put(t, ", ...");
			break;
		}
		put(t, "%s%s", n ? ", " : " (", in->name);
		names[n++] = in->name;
	}
	if (n)
		put(t, ")");
}

void w101_links_text(const struct w101_facts *f, char *out, size_t max)
{
	struct text t = { out, 0, max };
	const char *links[LINKS_MAX];
	size_t n = 0;
	bool any = false;
	out[0] = '\0';
	for (size_t i = 0; i < f->n_interfaces; i++)
		any = any || f->interfaces[i].packets;
	for (size_t i = 0; i < f->n_interfaces && n < LINKS_MAX; i++) {
		const char *link = w101_links_name(f->interfaces[i].link);
		if (!told(&f->interfaces[i], any) || is_among(link, links, n))
			continue;
		links[n++] = link;
		put(&t, "%s%s", n > 1 ? ", " : "", link);
		put_interfaces(&t, f, link, any);
	}
}
