/* Packets to pcap files with nanoseconds, one file for each link type.  By
 * libpcap's own writer. */
#ifndef W101_CAPTURE_SAVE_H
#define W101_CAPTURE_SAVE_H

#include <sys/types.h>

#include "capture/source.h"

struct w101_save;

#define W101_SAVE_ERROR 4608 /* size of an error text: a path and a reason */

/* A file that is in use and so never written over, not with `force` either. */
struct w101_save_input {
	dev_t device;
	ino_t inode;
	const char *what; /* "is one of the inputs"; static */
};

/* Makes the file `path` at once, mode 0600 less umask; an existing one is an
 * error unless `force`, and a directory or other file that is not regular always
 * is.  An existing one is emptied by the first packet, or by the finish, which leaves
 * a capture without packets when none came.  Further link
 * types go to files of their own, "out-LINUX_SLL.pcap" for "out.pcap", under the
 * same rules, when their first packet comes.  path is copied, inputs (n of them)
 * are borrowed until the end.  NULL with a text in error ("File exists ..."). */
struct w101_save *w101_save_open(const char *path, bool force, const struct w101_save_input *inputs, size_t n,
				 char error[W101_SAVE_ERROR]);
/* False with a text in error, the file's name in it: could not be written (said once; later ones for the same
 * file are dropped). */
bool w101_save_packet(struct w101_save *, const struct w101_packet *, char error[W101_SAVE_ERROR]);

struct w101_saved {
	const char *path; /* belongs to the save */
	uint32_t link;
	uint64_t packets; /* of a failed one: those that are whole in the file; 0: it is removed if it was made */
	bool failed;      /* could not be had, or not be written to its end */
};
/* The files so far; the first is that of the first packet's link type, or has none (link 1) without packets. */
size_t w101_save_files(const struct w101_save *, const struct w101_saved **);
/* Packets of which the bytes beyond 262,144 were left out: no reader of pcap takes more. */
uint64_t w101_save_cut(const struct w101_save *);
/* Ends the files: all that was saved is with the system.  False with a text in error, the file's name in it:
 * something was not written.  They stay known until the free. */
bool w101_save_finish(struct w101_save *, char error[W101_SAVE_ERROR]);
/* Without a finish before it: files that were made are removed, those that were there before are left as they are. */
void w101_save_free(struct w101_save *);

#endif
