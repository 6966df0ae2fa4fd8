/* TCP sequence numbers (RFC 9293 3.4): 32 bits that wrap.  The one place where
 * they are compared and turned into 64-bit stream offsets. */
#ifndef W101_STREAM_SEQ_H
#define W101_STREAM_SEQ_H

#include <stdint.h>

/* a - b on the circle: negative when a is before b. */
static inline int32_t w101_seq_diff(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/* Offset of seq in a stream whose offset 0 has number `base`, nearest to offset
 * `near`.  May be negative: before the stream. */
static inline int64_t w101_seq_offset(uint32_t base, uint64_t near, uint32_t seq)
{
	return (int64_t)near + w101_seq_diff(seq, base + (uint32_t)near);
}

#endif
