/* A protocol that nobody here can read (RFC 9110 7.8 allows any): counts the
 * bytes of each side and keeps the beginning for people to look at.  Judges
 * nothing and must not guess. */
#include "decode/table.h"

#include "base/buf.h"

struct opaque {
	struct w101_quota *quota;
	uint32_t max;       /* of each preview */
	uint64_t bytes[2];
	bool full[2];       /* the preview takes no more: a gap, or no memory */
	struct w101_buf preview[2];
};

static void *open_opaque(const struct w101_handshake *h, const struct w101_out *out)
{
	(void)out;
	struct opaque *o = w101_alloc0(h->quota, sizeof *o);
	if (!o)
		return NULL;
	o->quota = h->quota;
	o->max = h->limits->preview;
	w101_buf_init(&o->preview[W101_CLIENT], h->quota);
	w101_buf_init(&o->preview[W101_SERVER], h->quota);
	return o;
}

static enum w101_feed data(void *self, enum w101_dir dir, const struct w101_chunk *c)
{
	struct opaque *o = self;
	struct w101_buf *b = &o->preview[dir];
	o->bytes[dir] += c->bytes.n;
	if (!o->full[dir] && b->n < o->max) {
		size_t n = o->max - b->n;
		o->full[dir] = !w101_buf_add(b, c->bytes.p, c->bytes.n < n ? c->bytes.n : n);
	}
	return W101_FEED_MORE;
}

static void gap(void *self, enum w101_dir dir, uint64_t n, const struct w101_chunk *where)
{
	struct opaque *o = self;
	(void)n, (void)where;
	o->full[dir] = true; /* what comes now does not join on */
}

static void end(void *self, enum w101_dir dir, enum w101_end how, const struct w101_chunk *where)
{
	(void)self, (void)dir, (void)how, (void)where;
}

static void finish(void *self)
{
	(void)self;
}

static void status(const void *self, struct w101_decoder_status *st)
{
	const struct opaque *o = self;
	*st = (struct w101_decoder_status){
		.close_by = W101_NO_DIR, .reason = "", .close_at = { W101_TIME_NONE, W101_TIME_NONE }
	};
	for (int d = 0; d < 2; d++) {
		st->wire_payload[d] = st->plain_payload[d] = o->bytes[d];
		st->preview[d] = w101_buf_bytes(&o->preview[d]);
	}
}

static void free_opaque(void *self)
{
	struct opaque *o = self;
	w101_buf_clear(&o->preview[W101_CLIENT]);
	w101_buf_clear(&o->preview[W101_SERVER]);
	w101_free(o->quota, o, sizeof *o);
}

const struct w101_decoder_ops w101_opaque_decoder = {
	.token = "",
	.protocol = "opaque",
	.open = open_opaque,
	.data = data,
	.gap = gap,
	.end = end,
	.finish = finish,
	.status = status,
	.free = free_opaque,
};
