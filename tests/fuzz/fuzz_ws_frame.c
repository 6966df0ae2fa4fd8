/* The frame header: what a parse may say about any bytes. */
#include <stdlib.h>
#include <string.h>

#include "decode/ws/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct w101_ws_header h, again;
	int used = w101_ws_header_parse(data, n, &h);

	check(used == 0 || (used >= 2 && used <= W101_WS_HEADER_MAX && (size_t)used <= n && h.size == used));
	check(n < W101_WS_HEADER_MAX || used);
	for (size_t k = 0; k <= n && k <= W101_WS_HEADER_MAX; k++) /* as soon as it is complete, and not before */
		check(w101_ws_header_parse(data, k, &again) == (used && k >= (size_t)used ? used : 0));
	if (!used)
		return 0;
	check(h.opcode < 16 && h.rsv < 8);
	int wide = used - 2 - (h.masked ? 4 : 0); /* bytes of a longer length */
	check(wide == 0 || wide == 2 || wide == 8);
	check(h.shortest == (wide == 0 || h.length > (wide == 2 ? 125 : 65535)));
	check(h.length <= (wide == 0 ? 125 : wide == 2 ? 65535 : UINT64_MAX));
	check(h.masked || memcmp(h.mask, "\0\0\0\0", 4) == 0);
	return 0;
}
