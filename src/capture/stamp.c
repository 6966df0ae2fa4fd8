/* Ticks to nanoseconds in 64 bits: seconds and fraction apart, because neither
 * a power of 10 nor of 2 times 10^9 fits (draft-ietf-opsawg-pcapng 4.2,
 * if_tsresol, if_tsoffset).  Must not know blocks. */
#include "capture/stamp.h"

#define BINARY 0x80u

/* 10^19 is the largest in 64 bits. */
static uint64_t power_of_ten(unsigned n)
{
	uint64_t power = 1;
	while (n--)
		power *= 10;
	return power;
}

void w101_stamp_init(struct w101_stamp *s, uint8_t resolution, int64_t offset)
{
	*s = (struct w101_stamp){ .offset = offset, .resolution = resolution };
	if (!(resolution & BINARY) && resolution <= 9 && offset == 0)
		s->scale = power_of_ten(9u - resolution);
}

/* fraction / 2^bits seconds in ns; fraction is below 2^bits. */
static uint64_t binary_fraction(uint64_t fraction, unsigned bits)
{
	const uint64_t second = W101_SECOND;
	if (bits <= 32)
		return fraction * second >> bits;
	/* the product has 94 bits; its low 32 are shifted out in any case */
	uint64_t product = (fraction >> 32) * second + ((fraction & UINT32_MAX) * second >> 32);
	return bits - 32 < 64 ? product >> (bits - 32) : 0;
}

w101_time w101_stamp_split(const struct w101_stamp *s, uint64_t ticks)
{
	unsigned x = s->resolution & ~BINARY;
	uint64_t seconds = 0, ns;
	if (s->resolution & BINARY) {
		if (x < 64)
			seconds = ticks >> x;
		ns = binary_fraction(x < 64 ? ticks & ((UINT64_C(1) << x) - 1) : ticks, x);
	} else if (x <= 9) {
		uint64_t unit = power_of_ten(x);
		seconds = ticks / unit;
		ns = ticks % unit * power_of_ten(9 - x);
	} else {
		if (x <= 19)
			seconds = ticks / power_of_ten(x);
		ns = x - 9 <= 19 ? ticks / power_of_ten(x - 9) : 0; /* of the whole: the seconds go below */
		ns -= seconds * (uint64_t)W101_SECOND;
	}
	int64_t total;
	w101_time at;
	if (__builtin_add_overflow(seconds, s->offset, &total))
		return INT64_MAX;
	if (total < 0)
		return 0;
	if (__builtin_mul_overflow(total, W101_SECOND, &at) || __builtin_add_overflow(at, (int64_t)ns, &at))
		return INT64_MAX;
	return at;
}
