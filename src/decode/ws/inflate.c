/* permessage-deflate (RFC 7692 section 7.2) on zlib.  Decoding always uses a
 * window of 15 bits and keeps its history, whatever was agreed, so that the
 * text comes out of senders that break the agreement; a second stream of the
 * agreed size says that they do.  Knows neither frames nor text. */
#include "decode/ws/inflate.h"

#include <string.h>
#include <zlib.h>

#include "base/quota.h"

#define WINDOW 32768u          /* 15 bits: no distance is longer */
#define VERIFY (1u << 20)      /* output of a sender that is verified */
#define QUICK 16               /* messages in a row within a second: the context stays */
#define WASTEFUL 100           /* messages before their size is judged */
#define HIDDEN 16              /* bytes before each block of zlib's, for its size */

/* A zlib stream that can shrink to its window between messages. */
struct stream {
	z_stream z;
	int bits;
	bool live;
	uint8_t *parked;
	unsigned n_parked;
};

/* Verifies distances.  It runs over blocks of a fixed size, counted from the
 * start of a message, because zlib sees a distance that is too long only
 * against the bytes of earlier calls: so the result does not depend on how the
 * bytes came. */
struct verifier {
	struct stream s;
	uint64_t left;        /* output still to verify */
	uint64_t used;        /* input of this message up to here */
	uint8_t held[64];
	unsigned n_held;
};

struct w101_ws_inflate {
	struct w101_quota *quota;
	struct stream s;
	struct verifier *verifier; /* NULL: not wanted, or done */
	bool no_takeover;
	bool window, final;        /* to be taken */
	bool at_final;             /* right behind a block with BFINAL=1 */
	bool partial;
	uint32_t known;            /* bytes of history since it was lost, up to WINDOW */
	uint8_t quick;
	w101_time last;
	const char *why;           /* zlib's words, static */
	uint64_t used;             /* input of this message */
	uint64_t messages, wire, plain; /* complete messages, and their bytes */
};

static void *take(void *quota, uInt items, uInt size)
{
	size_t n = (size_t)items * size + HIDDEN;
	uint8_t *p = w101_alloc(quota, n);
	if (!p)
		return NULL;
	memcpy(p, &n, sizeof n);
	return p + HIDDEN;
}

static void give(void *quota, void *block)
{
	uint8_t *p = (uint8_t *)block - HIDDEN;
	size_t n;
	memcpy(&n, p, sizeof n);
	w101_free(quota, p, n);
}

static void unpark(struct stream *s, struct w101_quota *q)
{
	w101_free(q, s->parked, s->n_parked);
	s->parked = NULL;
	s->n_parked = 0;
}

static void stream_clear(struct stream *s, struct w101_quota *q)
{
	if (s->live)
		inflateEnd(&s->z);
	s->live = false;
	unpark(s, q);
}

static bool stream_open(struct stream *s, struct w101_quota *q)
{
	if (s->live)
		return true;
	s->z = (z_stream){ .zalloc = take, .zfree = give, .opaque = q };
	if (inflateInit2(&s->z, -s->bits) != Z_OK)
		return false;
	s->live = true;
	if (s->parked && inflateSetDictionary(&s->z, s->parked, s->n_parked) != Z_OK) {
		stream_clear(s, q);
		return false;
	}
	unpark(s, q);
	return true;
}

/* Stays as it is when there is no memory for the copy. */
static void stream_park(struct stream *s, struct w101_quota *q)
{
	unsigned n = 0;
	if (!s->live || inflateGetDictionary(&s->z, NULL, &n) != Z_OK)
		return;
	if (n) {
		s->parked = w101_alloc(q, n);
		if (!s->parked)
			return;
		s->n_parked = n;
		inflateGetDictionary(&s->z, s->parked, &n);
	}
	inflateEnd(&s->z);
	s->live = false;
}

/* inflate() that goes on behind a block with BFINAL=1.  inflateResetKeep leaves
 * the window where it is; copying it out and back for each such block would
 * let two bytes of input cost 64 KiB of copying. */
static int stream_inflate(struct stream *s, bool *final)
{
	int rc = inflate(&s->z, Z_SYNC_FLUSH);
	*final = rc == Z_STREAM_END;
	return *final ? inflateResetKeep(&s->z) : rc == Z_BUF_ERROR ? Z_OK : rc;
}

static void verifier_free(struct w101_ws_inflate *f)
{
	if (!f->verifier)
		return;
	stream_clear(&f->verifier->s, f->quota);
	w101_free(f->quota, f->verifier, sizeof *f->verifier);
	f->verifier = NULL;
}

/* Runs over the held bytes; `failed`: the inflater failed at the last of them.
 * A failure at the same place is no fault of the window. */
static void verify_held(struct w101_ws_inflate *f, bool failed)
{
	struct verifier *v = f->verifier;
	z_stream *z = &v->s.z;
	uint8_t out[64];
	bool final;
	int rc;

	z->next_in = v->held;
	z->avail_in = v->n_held;
	do {
		z->next_out = out;
		z->avail_out = sizeof out;
		rc = stream_inflate(&v->s, &final);
		v->left -= sizeof out - z->avail_out < v->left ? sizeof out - z->avail_out : v->left;
	} while (rc == Z_OK && (final ? z->avail_in > 0 : z->avail_out == 0) && v->left);
	v->used += v->n_held - z->avail_in;
	v->n_held = 0;
	if (rc == Z_DATA_ERROR && !(failed && v->used == f->used))
		f->window = true;
	if (rc != Z_OK || !v->left)
		verifier_free(f);
}

