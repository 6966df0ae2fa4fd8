/* pcapng files (draft-ietf-opsawg-pcapng 3 and 4): sections of either byte order, block
 * after block, their packets without a copy.  libpcap's reader refuses files
 * whose interfaces differ; this one does not.  Lengths are held against the
 * bytes that are there, never trusted; a section's length is not even read.
 * Must not know what packets hold. */
#include "capture/pcapng_impl.h"
#include "capture/reader.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_MIN 12        /* type, length, length again */
#define PACKET_HEAD 20      /* of an enhanced packet block's body, the longest */
#define LINK_NFLOG 239
#define SECTION 0x0a0d0d0au /* the same in both byte orders */
#define ORDER_MAGIC 0x1a2b3c4du

enum step { STEP_ON, STEP_PACKET, STEP_DAMAGE };

/* A packet to fill, and where to say what is wrong. */
struct wanted {
	uint64_t number;
	struct w101_packet *packet;
	bool bare;   /* its bytes do not fit into the window: a packet without them */
	char *error; /* W101_SOURCE_ERROR */
};

__attribute__((format(printf, 3, 4))) static enum step damage(
	const struct w101_pcapng *r, const struct wanted *w, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	int n = vsnprintf(w->error, W101_SOURCE_ERROR, format, ap);
	va_end(ap);
	if (n > 0 && n < W101_SOURCE_ERROR)
		snprintf(w->error + n, W101_SOURCE_ERROR - (size_t)n, " (block at byte %" PRIu64 ")", r->at);
	return STEP_DAMAGE;
}

/* ---- packets */

static const bool big_machine = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

/* NFLOG is a head of 4 bytes and then values behind their length and type, 16 bits each in the byte order of who
 * captured.  Those are turned to that of this machine, as libpcap does for classic files, because in a saved file
 * nothing else tells.  In a copy: the window can be memory of somebody else.  False: no memory. */
static bool turn_nflog(struct w101_pcapng *r, struct w101_packet *packet)
{
	uint32_t n = packet->caplen;
	if (n < 4 || packet->data[1] != 0) /* version */
		return true;
	uint8_t *p = n > r->turned_room ? realloc(r->turned, n) : r->turned;
	if (!p)
		return false;
	r->turned = p;
	r->turned_room = n > r->turned_room ? n : r->turned_room;
	memcpy(p, packet->data, n);
	packet->data = p;
	for (uint32_t at = 4; n - at >= 4;) {
		uint32_t size = (w101_pcapng_16(p + at, r->big) + 3u) & ~3u;
		memcpy(p + at, (uint8_t[]){ p[at + 1], p[at], p[at + 3], p[at + 2] }, 4);
		if (size < 4 || size > n - at)
			break;
		at += size;
	}
	return true;
}

static enum step give(
	struct w101_pcapng *r, const struct w101_pcapng_interface *i, const struct wanted *w, struct w101_packet packet)
{
	if (packet.len < packet.caplen)
		packet.len = packet.caplen;
	if (packet.link == LINK_NFLOG && r->big != big_machine && !turn_nflog(r, &packet))
		return damage(r, w, "no memory for a packet of %" PRIu32 " bytes", packet.caplen);
	if (i->fact != W101_PCAPNG_NO_FACT)
		r->facts->interfaces[i->fact].packets++;
	r->last = packet.at;
	*w->packet = packet;
	return STEP_PACKET;
}

static const struct w101_pcapng_interface *interface_of(
	const struct w101_pcapng *r, uint32_t id, const struct wanted *w)
{
	if (id < r->n_interfaces)
		return &r->interfaces[id];
	damage(r, w, "a packet of interface %" PRIu32 ", which was not described", id);
	return NULL;
}

/* room: the bytes behind the header of the packet */
static bool length_fits(const struct w101_pcapng *r, const struct wanted *w, uint32_t caplen, size_t room)
{
	if (caplen <= room)
		return true;
	damage(r, w, "a packet with an impossible length of %" PRIu32 " bytes", caplen);
	return false;
}

