/* Values as people read them.  Integer arithmetic only, so that a figure is the
 * same everywhere.  Addresses are written as RFC 5952 says. */
#include "config.h"

#include "report/human.h"

#include <time.h>

#include "base/safe.h"
#include "base/utf8.h"

void w101_put_size(struct w101_writer *w, uint64_t n)
{
	static const char *const unit[] = { " KiB", " MiB", " GiB", " TiB", " PiB", " EiB" };
	unsigned u = 0;
	if (n < 1024) {
		w101_put_count(w, n, "byte");
		return;
	}
	while (n >= 1024 * 1024) {
		n >>= 10;
		u++;
	}
	uint64_t tenths = (n * 10 + 512) / 1024;
	if (tenths >= 10240) {
		tenths = (tenths + 512) / 1024;
		u++;
	}
	w101_put_uint(w, tenths / 10);
	w101_putc(w, '.');
	w101_put_uint(w, tenths % 10);
	w101_puts(w, unit[u]);
}

static void fraction(struct w101_writer *w, uint64_t n, unsigned digits, const char *unit)
{
	uint64_t scale = digits == 2 ? 100 : 10;
	w101_put_uint(w, n / scale);
	w101_putc(w, '.');
	w101_put_uint_pad(w, n % scale, digits);
	w101_puts(w, unit);
}

static void two(struct w101_writer *w, uint64_t a, const char *big, uint64_t b, const char *small)
{
	w101_put_uint(w, a);
	w101_puts(w, big);
	if (b) {
		w101_putc(w, ' ');
		w101_put_uint(w, b);
		w101_puts(w, small);
	}
}

void w101_put_duration(struct w101_writer *w, int64_t ns)
{
	const uint64_t us = 1000, ms = 1000000, s = 1000000000;
	uint64_t n = ns < 0 ? 0 : (uint64_t)ns, sec = (n + s / 2) / s;
	if (ns < 0) {
		w101_putc(w, '?');
	} else if (n < us) {
		w101_put_uint(w, n);
		w101_puts(w, n ? " ns" : " s");
	} else if (n < 99500) {
		w101_put_uint(w, (n + us / 2) / us);
		w101_puts(w, " us");
	} else if (n < 9950 * us) {
		fraction(w, (n + 50 * us) / (100 * us), 1, " ms");
	} else if (n < 999500 * us) {
		w101_put_uint(w, (n + ms / 2) / ms);
		w101_puts(w, " ms");
	} else if (n < 9995 * ms) {
		fraction(w, (n + 5 * ms) / (10 * ms), 2, " s");
	} else if (n < 119950 * ms) { /* a time-out of 60 s is told from one of 61 s */
		fraction(w, (n + 50 * ms) / (100 * ms), 1, " s");
	} else if (sec < 3600) {
		two(w, sec / 60, " min", sec % 60, " s");
	} else if (sec < 86400) {
		two(w, sec / 3600, " h", sec % 3600 / 60, " min");
	} else {
		two(w, sec / 86400, " d", sec % 86400 / 3600, " h");
	}
}

void w101_put_count(struct w101_writer *w, uint64_t n, const char *thing)
{
	w101_put_uint(w, n);
	w101_putc(w, ' ');
	w101_puts(w, thing);
	if (n != 1)
		w101_putc(w, 's');
}

static void put_hex16(struct w101_writer *w, unsigned v)
{
	bool begun = false;
	for (int shift = 12; shift >= 0; shift -= 4) {
		unsigned d = v >> shift & 15;
		if (d || begun || shift == 0)
			w101_putc(w, "0123456789abcdef"[d]);
		begun = begun || d;
	}
}

static void put_v4(struct w101_writer *w, const uint8_t *b)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			w101_putc(w, '.');
		w101_put_uint(w, b[i]);
	}
}

