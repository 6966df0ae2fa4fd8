/* net/: each link type with IPv4 and IPv6 inside, cut by the snapshot length at
 * each place against an unreadable page, and shortened at each place; what
 * belongs to a connection's key; what is no TCP. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "test_net_world.h"

/* ---- headers, written as text: what stands before "hello" in TCP in IP
 *
 * Two hex digits: a byte.  <a|b>: a for IPv4, b for IPv6.  *nn: nn (hex) zero
 * bytes.  L (once): the number of bytes behind it, with IP.  N, n: four more than
 * IP's bytes, in big and little byte order.  Spaces are for people. */

#define MACS "020000000001 020000000002 "
#define TYPE "<0800|86dd>"
#define ETHER MACS TYPE
#define SNAP "aaaa03 000000 " TYPE
#define COOKED "0000 0001 0006 020000000001 0000 "
#define PPP "<0021|0057>"
#define WLAN "0802 0000 020000000001 020000000002 020000000003 1000 " SNAP
#define FIVE_LABELS "00010040 00011040 00012040 00013040 00014040 "

static uint8_t byte(const char *hex)
{
	const char two[] = { hex[0], hex[1], 0 };
	return (uint8_t)strtoul(two, NULL, 16);
}

static void put_head(struct build *p, unsigned version, const char *t)
{
	uint32_t ip = version == 4 ? 45 : 65, length = 0;
	for (; *t; t++)
		switch (*t) {
		case ' ':
		case '>':
			break;
		case '<':
			t = version == 4 ? t : strchr(t, '|');
			break;
		case '|':
			t = strchr(t, '>');
			break;
		case '*':
			for (unsigned n = byte(++t); n > 0; n--)
				PUT(p, 0);
			t++;
			break;
		case 'L':
			length = p->n;
			put16(p, 0);
			break;
		case 'N':
			put16(p, 4 + ip);
			break;
		case 'n':
			put16(p, (4 + ip) << 8);
			break;
		default:
			PUT(p, byte(t++));
		}
	if (length) {
		uint32_t n = p->n - length - 2 + ip;
		p->b[length] = (uint8_t)(n >> 8);
		p->b[length + 1] = (uint8_t)n;
	}
}

static void put_ip(struct build *p, unsigned version)
{
	if (version == 4)
		put_v4(p, 0, 20 + 25, 0, 6);
	else
		put_v6(p, 25, 6);
	put_tcp(p, 0, "hello");
}

