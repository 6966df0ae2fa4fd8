/* Bytes in the layout of xxd: offset, eight pairs, printable ASCII. */
#include "report/hexdump.h"

void w101_put_hexdump(struct w101_writer *w, struct w101_bytes b, size_t indent)
{
	static const char digit[] = "0123456789abcdef";
	for (size_t at = 0; at < b.n; at += 16) {
		char line[8 + 1 + 40 + 2 + 16 + 1], *o = line;
		size_t n = b.n - at < 16 ? b.n - at : 16;
		for (int shift = 28; shift >= 0; shift -= 4)
			*o++ = digit[at >> shift & 15];
		*o++ = ':';
		for (size_t i = 0; i < 16; i++) {
			if (i % 2 == 0)
				*o++ = ' ';
			*o++ = i < n ? digit[b.p[at + i] >> 4] : ' ';
			*o++ = i < n ? digit[b.p[at + i] & 15] : ' ';
		}
		*o++ = ' ';
		*o++ = ' ';
		for (size_t i = 0; i < n; i++)
			*o++ = (char)(b.p[at + i] >= 0x20 && b.p[at + i] < 0x7f ? b.p[at + i] : '.');
		*o++ = '\n';
		w101_put_spaces(w, indent);
		w101_put(w, line, (size_t)(o - line));
	}
}
