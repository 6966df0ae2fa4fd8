/* One way of reading packets for each file format; source.c chooses by the
 * first bytes.  Internal to capture/. */
#ifndef W101_CAPTURE_READER_H
#define W101_CAPTURE_READER_H

#include "capture/facts.h"
#include "capture/input.h"

struct w101_reader_ops {
	/* The input stands at the file's first byte.  facts is filled from here on; both are borrowed.
	 * NULL with a text in error. */
	void *(*open)(struct w101_input *, struct w101_facts *, char error[W101_SOURCE_ERROR]);
	/* As w101_source_next, without `number`, which is that of the packet to come. */
	enum w101_source_next (*next)(void *, uint64_t number, struct w101_packet *, char error[W101_SOURCE_ERROR]);
	/* Further packets that are at hand whole, without reading: up to max, their number.  NULL: there never are. */
	size_t (*more)(void *, uint64_t number, struct w101_packet *, size_t max);
	void (*close)(void *);
};

extern const struct w101_reader_ops w101_reader_pcap;   /* pcap.c: classic, micro- and nanoseconds, both byte orders */
extern const struct w101_reader_ops w101_reader_pcapng; /* pcapng.c */
extern const struct w101_reader_ops w101_reader_libpcap;/* odd.c: other magics, and for tests everything that libpcap reads */

#endif