static void verify(struct w101_ws_inflate *f, const uint8_t *p, size_t n, bool failed)
{
	while (n && f->verifier) {
		struct verifier *v = f->verifier;
		size_t k = sizeof v->held - v->n_held;
		k = n < k ? n : k;
		memcpy(v->held + v->n_held, p, k);
		v->n_held += (unsigned)k;
		p += k;
		n -= k;
		if (v->n_held == sizeof v->held)
			verify_held(f, failed && n == 0);
	}
}

struct w101_ws_inflate *w101_ws_inflate_new(struct w101_quota *q, unsigned bits, bool no_takeover)
{
	struct w101_ws_inflate *f = w101_alloc0(q, sizeof *f);
	if (!f)
		return NULL;
	f->quota = q;
	f->s.bits = 15;
	f->no_takeover = no_takeover;
	f->last = W101_TIME_NONE;
	if (bits < 15 || no_takeover) {
		f->verifier = w101_alloc0(q, sizeof *f->verifier);
		if (f->verifier) {
			f->verifier->s.bits = (int)bits;
			f->verifier->left = VERIFY;
		}
	}
	return f;
}

void w101_ws_inflate_free(struct w101_ws_inflate *f)
{
	if (!f)
		return;
	verifier_free(f);
	stream_clear(&f->s, f->quota);
	w101_free(f->quota, f, sizeof *f);
}

enum w101_ws_inflated w101_ws_inflate_begin(struct w101_ws_inflate *f)
{
	struct verifier *v = f->verifier;
	f->used = 0;
	f->at_final = f->window = f->final = false;
	if (v) {
		v->used = 0;
		v->n_held = 0;
		if (!stream_open(&v->s, f->quota) || (f->no_takeover && inflateReset(&v->s.z) != Z_OK))
			verifier_free(f);
	}
	return stream_open(&f->s, f->quota) ? W101_WS_INFLATED : W101_WS_INFLATE_NO_MEMORY;
}

enum w101_ws_inflated w101_ws_inflate_step(
	struct w101_ws_inflate *f, struct w101_bytes *in, uint8_t *out, size_t cap, size_t *got)
{
	z_stream *z = &f->s.z;
	size_t n = in->n < UINT32_MAX ? in->n : UINT32_MAX;
	bool final;
	int rc;

	z->next_in = (Bytef *)(uintptr_t)in->p; /* zlib's pointer lacks the const; it only reads */
	z->avail_in = (uInt)n;
	z->next_out = out;
	z->avail_out = (uInt)cap;
	do {
		rc = stream_inflate(&f->s, &final);
		f->final |= final;
	} while (rc == Z_OK && final && z->avail_in && z->avail_out);
	n -= z->avail_in;
	*got = cap - z->avail_out;
	if (n || final)
		f->at_final = final;
	f->why = z->msg;
	f->used += n;
	verify(f, in->p, n, rc != Z_OK);
	if (n) {
		in->p += n;
		in->n -= n;
	}
	if (f->partial) {
		f->known = *got < WINDOW - f->known ? f->known + (uint32_t)*got : WINDOW;
		f->partial = f->known < WINDOW; /* every legal distance ends in history that we have */
	}
	if (rc != Z_OK && f->verifier && f->verifier->n_held)
		verify_held(f, true);
	return rc == Z_OK ? W101_WS_INFLATED : rc == Z_MEM_ERROR ? W101_WS_INFLATE_NO_MEMORY : W101_WS_INFLATE_BAD;
}

bool w101_ws_inflate_at_final(const struct w101_ws_inflate *f)
{
	return f->at_final;
}

bool w101_ws_inflate_at_boundary(const struct w101_ws_inflate *f)
{
	/* zlib.h on data_type: bits unused, + 128 right behind the end of a block */
	return f->at_final || (f->s.z.data_type & 0xbf) == 128;
}

const char *w101_ws_inflate_why(const struct w101_ws_inflate *f)
{
	return f->why ? f->why : "the data ends inside a block";
}

void w101_ws_inflate_done(struct w101_ws_inflate *f, uint64_t wire, uint64_t out, w101_time at)
{
	f->messages++;
	f->wire += wire;
	f->plain += out;
	if (f->verifier && f->verifier->n_held)
		verify_held(f, false);
	if (w101_elapsed(f->last, at) >= W101_SECOND)
		f->quick = 0;
	else if (f->quick < QUICK)
		f->quick++;
	f->last = at;
	if (f->quick == QUICK)
		return;
	stream_park(&f->s, f->quota);
	if (f->verifier)
		stream_park(&f->verifier->s, f->quota);
}

void w101_ws_inflate_lose(struct w101_ws_inflate *f)
{
	if (f->s.live)
		inflateReset(&f->s.z);
	unpark(&f->s, f->quota);
	f->known = 0;
	f->partial = !f->no_takeover;
	if (!f->no_takeover)
		verifier_free(f);
}

bool w101_ws_inflate_partial(const struct w101_ws_inflate *f)
{
	return f->partial;
}

bool w101_ws_inflate_wasteful(const struct w101_ws_inflate *f)
{
	return f && f->messages >= WASTEFUL && f->wire > f->plain;
}

bool w101_ws_inflate_take_window(struct w101_ws_inflate *f)
{
	bool was = f->window;
	f->window = false;
	return was;
}

bool w101_ws_inflate_take_final(struct w101_ws_inflate *f)
{
	bool was = f->final;
	f->final = false;
	return was;
}
