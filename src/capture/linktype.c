/* Link types by their number in files (tcpdump.org, "Link-layer header types")
 * and by that of this system's libpcap.  From 104 on the two are the same but
 * for the rows below.  Must not know what packets hold. */
#include "config.h"

#include "capture/linktype.h"

#include <stddef.h>
#include <stdio.h>

#include <pcap/pcap.h>

/* What is not here has one number. */
static const struct row {
	int dlt;
	uint32_t link;
	/* of systems whose DLT_ number programs wrote into files; 0: none.  13 is left out: it meant several things */
	uint32_t mistaken[2];
} rows[] = {
	{ DLT_ATM_RFC1483, 100, { 11 } },
	{ DLT_RAW, 101, { 12, 14 /* OpenBSD's */ } },
	{ DLT_SLIP_BSDOS, 102, { 15 } },
	{ DLT_PPP_BSDOS, 103, { 16 } },
	{ DLT_C_HDLC, 104, { 0 } },
	{ DLT_ATM_CLIP, 106, { 19 } },
	{ DLT_LOOP, 108, { 0 } },
	{ DLT_ENC, 109, { 0 } },
	{ DLT_PFSYNC, 246, { 0 } },
	{ DLT_PKTAP, 258, { 0 } },
};

/* The row of a number in a file; NULL: none. */
static const struct row *row_of(uint32_t link)
{
	for (const struct row *r = rows; link && r < rows + sizeof rows / sizeof *rows; r++)
		if (r->link == link || r->mistaken[0] == link || r->mistaken[1] == link)
			return r;
	return NULL;
}

uint32_t w101_linktype_of_dlt(int dlt)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].dlt == dlt)
			return rows[i].link;
	return (uint32_t)dlt;
}

int w101_linktype_to_dlt(uint32_t link)
{
	const struct row *r = row_of(link);
	return r ? r->dlt : (int)link;
}

uint32_t w101_linktype_usual(uint32_t link)
{
	const struct row *r = row_of(link);
	return r ? r->link : link;
}

const char *w101_linktype_words(uint32_t link)
{
	return pcap_datalink_val_to_description(w101_linktype_to_dlt(link));
}

const char *w101_linktype_name(uint32_t link, char buffer[16])
{
	const char *name = pcap_datalink_val_to_name(w101_linktype_to_dlt(link));
	if (name)
		return name;
	snprintf(buffer, 16, "%u", (unsigned)link);
	return buffer;
}
