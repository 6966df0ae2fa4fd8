/* The reader of classic files (w101_reader_pcap) and what it leaves to libpcap.  Internal to capture/. */
#ifndef W101_CAPTURE_PCAP_H
#define W101_CAPTURE_PCAP_H

#include "capture/reader.h"

/* Whether it reads what stands at the input's begin.  A header that is not whole is its to complain of. */
bool w101_pcap_reads(struct w101_input *);

#endif
