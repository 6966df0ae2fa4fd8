/* What a pcapng file says beside its packets: interfaces, their counters, names
 * of hosts, secrets, comments (draft-ietf-opsawg-pcapng 3.5 options, 4.2, 4.5 to
 * 4.7).  None of it but an interface ever stops the packets: what is broken is
 * passed over.  Must not know how blocks are found. */
#include "capture/pcapng_impl.h"

#include <stdlib.h>
#include <string.h>

#include "capture/linktype.h"

enum { COMMENT = 1 };                                                       /* 3.5.1 */
enum { IF_NAME = 2, IF_DESCRIPTION = 3, IF_TSRESOL = 9, IF_TSOFFSET = 14 }; /* 4.2 */
enum { EPB_DROPCOUNT = 4 };                                                 /* 4.3 */
enum { RECORD_IPV4 = 1, RECORD_IPV6 = 2 };                                  /* 4.5 */
enum { ISB_IFRECV = 4, ISB_IFDROP = 5, ISB_OSDROP = 7 };                    /* 4.6 */

/* One option, or one record of names: they have the same form.  False: no more,
 * or (body->c.bad) one that is longer than what holds it. */
static bool next_option(struct w101_pcapng_body *body, unsigned *code, struct w101_bytes *value)
{
	if (w101_left(&body->c) == 0)
		return false; /* opt_endofopt is not always written */
	const uint8_t *head = w101_take(&body->c, 4);
	if (!head)
		return false;
	*code = w101_pcapng_16(head, body->big);
	if (*code == 0)
		return false;
	value->n = w101_pcapng_16(head + 2, body->big);
	value->p = w101_take(&body->c, (value->n + 3u) & ~(size_t)3);
	return value->p;
}

static uint32_t take32(struct w101_pcapng_body *body)
{
	const uint8_t *p = w101_take(&body->c, 4);
	return p ? w101_pcapng_32(p, body->big) : 0;
}

void w101_pcapng_comments(struct w101_facts *facts, uint64_t packet, struct w101_pcapng_body options)
{
	unsigned code;
	struct w101_bytes value;
	while (next_option(&options, &code, &value))
		if (code == COMMENT)
			w101_facts_comment(facts, packet, value);
}

uint64_t w101_pcapng_packet_options(struct w101_facts *facts, uint64_t packet, struct w101_pcapng_body options)
{
	unsigned code;
	struct w101_bytes value;
	uint64_t lost = 0;
	while (next_option(&options, &code, &value)) {
		if (code == COMMENT)
			w101_facts_comment(facts, packet, value);
		else if (code == EPB_DROPCOUNT && value.n == 8)
			lost = w101_pcapng_64(value.p, options.big);
	}
	return lost;
}

static struct w101_interface *fact_of(struct w101_pcapng *r, const struct w101_pcapng_interface *i)
{
	return i->fact == W101_PCAPNG_NO_FACT ? NULL : &r->facts->interfaces[i->fact];
}

static bool make_room(struct w101_pcapng *r)
{
	if (r->n_interfaces < r->room)
		return true;
	size_t room = r->room ? 2 * r->room : 4;
	struct w101_pcapng_interface *more = realloc(r->interfaces, room * sizeof *more);
	if (!more)
		return false;
	r->interfaces = more;
	r->room = room;
	return true;
}

