/* HTTP/1 heads (RFC 9112 sections 2-5), read tolerantly: defects are reported,
 * not fatal.  Pure functions over borrowed bytes. */
#ifndef W101_HTTP_HEAD_H
#define W101_HTTP_HEAD_H

#include <wire101/http.h>

#define W101_HTTP_FIELDS_MAX 256 /* further fields are not listed; their count is */

struct w101_head_store { /* where a parsed head keeps its fields */
	struct w101_http_field fields[W101_HTTP_FIELDS_MAX];
	size_t n_all; /* fields of the head, listed or not: out->n_fields is at most W101_HTTP_FIELDS_MAX.
	                 When a head has more, the last places are kept for fields that rules look at */
};

/* > 0: bytes used, head complete; 0: not complete yet; < 0: this is no HTTP head.
 * `scanned`: bytes of `in` that an earlier call saw and found incomplete, so
 * that they are not scanned again. */
long w101_head_parse(struct w101_bytes in, bool response, size_t scanned, struct w101_head_store *,
		     struct w101_http_head *out);

/* Whether these first bytes of a direction look like the beginning of an HTTP/1
 * request or response: 1 yes, 0 more bytes are needed, -1 no. */
int w101_head_sniff(struct w101_bytes in, bool response);
/* The same where the first bytes may be missing: only what cannot be the rest of something else, a method that is
 * known or "HTTP/1.1 ". */
int w101_head_sniff_strict(struct w101_bytes in, bool response);

/* The first field of that name at or behind index *i; NULL: none.  *i is moved behind it. */
const struct w101_http_field *w101_head_find(const struct w101_http_head *, const char *name, size_t *i);
unsigned w101_head_count(const struct w101_http_head *, const char *name); /* fields of that name */

/* Members of a list field, over all lines of that name (RFC 9110 5.6.1): split
 * at commas outside quotes, trimmed, empty members passed over.  Start with a
 * zeroed cursor. */
struct w101_list {
	size_t field, at;
	bool started;
};
bool w101_head_list(const struct w101_http_head *, const char *name, struct w101_list *, struct w101_bytes *member);
bool w101_head_lists(const struct w101_http_head *, const char *name, const char *member); /* without case */

/* Stream offset of bytes that were borrowed from the head. */
static inline uint64_t w101_head_where(const struct w101_http_head *h, struct w101_bytes b)
{
	return h->offset + (uint64_t)(b.p - h->raw.p);
}
/* Offset in raw of the first defect among `mask`; the head must have one of them. */
uint32_t w101_head_defect(const struct w101_http_head *, uint32_t mask);
/* The values of all fields of that name joined by ", " as sent; cut at max.  Returns bytes in buf. */
size_t w101_head_joined(const struct w101_http_head *, const char *name, char *buf, size_t max);

#endif