/* Enhanced and obsolete packet blocks are the same behind the interface (4.3, appendix A). */
static enum step timed(struct w101_pcapng *r, struct w101_pcapng_body body, uint32_t id, uint64_t lost, bool enhanced,
	const struct wanted *w)
{
	const uint8_t *p = body.c.p;
	uint32_t caplen = w->bare ? 0 : w101_pcapng_32(p + 12, r->big);
	const struct w101_pcapng_interface *i = interface_of(r, id, w);
	if (!i || !length_fits(r, w, caplen, w101_left(&body.c) - 20))
		return STEP_DAMAGE;
	uint64_t ticks = (uint64_t)w101_pcapng_32(p + 4, r->big) << 32 | w101_pcapng_32(p + 8, r->big);
	body.c.p += 20 + ((caplen + 3u) & ~3u);
	if (body.c.p < body.c.end) {
		if (enhanced)
			lost = w101_pcapng_packet_options(r->facts, w->number, body);
		else
			w101_pcapng_comments(r->facts, w->number, body);
	}
	if (lost)
		w101_pcapng_lost(r, i, lost);
	return give(r, i, w,
		(struct w101_packet){ .at = w101_stamp_time(&i->stamp, ticks),
			.number = w->number,
			.link = i->link,
			.caplen = caplen,
			.len = w101_pcapng_32(p + 16, r->big),
			.data = p + 20 });
}

static enum step enhanced_packet(struct w101_pcapng *r, struct w101_pcapng_body body, const struct wanted *w)
{
	return timed(r, body, w101_pcapng_32(body.c.p, r->big), 0, true, w);
}

static enum step obsolete_packet(struct w101_pcapng *r, struct w101_pcapng_body body, const struct wanted *w)
{
	uint16_t lost = w101_pcapng_16(body.c.p + 2, r->big);
	return timed(r, body, w101_pcapng_16(body.c.p, r->big), lost == UINT16_MAX ? 0 : lost, false, w);
}

/* 4.4: of the first interface, without a captured length.  Without a time stamp
 * too: that of the packet before keeps the order, where "not known" would be a
 * jump back of decades to all that measures time. */
static enum step simple_packet(struct w101_pcapng *r, struct w101_pcapng_body body, const struct wanted *w)
{
	const uint8_t *p = body.c.p;
	const struct w101_pcapng_interface *i = interface_of(r, 0, w);
	if (!i)
		return STEP_DAMAGE;
	uint32_t len = w101_pcapng_32(p, r->big);
	uint32_t caplen = i->snaplen && i->snaplen < len ? i->snaplen : len;
	if (w->bare)
		caplen = 0;
	if (!length_fits(r, w, caplen, w101_left(&body.c) - 4))
		return STEP_DAMAGE;
	return give(r, i, w,
		(struct w101_packet){ .at = r->last,
			.number = w->number,
			.link = i->link,
			.caplen = caplen,
			.len = len,
			.data = p + 4 });
}

/* ---- other blocks */

static enum step section(struct w101_pcapng *r, struct w101_pcapng_body body, const struct wanted *w)
{
	unsigned major = w101_pcapng_16(body.c.p + 4, r->big), minor = w101_pcapng_16(body.c.p + 6, r->big);
	if (major != 1 || (minor != 0 && minor != 2)) /* 4.1: readers take 2 for 0, and no other */
		return damage(r, w, "pcapng version %u.%u: only 1.0 and 1.2 are read", major, minor);
	body.c.p += 16;
	w101_pcapng_comments(r->facts, 0, body);
	r->n_interfaces = 0;
	return STEP_ON;
}

static enum step interface(struct w101_pcapng *r, struct w101_pcapng_body body, const struct wanted *w)
{
	const char *why = w101_pcapng_describe(r, body);
	return why ? damage(r, w, "an interface description %s", why) : STEP_ON;
}

static enum step names(struct w101_pcapng *r, struct w101_pcapng_body body, const struct wanted *w)
{
	(void)w;
	w101_pcapng_names(r, body);
	return STEP_ON;
}

static enum step statistics(struct w101_pcapng *r, struct w101_pcapng_body body, const struct wanted *w)
{
	(void)w;
	w101_pcapng_statistics(r, body);
	return STEP_ON;
}

static enum step secrets(struct w101_pcapng *r, struct w101_pcapng_body body, const struct wanted *w)
{
	(void)w;
	w101_pcapng_secrets(r, body);
	return STEP_ON;
}

