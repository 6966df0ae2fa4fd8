/* capture/: our readers and libpcap's give the same packets and the same end, on
 * every sample, on small files of each odd kind, and on those cut at each byte.
 *   test_capture_differential [FOLDER OF SAMPLES]     without one: those of $srcdir */
#include "config.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pcap/pcap.h>
#include <cmocka.h>

#include "capture/linktype.h"
#include "capture/reader.h"

static char folder[4096];

/* ---- our side: the reader that source.c chooses, or the one over libpcap with our FILE below it */

struct ours {
	struct w101_source *source;
	struct w101_input *input;
	struct w101_facts facts;
	void *reader;
	uint64_t number;
	char error[W101_SOURCE_ERROR];
};

static bool ours_open(struct ours *o, struct w101_bytes bytes, bool over_libpcap)
{
	*o = (struct ours){ 0 };
	if (!over_libpcap)
		return (o->source = w101_source_open_memory(bytes, o->error));
	o->input = w101_input_memory(bytes, o->error);
	if (o->input)
		o->reader = w101_reader_libpcap.open(o->input, &o->facts, o->error);
	return o->reader;
}

static enum w101_source_next ours_next(struct ours *o, struct w101_packet *p)
{
	if (o->source)
		return w101_source_next(o->source, &o->number, p, o->error);
	return w101_reader_libpcap.next(o->reader, ++o->number, p, o->error);
}

static void ours_close(struct ours *o)
{
	w101_source_close(o->source);
	if (o->reader)
		w101_reader_libpcap.close(o->reader);
	w101_facts_clear(&o->facts);
	if (o->input)
		w101_input_close(o->input);
}

/* ---- both sides */

/* The number of packets. */
static unsigned same(struct w101_bytes bytes, bool over_libpcap, const char *name)
{
	char text[PCAP_ERRBUF_SIZE];
	FILE *f = fmemopen((void *)(uintptr_t)bytes.p, bytes.n, "rb");
	assert_non_null(f);
	pcap_t *theirs = pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_NANO, text);
	struct ours ours;
	struct w101_packet p;
	bool opened = ours_open(&ours, bytes, over_libpcap);
	/* libpcap opens a pcapng file only with its first interface; we then find no packets */
	bool late = opened && !theirs && !over_libpcap && bytes.p[0] == '\n';
	if (late)
		assert_int_not_equal(ours_next(&ours, &p), W101_SOURCE_PACKET);
	else if (opened != !!theirs)
		fail_msg("%s, %zu bytes: we say \"%s\", libpcap \"%s\"", name, bytes.n, ours.error, text);
	unsigned packets = 0;
	if (theirs) {
		enum w101_source_next next;
		struct pcap_pkthdr *h;
		const u_char *data;
		int code;
		uint32_t link = w101_linktype_usual(w101_linktype_of_dlt(pcap_datalink(theirs)));
		while (next = ours_next(&ours, &p), (code = pcap_next_ex(theirs, &h, &data)) == 1) {
			packets++;
			if (next != W101_SOURCE_PACKET)
				fail_msg("%s, %zu bytes: no packet %u, \"%s\"", name, bytes.n, packets, ours.error);
			assert_int_equal(p.number, packets);
			assert_int_equal(p.link, link);
			assert_int_equal(p.caplen, h->caplen);
			assert_int_equal(p.len, h->len > h->caplen ? h->len : h->caplen);
			assert_int_equal(p.at, (uint32_t)h->ts.tv_sec * W101_SECOND + h->ts.tv_usec);
			assert_memory_equal(p.data, data, p.caplen);
		}
		/* libpcap gives up a pcapng file whose interfaces differ; we read on */
		bool compare = over_libpcap || !strstr(pcap_geterr(theirs), "different from");
		if (compare && next != (code == PCAP_ERROR_BREAK ? W101_SOURCE_END : W101_SOURCE_CUT))
			fail_msg("%s, %zu bytes: end %d \"%s\", libpcap %d \"%s\"", name, bytes.n, (int)next,
				ours.error, code, pcap_geterr(theirs));
		pcap_close(theirs); /* and f */
	} else {
		fclose(f);
	}
	ours_close(&ours);
	return packets;
}

