/* Glob over bytes.  Captured text may be long and hold anything, so this goes
 * back to the last star only: no recursion, no worse than pattern times text. */
#include "report/glob.h"

#include "base/ascii.h"

static bool same(char a, uint8_t b, bool nocase)
{
	return nocase ? w101_lower((uint8_t)a) == w101_lower(b) : (uint8_t)a == b;
}

bool w101_glob(const char *p, struct w101_bytes t, bool nocase)
{
	const char *star = NULL; /* behind the last one */
	size_t i = 0, resume = 0;
	while (i < t.n) {
		const char *next = p;
		bool hit = false;
		if (*p == '*') {
			star = ++p;
			resume = i;
			continue;
		}
		if (*p == '?') {
			hit = true;
			next = p + 1;
		} else if (*p) {
			const char *c = *p == '\\' && p[1] ? p + 1 : p;
			hit = same(*c, t.p[i], nocase);
			next = c + 1;
		}
		if (hit) {
			p = next;
			i++;
		} else if (star) {
			p = star;
			i = ++resume;
		} else {
			return false;
		}
	}
	while (*p == '*')
		p++;
	return *p == 0;
}