static const struct row {
	uint32_t link;
	unsigned context; /* 1: there is one */
	unsigned version; /* the only one; 0: both */
	const char *head;
} rows[] = {
	{ 1, 0, 0, ETHER },
	{ 1, 1, 0, MACS "8100 6007" TYPE },
	{ 1, 1, 0, MACS "88a8 0064 9100 00c8 9200 012c 8100 0190  88a8 0065 9100 00c9 9200 012d 8100 0191" TYPE },
	{ 1, 0, 0, MACS "L" SNAP },
	{ 1, 1, 0, MACS "8100 0007 L aaaa03 0000f8" TYPE },
	{ 1, 0, 0, MACS "L 060603" },
	{ 1, 0, 0, MACS "6558" ETHER },
	{ 1, 1, 0, MACS "8864 1100 1234 L" PPP },
	{ 1, 0, 0, MACS "880b ff03" PPP },
	{ 1, 0, 0, MACS "8847" FIVE_LABELS FIVE_LABELS FIVE_LABELS "0001f140" },
	{ 1, 0, 0, MACS "8848 <00000140|00002140>" },
	{ 113, 0, 0, COOKED TYPE },
	{ 113, 1, 0, COOKED "8100 0007" TYPE },
	{ 113, 0, 0, COOKED "0004" SNAP },
	{ 276, 0, 0, TYPE "0000 00000003 0001 04 06 0200000000010000" },
	{ 276, 1, 0, "8100 0000 00000003 0001 04 06 0200000000010000 0007" TYPE },
	{ 0, 0, 0, "<02|1e> 000000" },
	{ 0, 0, 0, "000000 <02|18>" },
	{ 108, 0, 0, "000000 <02|18>" },
	{ 101, 0, 0, "" },
	{ 12, 0, 0, "" },
	{ 14, 0, 0, "" },
	{ 228, 0, 4, "" },
	{ 229, 0, 6, "" },
	{ 9, 0, 0, PPP },
	{ 9, 0, 0, "ff03" PPP },
	{ 9, 0, 0, "<21|57>" },
	{ 9, 0, 0, "0281 000641ff" },
	{ 9, 0, 0, "0283 000641ff" },
	{ 50, 0, 0, "ff03" PPP },
	{ 50, 0, 0, "0f00" TYPE },
	{ 50, 0, 0, "8f00" TYPE },
	{ 204, 0, 0, "00 ff03" PPP },
	{ 204, 0, 0, "01 ff03" PPP },
	{ 204, 0, 0, "00" PPP },
	{ 204, 0, 0, "01 <21|57>" },
	{ 204, 0, 0, "00 0281 000641ff" },
	{ 51, 1, 0, "1100 1234 L" PPP },
	{ 104, 0, 0, "0f00" TYPE },
	{ 104, 0, 0, "8f00" TYPE },
	{ 219, 0, 0, "00010140" },
	{ 219, 1, 0, "00010040 00011140 00001234" MACS "8100 0007" TYPE },
	/* packet header, prefix, nested connection tracking, payload */
	{ 239, 0, 0, "<02|0a> 00 0005  0800 0100 08000300  0900 0a00 64726f7000 000000  0800 1280 01020304  n 0900" },
	{ 239, 0, 0, "<02|0a> 00 0005  0008 0001 08000300  0009 000a 64726f7000 000000  0008 8012 01020304  N 0009" },
	{ 239, 0, 0, "07 00 0005  0800 0100 08000300  n 0900" },
	{ 117, 0, 0, "45 <02|1c> *46" }, /* FreeBSD, macOS, OpenBSD */
	{ 117, 0, 0, "3d <02|1e> *3e" },
	{ 117, 0, 0, "64 <02|18> *62" },
	{ 105, 0, 0, WLAN },
	{ 127, 0, 0, "00 00 1200 2e480000 00 02 6c09a000 d0 01 0000" WLAN },
	{ 192, 0, 0, "00 00 2000 69000000 0200 1400 *08 0000 1600 6c09a000 0000 d09c" WLAN },
	{ 192, 0, 0, "00 00 0800 01000000" ETHER },
	{ 192, 0, 0, "00 00 0800 0c000000" },
	{ 163, 0, 0, "80211001 00000040 *38" WLAN },
	{ 119, 0, 0, "80211002 00000040 *38" WLAN },
	{ 119, 0, 0, "44000000 90000000 *88" WLAN },
};

static void assert_hello(const struct fixture *f, unsigned version, size_t captured)
{
	static const uint8_t client4[] = { 10, 0, 0, 5 }, server6[] = { 0x20, 1, 0xd, 0xb8, [15] = 2 };
	assert_int_equal(f->n, 1);
	assert_int_equal(f->s[0].src.port, 51022);
	assert_int_equal(f->s[0].dst.port, 80);
	assert_int_equal(f->s[0].seq, 0x01020304);
	assert_int_equal(f->s[0].src.addr.family, version);
	if (version == 4)
		assert_memory_equal(f->s[0].src.addr.b, client4, 4);
	else
		assert_memory_equal(f->s[0].dst.addr.b, server6, 16);
	assert_int_equal(f->s[0].payload_len, 5);
	assert_int_equal(f->s[0].payload.n, captured);
	assert_memory_equal(f->s[0].payload.p, "hello", captured);
}