static unsigned same_cut_everywhere(struct w101_bytes bytes, const char *name)
{
	unsigned packets = 0, n;
	for (size_t cut = 1; cut <= bytes.n; cut++) {
		uint8_t *copy = malloc(cut); /* of its exact size: a sanitizer sees a read past the end */
		assert_non_null(copy);
		memcpy(copy, bytes.p, cut);
		n = same((struct w101_bytes){ copy, cut }, false, name);
		assert_int_equal(same((struct w101_bytes){ copy, cut }, true, name), n);
		assert_true(n >= packets);
		packets = n;
		free(copy);
	}
	return packets;
}

/* ---- samples */

static struct w101_bytes load(const char *name)
{
	static uint8_t b[8 << 20];
	char path[4500];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(b, 1, sizeof b, f) : 0;
	if (!n || n == sizeof b)
		fail_msg("%s: cannot be read whole", path);
	fclose(f);
	return (struct w101_bytes){ b, n };
}

static bool ends_with(const char *name, const char *end)
{
	return strlen(name) > strlen(end) && strcmp(name + strlen(name) - strlen(end), end) == 0;
}

static void test_every_sample(void **state)
{
	(void)state;
	DIR *d = opendir(folder);
	unsigned files = 0;
	if (!d)
		fail_msg("%s: no such folder: name that of the samples, or set srcdir", folder);
	for (struct dirent *e; (e = readdir(d));)
		if (ends_with(e->d_name, ".pcap") || ends_with(e->d_name, ".pcapng")) {
			unsigned packets = same(load(e->d_name), false, e->d_name);
			assert_int_equal(same(load(e->d_name), true, e->d_name), packets);
			files++;
		}
	closedir(d);
	assert_true(files > 10);
}

static void test_samples_cut_at_each_byte(void **state)
{
	(void)state;
	assert_true(same_cut_everywhere(load("unanswered.pcap"), "unanswered.pcap") > 5);
	assert_true(same_cut_everywhere(load("keepalive.pcapng"), "keepalive.pcapng") > 5);
}

/* ---- small files of each kind */

struct file {
	uint8_t b[300000];
	size_t n;
	bool big;
};

static void put(struct file *f, uint32_t v, int size)
{
	assert_true(f->n + 4 <= sizeof f->b);
	for (int i = 0; i < size; i++)
		f->b[f->n++] = (uint8_t)(v >> 8 * (f->big ? size - 1 - i : i));
}

static void put_header(struct file *f, uint32_t magic, uint32_t major, uint32_t minor, uint32_t snaplen, uint32_t link)
{
	f->n = 0;
	put(f, magic, 4);
	put(f, major, 2);
	put(f, minor, 2);
	put(f, 3600, 4); /* a time zone that nobody looks at */
	put(f, 6, 4);
	put(f, snaplen, 4);
	put(f, link, 4);
}

static void put_packet(struct file *f, uint32_t seconds, uint32_t fraction, uint32_t cap, uint32_t len)
{
	put(f, seconds, 4);
	put(f, fraction, 4);
	put(f, cap, 4);
	put(f, len, 4);
	for (uint32_t i = 0; i < cap; i++)
		put(f, i * 7 + 1, 1);
}

static void put_packets(struct file *f)
{
	put_packet(f, 1700000000, 999999, 14, 60);
	put_packet(f, 1700000001, 5000000, 0, 0);       /* more than a second of microseconds */
	put_packet(f, 4000000000, 123456789, 3, 70000); /* after 2038 */
	put_packet(f, UINT32_MAX, 0, 12, 2);            /* captured more than there was */
	put_packet(f, 0, 1, 0, UINT32_MAX);
}

static struct w101_bytes whole(const struct file *f)
{
	return (struct w101_bytes){ f->b, f->n };
}

