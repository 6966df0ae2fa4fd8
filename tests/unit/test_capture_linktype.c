/* capture/: the table of link types holds what libpcap does with every number. */
#include "config.h"

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

/* What libpcap makes of the number in a file's header. */
static int libpcap_opens_as(uint32_t link)
{
	char text[PCAP_ERRBUF_SIZE];
	uint32_t header[6] = { 0xa1b2c3d4, 0, 0, 0, 65535, link };
	memcpy(&header[1], (uint16_t[]){ 2, 4 }, 4);
	FILE *f = fmemopen(header, sizeof header, "rb");
	assert_non_null(f);
	pcap_t *p = pcap_fopen_offline(f, text);
	assert_non_null(p);
	int dlt = pcap_datalink(p);
	pcap_close(p);
	return dlt;
}

/* The number that libpcap writes to a file; UINT32_MAX: none. */
static uint32_t libpcap_writes(int dlt)
{
	uint32_t header[6] = { 0 };
	pcap_t *p = pcap_open_dead(dlt, 65535);
	FILE *f = fmemopen(header, sizeof header, "wb");
	assert_true(p && f);
	pcap_dumper_t *d = pcap_dump_fopen(p, f);
	if (d)
		pcap_dump_close(d);
	pcap_close(p);
	return d ? header[5] : UINT32_MAX;
}

static void test_files_to_libpcap(void **state)
{
	(void)state;
	for (uint32_t link = 0; link < 400; link++)
		if (link != 14) /* which libpcap takes for what this system means by it */
			assert_int_equal(w101_linktype_to_dlt(link), libpcap_opens_as(link));
}

static void test_libpcap_to_files(void **state)
{
	(void)state;
	unsigned known = 0;
	for (int dlt = 0; dlt < 400; dlt++) {
		uint32_t link = libpcap_writes(dlt);
		if (link == UINT32_MAX || !pcap_datalink_val_to_name(dlt))
			continue;
		assert_int_equal(w101_linktype_of_dlt(dlt), link);
		assert_int_equal(w101_linktype_to_dlt(link), dlt);
		known++;
	}
	assert_true(known > 100);
}

static void test_numbers_that_stand_for_others(void **state)
{
	(void)state;
	assert_int_equal(w101_linktype_usual(12), 101);
	assert_int_equal(w101_linktype_usual(14), 101);
	assert_int_equal(w101_linktype_usual(19), 106);
	assert_int_equal(w101_linktype_usual(11), 100);
	assert_int_equal(w101_linktype_usual(15), 102);
	assert_int_equal(w101_linktype_usual(16), 103);
	assert_int_equal(w101_linktype_usual(13), 13);
	assert_int_equal(w101_linktype_usual(0), 0);
	assert_int_equal(w101_linktype_to_dlt(14), DLT_RAW);
	assert_int_equal(w101_linktype_of_dlt(DLT_RAW), 101);
	assert_int_equal(w101_linktype_to_dlt(101), DLT_RAW);
	for (uint32_t link = 0; link < 400; link++) {
		assert_int_equal(w101_linktype_usual(w101_linktype_usual(link)), w101_linktype_usual(link));
		if (link >= 20)
			assert_int_equal(w101_linktype_usual(link), link);
	}
}

static void test_names(void **state)
{
	(void)state;
	char buffer[16];
	assert_string_equal(w101_linktype_name(1, buffer), "EN10MB");
	assert_string_equal(w101_linktype_name(113, buffer), "LINUX_SLL");
	assert_string_equal(w101_linktype_name(101, buffer), "RAW");
	assert_string_equal(w101_linktype_name(12, buffer), "RAW");
	assert_string_equal(w101_linktype_name(399, buffer), "399");
	assert_string_equal(w101_linktype_name(UINT32_MAX, buffer), "4294967295");
	assert_string_equal(w101_linktype_words(1), "Ethernet");
	assert_string_equal(w101_linktype_words(276), "Linux cooked v2");
	assert_null(w101_linktype_words(399));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files_to_libpcap),
		cmocka_unit_test(test_libpcap_to_files),
		cmocka_unit_test(test_numbers_that_stand_for_others),
		cmocka_unit_test(test_names),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
