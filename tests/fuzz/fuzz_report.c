/* Captured bytes on their way out: a JSON string and safe text hold valid
 * UTF-8 without control characters, whatever comes in, and JSON ends where it should. */
#include <stdlib.h>
#include <string.h>

#include "base/safe.h"
#include "base/utf8.h"
#include "report/json.h"
#include "report/phrase.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void check_clean(const struct w101_writer *w)
{
	check(!w->cut && w101_utf8_valid(w->p, w->n));
	for (size_t i = 0; i < w->n;) {
		uint32_t cp = 0;
		i += w101_utf8_char((const uint8_t *)w->p + i, w->n - i, &cp);
		check(!w101_safe_hostile(cp));
	}
}

/* One string in quotes, and no more. */
static void check_string(const struct w101_writer *w)
{
	size_t i = 1;
	check(w->n >= 2 && w->p[0] == '"');
	while (i < w->n && w->p[i] != '"')
		i += w->p[i] == '\\' ? 2 : 1;
	check(i == w->n - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct w101_writer w;
	struct w101_json j = { &w, false };
	const struct w101_bytes in = { data, n < 65536 ? n : 65536 };
	const struct w101_pdu pdu = { .payload = in, .payload_bytes = n, .truncated = n > in.n };
	check(w101_writer_init(&w, NULL, 16 * in.n + 64));
	w101_json_bytes(&j, in);
	check_clean(&w);
	check_string(&w);
	w101_writer_reset(&w);
	j.comma = false;
	struct w101_bytes text = w101_as_text(in, true);
	check(!text.p || (text.n <= in.n && in.n - text.n < 4 && w101_utf8_valid(text.p, text.n)));
	w101_json_base64(&j, in);
	check_clean(&w);
	check_string(&w);
	w101_writer_reset(&w);
	w101_put_quoted(&w, in, 0);
	check_clean(&w);
	check_string(&w);
	w101_writer_reset(&w);
	w101_put_payload(&w, &pdu, W101_PAYLOAD_FULL);
	w101_put_payload(&w, &pdu, W101_PAYLOAD_PREVIEW);
	check_clean(&w);
	w101_writer_close(&w);
	return 0;
}