/* ---- blocks */

/* The blocks that are read; all others, and those unknown, are skipped. */
static const struct kind {
	uint32_t type;
	uint32_t least; /* bytes of its body that must be there; 0: packets can be read without it */
	bool packet;
	enum step (*read)(struct w101_pcapng *, struct w101_pcapng_body, const struct wanted *);
} kinds[] = {
	{ 6, PACKET_HEAD, true, enhanced_packet },
	{ 3, 4, true, simple_packet },
	{ 2, PACKET_HEAD, true, obsolete_packet },
	{ SECTION, 16, false, section },
	{ 1, 8, false, interface },
	{ 4, 0, false, names },
	{ 5, 0, false, statistics },
	{ 10, 0, false, secrets },
};

static const struct kind *kind_of(uint32_t type)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

/* As w101_input_peek, without a call for what is there already. */
static const uint8_t *peek(struct w101_pcapng *r, size_t n, size_t *have)
{
	if ((size_t)(r->window->end - r->window->at) >= n)
		return r->window->at;
	return w101_input_peek(r->input, n, have);
}

/* Why no more bytes come; inside: there are some of a block. */
static enum w101_source_next ended(struct w101_pcapng *r, bool inside, char error[W101_SOURCE_ERROR])
{
	enum w101_input_state state = w101_input_state(r->input, error);
	if (state == W101_STREAM_FAILED)
		return W101_SOURCE_FAILED;
	if (state == W101_STREAM_FINE && !inside)
		return W101_SOURCE_END;
	if (state == W101_STREAM_FINE && r->at == 0)
		snprintf(error, W101_SOURCE_ERROR, "ends inside the file header");
	else if (state == W101_STREAM_FINE)
		snprintf(error, W101_SOURCE_ERROR, "the file ends inside a block (at byte %" PRIu64 ")", r->at);
	return W101_SOURCE_CUT;
}

/* The length of the block at hand with the bytes that fill it up to a multiple
 * of 4, which some writers do not count (Wireshark reads those, too); 0: damaged. */
static uint64_t block_length(struct w101_pcapng *r, const uint8_t *p, const struct wanted *w)
{
	uint32_t length;
	if (w101_pcapng_32(p, r->big) == SECTION) {
		r->big = w101_pcapng_32(p + 8, true) == ORDER_MAGIC;
		if (w101_pcapng_32(p + 8, r->big) != ORDER_MAGIC) {
			damage(r, w, "a section header without the mark of its byte order");
			return 0;
		}
	}
	length = w101_pcapng_32(p + 4, r->big);
	if (length < BLOCK_MIN) {
		damage(r, w, "an impossible block length of %" PRIu32 " bytes", length);
		return 0;
	}
	return ((uint64_t)length + 3) & ~UINT64_C(3);
}

static bool same_length(struct w101_pcapng *r, const uint8_t *trailer, uint32_t length, const struct wanted *w)
{
	uint32_t again = w101_pcapng_32(trailer, r->big);
	if (again == length)
		return true;
	damage(r, w, "the two lengths of a block differ, %" PRIu32 " and %" PRIu32 " bytes", length, again);
	return false;
}

/* Moves over a block without having it in memory. */
static enum w101_source_next pass_over(struct w101_pcapng *r, uint32_t length, uint64_t whole, const struct wanted *w)
{
	const uint8_t *trailer = w101_input_skip(r->input, whole - 4) ? peek(r, 4, NULL) : NULL;
	if (!trailer)
		return ended(r, true, w->error);
	if (!same_length(r, trailer, length, w))
		return W101_SOURCE_CUT;
	r->window->at += 4;
	return W101_SOURCE_PACKET;
}

/* A packet whose block is larger than the window: what its head says. */
static enum w101_source_next pass_packet_over(struct w101_pcapng *r, const struct kind *kind, uint32_t length,
	uint64_t whole, const struct wanted *w, enum step *step)
{
	uint8_t head[PACKET_HEAD];
	struct wanted bare = *w;
	const uint8_t *p = peek(r, 8 + PACKET_HEAD, NULL);
	if (!p)
		return ended(r, true, w->error);
	memcpy(head, p + 8, sizeof head);
	enum w101_source_next state = pass_over(r, length, whole, w);
	if (state != W101_SOURCE_PACKET)
		return state;
	bare.bare = true;
	*step = kind->read(r, (struct w101_pcapng_body){ w101_cursor(head, kind->least), r->big }, &bare);
	if (*step == STEP_DAMAGE)
		return W101_SOURCE_CUT;
	w->packet->data = r->window->at;
	return W101_SOURCE_PACKET;
}

