/* Where packets come from: a saved file or standard input; pcap or pcapng,
 * plain or gzip'ed, told by content and never by name. */
#ifndef W101_CAPTURE_SOURCE_H
#define W101_CAPTURE_SOURCE_H

#include <wire101/packet.h>

struct w101_source;
struct w101_facts;

const char *w101_source_library(void); /* "libpcap version 1.10.3 ..." */

#define W101_SOURCE_ERROR 256 /* size of an error text, one line, no file name in it */

enum w101_source_next {
	W101_SOURCE_PACKET,
	W101_SOURCE_END,
	W101_SOURCE_CUT,   /* the file ends inside a packet or a block, or what follows cannot be read: error
	                      says what */
	W101_SOURCE_FAILED /* reading failed: error says what */
};

/* path "-": standard input.  NULL on failure with a text in error:
 * "No such file or directory", "is a directory", "is empty",
 * "not a capture file (pcap or pcapng, either gzip'ed)" ... */
struct w101_source *w101_source_open(const char *path, char error[W101_SOURCE_ERROR]);
/* The same for a descriptor, which the source closes, on failure too. */
struct w101_source *w101_source_open_fd(int fd, char error[W101_SOURCE_ERROR]);
/* The same for bytes in memory, borrowed until the close. */
struct w101_source *w101_source_open_memory(struct w101_bytes, char error[W101_SOURCE_ERROR]);
void w101_source_close(struct w101_source *);

/* packet->number is set by the source: `*number` is counted up for every packet
 * of the file, so that numbers are those of the file(s). */
enum w101_source_next w101_source_next(struct w101_source *, uint64_t *number, struct w101_packet *,
				       char error[W101_SOURCE_ERROR]);

/* The same for several packets: waits for one, and gives those behind it that are at
 * hand, too, max in all.  0: *next says why there is none.  All are borrowed until the next call. */
size_t w101_source_some(struct w101_source *, uint64_t *number, struct w101_packet *packets, size_t max,
			enum w101_source_next *next, char error[W101_SOURCE_ERROR]);

/* What the file says beside its packets, as far as it was read.  Belongs to the source. */
const struct w101_facts *w101_source_facts(const struct w101_source *);

uint64_t w101_source_position(const struct w101_source *);   /* bytes of the file read so far (as packed, if so) */
uint64_t w101_source_size(const struct w101_source *);       /* bytes of the file, 0: not known (a pipe) */

#endif
