/* The table of protocols, the tokens with a meaning, and the opaque decoder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/ascii.h"
#include "base/quota.h"
#include "decode/table.h"

static void tokens(void **state)
{
	(void)state;
	assert_ptr_equal(w101_decoder_find(W101_LIT("websocket")), &w101_websocket_decoder);
	assert_ptr_equal(w101_decoder_find(W101_LIT("WebSocket/13")), &w101_websocket_decoder);
	assert_ptr_equal(w101_decoder_find(W101_LIT("websockets")), &w101_opaque_decoder);
	assert_ptr_equal(w101_decoder_find(W101_LIT("tcp")), &w101_opaque_decoder);
	assert_ptr_equal(w101_decoder_find((struct w101_bytes){ NULL, 0 }), &w101_opaque_decoder);
	static const char *const known[] = { "websocket", "H2C", "h2", "TLS/1.0", "tls/1.3", "tcp", "HTTP/2.0", "connect-udp", "connect-ip" };
	static const char *const unknown[] = { "", "tc", "spdy/3", "x-custom", "h2cc", "/1.0" };
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		assert_true(w101_token_known(w101_str(known[i])));
	for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
		assert_false(w101_token_known(w101_str(unknown[i])));
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(w101_websocket_decoder.protocol, "websocket");
	assert_true(w101_websocket_decoder.n_kinds <= W101_KINDS_MAX);
	assert_string_equal(w101_opaque_decoder.protocol, "opaque");
	assert_int_equal(w101_opaque_decoder.n_kinds, 0);
}

static void opaque(void **state)
{
	struct w101_limits limits = W101_LIMITS_DEFAULT;
	struct w101_quota q;
	struct w101_out out = { 0 }; /* it says nothing */
	struct w101_decoder_status st;
	const struct w101_decoder_ops *ops = &w101_opaque_decoder;
	(void)state;
	limits.preview = 5;
	w101_quota_init(&q, 4096, 0);
	struct w101_handshake h = { .limits = &limits, .quota = &q };
	void *d = ops->open(&h, &out);
	struct w101_chunk c = { .bytes = W101_LIT("abc") }, where = { .offset = 3 };
	assert_int_equal(ops->data(d, W101_CLIENT, &c), W101_FEED_MORE);
	ops->data(d, W101_CLIENT, &c);
	ops->data(d, W101_SERVER, &c);
	ops->gap(d, W101_SERVER, 10, &where);
	ops->data(d, W101_SERVER, &c); /* does not join on */
	ops->end(d, W101_CLIENT, W101_END_FIN, &where);
	ops->finish(d);
	ops->status(d, &st);
	assert_true(w101_eq(st.preview[W101_CLIENT], W101_LIT("abcab")));
	assert_true(w101_eq(st.preview[W101_SERVER], W101_LIT("abc")));
	assert_int_equal(st.wire_payload[W101_CLIENT], 6);
	assert_int_equal(st.plain_payload[W101_SERVER], 6);
	assert_int_equal(st.close_by, W101_NO_DIR);
	assert_string_equal(st.reason, "");
	assert_false(st.clean || st.compression || st.broken[0] || st.broken[1]);
	ops->free(d);
	assert_int_equal(q.used, 0);
	/* no memory for itself, or for the preview */
	q.max = 8;
	assert_null(ops->open(&h, &out));
	q.max = 4096;
	d = ops->open(&h, &out);
	q.max = q.used;
	ops->data(d, W101_CLIENT, &c);
	ops->status(d, &st);
	assert_int_equal(st.preview[W101_CLIENT].n, 0);
	assert_int_equal(st.wire_payload[W101_CLIENT], 3);
	ops->free(d);
	w101_quota_clear(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens),
		cmocka_unit_test(names),
		cmocka_unit_test(opaque),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