/* The packet ends after cap of its bytes, against an unreadable page. */
static void cut_at(struct fixture *f, const struct row *row, unsigned version, uint32_t tcp, const struct build *p,
	uint32_t cap, uint32_t len)
{
	struct w101_guard g = w101_guard_copy(p->b, cap);
	enum w101_net_result r = give_at(f, row->link, g.bytes.p, cap, len, W101_SECOND);
	if (cap < tcp + 14) {
		if (len > cap)
			assert_int_equal(r, W101_NET_CUT);
		else
			assert_int_not_equal(r, W101_NET_TCP);
		assert_int_equal(f->n, 0);
	} else {
		assert_int_equal(r, W101_NET_TCP);
		assert_hello(f, version, cap > tcp + 20 ? cap - tcp - 20 : 0);
		assert_int_equal(f->s[0].context != 0, row->context);
	}
	w101_guard_free(&g);
}

static void test_each_link_type_cut_anywhere(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (unsigned version = 4; version <= 6; version += 2) {
			if (rows[i].version && rows[i].version != version)
				continue;
			struct build p = { .n = 0 };
			put_head(&p, version, rows[i].head);
			uint32_t tcp = p.n + (version == 4 ? 20 : 40);
			put_ip(&p, version);
			for (uint32_t cap = 0; cap <= p.n; cap++) {
				cut_at(f, &rows[i], version, tcp, &p, cap, p.n); /* by the snapshot length */
				cut_at(f, &rows[i], version, tcp, &p, cap, cap); /* without saying so */
			}
		}
}

static void test_padding_behind_is_no_payload(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned version = rows[i].version ? rows[i].version : 4;
		struct build p = { .n = 0 };
		put_head(&p, version, rows[i].head);
		put_ip(&p, version);
		put(&p, "padding", 7);
		assert_int_equal(give(f, rows[i].link, &p), W101_NET_TCP);
		assert_hello(f, version, 5);
	}
}

/* IP without a length of its own (the card fills it in): the link's length decides. */
static void test_lengths_of_links_bound_the_payload(void **state)
{
	static const struct row bounded[] = {
		{ 1, 0, 4, MACS "L" SNAP }, { 1, 0, 4, MACS "L 060603" },
		{ 51, 0, 4, "1100 1234 L" PPP }, { 239, 0, 4, "02 00 0000 N 0009" },
	};
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof bounded / sizeof *bounded; i++) {
		struct build p = { .n = 0 };
		put_head(&p, 4, bounded[i].head);
		put_v4(&p, 0, 0, 0, 6);
		put_tcp(&p, 0, "hello and padding");
		assert_int_equal(give(f, bounded[i].link, &p), W101_NET_TCP);
		assert_hello(f, 4, 5);
	}
}

/* 1500 is the longest 802.3 frame, not the first EtherType. */
static void test_longest_llc_frame(void **state)
{
	struct fixture *f = *state;
	struct build p = { .n = 0 };
	char payload[1500 - 3 - 40 + 1];
	memset(payload, 'x', sizeof payload - 1);
	payload[sizeof payload - 1] = 0;
	put_head(&p, 4, MACS "05dc 060603");
	put_v4(&p, 0, 1497, 0, 6);
	put_tcp(&p, 0, payload);
	assert_int_equal(give(f, 1, &p), W101_NET_TCP);
	assert_int_equal(f->s[0].payload.n, sizeof payload - 1);
}

static void test_link_names(void **state)
{
	(void)state;
	assert_string_equal(w101_net_link_name(1), "Ethernet");
	assert_string_equal(w101_net_link_name(0), "BSD loopback");
	assert_string_equal(w101_net_link_name(276), "Linux cooked v2");
	assert_string_equal(w101_net_link_name(104), "Cisco HDLC");
	assert_string_equal(w101_net_link_name(127), "802.11 with radiotap");
	assert_null(w101_net_link_name(147));
	assert_null(w101_net_link_name(UINT32_MAX));
}

/* ---- context */

