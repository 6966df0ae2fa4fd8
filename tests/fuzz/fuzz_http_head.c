/* Heads from arbitrary bytes: the answer does not depend on what was scanned
 * before, everything borrowed lies inside, and lists and bodies end. */
#include <stdlib.h>

#include "http/body.h"
#include "http/extension.h"
#include "http/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void inside(struct w101_bytes b, struct w101_bytes raw)
{
	if (b.n && (b.p < raw.p || b.p + b.n > raw.p + raw.n))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct w101_head_store store;
	for (int response = 0; response < 2; response++) {
		struct w101_http_head h;
		struct w101_bytes in = { data, n };
		long whole = w101_head_parse(in, response, 0, &store, &h);
		for (size_t k = 1; k < n; k += 1 + n / 64)
			if (w101_head_parse((struct w101_bytes){ data, k }, response, 0, &store, &h) == 0 &&
				w101_head_parse(in, response, k, &store, &h) != whole)
				abort();
		w101_head_sniff(in, response);
		if (w101_head_parse(in, response, 0, &store, &h) <= 0)
			continue;
		if (whole > (long)n || h.n_fields > W101_HTTP_FIELDS_MAX || h.n_fields > store.n_all ||
			h.defect_at >= h.raw.n)
			abort();
		inside(h.raw, in);
		for (size_t i = 0; i < h.n_fields; i++) {
			inside(h.fields[i].name, h.raw);
			inside(h.fields[i].value, h.raw);
		}
		struct w101_list c = { 0 };
		for (struct w101_bytes m; w101_head_list(&h, "Upgrade", &c, &m);)
			inside(m, h.raw);
		struct w101_extension_cursor x = { 0 };
		struct w101_extension e;
		for (int r; (r = w101_extension_next(&h, &x, &e)) != 0;) {
			struct w101_param p;
			for (size_t at = 0; r > 0 && w101_extension_param(&e, &at, &p);)
				inside(p.name, e.text);
		}
		struct w101_body b;
		if (response)
			w101_body_response(&b, &h, (struct w101_bytes){ 0 });
		else
			w101_body_request(&b, &h);
		size_t rest = n - (size_t)whole, used = w101_body_feed(&b, (struct w101_bytes){ data + whole, rest });
		if (used > rest || (used < rest && !b.done && !b.bad))
			abort();
	}
	return 0;
}
