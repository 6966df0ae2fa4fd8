/* Any bytes as a capture file.  Input: one byte that says whether to filter,
 * then the file. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (!n)
		return 0;
	int fd = memfd_create("capture", MFD_CLOEXEC);
	check(fd >= 0 && write(fd, data + 1, n - 1) == (ssize_t)(n - 1) && lseek(fd, 0, SEEK_SET) == 0);
	char error[W101_SOURCE_ERROR] = "";
	struct w101_source *s = w101_source_open_fd(fd, error);
	check(s || error[0]);
	if (!s)
		return 0;
	if (data[0] & 1)
		(void)w101_source_filter(s, "tcp port 80", error);
	struct w101_packet p;
	enum w101_source_next r;
	uint64_t number = 0, last = 0;
	volatile uint8_t sum = 0;
	while ((r = w101_source_next(s, &number, &p, error)) == W101_SOURCE_PACKET) {
		check(p.number == number && number > last && p.len >= p.caplen && p.at >= 0);
		last = number;
		for (uint32_t i = 0; i < p.caplen; i++)
			sum = (uint8_t)(sum + p.data[i]);
	}
	check(r == W101_SOURCE_END || error[0]);
	check(w101_source_next(s, &number, &p, error) == r);
	check(w101_source_position(s) <= n);
	w101_source_close(s);
	return 0;
}
