/* Classic pcap files (draft-ietf-opsawg-pcap), microseconds and nanoseconds in
 * both byte orders, parsed in place in the input's window.  Whatever takes more
 * than that is left to libpcap, and on every file the two give the same packets
 * and the same end.  Must not know what packets hold. */
#include "config.h"

#include "capture/pcap.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture/linktype.h"

#define FILE_HEADER 24
#define PACKET_HEADER 16
#define CAPLEN_MAX (256u << 10) /* of a sane packet: more is damage */
#define LINK_MASK 0x03ffffff    /* above it: the length of the frame check sequence */

struct format {
	bool big; /* byte order */
	bool nano;
};

struct w101_pcap {
	struct w101_input *in;
	struct w101_window *window; /* of `in` */
	struct w101_interface *interface;
	uint32_t link, snaplen;
	uint32_t unit; /* ns */
	bool big;      /* byte order */
};

static inline uint32_t get32(const uint8_t *p, bool big)
{
	uint32_t v = (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
	return big ? __builtin_bswap32(v) : v;
}

static bool format_of(const uint8_t *magic, struct format *format)
{
	for (int big = 0; big < 2; big++) {
		uint32_t v = get32(magic, big);
		if (v == 0xa1b2c3d4 || v == 0xa1b23c4d) {
			*format = (struct format){ .big = big, .nano = v == 0xa1b23c4d };
			return true;
		}
	}
	return false;
}

static const bool big_machine = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

static bool for_libpcap(uint32_t link, bool big)
{
	switch (link) {
	/* headers in the byte order of who captured, which libpcap turns */
	case 117: /* PFLOG */
	case 189: /* USB_LINUX */
	case 220: /* USB_LINUX_MMAPPED */
	case 239: /* NFLOG */
		return big != big_machine;
	/* packets beyond CAPLEN_MAX are sane */
	case 231: /* DBUS */
	case 249: /* USBPCAP */
	case 279: /* EBHSCR */
		return true;
	default:
		return false;
	}
}

bool w101_pcap_reads(struct w101_input *in)
{
	const uint8_t *h = w101_input_peek(in, 4, NULL);
	struct format format;
	if (!h || !format_of(h, &format))
		return false;
	h = w101_input_peek(in, FILE_HEADER, NULL);
	/* before version 2.4 the two lengths of a packet were, or could be, the other way round */
	return !h || (get32(h + 4, format.big) == (format.big ? 0x00020004 : 0x00040002) &&
			     !for_libpcap(get32(h + 20, format.big) & LINK_MASK, format.big));
}

static void *pcap_open(struct w101_input *in, struct w101_facts *facts, char error[W101_SOURCE_ERROR])
{
	const uint8_t *h = w101_input_peek(in, FILE_HEADER, NULL);
	if (!h) {
		if (w101_input_state(in, error) == W101_STREAM_FINE)
			snprintf(error, W101_SOURCE_ERROR, "ends inside the file header");
		return NULL;
	}
	struct format format = { 0 };
	(void)format_of(h, &format);
	uint32_t link = w101_linktype_usual(get32(h + 20, format.big) & LINK_MASK);
	uint32_t snaplen = get32(h + 16, format.big);
	struct w101_bytes none = { NULL, 0 };
	struct w101_interface *interface = w101_facts_interface(facts, link, snaplen, none, none);
	struct w101_pcap *r = interface ? malloc(sizeof *r) : NULL;
	if (!r) {
		snprintf(error, W101_SOURCE_ERROR, "no memory to read it");
		return NULL;
	}
	*r = (struct w101_pcap){ .in = in,
		.window = w101_input_window(in),
		.interface = interface,
		.link = link,
		.snaplen = snaplen ? snaplen : UINT32_MAX,
		.big = format.big,
		.unit = format.nano ? 1 : 1000 };
	w101_input_skip(in, FILE_HEADER);
	return r;
}

static enum w101_source_next pcap_next(
	void *self, uint64_t number, struct w101_packet *packet, char error[W101_SOURCE_ERROR])
{
	struct w101_pcap *r = self;
	struct w101_window *w = r->window;
	const uint8_t *h = w->at;
	if (w->end - h < PACKET_HEADER) {
		size_t have;
		h = w101_input_peek(r->in, PACKET_HEADER, &have);
		if (!h && !have && w101_input_state(r->in, error) == W101_STREAM_FINE)
			return W101_SOURCE_END;
		if (!h)
			return w101_input_short(r->in, error);
	}
	uint32_t caplen = get32(h + 8, r->big), len = get32(h + 12, r->big);
	if (caplen > CAPLEN_MAX) {
		snprintf(error, W101_SOURCE_ERROR,
			"a packet has the impossible length %" PRIu32 ": what follows cannot be read", caplen);
		return W101_SOURCE_CUT;
	}
	if (w->end - h < PACKET_HEADER + (ptrdiff_t)caplen) {
		h = w101_input_peek(r->in, PACKET_HEADER + caplen, NULL);
		if (!h)
			return w101_input_short(r->in, error);
	}
	w->at = h + PACKET_HEADER + caplen;
	if (caplen > r->snaplen) /* what is beyond it was never meant to be there */
		caplen = r->snaplen;
	w101_time fraction = (w101_time)get32(h + 4, r->big) * r->unit;
	*packet = (struct w101_packet){ .at = get32(h, r->big) * W101_SECOND + fraction,
		.number = number,
		.link = r->link,
		.caplen = caplen,
		.len = len > caplen ? len : caplen,
		.data = h + PACKET_HEADER };
	r->interface->packets++;
	return W101_SOURCE_PACKET;
}

static size_t pcap_more(void *self, uint64_t number, struct w101_packet *packets, size_t max)
{
	struct w101_pcap *r = self;
	size_t n = 0;
	for (; n < max; n++) {
		ptrdiff_t left = r->window->end - r->window->at;
		uint32_t caplen = left < PACKET_HEADER ? UINT32_MAX : get32(r->window->at + 8, r->big);
		if (caplen > CAPLEN_MAX || left < PACKET_HEADER + (ptrdiff_t)caplen ||
			pcap_next(r, number + n, &packets[n], NULL) != W101_SOURCE_PACKET)
			break;
	}
	return n;
}

const struct w101_reader_ops w101_reader_pcap = { .open = pcap_open, .next = pcap_next, .more = pcap_more, .close = free };