/* The block at hand, its bytes moved over. */
static enum w101_source_next read_block(struct w101_pcapng *r, const struct kind *kind, uint32_t length,
	uint64_t whole, const struct wanted *w, enum step *step)
{
	const uint8_t *p = peek(r, (size_t)whole, NULL);
	if (!p)
		return ended(r, true, w->error);
	if (!same_length(r, p + whole - 4, length, w))
		return W101_SOURCE_CUT;
	if (whole < BLOCK_MIN + kind->least) {
		damage(r, w, "a block of %" PRIu32 " bytes is too short for its kind", length);
		return W101_SOURCE_CUT;
	}
	*step = kind->read(r, (struct w101_pcapng_body){ w101_cursor(p + 8, (size_t)whole - BLOCK_MIN), r->big }, w);
	if (*step == STEP_DAMAGE)
		return W101_SOURCE_CUT;
	r->window->at += whole; /* the packet stays where it is until the next look */
	return W101_SOURCE_PACKET;
}

/* One block.  PACKET: go on, *step says how. */
static enum w101_source_next next_block(struct w101_pcapng *r, const struct wanted *w, enum step *step)
{
	size_t have = 0;
	*step = STEP_ON;
	const uint8_t *p = peek(r, BLOCK_MIN, &have);
	if (!p)
		return ended(r, have > 0, w->error);
	uint64_t whole = block_length(r, p, w);
	if (!whole)
		return W101_SOURCE_CUT;
	uint32_t length = w101_pcapng_32(p + 4, r->big);
	const struct kind *kind = kind_of(w101_pcapng_32(p, r->big));
	bool large = whole > W101_INPUT_WINDOW_MAX;
	enum w101_source_next state;
	if (kind && large && kind->least && !kind->packet) {
		damage(r, w, "an impossible block length of %" PRIu32 " bytes", length);
		return W101_SOURCE_CUT;
	}
	if (kind && large && kind->packet) {
		state = pass_packet_over(r, kind, length, whole, w, step);
	} else if (kind && !large) {
		state = read_block(r, kind, length, whole, w, step);
	} else {
		r->facts->left_out += kind != NULL;
		state = pass_over(r, length, whole, w);
	}
	if (state == W101_SOURCE_PACKET)
		r->at += whole;
	return state;
}

static enum w101_source_next pcapng_next(
	/* NOLINTNEXTLINE(readability-non-const-parameter): written through the struct */
	void *self, uint64_t number, struct w101_packet *packet, char error[W101_SOURCE_ERROR])
{
	const struct wanted w = { .number = number, .packet = packet, .error = error };
	enum step step = STEP_ON;
	enum w101_source_next state = W101_SOURCE_PACKET;
	while (state == W101_SOURCE_PACKET && step != STEP_PACKET)
		state = next_block(self, &w, &step);
	return state;
}

static void pcapng_close(void *self)
{
	struct w101_pcapng *r = self;
	free(r->interfaces);
	free(r->turned);
	free(r);
}

static void *pcapng_open(struct w101_input *input, struct w101_facts *facts, char error[W101_SOURCE_ERROR])
{
	struct w101_pcapng *r = calloc(1, sizeof *r);
	if (!r) {
		snprintf(error, W101_SOURCE_ERROR, "no memory to read it");
		return NULL;
	}
	*r = (struct w101_pcapng){ .input = input, .window = w101_input_window(input), .facts = facts };
	enum step step;
	struct w101_packet none; /* the first block is a section header */
	if (next_block(r, &(struct wanted){ .packet = &none, .error = error }, &step) == W101_SOURCE_PACKET)
		return r;
	pcapng_close(r);
	return NULL;
}

const struct w101_reader_ops w101_reader_pcapng = { .open = pcapng_open, .next = pcapng_next, .close = pcapng_close };