static void test_small_files_cut_at_each_byte(void **state)
{
	(void)state;
	static struct file f;
	static const uint32_t magics[] = { 0xa1b2c3d4, 0xa1b23c4d }, snaplens[] = { 0, 1, 13, 262144, UINT32_MAX };
	for (unsigned i = 0; i < 20; i++) {
		char name[64];
		snprintf(name, sizeof name, "small file %u", i);
		f.big = i & 1;
		put_header(&f, magics[i >> 1 & 1], 2, 4, snaplens[i >> 2], 1);
		put_packets(&f);
		assert_int_equal(same_cut_everywhere(whole(&f), name), 5);
	}
}

static void test_versions_cut_at_each_byte(void **state)
{
	(void)state;
	static struct file f;
	static const struct {
		uint32_t major, minor;
		unsigned packets; /* what the first is: as it stands, or with its lengths changed about */
	} versions[] = { { 2, 0, 1 }, { 2, 2, 1 }, { 2, 3, 2 }, { 2, 4, 2 }, { 543, 0, 1 }, { 2, 5, 0 }, { 1, 9, 0 },
		{ 3, 0, 0 }, { 0, 0, 0 } };
	for (unsigned i = 0; i < 2 * sizeof versions / sizeof *versions; i++) {
		char name[64];
		snprintf(name, sizeof name, "version %u.%u", versions[i / 2].major, versions[i / 2].minor);
		f.big = i & 1;
		put_header(&f, 0xa1b2c3d4, versions[i / 2].major, versions[i / 2].minor, 65535, 1);
		put_packet(&f, 1, 2, 20, 52); /* the other way about, the second is part of it */
		put_packet(&f, 3, 4, 16, 16);
		assert_int_equal(same_cut_everywhere(whole(&f), name), versions[i / 2].packets);
	}
}

/* Link types with bits above them, with headers in the capturing machine's byte order, and with packets of any size. */
static void test_link_types_in_both_byte_orders(void **state)
{
	(void)state;
	static struct file f;
	static const uint32_t more[] = { 0x00010001, 0x14000001, 0xfc0000e4, 0x03ffffff, UINT32_MAX };
	for (uint32_t i = 0; i < 2 * 305; i++) {
		uint32_t link = i / 2 < 300 ? i / 2 : more[i / 2 - 300];
		char name[64];
		snprintf(name, sizeof name, "link type %u", link);
		if (link == 12 || link == 14)
			continue; /* the same in each place, and 101 here */
		f.big = i & 1;
		put_header(&f, 0xa1b23c4d, 2, 4, 262144, link);
		put_packet(&f, 1, 2, 90, 90);
		put_packet(&f, 1, 2, 200, 200);
		put_packet(&f, 1, 2, 262145, 262145); /* insane but for a few link types */
		unsigned n = same(whole(&f), false, name);
		assert_true(n == 2 || n == 3);
		assert_int_equal(same(whole(&f), true, name), n);
	}
}

static void test_the_largest_packet_and_one_more(void **state)
{
	(void)state;
	static struct file f;
	for (uint32_t i = 0; i < 8; i++) {
		f.big = i & 1;
		put_header(&f, 0xa1b2c3d4, 2, 4, i & 4 ? UINT32_MAX : 100, 1);
		put_packet(&f, 1, 2, 10, 10);
		put_packet(&f, 1, 2, 262144 + (i >> 1 & 1), 262144);
		put_packet(&f, 1, 2, 10, 10);
		assert_int_equal(same(whole(&f), false, "large packet"), i & 2 ? 1 : 3);
		f.n -= 27;
		assert_int_equal(same(whole(&f), false, "large packet, cut"), 1);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_sample),
		cmocka_unit_test(test_samples_cut_at_each_byte),
		cmocka_unit_test(test_small_files_cut_at_each_byte),
		cmocka_unit_test(test_versions_cut_at_each_byte),
		cmocka_unit_test(test_link_types_in_both_byte_orders),
		cmocka_unit_test(test_the_largest_packet_and_one_more),
	};
	const char *srcdir = getenv("srcdir");
	if (argc > 1)
		snprintf(folder, sizeof folder, "%s", argv[1]);
	else
		snprintf(folder, sizeof folder, "%s/samples", srcdir ? srcdir : ".");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
