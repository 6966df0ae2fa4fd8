/* The one way of a message to standard error: one line, safe for a terminal. */
#include "cli/say.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/ascii.h"
#include "base/safe.h"

void w101_say(const char *format, ...)
{
	char text[5120], safe[4 * sizeof text];
	size_t n;
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	w101_safe_text(w101_str(text), 0, safe, sizeof safe, &n);
	fprintf(stderr, "wire101: %s\n", safe);
}
