/* The measure of every ratio: the plain libpcap read loop, adding caplen. */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *h;
	const unsigned char *p;
	uint64_t sum = 0;
	int got;

	if (argc != 2) {
		fprintf(stderr, "usage: loop FILE\n");
		return 2;
	}
	pcap_t *f = pcap_open_offline(argv[1], error);
	if (!f) {
		fprintf(stderr, "loop: %s\n", error);
		return 1;
	}
	while ((got = pcap_next_ex(f, &h, &p)) == 1)
		sum += h->caplen;
	if (got != PCAP_ERROR_BREAK)
		pcap_perror(f, "loop");
	pcap_close(f);
	printf("%" PRIu64 "\n", sum);
	return got != PCAP_ERROR_BREAK;
}
