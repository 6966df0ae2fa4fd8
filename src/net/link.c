/* The link types that are read, numbers and layouts as the LINKTYPE_ registry
 * of tcpdump.org gives them.  Must not know any header: a row only says which
 * layer a packet begins with. */
#include "net/link.h"

static const struct w101_link links[] = {
	{ 1, "Ethernet", W101_LAYER_ETHERNET },
	{ 113, "Linux cooked", W101_LAYER_COOKED_V1 },
	{ 276, "Linux cooked v2", W101_LAYER_COOKED_V2 },
	{ 0, "BSD loopback", W101_LAYER_LOOPBACK },
	{ 108, "OpenBSD loopback", W101_LAYER_LOOPBACK },
	{ 101, "raw IP", W101_LAYER_IP },
	/* DLT_RAW, on OpenBSD 14: only PPI leads here, a file's are turned into 101 when it is opened */
	{ 12, "raw IP", W101_LAYER_IP },
	{ 14, "raw IP", W101_LAYER_IP },
	{ 228, "raw IPv4", W101_LAYER_IPV4 },
	{ 229, "raw IPv6", W101_LAYER_IPV6 },
	{ 9, "PPP", W101_LAYER_PPP },
	{ 50, "PPP in HDLC framing", W101_LAYER_PPP },
	{ 204, "PPP with direction", W101_LAYER_PPP },
	{ 51, "PPPoE session", W101_LAYER_PPPOE },
	{ 104, "Cisco HDLC", W101_LAYER_CHDLC },
	{ 219, "MPLS", W101_LAYER_MPLS },
	{ 239, "NFLOG", W101_LAYER_NFLOG },
	{ 117, "PFLOG", W101_LAYER_PFLOG },
	{ 105, "802.11", W101_LAYER_WLAN },
	{ 127, "802.11 with radiotap", W101_LAYER_RADIOTAP },
	{ 119, "802.11 with Prism header", W101_LAYER_PRISM },
	{ 163, "802.11 with AVS header", W101_LAYER_AVS },
	{ 192, "PPI", W101_LAYER_PPI },
};

const struct w101_link *w101_link_find(uint32_t number)
{
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		if (links[i].number == number)
			return &links[i];
	return NULL;
}
