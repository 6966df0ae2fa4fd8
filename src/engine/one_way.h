/* What can be told of a connection when only one side of it is in the capture. */
#ifndef W101_ENGINE_ONE_WAY_H
#define W101_ENGINE_ONE_WAY_H

#include <wire101/finding.h>

/* The strict test for a client's bytes behind its request, when the answer was
 * not captured: three frames in a row that a client may send (RFC 6455 5.2 to
 * 5.5), or with `whole` fewer when they are all there is, each complete. */
bool w101_one_way_frames(struct w101_bytes, bool whole);

/* Whether this finding of a decoder needs the bytes of both sides. */
bool w101_one_way_hides(enum w101_finding_id);

#endif
