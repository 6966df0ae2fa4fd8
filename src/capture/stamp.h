/* Time stamps of pcapng as capture time: ticks of an interface's resolution
 * (if_tsresol) behind an offset (if_tsoffset), draft-ietf-opsawg-pcapng 4.2. */
#ifndef W101_CAPTURE_STAMP_H
#define W101_CAPTURE_STAMP_H

#include <wire101/types.h>

#define W101_STAMP_DEFAULT 6 /* resolution when none is told: 10^-6 s */

struct w101_stamp {
	uint64_t scale;     /* ns in a tick, when that is whole and there is no offset; else 0 */
	int64_t offset;     /* seconds to add */
	uint8_t resolution; /* as in the file: top bit clear 10^-x s, set 2^-x s; x is the other 7 bits */
};

void w101_stamp_init(struct w101_stamp *, uint8_t resolution, int64_t offset);
w101_time w101_stamp_split(const struct w101_stamp *, uint64_t ticks);

/* Rounded down.  Never negative: what is before 1970 is 0, what is later than
 * 64 bits of nanoseconds can tell is INT64_MAX. */
static inline w101_time w101_stamp_time(const struct w101_stamp *s, uint64_t ticks)
{
	w101_time at;
	if (!s->scale)
		return w101_stamp_split(s, ticks);
	return __builtin_mul_overflow(ticks, s->scale, &at) ? INT64_MAX : at;
}

#endif
