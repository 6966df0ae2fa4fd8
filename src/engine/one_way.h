/* What can be told of a connection when only one side of it is in the capture. */
#ifndef W101_ENGINE_ONE_WAY_H
#define W101_ENGINE_ONE_WAY_H

#include <wire101/finding.h>

enum w101_one_way_run {
	W101_ONE_WAY_MORE,  /* more bytes may come */
	W101_ONE_WAY_WHOLE, /* these are all there are */
	W101_ONE_WAY_FULL   /* no more can be kept to be tested */
};

/* The strict test for a client's bytes behind its request, when the answer was
 * not captured: three frames in a row that a client may send (RFC 6455 5.2 to
 * 5.5).  WHOLE: fewer do, each complete.  FULL: fewer do when the last is longer
 * than what is kept. */
bool w101_one_way_frames(struct w101_bytes, enum w101_one_way_run);

/* Whether this finding of a decoder needs the bytes of both sides. */
bool w101_one_way_hides(enum w101_finding_id);

#endif
