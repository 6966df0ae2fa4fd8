/* Link types: net/ says which are read and how they are called, capture/ has
 * words for the others. */
#include "cli/links.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "capture/linktype.h"
#include "net/net.h"

enum { LINKS_MAX = 16, NAMES_MAX = 4, NAME_MAX = 32 }; /* told in the heading; characters of a name */

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
	while (i < l->n && l->strange[i].link != link)
		i++;
	if (i == W101_LINKS_STRANGE) {
		l->further++;
		return;
	}
	if (i == l->n)
		l->strange[l->n++] = (struct w101_links_strange){ .link = link };
	l->strange[i].packets++;
}

static const char *are(uint64_t packets)
{
	return packets == 1 ? " is" : "s are";
}

/* What is behind the lines for single link types. */
static void say_more(const struct w101_links *l, char *out, size_t max)
{
	size_t more = l->n - W101_LINKS_SAID;
	uint64_t packets = 0;
	for (size_t i = W101_LINKS_SAID; i < l->n; i++)
		packets += l->strange[i].packets;
	int n = snprintf(out, max, "and %zu more link type%s not read: %s %" PRIu64 " packet%s only counted", more, are(more),
		more == 1 ? "its" : "their", packets, are(packets));
	if (l->further && n > 0 && (size_t)n < max)
		snprintf(out + n, max - (size_t)n, ", and %" PRIu64 " packet%s of further link types", l->further,
			l->further == 1 ? "" : "s");
}

bool w101_links_say(const struct w101_links *l, size_t i, char *out, size_t max)
{
	if (i >= l->n || i > W101_LINKS_SAID)
		return false;
	if (i == W101_LINKS_SAID) {
		say_more(l, out, max);
		return true;
	}
	const struct w101_links_strange *s = &l->strange[i];
	const char *words = w101_linktype_words(s->link);
	snprintf(out, max, "link type %" PRIu32 "%s%s%s is not read: its %" PRIu64 " packet%s only counted", s->link,
		words ? " (" : "", words ? words : "", words ? ")" : "", s->packets, are(s->packets));
	return true;
}

const char *w101_links_name(uint32_t link, char buffer[W101_LINKS_NAME])
{
	const char *name = w101_net_link_name(link);
	if (!name)
		name = w101_linktype_words(link);
	if (name)
		return name;
	snprintf(buffer, W101_LINKS_NAME, "link type %" PRIu32, link);
	return buffer;
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

/* Bytes of what is shown of a name: so many characters of UTF-8. */
static size_t shown(const char *name)
{
	size_t n = 0, characters = 0;
	for (; n < 4 * NAME_MAX && name[n]; n++) {
		characters += (name[n] & 0xc0) != 0x80;
		if (characters > NAME_MAX)
			break;
	}
	return n;
}

static bool told(const struct w101_interface *i, bool any)
{
	return i->packets || !any;
}

/* Names of the interfaces of link types that are called so. */
static void put_interfaces(struct text *t, const struct w101_facts *f, const char *link, bool any)
{
	char buffer[W101_LINKS_NAME];
	const char *names[NAMES_MAX];
	size_t n = 0;
	for (size_t i = 0; i < f->n_interfaces; i++) {
		const struct w101_interface *in = &f->interfaces[i];
		if (!told(in, any) || !in->name || strcmp(w101_links_name(in->link, buffer), link) != 0 ||
			is_among(in->name, names, n))
			continue;
		if (n == NAMES_MAX) {
			put(t, ", ...");
			break;
		}
		size_t bytes = shown(in->name);
		put(t, "%s%.*s%s", n ? ", " : " (", (int)bytes, in->name, in->name[bytes] ? "..." : "");
		names[n++] = in->name;
	}
	if (n)
		put(t, ")");
}

void w101_links_text(const struct w101_facts *f, char *out, size_t max)
{
	struct text t = { out, 0, max };
	const char *links[LINKS_MAX];
	char buffers[LINKS_MAX][W101_LINKS_NAME];
	size_t n = 0;
	bool any = false;
	out[0] = '\0';
	for (size_t i = 0; i < f->n_interfaces; i++)
		any = any || f->interfaces[i].packets;
	for (size_t i = 0; i < f->n_interfaces && n < LINKS_MAX; i++) {
		const char *link = w101_links_name(f->interfaces[i].link, buffers[n]);
		if (!told(&f->interfaces[i], any) || is_among(link, links, n))
			continue;
		links[n++] = link;
		put(&t, "%s%s", n > 1 ? ", " : "", link);
		put_interfaces(&t, f, link, any);
	}
}
