/* The report in excess: many connections, full bounds and disks, hostile bytes. */
#include "report_events.h"

#include "report/spool.h"

static struct w101_report_options options(void)
{
	static const char *const files[] = { "chat.pcap" };
	return (struct w101_report_options){ .payload = W101_PAYLOAD_PREVIEW, .utc = true, .files = files, .n_files = 1,
		.links = "Ethernet" };
}

static const struct w101_ev_summary two = { .packets = 58, .bytes = 12700, .tcp_packets = 58, .flows = 2, .first = T0,
	.last = T0 + 3020000000, .upgrades = { .offered = 2, .switched = 1, .verified = 1, .refused = 1 },
	.findings = { 0, 0, 1 }, .complete = true };

/* More blocks than the spool keeps in memory: all come, in order. */
static void many_connections(void **state)
{
	enum { N = 60000 };
	struct w101_report_options opt = options();
	struct out o;
	struct shake k;
	(void)state;
	out_open(&o, "report", &opt);
	shake_init(&k, "h", "/a-target-that-is-not-short/a-target-that-is-not-short", 404, "Not Found");
	for (uint32_t i = 0; i < N; i++) {
		uint32_t flow = i % 2 ? N - i + 1 : i + 1;
		send_exchange(o.sink, flow, &k);
		struct w101_ev_close c = close_init(&k);
		send_close(o.sink, flow, &c);
	}
	send_summary(o.sink, &two);
	char *text = out_text(&o), *at = text;
	assert_true(o.n > W101_SPOOL_MEMORY);
	for (uint32_t i = 1; i <= N; i++) {
		at = strstr(at, "\n#");
		assert_non_null(at);
		at += 2;
		assert_int_equal(strtoul(at, NULL, 10), i);
	}
	assert_null(strstr(at, "\n#"));
	free(text);
}

/* Without a temporary file the blocks stay in memory, up to the quota; what is beyond is counted. */
static void no_temporary_file(void **state)
{
	static char block[1u << 20];
	struct w101_quota quota;
	struct w101_spool s;
	struct w101_writer w;
	char *text;
	size_t n;
	(void)state;
	w101_quota_init(&quota, 40u << 20, 0);
	w101_spool_init(&s, &quota);
	s.no_file = true;
	memset(block, 'x', sizeof block);
	for (unsigned i = 0; i < 60; i++) {
		w101_spool_put(&s, block, sizeof block);
		w101_spool_end(&s, 60 - i);
	}
	assert_null(s.file);
	assert_int_equal(s.error, 0);
	assert_true(s.lost > 0 && s.lost < 52);
	FILE *f = open_memstream(&text, &n);
	assert_true(w101_writer_init(&w, f, 4096));
	w101_spool_print(&s, &w);
	assert_int_equal(w101_writer_close(&w), 0);
	fclose(f);
	assert_int_equal(n, (60 - s.lost) * sizeof block);
	free(text);
	w101_spool_clear(&s);
	assert_int_equal(quota.used, 0);
	w101_quota_clear(&quota);
}

/* One connection with everything in excess is cut, and says so. */
static void bounded(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	struct shake k;
	(void)state;
	opt.verbose = 1;
	out_open(&o, "report", &opt);
	shake_init(&k, "h", "/", 101, "");
	for (unsigned i = 0; i < 100; i++)
		send_exchange(o.sink, 1, &k);
	for (unsigned id = 0; id < W101_F_COUNT; id++)
		send_finding(o.sink, 1, id, "x", 1, false);
	for (unsigned i = 0; i < 100; i++)
		send_hint(o.sink, 1, "hint");
	for (unsigned i = 0; i < 10000; i++)
		send_message(o.sink, 1, W101_CLIENT, TEXT, W101_LIT("hello"), 1, 5);
	struct w101_ev_close c = close_init(&k);
	send_close(o.sink, 1, &c);
	send_summary(o.sink, &two);
	char *text = out_text(&o);
	assert_true(o.n < 200000);
	assert_non_null(strstr(text, " messages more: -o log shows all\n"));
	assert_non_null(strstr(text, "    and 262 more: -o jsonl has all\n"));
	free(text);
}

/* All bytes that a capture can bring, everywhere. */
static void hostile(void **state)
{
	static const char bad[] = "\x1b]0;x\x07\r\n\xe2\x80\xae\xff\xc2\x9b\xc3";
	struct w101_report_options opt = options();
	const char *const names[] = { bad };
	struct out o;
	struct shake k;
	(void)state;
	opt.verbose = 1;
	opt.files = names;
	opt.links = bad;
	out_open(&o, "report", &opt);
	for (int status = 101; status < 600; status += 299) {
		shake_init(&k, bad, bad, status, bad);
		k.request.method = w101_str(bad);
		if (status == 101)
			k.x.switched = w101_str(bad);
		k.x.subprotocol = k.x.extensions = w101_str(bad);
		k.x.accept.judged = false;
		send_exchange(o.sink, 1, &k);
		send_finding(o.sink, 1, W101_F_req_key_form, bad, 1, false);
	}
	struct w101_event ev = ev_of(W101_EV_FINDING, 1, W101_SERVER);
	ev.u.finding = (struct w101_ev_finding){ .row = w101_finding_row(W101_F_res_syntax), .id = W101_F_res_syntax,
		.seen = w101_str(bad), .wanted = { (const uint8_t *)"\0", 1 }, .detail = w101_str(bad), .count = 1 };
	send(o.sink, &ev);
	send_hint(o.sink, 1, bad);
	send_message(o.sink, 1, W101_CLIENT, TEXT, w101_str(bad), 1, 5);
	struct w101_ev_close c = close_init(&k);
	c.protocol = "opaque";
	c.status.close_by = W101_CLIENT;
	c.status.has_code = true;
	c.status.code = 65535;
	c.status.reason = bad;
	c.status.reason_len = sizeof bad - 1;
	c.status.preview[0] = w101_str(bad);
	send_close(o.sink, 1, &c);
	send_summary(o.sink, &two);
	char *text = out_text(&o);
	assert_harmless(text, o.n);
	assert_non_null(strstr(text, "\\x1b]0;x\\x07\\r\\n\\u{202e}\\xff"));
	free(text);
}

static void full_disk(void **state)
{
	struct w101_report_options opt = options();
	struct w101_sink s;
	FILE *f = fopen("/dev/full", "w");
	(void)state;
	assert_non_null(f);
	for (const struct w101_format *format = w101_formats; format->name; format++) {
		assert_true(format->open(f, &opt, &s));
		send_summary(s, &two);
		assert_int_not_equal(s.ops->close(s.self), 0);
	}
	fclose(f);
}

/* A run that ends without a summary leaves nothing behind. */
static void no_summary(void **state)
{
	struct w101_report_options opt = options();
	struct out o;
	struct shake k;
	(void)state;
	out_open(&o, "report", &opt);
	shake_init(&k, "h", "/", 101, "");
	send_exchange(o.sink, 1, &k);
	char *text = out_text(&o);
	assert_string_equal(text, "");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_connections),
		cmocka_unit_test(no_temporary_file),
		cmocka_unit_test(bounded),
		cmocka_unit_test(hostile),
		cmocka_unit_test(full_disk),
		cmocka_unit_test(no_summary),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
