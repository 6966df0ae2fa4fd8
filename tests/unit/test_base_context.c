/* base/: VLANs and tunnels in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <wire101/segment.h>

#include "base/context.h"

static uint64_t in(enum w101_scope scope, uint32_t number)
{
	return (uint64_t)scope << W101_CONTEXT_SCOPE | number;
}

static void says(uint64_t client, uint64_t server, const char *wanted)
{
	char text[W101_CONTEXT_WORDS];
	assert_string_equal(w101_context_words((uint64_t[2]){ client, server }, text), wanted);
}

static void words(void **state)
{
	(void)state;
	says(0, 0, "");
	says(in(W101_SCOPE_VLAN, 10), in(W101_SCOPE_VLAN, 10), "VLAN 10");
	says(in(W101_SCOPE_VLAN, 4094), 0, "VLAN 4094 / none");
	says(in(W101_SCOPE_GTP, 1), in(W101_SCOPE_GTP, UINT32_MAX), "GTP-U TEID 0x1 / GTP-U TEID 0xffffffff");
	says(in(W101_SCOPE_PPPOE, 0x1234), in(W101_SCOPE_PPPOE, 0x1234), "PPPoE session 0x1234");
	says(in(W101_SCOPE_ERSPAN, 7), in(W101_SCOPE_ERSPAN, 7), "ERSPAN");
	uint64_t nested = W101_CONTEXT_HASHED | in(W101_SCOPE_VXLAN, 0) | 0x123456789abcde;
	says(nested, nested, "nested VXLAN");
	says(nested ^ 1, nested, "nested VXLAN / nested VXLAN");
}

static void nonsense_is_no_harm(void **state)
{
	char text[W101_CONTEXT_WORDS];
	(void)state;
	for (uint64_t scope = 0; scope < 256; scope++)
		assert_non_null(w101_context_words((uint64_t[2]){ scope << W101_CONTEXT_SCOPE | 5, scope << W101_CONTEXT_SCOPE }, text));
	says(UINT64_MAX, UINT64_MAX, "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(words), cmocka_unit_test(nonsense_is_no_harm) };
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
