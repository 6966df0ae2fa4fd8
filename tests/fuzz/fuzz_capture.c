/* Any bytes as a capture file, in memory: every format, told by content.  Input: the file. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "capture/facts.h"
#include "capture/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char error[W101_SOURCE_ERROR] = "";
	struct w101_source *s = w101_source_open_memory((struct w101_bytes){ data, n }, error);
	check(s || error[0]);
	if (!s)
		return 0;
	const struct w101_facts *facts = w101_source_facts(s);
	struct w101_packet p;
	enum w101_source_next r;
	uint64_t number = 0, last = 0, counted = 0;
	volatile uint8_t sum = 0;
	while ((r = w101_source_next(s, &number, &p, error)) == W101_SOURCE_PACKET) {
		check(p.number == number && number == last + 1 && p.len >= p.caplen && p.at >= 0);
		last = number;
		for (uint32_t i = 0; i < p.caplen; i++)
			sum = (uint8_t)(sum + p.data[i]);
	}
	check(r == W101_SOURCE_END || error[0]);
	check(w101_source_next(s, &number, &p, error) == r && number == last);
	check(w101_source_position(s) <= n && w101_source_size(s) == n);
	for (size_t i = 0; i < facts->n_interfaces; i++)
		counted += facts->interfaces[i].packets;
	check(counted == last || facts->left_out);
	w101_source_close(s);
	return 0;
}