/* RFC 5952 4.2: the longest run of two or more zero groups, the first of equals, becomes "::". */
static void put_v6(struct w101_writer *w, const uint8_t *b)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	unsigned group[8];
	int best = -1, best_n = 1;
	if (memcmp(b, mapped, sizeof mapped) == 0) {
		w101_puts(w, "::ffff:");
		put_v4(w, b + 12);
		return;
	}
	for (int i = 0; i < 8; i++)
		group[i] = (unsigned)b[2 * i] << 8 | b[2 * i + 1];
	for (int i = 0; i < 8; i++) {
		int n = 0;
		while (i + n < 8 && group[i + n] == 0)
			n++;
		if (n > best_n) {
			best = i;
			best_n = n;
		}
		i += n;
	}
	for (int i = 0; i < 8; i++) {
		if (i == best) {
			w101_puts(w, "::");
			i += best_n - 1;
			continue;
		}
		if (i && i != best + best_n)
			w101_putc(w, ':');
		put_hex16(w, group[i]);
	}
}

void w101_put_addr(struct w101_writer *w, const struct w101_addr *a)
{
	if (a->family == 6)
		put_v6(w, a->b);
	else if (a->family == 4)
		put_v4(w, a->b);
	else
		w101_putc(w, '?');
}

void w101_put_endpoint(struct w101_writer *w, const struct w101_endpoint *e)
{
	bool brackets = e->addr.family == 6;
	if (brackets)
		w101_putc(w, '[');
	w101_put_addr(w, &e->addr);
	w101_puts(w, brackets ? "]:" : ":");
	w101_put_uint(w, e->port);
}

/* Seconds and nanoseconds of a time that may lie before 1970. */
static int64_t split(w101_time at, uint64_t *ns)
{
	int64_t sec = at / W101_SECOND, rest = at % W101_SECOND;
	if (rest < 0) {
		rest += W101_SECOND;
		sec--;
	}
	*ns = (uint64_t)rest;
	return sec;
}

void w101_put_clock(struct w101_writer *w, struct w101_clock *c, w101_time at)
{
	uint64_t ns;
	if (at == W101_TIME_NONE) {
		w101_putc(w, '-');
		return;
	}
	int64_t sec = split(at, &ns);
	if (!c->set || c->second != sec) {
		time_t t = (time_t)sec;
		struct tm tm = { 0 };
		if (c->utc)
			gmtime_r(&t, &tm);
		else
			localtime_r(&t, &tm);
		strftime(c->text, sizeof c->text, "%H:%M:%S", &tm);
		c->second = sec;
		c->set = true;
	}
	w101_puts(w, c->text);
	w101_putc(w, '.');
	w101_put_uint_pad(w, ns / 1000, 6);
}

void w101_put_stamp(struct w101_writer *w, struct w101_stamp *s, w101_time at)
{
	uint64_t ns;
	int64_t sec = split(at, &ns);
	if (!s->set || s->second != sec) {
		time_t t = (time_t)sec;
		struct tm tm = { 0 };
		gmtime_r(&t, &tm);
		s->n = strftime(s->text, sizeof s->text, "%Y-%m-%dT%H:%M:%S.", &tm);
		s->second = sec;
		s->set = true;
	}
	w101_put(w, s->text, s->n);
	w101_put_uint_pad(w, ns, 9);
	w101_putc(w, 'Z');
}

bool w101_put_safe(struct w101_writer *w, struct w101_bytes in, unsigned flags, size_t max)
{
	char part[512];
	size_t left = max;
	while (in.n) {
		size_t room = max && left + 1 < sizeof part ? left + 1 : sizeof part, n;
		size_t used = w101_safe_text(in, flags, part, room, &n);
		if (used == 0)
			return false;
		w101_put(w, part, n);
		in.p += used;
		in.n -= used;
		left -= n;
	}
	return true;
}

void w101_put_quoted(struct w101_writer *w, struct w101_bytes in, size_t max)
{
	w101_putc(w, '"');
	bool whole = w101_put_safe(w, in, W101_SAFE_QUOTE, max);
	w101_puts(w, whole ? "\"" : "\"...");
}

struct w101_bytes w101_as_text(struct w101_bytes b, bool truncated)
{
	struct w101_utf8 u;
	w101_utf8_init(&u);
	if (!w101_utf8_feed(&u, b.p, b.n) || (u.need && !truncated))
		return (struct w101_bytes){ NULL, 0 };
	if (u.need)
		while ((b.p[--b.n] & 0xc0) == 0x80)
			continue;
	return (struct w101_bytes){ b.p ? b.p : (const uint8_t *)"", b.n };
}
