/* The rows "Closing" of CHECKS and the close in the decoder's status. */
#include "test_ws_script.h"

static void payloads(void **state)
{
	(void)state;
	expect("", "> close hex:03\n< close hex:03e8c0",
		"> close reason= @0 len=1\n> ! close-length @0\n"
		"< close code=1000 reason=\xc0 @0 len=3\n< ! close-utf8 @0 (byte 0 of the reason)\n");
	expect("", "> close 1000 hex:e282\n< close 1000 hex:e282ac",
		"> close code=1000 reason=\xe2\x82 @0 len=4\n> ! close-utf8 @0 (byte 2 of the reason)\n"
		"< close code=1000 reason=\xe2\x82\xac @0 len=5\n");
	/* near: empty, and a code alone */
	expect("", "> close\n< close 1000", "> close reason= @0 len=0\n< close code=1000 reason= @0 len=2\n");
	/* too long, but its end is still looked at */
	expect("", "< close 1000 rep:124", "< ! ws-control-long @0\n"
		"< close code=1000 reason=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa @0 len=126\n");
}

static void codes(void **state)
{
	static const struct { int code; const char *client, *server; } rows[] = {
		{ 0, "close-range", "close-range" }, { 999, "close-range", "close-range" }, { 1000, "", "" }, { 1003, "", "" },
		{ 1004, "close-range", "close-range" }, { 1005, "close-reserved (No Status Received)", "close-reserved (No Status Received)" },
		{ 1006, "close-reserved (Abnormal Closure)", "close-reserved (Abnormal Closure)" }, { 1007, "", "" }, { 1009, "", "" },
		{ 1010, "", "close-role (Mandatory Extension)" }, { 1011, "close-role-1011 (Internal Error)", "" }, { 1012, "", "" },
		{ 1014, "", "" }, { 1015, "close-reserved (TLS Handshake)", "close-reserved (TLS Handshake)" }, { 1016, "close-range", "close-range" },
		{ 2999, "close-range", "close-range" }, { 3000, "", "" }, { 3999, "", "" }, { 4000, "", "" }, { 4999, "", "" },
		{ 5000, "close-range", "close-range" }, { 65535, "close-range", "close-range" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		for (int d = 0; d < 2; d++) {
			char text[64], want[256];
			const char *row = d ? rows[i].server : rows[i].client, *detail = strchr(row, ' ');
			int n = snprintf(want, sizeof want, "%c close code=%d reason= @0 len=2\n", "><"[d], rows[i].code);
			snprintf(text, sizeof text, "%c close %d", "><"[d], rows[i].code);
			if (*row)
				snprintf(want + n, sizeof want - (size_t)n, "%c ! %.*s @0%s\n", "><"[d],
					(int)(detail ? detail - row : (long)strlen(row)), row, detail ? detail : "");
			expect("", text, want);
		}
	}
}

static void data_after(void **state)
{
	(void)state;
	expect("", "> close 1000\n> text \"late\"\n> ping \"p\"\n< text \"fine\"",
		"> close code=1000 reason= @0 len=2\n> ! close-data-after @8\n> text @8 len=4 \"late\"\n"
		"> message text frames=1 wire=4/10 len=4 \"late\"\n> ping @18 len=1 \"p\"\n"
		"< text @0 len=4 \"fine\"\n< message text frames=1 wire=4/6 len=4 \"fine\"\n");
}

static void unanswered(void **state)
{
	(void)state;
	expect("", "> close 1000\n< ping \"\"\n< end fin\n> end fin",
		"> close code=1000 reason= @0 len=2\n< ping @0 len=0 \"\"\n< ! close-unanswered @2 (it ended with FIN)\n");
	expect("", "< close 1001\n> end rst\n< end rst",
		"< close code=1001 reason= @0 len=2\n> ! close-unanswered @0 (it ended with RST)\n");
	/* near: who was asked had ended TCP before; answered; the capture ends; the answer may be in a gap; no frames at all */
	expect("", "time 1\n< end fin\ntime 2\n> close 1000\n> end rst", "> close code=1000 reason= @0 len=2\n");
	expect("", "> close 1000\n< close 1000\n< end fin\n> end fin",
		"> close code=1000 reason= @0 len=2\n< close code=1000 reason= @0 len=2\n");
	expect("", "> close 1000\n< end capture\n> end capture", "> close code=1000 reason= @0 len=2\n");
	expect("", "> close 1000\n< gap 4\n< end fin\n> end fin",
		"> close code=1000 reason= @0 len=2\n< ! gap-suspends @4 (0 bytes skipped, no frames found again)\n");
	expect("", "> close 1000\n< raw \"HTTP/1.1 500 No\"\n< end fin\n> end fin",
		"> close code=1000 reason= @0 len=2\n< ! ws-not-frames @0 (this side is not decoded any further)\n");
}

static void code_differs(void **state)
{
	(void)state;
	expect("", "> close 1000\n< close 1001",
		"> close code=1000 reason= @0 len=2\n< close code=1001 reason= @0 len=2\n< ! close-code-differs @0\n");
	/* near: no code to differ; both closed before they had the other's Close */
	expect("", "> close 1000\n< close", "> close code=1000 reason= @0 len=2\n< close reason= @0 len=0\n");
	expect("", "> close 1000\nacked 7\n< close 1001",
		"> close code=1000 reason= @0 len=2\n< close code=1001 reason= @0 len=2\n");
	expect("", "> close 1000\nacked 8\n< close 1001",
		"> close code=1000 reason= @0 len=2\n< close code=1001 reason= @0 len=2\n< ! close-code-differs @0\n");
}

static struct w101_decoder_status status_of(const char *text, char reason[256])
{
	struct w101_decoder_status st;
	struct script s;
	struct setup u = setup_plain("");
	script_init(&s);
	add_text(&s, text);
	free(run_once(&u, &s, WHOLE, 0, &st, reason));
	script_free(&s);
	return st;
}

static void status(void **state)
{
	char reason[256];
	(void)state;
	struct w101_decoder_status st = status_of("> text \"a\"\n> end fin\n< end fin", reason);
	assert_int_equal(st.close_by, W101_NO_DIR);
	assert_false(st.clean);
	assert_string_equal(st.reason, "");
	assert_true(st.close_at[0] == W101_TIME_NONE && st.close_at[1] == W101_TIME_NONE);
	assert_int_equal(st.plain_payload[W101_CLIENT], 1);

	st = status_of("time 5\n> close 4001 \"done\"\ntime 6\n< close 1000 \"x\"", reason);
	assert_int_equal(st.close_by, W101_CLIENT);
	assert_true(st.has_code && st.clean);
	assert_int_equal(st.code, 4001);
	assert_string_equal(st.reason, "done");
	assert_true(st.close_at[0] == 5000000 && st.close_at[1] == 6000000);

	/* delivered first is not sent first; equal times: as delivered */
	st = status_of("time 6\n> close 4001 \"late\"\ntime 5\n< close 1000 \"first\"", reason);
	assert_int_equal(st.close_by, W101_SERVER);
	assert_int_equal(st.code, 1000);
	assert_string_equal(st.reason, "first");
	st = status_of("time 5\n< close\n> close 1000 \"x\"", reason);
	assert_int_equal(st.close_by, W101_SERVER);
	assert_false(st.has_code);
	assert_string_equal(st.reason, "");
	assert_true(st.clean);

	assert_false(status_of("> close 1006\n< close 1006", reason).clean);
	assert_false(status_of("> close 1000\n> text \"x\"\n< close 1000", reason).clean);
	assert_false(status_of("> close 1000", reason).clean);
	/* the second Close of a side says nothing new */
	st = status_of("> close 1000 \"a\"\n> close 1001 \"b\"", reason);
	assert_int_equal(st.code, 1000);
	assert_string_equal(st.reason, "a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(payloads),
		cmocka_unit_test(codes),
		cmocka_unit_test(data_after),
		cmocka_unit_test(unanswered),
		cmocka_unit_test(code_differs),
		cmocka_unit_test(status),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
