/* Fragments of IPv4 (RFC 791 3.2) and IPv6 (RFC 8200 4.5) put together.  Must
 * not know what is inside, but for the port of a UDP datagram.
 *
 * Overlaps.  IPv4: the first copy of a byte wins, as in TCP reassembly here; the
 * first fragment that ends the datagram says how long it is, and what others
 * have beyond is left out.  IPv6: a fragment that overlaps another makes the
 * whole datagram void, and so do two that disagree on its end; fragments of it
 * that come later are dropped (RFC 5722).  A fragment that came before with the
 * same bytes is a duplicate, and harmless in both.
 *
 * IPv4's identification is short and soon used again (RFC 4963): what cannot be of
 * a datagram that has waited for a while begins another one.
 *
 * Bytes that the snapshot length cut off were on the wire: the datagram is
 * complete without them, and its captured part ends before the first of them.
 *
 * A datagram that cannot lead to TCP (a UDP port that is no tunnel) or was given
 * up keeps its entry, but no bytes, until it is complete or too old.
 *
 * The packets of second copies are remembered too while their datagram is not
 * complete; of those that come later nobody is told. */
#include "net/fragment.h"

#include <string.h>

#include "base/hash.h"
#include "base/quota.h"

#define BUCKETS 512 /* a power of two */
/* Complete datagrams that are remembered, and how long: a mirror may have each
 * fragment twice, and second copies are never complete. */
#define DONE 64
#define DONE_TIME W101_SECOND
#define REUSE_TIME W101_SECOND /* the fragments of one datagram are sent together */
#define PACKETS_MAX 16384 /* of a datagram that are remembered: the fragments that it can have, twice */

enum { DATAGRAM_MAX = 65535, UNIT = 8 /* offsets count in it */, UNITS = (DATAGRAM_MAX + UNIT) / UNIT };
enum { NEXT_UDP = 17 };

struct key {
	uint64_t context;
	uint8_t src[16], dst[16];
	uint32_t id;
	uint8_t family, protocol; /* protocol: IPv4 */
	uint8_t zero[2];          /* no bytes that nobody set: a key is hashed and compared as memory */
};

enum state {
	KEPT,
	UNWANTED, /* counted to its end, so that its identification can be used again */
	VOID      /* overlap, or given up: later fragments of it are dropped */
};

struct w101_datagram {
	struct key key;
	struct w101_datagram *chain; /* in its bucket; when complete: the one before */
	struct w101_datagram *older, *newer;
	w101_time since;
	enum state state;
	bool again;        /* one with this key was complete a moment ago: most likely second copies */
	uint8_t protocol;  /* of the first fragment; until it is there, of any */
	uint8_t *bytes;    /* of KEPT: as far as they were captured */
	uint32_t size;     /* room there */
	uint32_t end;      /* farthest byte seen */
	uint32_t total;    /* 0: the last fragment was not seen */
	uint32_t cut;      /* the first byte that was not captured */
	uint32_t front;    /* units that are there without a hole */
	uint64_t *packets; /* that brought bytes, or had them once more */
	size_t n_packets, room_packets;
	uint8_t have[UNITS / 8]; /* a bit for each unit */
	uint8_t head[UNITS / 8]; /* units that a fragment began with */
};

struct w101_fragments {
	const struct w101_limits *limits;
	struct w101_quota *quota;
	uint8_t seed[16];
	struct w101_datagram *bucket[BUCKETS];
	struct w101_datagram *oldest, *newest;
	uint32_t n;
	uint64_t given_up, incomplete;
	struct w101_datagram *complete; /* until the next packet */
	struct {
		uint64_t hash;
		w101_time at;
	} done[DONE];
	uint32_t n_done;
};

struct piece {
	const uint8_t *p;
	uint32_t cap;     /* bytes at p */
	uint32_t at, end; /* on the wire */
	bool more;
};

static bool bit(const uint8_t *map, uint32_t unit)
{
	return map[unit / 8] >> unit % 8 & 1;
}

static void set_bit(uint8_t *map, uint32_t unit)
{
	map[unit / 8] |= (uint8_t)(1u << unit % 8);
}

