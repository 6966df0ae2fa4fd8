/* stream/: VLANs and tunnels are part of what a connection is, and each of its
 * sides may come in its own. */
#include "test_stream_world.h"

static void both(struct world *w, uint64_t client, uint64_t server)
{
	w->context[0] = client;
	w->context[1] = server;
}

SCENE(same_addresses_in_two_vlans_are_two_connections)
{
	both(w, 10, 10);
	shake(w);
	assert_int_equal(w->number, 1);
	both(w, 20, 20);
	w->isn[0] = 500000000;
	w->isn[1] = 700000000;
	shake(w);
	assert_int_equal(w->number, 2);
	seg(w, 'c', 0, 0, ACK, "two");
	both(w, 10, 10);
	w->isn[0] = 1000;
	w->isn[1] = 9000;
	seg(w, 'c', 0, 0, ACK, "one");
	assert_int_equal(w->number, 1);
	seg(w, 's', 0, 3, ACK, "ONE");
	SAYS(w, "c:twoone s:ONE");
	assert_int_equal(w101_stream_flows(w->stream), 2);
}

/* A mirror before and behind a router has each packet twice. */
SCENE(one_connection_seen_in_two_vlans_is_two)
{
	static const uint64_t vlans[] = { 10, 20 };
	for (unsigned i = 0; i < 2; i++) {
		both(w, vlans[i], vlans[i]);
		seg(w, 'c', -1, 0, SYN, "");
	}
	for (unsigned i = 2; i-- > 0;) {
		both(w, vlans[i], vlans[i]);
		seg(w, 's', -1, 0, SYN | ACK, "");
		assert_int_equal(w->number, i + 1);
	}
	for (unsigned i = 0; i < 2; i++) {
		both(w, vlans[i], vlans[i]);
		seg(w, 'c', 0, 0, ACK, i ? "b" : "a");
		assert_int_equal(w->number, i + 1);
	}
	assert_int_equal(w101_stream_flows(w->stream), 2);
}

SCENE(each_direction_may_have_its_own_tunnel)
{
	both(w, 0x1111, 0x2222);
	shake(w);
	seg(w, 'c', 0, 0, ACK, "up");
	seg(w, 's', 0, 2, ACK, "down");
	SAYS(w, "c:up s:down");
	assert_int_equal(w101_stream_flows(w->stream), 1);
}

SCENE(the_numbers_tell_whose_other_half_it_is)
{
	both(w, 0x1111, 0);
	seg(w, 'c', -1, 0, SYN, "");
	w->isn[0] = 500000000;
	w->isn[1] = 700000000;
	both(w, 0x3333, 0x4444);
	seg(w, 'c', -1, 0, SYN, "");
	seg(w, 's', -1, 0, SYN | ACK, "");
	assert_int_equal(w->number, 2);
	w->isn[0] = 1000;
	w->isn[1] = 9000;
	both(w, 0x1111, 0x2222);
	seg(w, 's', -1, 0, SYN | ACK, "");
	assert_int_equal(w->number, 1);
	assert_int_equal(w101_stream_flows(w->stream), 2);
}

SCENE(halves_that_do_not_fit_stay_apart)
{
	both(w, 0x1111, 0);
	seg(w, 'c', -1, 0, SYN, "");
	w->isn[0] = 500000000;
	both(w, 0, 0x4444);
	seg(w, 's', -1, 0, SYN | ACK, "");
	assert_int_equal(w->number, 2);
	seg(w, 's', 0, 0, RST, "");
	assert_int_equal(w->number, 2);
}

SCENE(without_a_syn_too)
{
	both(w, 5, 6);
	seg(w, 'c', 100, 200, ACK, "up");
	seg(w, 's', 200, 102, ACK, "down");
	assert_int_equal(w101_stream_flows(w->stream), 1);
	both(w, 7, 8);
	w->isn[0] = 500000000;
	w->isn[1] = 700000000;
	seg(w, 's', 300, 400, ACK, "");
	seg(w, 'c', 400, 300, ACK, "more");
	assert_int_equal(w101_stream_flows(w->stream), 2);
	assert_int_equal(w->number, 2);
}

SCENE(an_ignored_connection_keeps_its_other_half)
{
	both(w, 5, 6);
	seg(w, 'c', -1, 0, SYN, "");
	seg(w, 'c', 0, 0, ACK, "DEAD");
	seg(w, 's', 0, 4, ACK, "down");
	assert_int_equal(w->number, 1);
	assert_int_equal(w101_stream_flows(w->stream), 1);
}

SCENE(a_new_tunnel_on_used_ports_is_a_new_connection)
{
	both(w, 5, 6);
	shake(w);
	both(w, 7, 8);
	shake(w);
	assert_int_equal(w->number, 2);
}

