/* JSON values on a writer.  Runs of plain characters are copied as they are;
 * only what must be escaped is looked at one by one. */
#include "report/json.h"

#include "base/base64.h"
#include "base/safe.h"
#include "base/utf8.h"

static void before(struct w101_json *j)
{
	if (j->comma)
		w101_putc(j->w, ',');
	j->comma = true;
}

void w101_json_open(struct w101_json *j, char bracket)
{
	before(j);
	w101_putc(j->w, bracket);
	j->comma = false;
}

void w101_json_close(struct w101_json *j, char bracket)
{
	w101_putc(j->w, bracket);
	j->comma = true;
}

static bool plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void put_u16(struct w101_writer *w, unsigned u)
{
	static const char digit[] = "0123456789abcdef";
	const char text[6] = { '\\', 'u', digit[u >> 12 & 15], digit[u >> 8 & 15], digit[u >> 4 & 15], digit[u & 15] };
	w101_put(w, text, sizeof text);
}

static void put_escaped(struct w101_writer *w, uint32_t cp)
{
	static const char name[] = "\b\t\n\f\r\"\\", letter[] = "btnfr\"\\";
	const char *at = cp && cp < 0x80 ? strchr(name, (int)cp) : NULL;
	if (at) {
		const char text[2] = { '\\', letter[at - name] };
		w101_put(w, text, sizeof text);
	} else if (cp < 0x10000) {
		put_u16(w, cp);
	} else {
		put_u16(w, 0xd800 + ((cp - 0x10000) >> 10));
		put_u16(w, 0xdc00 + ((cp - 0x10000) & 0x3ff));
	}
}

static void put_string(struct w101_writer *w, struct w101_bytes b)
{
	for (size_t i = 0, from = 0; i < b.n; from = i) {
		while (i < b.n && plain(b.p[i]))
			i++;
		w101_put(w, b.p + from, i - from);
		if (i == b.n)
			break;
		uint32_t cp = b.p[i];
		size_t n = w101_utf8_char(b.p + i, b.n - i, &cp);
		if (n < 2 || w101_safe_hostile(cp)) {
			put_escaped(w, cp);
			i += n ? n : 1;
		} else {
			w101_put(w, b.p + i, n);
			i += n;
		}
	}
}

void w101_json_bytes(struct w101_json *j, struct w101_bytes b)
{
	before(j);
	w101_putc(j->w, '"');
	put_string(j->w, b);
	w101_putc(j->w, '"');
}

void w101_json_said(struct w101_json *j, struct w101_bytes sentence, struct w101_bytes detail)
{
	before(j);
	w101_putc(j->w, '"');
	put_string(j->w, sentence);
	if (detail.n)
		w101_puts(j->w, ": ");
	put_string(j->w, detail);
	w101_putc(j->w, '"');
}

void w101_json_bytes_or_null(struct w101_json *j, struct w101_bytes b)
{
	if (b.n)
		w101_json_bytes(j, b);
	else
		w101_json_null(j);
}

void w101_json_text(struct w101_json *j, const char *s)
{
	if (s)
		w101_json_bytes(j, (struct w101_bytes){ (const uint8_t *)s, strlen(s) });
	else
		w101_json_null(j);
}

void w101_json_uint(struct w101_json *j, uint64_t u)
{
	before(j);
	w101_put_uint(j->w, u);
}

void w101_json_bool(struct w101_json *j, bool b)
{
	before(j);
	w101_puts(j->w, b ? "true" : "false");
}

void w101_json_null(struct w101_json *j)
{
	before(j);
	w101_put(j->w, "null", 4);
}

void w101_json_tristate(struct w101_json *j, int v)
{
	if (v == 0 || v == 1)
		w101_json_bool(j, v == 1);
	else
		w101_json_null(j);
}

void w101_json_seconds(struct w101_json *j, int64_t ns)
{
	if (ns < 0) {
		w101_json_null(j);
		return;
	}
	uint64_t rest = (uint64_t)(ns % W101_SECOND);
	unsigned digits = 9;
	before(j);
	w101_put_uint(j->w, (uint64_t)(ns / W101_SECOND));
	if (rest == 0)
		return;
	for (; rest % 10 == 0; rest /= 10)
		digits--;
	w101_putc(j->w, '.');
	w101_put_uint_pad(j->w, rest, digits);
}

void w101_json_time(struct w101_json *j, struct w101_stamp *s, w101_time at)
{
	if (at == W101_TIME_NONE) {
		w101_json_null(j);
		return;
	}
	before(j);
	w101_putc(j->w, '"');
	w101_put_stamp(j->w, s, at);
	w101_putc(j->w, '"');
}

void w101_json_hex(struct w101_json *j, struct w101_bytes b)
{
	static const char digit[] = "0123456789abcdef";
	before(j);
	w101_putc(j->w, '"');
	for (size_t i = 0; i < b.n; i++) {
		w101_putc(j->w, digit[b.p[i] >> 4]);
		w101_putc(j->w, digit[b.p[i] & 15]);
	}
	w101_putc(j->w, '"');
}

void w101_json_base64(struct w101_json *j, struct w101_bytes b)
{
	enum { PART = 3 * 256 }; /* a multiple of three: no padding inside */
	char text[W101_BASE64_LEN(PART) + 1];
	before(j);
	w101_putc(j->w, '"');
	while (b.n) {
		size_t n = b.n < PART ? b.n : PART;
		w101_base64_encode(b.p, n, text);
		w101_put(j->w, text, W101_BASE64_LEN(n));
		b.p += n;
		b.n -= n;
	}
	w101_putc(j->w, '"');
}

void w101_json_endpoint(struct w101_json *j, const struct w101_endpoint *e)
{
	before(j);
	w101_putc(j->w, '"');
	w101_put_endpoint(j->w, e);
	w101_putc(j->w, '"');
}
