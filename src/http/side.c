/* Heads of one direction, wherever chunks are cut.  What comes out must not
 * depend on the cuts: a head is read in place when one chunk holds it, else from
 * a copy, under the same bound.  Must not know the other direction. */
#include "http/side.h"

#include "base/ascii.h"

#define SEEK_SHOWN 64u /* bytes of what was passed over that are kept to be shown */

static const char wanted[] = "HTTP/1.";

void w101_side_head_done(struct w101_side *s)
{
	w101_buf_clear(&s->partial);
	s->scanned = 0;
	s->sniffed = false;
	s->lost = false;
	s->cut = false;
	s->strange = false;
}

enum w101_side_result w101_side_head(struct w101_side *s, enum w101_dir dir, const struct w101_chunk *c, size_t *used,
	size_t max, struct w101_head_store *store, struct w101_http_head *out)
{
	const bool response = dir == W101_SERVER;
	size_t old = s->partial.n;
	if (!old) {
		while (*used < c->bytes.n && (c->bytes.p[*used] == '\r' || c->bytes.p[*used] == '\n'))
			++*used;
		s->next = c->offset + *used;
		if (*used == c->bytes.n)
			return W101_SIDE_MORE;
		s->begun_acked = c->acked;
		s->partial_at = s->next;
	}
	struct w101_bytes in = { c->bytes.p + *used, c->bytes.n - *used };
	if (in.n > max - old)
		in.n = max - old;
	if (old) {
		if (!w101_buf_add(&s->partial, in.p, in.n))
			return W101_SIDE_LIMIT;
		in = w101_buf_bytes(&s->partial);
	}
	int like = s->sniffed           ? 1
		   : s->lost || s->cut ? w101_head_sniff_strict(in, response)
				       : w101_head_sniff(in, response);
	if (like < 0) {
		s->partial.n = old;
		return W101_SIDE_NO_HEAD;
	}
	long n = like > 0 ? w101_head_parse(in, response, s->scanned, store, out) : 0;
	if (n < 0)
		return W101_SIDE_BROKEN;
	if (n > 0) {
		s->next = s->partial_at + (uint64_t)n;
		if (s->next - c->offset > c->bytes.n) /* the chunks were not in order */
			return W101_SIDE_BROKEN;
		*used = (size_t)(s->next - c->offset);
		out->offset = s->partial_at + (uint64_t)(out->raw.p - in.p);
		out->packet = c->packet;
		out->at = c->at;
		if (s->strange)
			out->defects |= W101_HEAD_BYTES_BEFORE;
		return W101_SIDE_COMPLETE;
	}
	if (in.n >= max || (!old && !w101_buf_add(&s->partial, in.p, in.n))) {
		*used += old ? in.n - old : 0;
		return W101_SIDE_LIMIT;
	}
	s->sniffed = like > 0;
	s->scanned = like > 0 ? in.n : 0;
	*used = c->bytes.n;
	s->next = c->offset + *used;
	return W101_SIDE_MORE;
}

/* ---- the rest of a head that is not kept */

/* True: the empty line ends here. */
static bool over_byte(struct w101_side *s, uint8_t b)
{
	bool end = b == '\n' && s->blank;
	s->blank = b == '\n' ? 1 : b == '\r' && s->blank == 1 ? 2 : 0;
	return end;
}

void w101_side_over_begin(struct w101_side *s)
{
	s->state = W101_SIDE_OVER;
	s->blank = 0;
	for (size_t i = 0; i < s->partial.n; i++)
		over_byte(s, s->partial.p[i]);
	w101_side_head_done(s);
}

bool w101_side_over(struct w101_side *s, const struct w101_chunk *c, size_t *used)
{
	bool end = false;
	while (*used < c->bytes.n && !end)
		end = over_byte(s, c->bytes.p[(*used)++]);
	s->next = c->offset + *used;
	return end;
}

/* ---- finding the next answer among bytes that are none */

static void seek_byte(struct w101_side *s, uint8_t b)
{
	/* 'H' is only at the beginning of what is wanted: a mismatch starts anew */
	s->matched = b == (uint8_t)wanted[s->matched] ? (uint8_t)(s->matched + 1) : b == 'H';
	s->sought++;
}

void w101_side_seek_begin(struct w101_side *s, const struct w101_chunk *c, size_t used)
{
	if (!s->partial.n) {
		s->begun_acked = c->acked;
		s->partial_at = c->offset + used;
	}
	s->state = W101_SIDE_SEEK;
	s->matched = 0;
	s->sought = 0;
	s->scanned = 0;
	s->sniffed = false;
	for (size_t i = 0; i < s->partial.n; i++) /* too short to hold all of it */
		seek_byte(s, s->partial.p[i]);
}

bool w101_side_seek(struct w101_side *s, const struct w101_chunk *c, size_t *used, size_t max)
{
	while (*used < c->bytes.n && s->matched < sizeof wanted - 1 && s->sought < max) {
		uint8_t b = c->bytes.p[(*used)++];
		if (s->partial.n < SEEK_SHOWN)
			w101_buf_add(&s->partial, &b, 1);
		seek_byte(s, b);
	}
	s->next = c->offset + *used;
	if (s->matched < sizeof wanted - 1)
		return s->sought < max;
	s->state = W101_SIDE_HEAD;
	s->partial.n = 0;
	if (!w101_buf_add(&s->partial, wanted, s->matched))
		return false;
	s->partial_at = s->next - s->matched;
	s->begun_acked = c->acked;
	return true;
}

bool w101_side_gap(struct w101_side *s, uint64_t n, uint64_t at)
{
	s->next = at + n;
	if (s->state == W101_SIDE_BODY && w101_body_gap(&s->body, n) == n)
		return true;
	s->state = W101_SIDE_HEAD;
	w101_side_head_done(s);
	s->lost = true;
	return false;
}
