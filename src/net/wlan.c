/* 802.11 data frames (IEEE 802.11 9.3.2), A-MSDUs (9.3.2.2.2) among them, and
 * the headers that capturing puts in front: radiotap (radiotap.org), PPI, AVS,
 * Prism, as the LINKTYPE_ registry of tcpdump.org gives them.  Encrypted frames
 * are not read, but counted.  Must not know what LLC carries. */
#include "net/link.h"
#include "net/net_impl.h"

enum frame_note {
	NOTE_FCS = 1,   /* the last four bytes are the frame check sequence */
	NOTE_BAD = 2,   /* it did not fit */
	NOTE_PADDED = 4 /* the MAC header was padded to four bytes */
};

static uint32_t le16(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t le32(const uint8_t *p)
{
	return le16(p) | le16(p + 2) << 16;
}

/* An A-MSDU: destination, source, length, LLC, and padding to four bytes but
 * for the last. */
static enum w101_net_result aggregate(struct w101_walk *w)
{
	enum { HEADER = 14 };
	enum w101_net_result answer = W101_NET_OTHER;
	w->next = W101_LAYER_DONE;
	do {
		const uint8_t *p = w101_part_take(&w->part, HEADER);
		if (!p)
			return answer == W101_NET_TCP ? answer : w101_part_lack(&w->part, HEADER);
		uint32_t length = w101_part_be16(p + 12), padding = -(HEADER + length) & 3;
		struct w101_walk one = *w;
		one.next = W101_LAYER_LLC;
		w101_part_limit(&one.part, length);
		enum w101_net_result r = w101_walk_on(&one);
		if (answer != W101_NET_TCP && r != W101_NET_OTHER)
			answer = r;
		if (!w101_part_take(&w->part, length + padding))
			break;
	} while (w->part.wire >= HEADER);
	return answer;
}

static enum w101_net_result data_frame(struct w101_walk *w, unsigned notes)
{
	enum { TYPE = 0x0f, DATA = 0x08, NO_DATA = 0x40, QOS = 0x80 };                /* first byte */
	enum { TWO_DS = 0x03, MORE_FRAGMENTS = 0x04, PROTECTED = 0x40, ORDER = 0x80 }; /* second */
	enum { AMSDU = 0x80 };                                                         /* of QoS */
	struct w101_part *part = &w->part;
	if (notes & NOTE_BAD)
		return W101_NET_OTHER;
	if (notes & NOTE_FCS) {
		if (part->wire < 4)
			return W101_NET_MALFORMED;
		w101_part_limit(part, part->wire - 4);
	}
	if (part->cap < 2)
		return w101_part_lack(part, 2);
	uint8_t control = part->p[0], flags = part->p[1];
	if ((control & TYPE) != DATA || control & NO_DATA)
		return W101_NET_OTHER;
	if (flags & PROTECTED) {
		w->net->encrypted++;
		return W101_NET_OTHER;
	}
	uint32_t qos = (flags & TWO_DS) == TWO_DS ? 30 : 24; /* a fourth address between two access points */
	uint32_t n = qos;
	if (control & QOS)
		n += flags & ORDER ? 6 : 2; /* the order bit: HT control behind it */
	if (notes & NOTE_PADDED)
		n = (n + 3) & ~UINT32_C(3);
	const uint8_t *p = w101_part_take(part, n);
	if (!p)
		return w101_part_lack(part, n);
	if (flags & MORE_FRAGMENTS || p[22] & 0x0f)
		return W101_NET_FRAGMENT;
	if (control & QOS && p[qos] & AMSDU)
		return aggregate(w);
	w->next = W101_LAYER_LLC;
	return W101_NET_TCP;
}

enum w101_net_result w101_layer_wlan(struct w101_walk *w)
{
	return data_frame(w, 0);
}

/* What the flags of a radiotap header of n bytes say.  Its fields come in the
 * order of their bits, so that only the time stamp may stand before them. */
static unsigned radiotap_notes(const uint8_t *p, uint32_t n)
{
	enum { TIME = 0x01, FLAGS = 0x02 };             /* first byte of the present word */
	enum { FCS = 0x10, PADDED = 0x20, BAD = 0x40 }; /* flags */
	uint32_t at = 4;
	do { /* the highest bit of a present word: another one follows */
		at += 4;
		if (at > n)
			return 0;
	} while (p[at - 1] & 0x80);
	if (p[4] & TIME)
		at = ((at + 7) & ~UINT32_C(7)) + 8;
	if (!(p[4] & FLAGS) || at >= n)
		return 0;
	return (p[at] & FCS ? NOTE_FCS : 0u) | (p[at] & BAD ? NOTE_BAD : 0u) | (p[at] & PADDED ? NOTE_PADDED : 0u);
}

enum w101_net_result w101_layer_radiotap(struct w101_walk *w)
{
	if (w->part.cap < 4)
		return w101_part_lack(&w->part, 4);
	uint32_t n = le16(w->part.p + 2);
	if (w->part.p[0] != 0 || n < 8)
		return W101_NET_MALFORMED;
	const uint8_t *p = w101_part_take(&w->part, n);
	return p ? data_frame(w, radiotap_notes(p, n)) : w101_part_lack(&w->part, n);
}

/* What the 802.11-common field of a PPI header of n bytes says. */
static unsigned ppi_notes(const uint8_t *p, uint32_t n)
{
	enum { ALIGNED = 1 };      /* flag of the header: fields begin at four bytes */
	enum { COMMON = 2 };       /* type of a field */
	enum { FCS = 1, BAD = 4 }; /* its flags */
	for (uint32_t at = 8; n - at >= 4;) {
		uint32_t type = le16(p + at), size = le16(p + at + 2);
		at += 4;
		if (type == COMMON && size >= 10 && n - at >= 10)
			return (p[at + 8] & FCS ? NOTE_FCS : 0u) | (p[at + 8] & BAD ? NOTE_BAD : 0u);
		if (p[1] & ALIGNED)
			size = (size + 3) & ~UINT32_C(3);
		if (n - at < size)
			break;
		at += size;
	}
	return 0;
}

enum w101_net_result w101_layer_ppi(struct w101_walk *w)
{
	if (w->part.cap < 4)
		return w101_part_lack(&w->part, 4);
	uint32_t n = le16(w->part.p + 2);
	if (w->part.p[0] != 0 || n < 8)
		return W101_NET_MALFORMED;
	const uint8_t *p = w101_part_take(&w->part, n);
	if (!p)
		return w101_part_lack(&w->part, n);
	/* a DLT_ number: for all but raw IP, whose DLT_ numbers have rows too, the same as LINKTYPE_ */
	const struct w101_link *link = w101_link_find(le32(p + 4));
	if (!link)
		return W101_NET_OTHER;
	if (link->layer == W101_LAYER_WLAN)
		return data_frame(w, ppi_notes(p, n));
	w->next = link->layer;
	return W101_NET_TCP;
}

static bool is_avs(const uint8_t *p)
{
	return (w101_part_be32(p) & 0xfffffff0) == 0x80211000; /* the last four bits: version */
}

enum w101_net_result w101_layer_avs(struct w101_walk *w)
{
	if (w->part.cap < 8)
		return w101_part_lack(&w->part, 8);
	uint32_t n = w101_part_be32(w->part.p + 4);
	if (!is_avs(w->part.p) || n < 8)
		return W101_NET_MALFORMED;
	if (!w101_part_take(&w->part, n))
		return w101_part_lack(&w->part, n);
	w->next = W101_LAYER_WLAN;
	return W101_NET_TCP;
}

/* Drivers gave both under this link type. */
enum w101_net_result w101_layer_prism(struct w101_walk *w)
{
	enum { HEADER = 144 };
	if (w->part.cap < 4)
		return w101_part_lack(&w->part, 4);
	w->next = is_avs(w->part.p) ? W101_LAYER_AVS : W101_LAYER_WLAN;
	if (w->next == W101_LAYER_WLAN && !w101_part_take(&w->part, HEADER))
		return w101_part_lack(&w->part, HEADER);
	return W101_NET_TCP;
}