static enum w101_net_result behind(struct fixture *f, uint32_t link, const char *head)
{
	struct build p = { .n = 0 };
	put_head(&p, 4, head);
	put_ip(&p, 4);
	enum w101_net_result r = give(f, link, &p);
	assert_int_equal(f->n, r == W101_NET_TCP);
	return r;
}

static uint64_t context_of(struct fixture *f, uint32_t link, const char *head)
{
	assert_int_equal(behind(f, link, head), W101_NET_TCP);
	assert_hello(f, 4, 5);
	return f->s[0].context;
}

static void test_vlan_belongs_to_the_key(void **state)
{
	struct fixture *f = *state;
	uint64_t seven = context_of(f, 1, MACS "8100 0007 0800");
	assert_int_not_equal(seven, 0);
	assert_int_equal(seven, context_of(f, 1, MACS "88a8 0007 8100 0000 0800")); /* priority alone */
	assert_int_equal(seven, context_of(f, 1, MACS "88a8 0000 8100 0007 0800"));
	assert_int_equal(seven, context_of(f, 1, MACS "8100 e007 0800"));           /* priority is not part of it */
	assert_int_equal(seven, context_of(f, 1, MACS "88a8 0fff 8100 0007 0800")); /* reserved */
	assert_int_equal(seven, context_of(f, 113, COOKED "8100 0007 0800"));
	assert_int_not_equal(seven, context_of(f, 1, MACS "8100 0008 0800"));
	assert_int_not_equal(seven, context_of(f, 1, MACS "8100 0ffe 0800"));
	assert_int_not_equal(seven, context_of(f, 1, MACS "88a8 0007 8100 0007 0800"));
	assert_int_not_equal(context_of(f, 1, MACS "88a8 0007 8100 0008 0800"),
		context_of(f, 1, MACS "88a8 0008 8100 0007 0800"));
	assert_int_equal(context_of(f, 1, MACS "8100 0000 0800"), 0);
	assert_int_equal(context_of(f, 1, MACS "88a8 e000 8100 efff 0800"), 0);
}

static void test_pppoe_session_belongs_to_the_key(void **state)
{
	struct fixture *f = *state;
	uint64_t seven = context_of(f, 51, "1100 0007 L 0021");
	assert_int_equal(seven, context_of(f, 1, MACS "8864 1100 0007 L 0021"));
	assert_int_not_equal(seven, context_of(f, 51, "1100 0008 L 0021"));
	assert_int_not_equal(seven, context_of(f, 1, MACS "8100 0007 0800"));
}

static void test_labels_do_not_belong_to_the_key(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(context_of(f, 219, "00010140"), 0);
	assert_int_equal(context_of(f, 219, "00020040 00030140"), 0);
}

/* ---- near misses */

static void test_ethertypes_that_are_not_read(void **state)
{
	static const char *const types[] = { "05dd", "05ff", "0600", "0806", "8863", "88cc", "ffff" };
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		char head[64];
		snprintf(head, sizeof head, MACS "%s", types[i]);
		assert_int_equal(behind(f, 1, head), W101_NET_OTHER);
	}
}

static void test_a_ninth_tag_is_too_many(void **state)
{
	struct fixture *f = *state;
#define FOUR_TAGS "8100 0007 8100 0007 8100 0007 8100 0007 "
	assert_int_equal(behind(f, 1, MACS FOUR_TAGS FOUR_TAGS "0800"), W101_NET_TCP);
	assert_int_equal(behind(f, 1, MACS FOUR_TAGS FOUR_TAGS "8100 0007 0800"), W101_NET_OTHER);
}