const char *w101_pcapng_describe(struct w101_pcapng *r, struct w101_pcapng_body body)
{
	const uint8_t *fixed = w101_take(&body.c, 8);
	unsigned code;
	struct w101_bytes value, name = { 0 }, description = { 0 };
	uint8_t resolution = W101_STAMP_DEFAULT;
	int64_t offset = 0;
	if (r->n_interfaces == W101_PCAPNG_INTERFACES)
		return "is one too many: 65,536 in a section are read";
	if (!fixed || !make_room(r))
		return "has no room in memory";
	while (next_option(&body, &code, &value)) {
		if (code == COMMENT)
			w101_facts_comment(r->facts, 0, value);
		else if (code == IF_NAME)
			name = value;
		else if (code == IF_DESCRIPTION)
			description = value;
		else if (code == IF_TSRESOL && value.n == 1)
			resolution = value.p[0];
		else if (code == IF_TSOFFSET && value.n == 8)
			offset = (int64_t)w101_pcapng_64(value.p, body.big);
		else if (code == IF_TSRESOL || code == IF_TSOFFSET)
			return "has a time stamp option of a wrong length";
	}
	if (body.c.bad)
		return "has options longer than itself";
	struct w101_pcapng_interface *i = &r->interfaces[r->n_interfaces++];
	*i = (struct w101_pcapng_interface){ .link = w101_linktype_usual(w101_pcapng_16(fixed, r->big)),
		.snaplen = w101_pcapng_32(fixed + 4, r->big),
		.fact = W101_PCAPNG_NO_FACT };
	w101_stamp_init(&i->stamp, resolution, offset);
	const struct w101_interface *fact = w101_facts_interface(r->facts, i->link, i->snaplen, name, description);
	if (fact)
		i->fact = (uint32_t)(fact - r->facts->interfaces);
	return NULL;
}

void w101_pcapng_lost(struct w101_pcapng *r, const struct w101_pcapng_interface *i, uint64_t packets)
{
	struct w101_interface *fact = fact_of(r, i);
	if (!fact || i->told)
		return;
	uint64_t before = fact->dropped_by_system == UINT64_MAX ? 0 : fact->dropped_by_system;
	/* UINT64_MAX means "not told" */
	fact->dropped_by_system = packets < UINT64_MAX - 1 - before ? before + packets : UINT64_MAX - 1;
}

void w101_pcapng_statistics(struct w101_pcapng *r, struct w101_pcapng_body body)
{
	uint32_t id = take32(&body);
	unsigned code;
	struct w101_bytes value;
	(void)w101_take(&body.c, 8); /* the time */
	if (body.c.bad || id >= r->n_interfaces)
		return;
	struct w101_pcapng_interface *i = &r->interfaces[id];
	struct w101_interface *fact = fact_of(r, i);
	while (next_option(&body, &code, &value)) {
		if (!fact || value.n != 8) /* comments too: they describe the counters, "provided by dumpcap" */
			continue;
		uint64_t count = w101_pcapng_64(value.p, body.big);
		if ((code == ISB_IFDROP || code == ISB_OSDROP) && !i->told) {
			i->told = true;
			fact->dropped_by_system = UINT64_MAX; /* was the sum of the packets' counts */
		}
		if (code == ISB_IFRECV)
			fact->received = count;
		else if (code == ISB_IFDROP)
			fact->dropped_by_interface = count;
		else if (code == ISB_OSDROP)
			fact->dropped_by_system = count;
	}
}

/* An address and the names behind it, each with a NUL at its end. */
static void names_of(struct w101_facts *facts, uint8_t family, size_t n, struct w101_bytes record)
{
	struct w101_addr addr = { .family = family };
	if (record.n < n)
		return;
	memcpy(addr.b, record.p, n);
	while (n < record.n) {
		const uint8_t *name = record.p + n, *nul = memchr(name, '\0', record.n - n);
		size_t len = nul ? (size_t)(nul - name) : record.n - n;
		w101_facts_name(facts, &addr, (struct w101_bytes){ name, len });
		n += len + 1;
	}
}

void w101_pcapng_names(struct w101_pcapng *r, struct w101_pcapng_body body)
{
	unsigned code;
	struct w101_bytes value;
	while (next_option(&body, &code, &value)) {
		if (code == RECORD_IPV4)
			names_of(r->facts, 4, 4, value);
		else if (code == RECORD_IPV6)
			names_of(r->facts, 6, 16, value);
	}
	if (!body.c.bad)
		w101_pcapng_comments(r->facts, 0, body);
}

void w101_pcapng_secrets(struct w101_pcapng *r, struct w101_pcapng_body body)
{
	uint32_t type = take32(&body);
	size_t n = take32(&body);
	const uint8_t *p = w101_take(&body.c, n);
	if (!p)
		return;
	w101_facts_secrets(r->facts, type, (struct w101_bytes){ p, n });
	(void)w101_take(&body.c, -n & 3);
	w101_pcapng_comments(r->facts, 0, body);
}