SCENE(a_side_that_moves_to_another_tunnel_goes_on)
{
	both(w, 5, 6);
	shake(w);
	seg(w, 'c', 0, 0, ACK, "ask");
	both(w, 5, 66);
	seg(w, 's', 0, 3, ACK, "answer");
	both(w, 55, 66);
	seg(w, 'c', 3, 6, ACK, " again");
	seg(w, 's', 6, 9, ACK, "!");
	SAYS(w, "c:ask s:answer c: again s:!");
	assert_int_equal(w101_stream_flows(w->stream), 1);
}

SCENE(a_tag_on_one_direction_and_the_same_ports_under_another)
{
	both(w, 10, 0);
	shake(w);
	seg(w, 'c', 0, 0, ACK, "one");
	both(w, 20, 0);
	w->isn[0] = 500000000;
	w->isn[1] = 700000000;
	shake(w);
	assert_int_equal(w->number, 2);
	seg(w, 'c', 0, 0, ACK, "two");
	seg(w, 's', 0, 3, ACK, "TWO");
	assert_int_equal(w->number, 2);
	both(w, 10, 0);
	w->isn[0] = 1000;
	w->isn[1] = 9000;
	seg(w, 's', 0, 3, ACK, "ONE");
	assert_int_equal(w->number, 1);
	SAYS(w, "c:onetwo s:TWOONE");
	assert_int_equal(w101_stream_flows(w->stream), 2);
}

SCENE(an_ignored_connection_does_not_take_what_is_anothers)
{
	both(w, 10, 10);
	seg(w, 'c', -1, 0, SYN, "");
	seg(w, 'c', 0, 0, ACK, "DEAD");
	both(w, 20, 20);
	w->isn[0] = 500000000;
	w->isn[1] = 700000000;
	seg(w, 's', 200, 102, ACK, "down");
	seg(w, 'c', 102, 204, ACK, "up");
	assert_int_equal(w->number, 2);
}

SCENE(five_thousand_tunnels_with_the_same_addresses_cost_no_more)
{
	for (uint64_t i = 1; i <= 5000; i++) {
		both(w, i, i);
		w->isn[0] = (uint32_t)(i * 40503001);
		w->isn[1] = (uint32_t)(i * 77777777);
		seg(w, 'c', -1, 0, SYN, "");
	}
	assert_int_equal(w101_stream_flows(w->stream), 5000);
	for (uint64_t i = 1; i <= 5000; i += 499) {
		both(w, i, i);
		w->isn[0] = (uint32_t)(i * 40503001);
		w->isn[1] = (uint32_t)(i * 77777777);
		seg(w, 's', -1, 0, SYN | ACK, "");
		assert_int_equal(w->number, i);
		seg(w, 'c', 0, 0, ACK, "x");
		assert_int_equal(w->number, i);
	}
	assert_int_equal(w101_stream_flows(w->stream), 5000);
}

SCENE(ports_that_are_used_over_and_over_in_new_tunnels_are_paired)
{
	for (uint64_t i = 1; i <= 100; i++) {
		both(w, i, 1000 + i);
		w->isn[0] = (uint32_t)(i * 40503001);
		w->isn[1] = (uint32_t)(i * 77777777);
		shake(w);
		assert_int_equal(w->number, i);
		seg(w, 's', 0, 0, RST | ACK, "");
		w->now += 10 * W101_SECOND;
		w101_stream_tick(w->stream, w->now);
	}
	assert_int_equal(w101_stream_flows(w->stream), 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_addresses_in_two_vlans_are_two_connections),
		cmocka_unit_test(one_connection_seen_in_two_vlans_is_two),
		cmocka_unit_test(each_direction_may_have_its_own_tunnel),
		cmocka_unit_test(the_numbers_tell_whose_other_half_it_is),
		cmocka_unit_test(halves_that_do_not_fit_stay_apart),
		cmocka_unit_test(without_a_syn_too),
		cmocka_unit_test(an_ignored_connection_keeps_its_other_half),
		cmocka_unit_test(a_new_tunnel_on_used_ports_is_a_new_connection),
		cmocka_unit_test(a_side_that_moves_to_another_tunnel_goes_on),
		cmocka_unit_test(a_tag_on_one_direction_and_the_same_ports_under_another),
		cmocka_unit_test(an_ignored_connection_does_not_take_what_is_anothers),
		cmocka_unit_test(five_thousand_tunnels_with_the_same_addresses_cost_no_more),
		cmocka_unit_test(ports_that_are_used_over_and_over_in_new_tunnels_are_paired),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