static void test_llc_that_is_not_ip(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(behind(f, 1, MACS "L aaaa03 000000 0800"), W101_NET_TCP);
	assert_int_equal(behind(f, 1, MACS "L aaaa03 0000f8 0800"), W101_NET_TCP);
	assert_int_equal(behind(f, 1, MACS "L aaaa03 00000c 0800"), W101_NET_OTHER); /* Cisco's numbers */
	assert_int_equal(behind(f, 1, MACS "L aaaa03 010000 0800"), W101_NET_OTHER);
	assert_int_equal(behind(f, 1, MACS "L aaaa03 000000 0030 060603"), W101_NET_OTHER); /* no lengths there */
	assert_int_equal(behind(f, 1, MACS "L aaaa01 000000 0800"), W101_NET_OTHER);
	assert_int_equal(behind(f, 1, MACS "L abaa03 000000 0800"), W101_NET_OTHER);
	assert_int_equal(behind(f, 1, MACS "L aaab03 000000 0800"), W101_NET_OTHER);
	assert_int_equal(behind(f, 1, MACS "L 060603"), W101_NET_TCP);
	assert_int_equal(behind(f, 1, MACS "L 060703"), W101_NET_OTHER);
	assert_int_equal(behind(f, 1, MACS "L 070603"), W101_NET_OTHER);
	assert_int_equal(behind(f, 1, MACS "L 06067f"), W101_NET_OTHER);
	assert_int_equal(behind(f, 1, MACS "L 424203"), W101_NET_OTHER); /* spanning tree */
	assert_int_equal(behind(f, 1, MACS "0002 060603"), W101_NET_MALFORMED);
}

static void test_cooked_frames_of_strangers(void **state)
{
	static const char *const strangers[] = { "0302", "0323", "0338" }; /* FRAD, radiotap, netlink */
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
		char head[96];
		snprintf(head, sizeof head, "0000 %s 0006 0200000000010000 0800", strangers[i]);
		assert_int_equal(behind(f, 113, head), W101_NET_OTHER);
		snprintf(head, sizeof head, "0800 0000 00000003 %s 04 06 0200000000010000", strangers[i]);
		assert_int_equal(behind(f, 276, head), W101_NET_OTHER);
	}
	assert_int_equal(behind(f, 113, "0000 0118 0000 0000000000000000 000c"), W101_NET_OTHER); /* CAN */
}

static void test_ppp_that_is_not_ip(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(behind(f, 9, "ff03 21"), W101_NET_TCP);
	assert_int_equal(behind(f, 9, "ff04 0021"), W101_NET_OTHER);
	assert_int_equal(behind(f, 9, "ff03 c021"), W101_NET_OTHER); /* link control */
	assert_int_equal(behind(f, 9, "002d"), W101_NET_OTHER);      /* compressed TCP/IP */
	assert_int_equal(behind(f, 9, "2f"), W101_NET_OTHER);
	assert_int_equal(behind(f, 204, "00 c021"), W101_NET_OTHER);
	assert_int_equal(behind(f, 104, "8f00 8035"), W101_NET_OTHER); /* SLARP */
	assert_int_equal(behind(f, 104, "0f00 L 060603"), W101_NET_OTHER);
	assert_int_equal(behind(f, 51, "1109 0001 L 0021"), W101_NET_OTHER); /* discovery */
	assert_int_equal(behind(f, 51, "2100 0001 L 0021"), W101_NET_OTHER);
	assert_int_equal(behind(f, 51, "1100 0001 0001 0021"), W101_NET_MALFORMED);
}

static void test_what_follows_mpls_labels(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(behind(f, 219, FIVE_LABELS FIVE_LABELS FIVE_LABELS "0001f140"), W101_NET_TCP);
	assert_int_equal(behind(f, 219, FIVE_LABELS FIVE_LABELS FIVE_LABELS "0001f040 00020140"), W101_NET_OTHER);
	/* a control word has 12 bits that are 0; an address that begins as one is none; 1 is no data */
	assert_int_equal(behind(f, 219, "00010140 00000000" ETHER), W101_NET_TCP);
	assert_int_equal(behind(f, 219, "00010140 001b0000" ETHER), W101_NET_OTHER);
	assert_int_equal(behind(f, 219, "00010140 01000000" ETHER), W101_NET_OTHER);
	assert_int_equal(behind(f, 219, "00010140 10000021"), W101_NET_OTHER);
	/* an Ethernet pseudowire without it, whatever its address begins with */
	assert_int_equal(behind(f, 219, "00010140 f2 0000000001 020000000002 0800"), W101_NET_TCP);
	assert_int_equal(behind(f, 219, "00010140 00 1b00000001 020000000002 0800"), W101_NET_TCP);
	assert_int_equal(behind(f, 219, "00010140 00 0000000001 020000000002 0800"), W101_NET_TCP);
	assert_int_equal(behind(f, 219, "00010140 40 0000000001 020000000002 0800"), W101_NET_TCP);
	assert_int_equal(behind(f, 219, "00010140 f2 0000000001 020000000002 0806"), W101_NET_OTHER);
}