static uint32_t units(uint32_t bytes)
{
	return (bytes + UNIT - 1) / UNIT;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* ---- a piece and its datagram */

static bool overlaps(const struct w101_datagram *d, const struct piece *x)
{
	for (uint32_t u = x->at / UNIT; u < units(x->end); u++)
		if (bit(d->have, u))
			return true;
	return false;
}

/* The same fragment, byte for byte. */
static bool came_before(const struct w101_datagram *d, const struct piece *x)
{
	uint32_t first = x->at / UNIT, behind = units(x->end);
	if (!bit(d->head, first) || (behind < UNITS && bit(d->have, behind) && !bit(d->head, behind)))
		return false;
	for (uint32_t u = first; u < behind; u++)
		if (!bit(d->have, u) || (u > first && bit(d->head, u)))
			return false;
	uint32_t known = least(d->cut, x->at + x->cap);
	return d->state != KEPT || known <= x->at || memcmp(d->bytes + x->at, x->p, known - x->at) == 0;
}

/* Whether the piece has other bytes than those held; of those that were dropped nobody knows. */
static bool other_bytes(const struct w101_datagram *d, const struct piece *x)
{
	uint32_t known = least(least(d->cut, d->end), x->at + x->cap);
	for (uint32_t at = x->at; at < known; at += UNIT)
		if (bit(d->have, at / UNIT) &&
		    (d->state != KEPT || memcmp(d->bytes + at, x->p + (at - x->at), least(UNIT, known - at)) != 0))
			return true;
	return false;
}

static bool ends_differ(const struct w101_datagram *d, const struct piece *x)
{
	if (x->more)
		return d->total && x->end >= d->total;
	return d->total ? x->end != d->total : x->end <= d->end;
}

/* Whether the identification of a datagram that has waited names another one now. */
static bool is_reused(const struct w101_datagram *d, const struct piece *x, w101_time now)
{
	if (d->key.family != 4 || w101_elapsed(d->since, now) < REUSE_TIME)
		return false;
	return ends_differ(d, x) || (x->at == 0 && other_bytes(d, x));
}

/* ---- the table */

struct w101_fragments *w101_fragments_new(const struct w101_limits *limits, struct w101_quota *quota,
	const uint8_t seed[16])
{
	struct w101_fragments *f = w101_alloc0(quota, sizeof *f);
	if (!f)
		return NULL;
	f->limits = limits;
	f->quota = quota;
	memcpy(f->seed, seed, sizeof f->seed);
	return f;
}

static void drop_bytes(struct w101_fragments *f, struct w101_datagram *d)
{
	w101_free(f->quota, d->bytes, d->size);
	w101_free(f->quota, d->packets, d->room_packets * sizeof *d->packets);
	d->bytes = NULL;
	d->packets = NULL;
	d->size = 0;
	d->n_packets = d->room_packets = 0;
}

static void drop(struct w101_fragments *f, struct w101_datagram *d)
{
	drop_bytes(f, d);
	w101_free(f->quota, d, sizeof *d);
}

static uint64_t hash_of(const struct w101_fragments *f, const struct key *k)
{
	return w101_hash(f->seed, k, sizeof *k);
}

static struct w101_datagram **bucket_of(struct w101_fragments *f, const struct key *k)
{
	return &f->bucket[hash_of(f, k) & (BUCKETS - 1)];
}

/* Whether a datagram with this key was complete a moment ago. */
static bool was_done(const struct w101_fragments *f, uint64_t hash, w101_time now)
{
	for (uint32_t i = 0; i < DONE && i < f->n_done; i++)
		if (f->done[i].hash == hash && w101_elapsed(f->done[i].at, now) < DONE_TIME)
			return true;
	return false;
}

static void take_out(struct w101_fragments *f, struct w101_datagram *d)
{
	struct w101_datagram **at = bucket_of(f, &d->key);
	while (*at != d)
		at = &(*at)->chain;
	*at = d->chain;
	*(d->older ? &d->older->newer : &f->oldest) = d->newer;
	*(d->newer ? &d->newer->older : &f->newest) = d->older;
	f->n--;
}

void w101_fragments_release(struct w101_fragments *f)
{
	for (struct w101_datagram *d; (d = f->complete);) {
		f->complete = d->chain;
		drop(f, d);
	}
}

void w101_fragments_free(struct w101_fragments *f)
{
	if (!f)
		return;
	w101_fragments_release(f);
	for (struct w101_datagram *d = f->oldest, *newer; d; d = newer) {
		newer = d->newer;
		drop(f, d);
	}
	w101_free(f->quota, f, sizeof *f);
}

static void give_up(struct w101_fragments *f, struct w101_datagram *d)
{
	f->given_up += d->state == KEPT && !d->again;
	d->state = VOID;
	drop_bytes(f, d);
}

static void forget(struct w101_fragments *f, struct w101_datagram *d)
{
	take_out(f, d);
	drop(f, d);
}

static bool too_old(const struct w101_fragments *f, const struct w101_datagram *d, w101_time now)
{
	return w101_elapsed(d->since, now) >= (d->again ? DONE_TIME : f->limits->fragment_time);
}

/* Whether something that was kept is lost to the reader with it. */
static bool lacks_fragments(const struct w101_datagram *d)
{
	return d->state == KEPT && !d->again && w101_ip_leads_on(d->protocol);
}

static void expire(struct w101_fragments *f, struct w101_datagram *d)
{
	f->incomplete += lacks_fragments(d);
	forget(f, d);
}

/* The datagram of a key that this piece belongs to, old or new; NULL: no memory. */
static struct w101_datagram *datagram(struct w101_fragments *f, const struct key *k, const struct piece *x,
	w101_time now)
{
	while (f->oldest && too_old(f, f->oldest, now))
		expire(f, f->oldest);
	uint64_t hash = hash_of(f, k);
	struct w101_datagram **bucket = &f->bucket[hash & (BUCKETS - 1)], *d = *bucket;
	while (d && memcmp(&d->key, k, sizeof *k) != 0)
		d = d->chain;
	/* not only the oldest ones are too old: time may have gone back, and second copies wait less */
	if (d && (too_old(f, d, now) || is_reused(d, x, now))) {
		expire(f, d);
		d = NULL;
	}
	if (d)
		return d;
	while (f->oldest && f->n >= f->limits->fragments) {
		give_up(f, f->oldest);
		forget(f, f->oldest);
	}
	d = w101_alloc0(f->quota, sizeof *d);
	if (!d) {
		f->given_up++;
		return NULL;
	}
	d->key = *k;
	d->since = now;
	d->again = was_done(f, hash, now);
	d->cut = UINT32_MAX;
	d->chain = *bucket;
	*bucket = d;
	d->older = f->newest;
	*(f->newest ? &f->newest->newer : &f->oldest) = d;
	f->newest = d;
	f->n++;
	return d;
}

/* ---- one datagram */

/* Makes the piece fit by the rules above.  False: nothing of it is of use, or the datagram is void now. */
static bool fit(struct w101_fragments *f, struct w101_datagram *d, struct piece *x)
{
	if (d->key.family == 6) {
		bool differ = ends_differ(d, x);
		if (differ || (overlaps(d, x) && !came_before(d, x))) {
			d->state = VOID;
			drop_bytes(f, d);
			return false;
		}
	} else if (d->total) {
		x->end = least(x->end, d->total);
		if (x->at >= x->end)
			return false;
		x->cap = least(x->cap, x->end - x->at);
	}
	if (!x->more && !d->total)
		d->total = x->end;
	return true;
}

/* Whether a datagram that begins with this piece may lead to TCP. */
static bool wanted(uint8_t protocol, const struct piece *first)
{
	if (protocol == NEXT_UDP && first->cap >= 4)
		return w101_udp_tunnel(w101_part_be16(first->p + 2));
	return w101_ip_leads_on(protocol);
}

static bool reserve(struct w101_fragments *f, struct w101_datagram *d, uint32_t n)
{
	if (n <= d->size)
		return true;
	uint32_t size = d->size > DATAGRAM_MAX / 2 ? DATAGRAM_MAX : d->size * 2;
	if (size < n)
		size = n;
	uint8_t *bytes = w101_realloc(f->quota, d->bytes, d->size, size);
	if (!bytes)
		return false;
	d->bytes = bytes;
	d->size = size;
	return true;
}

/* Takes what is new of the piece; false: nothing is. */
static bool merge(struct w101_datagram *d, const struct piece *x)
{
	bool fresh = false;
	uint32_t captured = x->at + x->cap;
	for (uint32_t at = x->at; at < x->end; at += UNIT) {
		if (bit(d->have, at / UNIT))
			continue;
		uint32_t end = least(at + UNIT, x->end), known = least(end, captured);
		if (d->state == KEPT && known > at)
			memcpy(d->bytes + at, x->p + (at - x->at), known - at);
		if (known < end)
			d->cut = least(d->cut, known > at ? known : at);
		set_bit(d->have, at / UNIT);
		fresh = true;
	}
	set_bit(d->head, x->at / UNIT);
	if (x->end > d->end)
		d->end = x->end;
	while (d->front < UNITS && bit(d->have, d->front))
		d->front++;
	return fresh;
}

/* False: no memory.  More than PACKETS_MAX are left out. */
static bool remember(struct w101_fragments *f, struct w101_datagram *d, const uint64_t *packets, size_t n)
{
	if (n > PACKETS_MAX - d->n_packets)
		n = PACKETS_MAX - d->n_packets;
	size_t need = d->n_packets + n;
	if (need > d->room_packets) {
		size_t room = d->room_packets * 2 > need ? d->room_packets * 2 : need + 7;
		uint64_t *p = w101_realloc(f->quota, d->packets, d->room_packets * sizeof *p, room * sizeof *p);
		if (!p)
			return false;
		d->packets = p;
		d->room_packets = room;
	}
	if (n)
		memcpy(d->packets + d->n_packets, packets, n * sizeof *packets);
	d->n_packets = need;
	return true;
}

static bool keep(struct w101_fragments *f, struct w101_datagram *d, const struct w101_walk *w, const struct piece *x)
{
	if (d->state != KEPT) {
		merge(d, x);
		return true;
	}
	if (!reserve(f, d, x->cap ? x->at + x->cap : 0))
		return false;
	bool fresh = merge(d, x);
	const struct w101_datagram *around = w->whole;
	bool remembered = (!around || remember(f, d, around->packets, around->n_packets)) &&
		remember(f, d, &w->packet, 1);
	return remembered || !fresh;
}

/* It is whole: goes to the walk, and to those that the next packet ends. */
static void finish(struct w101_fragments *f, struct w101_datagram *d, struct w101_walk *w)
{
	take_out(f, d);
	uint32_t slot = f->n_done++ % DONE;
	f->done[slot].hash = hash_of(f, &d->key);
	f->done[slot].at = w->at;
	d->chain = f->complete;
	f->complete = d;
	size_t n = 0;
	for (size_t i = 0; i < d->n_packets; i++)
		if (d->packets[i] != w->packet)
			d->packets[n++] = d->packets[i];
	d->n_packets = n;
	w->part = (struct w101_part){ d->bytes, least(d->cut, d->total), d->total };
	w->whole = d;
}

enum w101_net_result w101_fragments_add(struct w101_fragments *f, struct w101_walk *w, uint32_t id, uint32_t offset,
	bool more, uint8_t *protocol)
{
	const struct w101_part *part = &w->part;
	if (!part->wire || part->wire > DATAGRAM_MAX - offset || (more && part->wire % UNIT))
		return W101_NET_MALFORMED;
	struct key k = { .context = w->context, .id = id, .family = w->src.family };
	memcpy(k.src, w->src.b, sizeof k.src);
	memcpy(k.dst, w->dst.b, sizeof k.dst);
	if (k.family == 4)
		k.protocol = *protocol;
	struct piece x = { part->p, part->cap, offset, offset + part->wire, more };
	struct w101_datagram *d = datagram(f, &k, &x, w->at);
	if (!d || d->state == VOID || !fit(f, d, &x))
		return W101_NET_FRAGMENT;
	if (d->end == 0 || (x.at == 0 && d->front == 0))
		d->protocol = *protocol;
	if (x.at == 0 && d->front == 0) {
		if (!wanted(d->protocol, &x)) {
			d->state = UNWANTED;
			drop_bytes(f, d);
		}
	}
	if (!keep(f, d, w, &x)) {
		give_up(f, d);
		return W101_NET_FRAGMENT;
	}
	if (!d->total || d->front < units(d->total))
		return W101_NET_FRAGMENT;
	if (d->state != KEPT) {
		forget(f, d);
		return W101_NET_FRAGMENT;
	}
	*protocol = d->protocol;
	finish(f, d, w);
	return W101_NET_TCP;
}

size_t w101_datagram_packets(const struct w101_datagram *d, const uint64_t **packets)
{
	*packets = d->packets;
	return d->n_packets;
}

uint64_t w101_fragments_given_up(const struct w101_fragments *f)
{
	return f->given_up;
}

uint64_t w101_fragments_incomplete(const struct w101_fragments *f)
{
	uint64_t n = f->incomplete;
	for (const struct w101_datagram *d = f->oldest; d; d = d->newer)
		n += lacks_fragments(d);
	return n;
}
