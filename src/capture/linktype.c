/* Link types by their number in files (tcpdump.org, "Link-layer header types")
 * and by that of this system's libpcap.  From 104 on the two are the same but
 * for the rows below.  Must not know what packets hold. */
#include "config.h"

#include "capture/linktype.h"

#include <stddef.h>
#include <stdio.h>

#include <pcap/pcap.h>

#define LINK_RAW 101

static const struct {
	int dlt;
	uint32_t link;
} differ[] = {
	{ DLT_ATM_RFC1483, 100 },
	{ DLT_RAW, LINK_RAW },
	{ DLT_SLIP_BSDOS, 102 },
	{ DLT_PPP_BSDOS, 103 },
	{ DLT_C_HDLC, 104 },
	{ DLT_ATM_CLIP, 106 },
	{ DLT_LOOP, 108 },
	{ DLT_ENC, 109 },
	{ DLT_PFSYNC, 246 },
	{ DLT_PKTAP, 258 },
};

uint32_t w101_linktype_of_dlt(int dlt)
{
	for (size_t i = 0; i < sizeof differ / sizeof *differ; i++)
		if (differ[i].dlt == dlt)
			return differ[i].link;
	return (uint32_t)dlt;
}

int w101_linktype_to_dlt(uint32_t link)
{
	link = w101_linktype_usual(link);
	for (size_t i = 0; i < sizeof differ / sizeof *differ; i++)
		if (differ[i].link == link)
			return differ[i].dlt;
	return (int)link;
}

/* Programs that wrote their system's DLT_ number into files.  13 is left alone: it meant several things. */
uint32_t w101_linktype_usual(uint32_t link)
{
	switch (link) {
	case 11:
		return 100;
	case 12:
	case 14: /* OpenBSD's */
		return LINK_RAW;
	case 15:
		return 102;
	case 16:
		return 103;
	case 19:
		return 106;
	default:
		return link;
	}
}

const char *w101_linktype_words(uint32_t link)
{
	const char *words = pcap_datalink_val_to_description(w101_linktype_to_dlt(link));
	if (words)
		return words;
	return link >= 147 && link <= 162 ? "for private use" : "no name";
}

const char *w101_linktype_name(uint32_t link, char buffer[16])
{
	const char *name = pcap_datalink_val_to_name(w101_linktype_to_dlt(link));
	if (name)
		return name;
	snprintf(buffer, 16, "%u", (unsigned)link);
	return buffer;
}
