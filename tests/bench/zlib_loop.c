/* What inflating alone costs: the compressed payloads of a workload in the order of its capture, through zlib and
 * nothing else, one context a stream (one direction of a connection) made when the stream first speaks.  The file is
 * records of a stream number, a length (32 bits each, little endian) and so many bytes, without the tail that
 * RFC 7692 7.2.1 removes. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum { STREAMS_MAX = 1 << 16, MESSAGE_MAX = 1 << 20 };

static z_stream streams[STREAMS_MAX];
static unsigned char in[MESSAGE_MAX + 4], out[1 << 16];

static uint32_t number(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Adds what the message of n bytes in `in` inflates to; 0 when it does not. */
static int message(z_stream *z, uint32_t n, uint64_t *sum)
{
	if (!z->state && inflateInit2(z, -15) != Z_OK)
		return 0;
	memcpy(in + n, "\0\0\xff\xff", 4);
	z->next_in = in;
	z->avail_in = n + 4;
	do {
		z->next_out = out;
		z->avail_out = sizeof out;
		int got = inflate(z, Z_SYNC_FLUSH);
		if (got != Z_OK && got != Z_BUF_ERROR)
			return 0;
		*sum += sizeof out - z->avail_out;
	} while (!z->avail_out);
	return z->avail_in == 0;
}

int main(int argc, char **argv)
{
	static char buffer[1 << 18];
	unsigned char head[8];
	uint64_t sum = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: zlib_loop FILE\n");
		return 2;
	}
	FILE *f = fopen(argv[1], "rb");
	if (!f) {
		perror(argv[1]);
		return 1;
	}
	setvbuf(f, buffer, _IOFBF, sizeof buffer);
	while (fread(head, sizeof head, 1, f) == 1) {
		uint32_t stream = number(head), n = number(head + 4);
		if (stream >= STREAMS_MAX || n > MESSAGE_MAX || fread(in, 1, n, f) != n || !message(&streams[stream], n, &sum)) {
			fprintf(stderr, "zlib_loop: %s: a payload does not inflate\n", argv[1]);
			return 1;
		}
	}
	fclose(f);
	printf("%" PRIu64 "\n", sum);
	return 0;
}