static void test_families_that_are_not_ip(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(behind(f, 0, "07000000"), W101_NET_OTHER);
	assert_int_equal(behind(f, 108, "00000007"), W101_NET_OTHER);
	assert_int_equal(behind(f, 0, "02000100"), W101_NET_OTHER);
}

static void test_nflog_values(void **state)
{
	static const uint8_t no_payload[] = { 2, 0, 0, 0, 8, 0, 1, 0, 8, 0, 3, 0 };
	struct fixture *f = *state;
	assert_int_equal(behind(f, 239, "02 00 0000 n 0900"), W101_NET_TCP);
	assert_int_equal(behind(f, 239, "02 00 0000 N 0009"), W101_NET_TCP);
	assert_int_equal(behind(f, 239, "02 01 0000 n 0900"), W101_NET_OTHER);        /* version */
	assert_int_equal(behind(f, 239, "02 00 0000 n 0901"), W101_NET_MALFORMED);    /* no order fits */
	assert_int_equal(behind(f, 239, "02 00 0000 0300 0900"), W101_NET_MALFORMED); /* shorter than itself */
	assert_int_equal(behind(f, 239, "02 00 0000 0000 0100"), W101_NET_MALFORMED);
	assert_int_equal(behind(f, 239, "02 00 0000 3101 0100"), W101_NET_MALFORMED); /* longer than the packet */
	assert_int_equal(behind(f, 239, "07 00 0000 n 0900 0001"), W101_NET_OTHER);   /* ARP on a bridge */
	assert_int_equal(give_at(f, 239, no_payload, 12, 12, 0), W101_NET_OTHER);
	assert_int_equal(give_at(f, 239, no_payload, 4, 4, 0), W101_NET_OTHER);
}

static void test_pflog_headers(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(behind(f, 117, "2d 02 *2e"), W101_NET_TCP);
	assert_int_equal(behind(f, 117, "40 02 *3e"), W101_NET_TCP);
	assert_int_equal(behind(f, 117, "fd 02 *fe"), W101_NET_TCP);
	assert_int_equal(behind(f, 117, "3d 00 *3e"), W101_NET_OTHER);
	assert_int_equal(behind(f, 117, "3d 01 *3e"), W101_NET_OTHER);
	assert_int_equal(behind(f, 117, "2c 02 *2a"), W101_NET_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(t) cmocka_unit_test_setup_teardown(t, world_setup, world_teardown)
		TEST(test_each_link_type_cut_anywhere),
		TEST(test_padding_behind_is_no_payload),
		TEST(test_lengths_of_links_bound_the_payload),
		TEST(test_longest_llc_frame),
		TEST(test_link_names),
		TEST(test_vlan_belongs_to_the_key),
		TEST(test_pppoe_session_belongs_to_the_key),
		TEST(test_labels_do_not_belong_to_the_key),
		TEST(test_ethertypes_that_are_not_read),
		TEST(test_a_ninth_tag_is_too_many),
		TEST(test_llc_that_is_not_ip),
		TEST(test_cooked_frames_of_strangers),
		TEST(test_ppp_that_is_not_ip),
		TEST(test_what_follows_mpls_labels),
		TEST(test_families_that_are_not_ip),
		TEST(test_nflog_values),
		TEST(test_pflog_headers),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
