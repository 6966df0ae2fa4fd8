/* Seeded hash for tables that hostile traffic fills: SipHash-1-3 (Aumasson and
 * Bernstein, "SipHash: a fast short-input PRF"). */
#ifndef W101_BASE_HASH_H
#define W101_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t w101_hash(const uint8_t seed[16], const void *, size_t n);

#endif
