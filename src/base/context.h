/* VLANs and tunnels in words. */
#ifndef W101_BASE_CONTEXT_H
#define W101_BASE_CONTEXT_H

#include <stdint.h>

#define W101_CONTEXT_WORDS 80

/* "VLAN 10", "GTP-U TEID 0x00000001 / 0x00000002" when the sides differ; "" when both are 0. */
const char *w101_context_words(const uint64_t context[2], char text[W101_CONTEXT_WORDS]);

#endif
