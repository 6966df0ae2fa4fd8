/* PROXY headers from arbitrary bytes: a decision stands whatever follows, comes
 * within the bytes promised, and its texts fit. */
#include <stdlib.h>
#include <string.h>

#include "http/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void inside(struct w101_bytes b, struct w101_bytes in)
{
	if (b.n && (b.p < in.p || b.p + b.n > in.p + in.n))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct w101_bytes in = { data, n };
	struct w101_proxy x, y;
	char text[W101_PROXY_TEXT], other[W101_PROXY_TEXT];
	const long used = w101_proxy_parse(in, &x);
	if (used > 16 + 65535 || (used == 0 && n >= W101_PROXY_NEED))
		abort();
	for (size_t k = 0; k < n; k++) {
		long early = w101_proxy_parse((struct w101_bytes){ data, k }, &y);
		if (early != 0 && early != used)
			abort();
		if (early <= 0)
			continue;
		size_t length = w101_proxy_detail(&y, other);
		if (w101_proxy_detail(&x, text) != length || memcmp(text, other, length) != 0)
			abort();
	}
	if (used <= 0)
		return 0;
	inside(x.raw, in);
	inside(x.path[0], in);
	inside(x.path[1], in);
	if (w101_proxy_seen(&x, text) > sizeof text || (x.version != 1 && x.version != 2))
		abort();
	return 0;
}
