/* What a capture file says of itself, kept within the bounds of facts.h.  A
 * file can say as much as it likes: what is beyond is counted, never an error.
 * Must not know file formats. */
#include "capture/facts.h"

#include <stdlib.h>
#include <string.h>

/* Room for one more behind n elements; the array doubles when n is a power of two.
 * NULL: no memory, the array is as it was. */
static void *grown(void *array, size_t n, size_t size)
{
	if (n & (n - 1))
		return array;
	return realloc(array, (n ? 2 * n : 1) * size);
}

static bool none(struct w101_facts *f)
{
	f->left_out++;
	return false;
}

/* Takes n of the bytes that are bounded by max. */
static bool take(size_t *used, size_t n, size_t max)
{
	if (n > max - *used)
		return false;
	*used += n;
	return true;
}

/* `beside`: bytes kept with the text.  False: no room.  *out NULL: there is no text. */
static bool copy_text(struct w101_facts *f, struct w101_bytes text, size_t beside, char **out)
{
	const uint8_t *nul = text.n ? memchr(text.p, '\0', text.n) : NULL;
	size_t n = nul ? (size_t)(nul - text.p) : text.n;
	*out = NULL;
	if (n == 0)
		return true;
	if (n > W101_FACTS_TEXT)
		n = W101_FACTS_TEXT;
	if (!take(&f->text_bytes, n + 1 + beside, W101_FACTS_TEXTS) || !(*out = malloc(n + 1)))
		return none(f);
	memcpy(*out, text.p, n);
	(*out)[n] = '\0';
	return true;
}

struct w101_interface *w101_facts_interface(
	struct w101_facts *f, uint32_t link, uint32_t snaplen, struct w101_bytes name, struct w101_bytes description)
{
	struct w101_interface *all = NULL;
	if (f->n_interfaces < W101_FACTS_INTERFACES)
		all = grown(f->interfaces, f->n_interfaces, sizeof *all);
	if (!all) {
		none(f);
		return NULL;
	}
	f->interfaces = all;
	struct w101_interface *i = &all[f->n_interfaces++];
	*i = (struct w101_interface){ .link = link,
		.snaplen = snaplen,
		.received = UINT64_MAX,
		.dropped_by_interface = UINT64_MAX,
		.dropped_by_system = UINT64_MAX };
	copy_text(f, name, 0, &i->name);
	copy_text(f, description, 0, &i->description);
	return i;
}

bool w101_facts_comment(struct w101_facts *f, uint64_t packet, struct w101_bytes text)
{
	if (f->n_comments == W101_FACTS_COMMENTS)
		return none(f);
	struct w101_comment *all = grown(f->comments, f->n_comments, sizeof *all);
	if (!all)
		return none(f);
	f->comments = all;
	char *copy;
	if (!copy_text(f, text, sizeof *all, &copy))
		return false;
	if (copy)
		all[f->n_comments++] = (struct w101_comment){ packet, copy };
	return true;
}

bool w101_facts_name(struct w101_facts *f, const struct w101_addr *addr, struct w101_bytes name)
{
	if (f->n_names == W101_FACTS_NAMES)
		return none(f);
	struct w101_host_name *all = grown(f->names, f->n_names, sizeof *all);
	if (!all)
		return none(f);
	f->names = all;
	char *copy;
	if (!copy_text(f, name, sizeof *all, &copy))
		return false;
	if (copy)
		all[f->n_names++] = (struct w101_host_name){ *addr, copy };
	return true;
}

bool w101_facts_secrets(struct w101_facts *f, uint32_t type, struct w101_bytes bytes)
{
	struct w101_secrets *all;
	if (bytes.n == 0)
		return true;
	if (!take(&f->secret_bytes, bytes.n + sizeof *all, W101_FACTS_SECRETS) ||
		!(all = grown(f->secrets, f->n_secrets, sizeof *all)))
		return none(f);
	f->secrets = all;
	uint8_t *copy = malloc(bytes.n);
	if (!copy)
		return none(f);
	memcpy(copy, bytes.p, bytes.n);
	all[f->n_secrets++] = (struct w101_secrets){ type, { copy, bytes.n } };
	return true;
}

void w101_facts_clear(struct w101_facts *f)
{
	for (size_t i = 0; i < f->n_interfaces; i++) {
		free(f->interfaces[i].name);
		free(f->interfaces[i].description);
	}
	for (size_t i = 0; i < f->n_comments; i++)
		free(f->comments[i].text);
	for (size_t i = 0; i < f->n_names; i++)
		free(f->names[i].name);
	for (size_t i = 0; i < f->n_secrets; i++)
		free((uint8_t *)(uintptr_t)f->secrets[i].bytes.p);
	free(f->interfaces);
	free(f->comments);
	free(f->names);
	free(f->secrets);
	*f = (struct w101_facts){ 0 };
}
