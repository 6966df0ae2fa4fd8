/* The mask as an XOR of whole words (RFC 6455 section 5.3), at any offset in
 * the payload and any alignment in memory. */
#include "decode/ws/mask.h"

#include <string.h>

void w101_ws_unmask(uint8_t *to, const uint8_t *from, size_t n, const uint8_t key[4], uint64_t at)
{
	uint8_t turned[8];
	uint64_t word, w[4];
	size_t i = 0;

	for (unsigned k = 0; k < 8; k++)
		turned[k] = key[(at + k) & 3];
	memcpy(&word, turned, 8);
	for (; n - i >= sizeof w; i += sizeof w) {
		memcpy(w, from + i, sizeof w);
		for (unsigned k = 0; k < 4; k++)
			w[k] ^= word;
		memcpy(to + i, w, sizeof w);
	}
	for (; i < n; i++)
		to[i] = from[i] ^ turned[i & 7];
}
