/* The progress line: percent of the file and packets, drawn over itself and
 * taken away at the end. */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/safe.h"

#define SIZE_MIN (UINT64_C(64) << 20)
#define STEP 8192 /* packets between two looks */

void w101_progress_init(struct w101_progress *p, enum w101_when when, bool busy)
{
	*p = (struct w101_progress){ .always = when == W101_ALWAYS,
		.next = STEP,
		.allowed = when == W101_ALWAYS || (when == W101_AUTO && !busy && isatty(STDERR_FILENO)) };
}

void w101_progress_step(struct w101_progress *p, const struct w101_source *source, const char *name, uint64_t packet)
{
	if (!p->allowed || packet < p->next)
		return;
	p->next = packet + STEP;
	uint64_t size = w101_source_size(source);
	if (size < SIZE_MIN && !p->always)
		return;
	unsigned percent = size ? (unsigned)(w101_source_position(source) * 100 / size) : 0;
	if (size && percent == p->percent && p->width)
		return;
	char safe[48];
	size_t n;
	w101_safe_text(w101_str(name), 0, safe, sizeof safe, &n);
	p->percent = percent;
	if (size)
		p->width = fprintf(stderr, "\r%s  %3u%%  %" PRIu64 " packets", safe, percent, packet) - 1;
	else
		p->width = fprintf(stderr, "\r%s  %" PRIu64 " packets", safe, packet) - 1;
	fflush(stderr);
}

void w101_progress_clear(struct w101_progress *p)
{
	if (p->width)
		fprintf(stderr, "\r%*s\r", p->width, "");
	p->width = 0;
}
