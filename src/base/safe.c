/* Escapes captured text for people: \n \r \t \\ by name, other bytes as \xHH,
 * hostile characters as \u{HEX}. */
#include "base/safe.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

bool w101_safe_hostile(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) ||          /* C0, DEL, C1 */
	       cp == 0xad || cp == 0x061c || cp == 0x180e ||      /* soft hyphen, Arabic letter mark, Mongolian vowel separator */
	       (cp >= 0x200b && cp <= 0x200f) ||                  /* zero width, direction marks */
	       (cp >= 0x2028 && cp <= 0x202e) ||                  /* line separators, overrides */
	       (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff ||  /* isolates, BOM */
	       (cp >= 0xfff9 && cp <= 0xfffb) || (cp & 0xfffe) == 0xfffe ||
	       (cp >= 0xfdd0 && cp <= 0xfdef) || (cp >= 0xe0000 && cp <= 0xe0fff) || /* tags */
	       (cp >= 0xe000 && cp <= 0xf8ff) || cp >= 0xf0000;   /* private use */
}

size_t w101_safe_text(struct w101_bytes in, unsigned flags, char *out, size_t max, size_t *n_out)
{
	size_t i = 0, o = 0;
	while (i < in.n) {
		char one[16];
		uint32_t cp = 0;
		size_t used = w101_utf8_char(in.p + i, in.n - i, &cp), len;
		uint8_t c = in.p[i];
		if (used == 0) {
			used = 1;
			len = (size_t)snprintf(one, sizeof one, "\\x%02x", c);
		} else if (c == '\n' || c == '\r' || c == '\t') {
			len = (size_t)snprintf(one, sizeof one, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
		} else if ((flags & W101_SAFE_QUOTE) && (c == '"' || c == '\\')) {
			len = (size_t)snprintf(one, sizeof one, "\\%c", c);
		} else if (cp < 0x80 && w101_safe_hostile(cp)) {
			len = (size_t)snprintf(one, sizeof one, "\\x%02x", c);
		} else if (w101_safe_hostile(cp)) {
			len = (size_t)snprintf(one, sizeof one, "\\u{%x}", (unsigned)cp);
		} else {
			memcpy(one, in.p + i, used);
			len = used;
		}
		if (o + len + 1 > max)
			break;
		memcpy(out + o, one, len);
		o += len;
		i += used;
	}
	out[o] = 0;
	if (n_out)
		*n_out = o;
	return i;
}
