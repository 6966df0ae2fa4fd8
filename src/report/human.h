/* Values as people read them: sizes, durations, times, addresses, captured text. */
#ifndef W101_REPORT_HUMAN_H
#define W101_REPORT_HUMAN_H

#include <wire101/types.h>

#include "report/writer.h"

void w101_put_size(struct w101_writer *, uint64_t bytes);   /* "312 bytes", "12.4 KiB" */
void w101_put_duration(struct w101_writer *, int64_t ns);   /* "85 us", "3.02 s", "2 min 5 s"; negative: "?" */
void w101_put_count(struct w101_writer *, uint64_t n, const char *thing); /* "1 packet", "2 packets" */
/* "192.0.2.1", "2001:db8::1" (RFC 5952); "?" when it is not set. */
void w101_put_addr(struct w101_writer *, const struct w101_addr *);
/* "192.0.2.1:80", "[2001:db8::1]:80" (RFC 5952); "?:80" when the address is not set. */
void w101_put_endpoint(struct w101_writer *, const struct w101_endpoint *);

/* Time of day.  The second last shown is kept, since events come in bunches. */
struct w101_clock {
	bool utc, set;
	int64_t second;
	char text[12];
};
/* "12:00:01.123456"; "-" when there is none */
void w101_put_clock(struct w101_writer *, struct w101_clock *, w101_time);
/* RFC 3339 with nanoseconds, UTC whatever the clock says. */
struct w101_stamp {
	bool set;
	int64_t second;
	char text[64];
	size_t n;
};
void w101_put_stamp(struct w101_writer *, struct w101_stamp *, w101_time); /* not W101_TIME_NONE */

/* Captured bytes through w101_safe_text; max: bytes of output, 0: all.  False when it was cut. */
bool w101_put_safe(struct w101_writer *, struct w101_bytes, unsigned safe_flags, size_t max);
/* The same in quotes, with "..." behind them when it was cut. */
void w101_put_quoted(struct w101_writer *, struct w101_bytes, size_t max);
/* The part of b that is whole characters when it is UTF-8 up to a cut at its
 * end; .p is NULL when it is not UTF-8. */
struct w101_bytes w101_as_text(struct w101_bytes b, bool truncated);

#endif
