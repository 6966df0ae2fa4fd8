/* Reassembly: every way in which segments can come, as a log of what is passed on. */
#include "test_stream_world.h"

SCENE(bytes_in_order)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "hello");
	seg(w, 's', 0, 5, ACK, "world");
	assert_int_equal(w->acked, 5);
	seg(w, 'c', 5, 5, ACK | FIN, "");
	seg(w, 's', 5, 6, ACK | FIN, "");
	SAYS(w, "c:hello s:world c. s.");
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	assert_int_equal(w->closed, 1);
	assert_int_equal(w101_stream_flows(w->stream), 1);
}

SCENE(out_of_order_and_duplicates)
{
	shake(w);
	seg(w, 'c', 5, 0, ACK, "fghij");
	seg(w, 'c', 10, 0, ACK, "klm");
	seg(w, 'c', 5, 0, ACK, "fghij");
	seg(w, 'c', 0, 0, ACK, "abcde");
	seg(w, 'c', 0, 0, ACK, "abcde");
	SAYS(w, "c:abcdefghijklm");
	assert_int_equal(w->overlaps, 0);
}

SCENE(sequence_numbers_wrap)
{
	w->isn[0] = 0xfffffffc;
	shake(w);
	seg(w, 'c', 6, 0, ACK, "ghi");
	seg(w, 'c', 0, 0, ACK, "abcdef");
	SAYS(w, "c:abcdefghi");
}

SCENE(answer_before_its_request_in_the_file)
{
	shake(w);
	seg(w, 's', 0, 5, ACK, "world");
	seg(w, 'c', 0, 0, ACK, "hello");
	SAYS(w, "c:hello s:world");
}

SCENE(a_hole_without_acknowledgment_is_waited_for)
{
	shake(w);
	seg(w, 'c', 5, 0, ACK, "later");
	w->now += 60 * W101_SECOND;
	seg(w, 's', 0, 0, ACK, "");
	SAYS(w, "");
	seg(w, 'c', 0, 0, ACK, "first");
	SAYS(w, "c:firstlater");
}

SCENE(an_acknowledged_hole_has_patience_then_is_a_gap)
{
	shake(w);
	seg(w, 'c', 5, 0, ACK, "later");
	seg(w, 's', 0, 10, ACK, "");
	SAYS(w, "");
	for (int i = 0; i < 60; i++)
		seg(w, 's', 0, 10, ACK, "");
	SAYS(w, "");
	for (int i = 0; i < 10; i++)
		seg(w, 's', 0, 10, ACK, "");
	SAYS(w, " c-5 c:later");
}

SCENE(patience_by_time)
{
	shake(w);
	seg(w, 'c', 5, 0, ACK, "later");
	seg(w, 's', 0, 10, ACK, "");
	w101_stream_tick(w->stream, w->now + W101_SECOND / 2);
	SAYS(w, "");
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	SAYS(w, " c-5 c:later");
}

SCENE(ack_before_the_late_segment_is_no_gap)
{
	shake(w);
	seg(w, 'c', 5, 0, ACK, "later");
	seg(w, 's', 0, 10, ACK, "answer");
	seg(w, 'c', 0, 0, ACK, "first");
	SAYS(w, "c:firstlater s:answer");
}

SCENE(causal_order_holds_after_patience_ran_out_once)
{
	shake(w);
	seg(w, 'c', 5, 0, ACK, "later");
	seg(w, 's', 0, 10, ACK, "");
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	SAYS(w, " c-5 c:later");
	seg(w, 's', 0, 15, ACK, "world");
	SAYS(w, " c-5 c:later");
	seg(w, 'c', 10, 0, ACK, "hello");
	SAYS(w, " c-5 c:laterhello s:world");
}

SCENE(overlap_with_other_bytes_keeps_the_first_copy)
{
	shake(w);
	seg(w, 'c', 3, 0, ACK, "DEF");
	seg(w, 'c', 0, 0, ACK, "abcdefghi");
	SAYS(w, "c:abcDEFghi");
	assert_int_equal(w->overlaps, 1);
}

SCENE(retransmission_with_other_bytes_is_told)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "abcdef");
	seg(w, 'c', 0, 0, ACK, "abcdef");
	assert_int_equal(w->overlaps, 0);
	seg(w, 'c', 0, 0, ACK, "abcdeF");
	SAYS(w, "c:abcdef");
	assert_int_equal(w->overlaps, 1);
}

SCENE(keep_alive_probe_is_no_data)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "a");
	seg(w, 'c', 0, 0, ACK, "?");
	seg(w, 'c', 0, 0, ACK, "");
	seg(w, 'c', 1, 0, ACK, "b");
	SAYS(w, "c:ab");
	assert_int_equal(w->overlaps, 0);
}

SCENE(snapshot_cut_is_a_gap_at_once)
{
	shake(w);
	cut_seg(w, 'c', 0, 0, ACK, "abc", 10);
	seg(w, 'c', 10, 0, ACK, "def");
	SAYS(w, "c:abc c-7cut c:def");
}

SCENE(fin_waits_for_its_place)
{
	shake(w);
	seg(w, 'c', 5, 0, ACK | FIN, "");
	SAYS(w, "");
	seg(w, 'c', 0, 0, ACK, "hello");
	SAYS(w, "c:hello c.");
}

SCENE(rst_has_the_same_patience)
{
	shake(w);
	seg(w, 'c', 5, 0, RST, "");
	seg(w, 'c', 0, 0, ACK, "hello");
	seg(w, 's', 0, 5, ACK, "world");
	SAYS(w, "c:hello s:world");
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	SAYS(w, "c:hello s:world c! s!");
}

SCENE(a_forged_rst_does_not_end_what_goes_on)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "one");
	seg(w, 'c', 3, 0, RST, "");
	seg(w, 'c', 3, 0, ACK, "two");
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	seg(w, 'c', 6, 0, ACK, "three");
	SAYS(w, "c:onetwothree");
}

SCENE(a_rst_far_ahead_does_not_either)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "one");
	seg(w, 'c', 5003, 0, RST, "");
	seg(w, 'c', 3, 0, ACK, "two");
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	seg(w, 's', 0, 6, ACK, "answer");
	w101_stream_flush(w->stream);
	SAYS(w, "c:onetwo s:answer c? s?");
}

SCENE(one_stray_segment_far_ahead_loses_nothing)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "one");
	seg(w, 'c', 1000000000, 0, ACK, "junk");
	seg(w, 'c', 1000000000, 0, ACK | FIN, "");
	seg(w, 'c', 3, 0, ACK, "two");
	w101_stream_flush(w->stream);
	SAYS(w, "c:onetwo c? s?");
}

SCENE(a_large_hole_is_believed_when_more_comes_from_there)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "one");
	for (int i = 0; i < 4; i++)
		seg(w, 'c', 100000000 + 3 * i, 0, ACK, "far");
	w101_stream_flush(w->stream);
	SAYS(w, "c:one c-100000003 c:farfar c? s?");
}

SCENE(what_an_earlier_connection_left_does_not_end_the_new_one)
{
	w->isn[0] = 300000000;
	w->isn[1] = 400000000;
	seg(w, 'c', -1, 0, SYN, "");
	w->isn[1] = 2000;
	seg(w, 's', 50, 0, ACK | FIN, ""); /* of the connection before */
	w->isn[1] = 400000000;
	seg(w, 's', -1, 0, SYN | ACK, "");
	seg(w, 'c', 0, 0, ACK, "hello");
	seg(w, 's', 0, 5, ACK, "world");
	SAYS(w, "c:hello s:world");
}

SCENE(a_rst_far_ahead_is_doubted_when_its_side_goes_on_to_acknowledge)
{
	shake(w);
	seg(w, 's', 0, 0, ACK, "one");
	seg(w, 'c', 500000, 3, RST, "");
	for (int i = 0; i < 80; i++) {
		seg(w, 's', 3 + 2 * i, 0, ACK, "ab");
		seg(w, 'c', 0, 5 + 2 * i, ACK, "");
	}
	seg(w, 's', 163, 0, ACK, "end");
	assert_non_null(strstr(w->log, "abend"));
	assert_null(strchr(w->log, '!'));
}

SCENE(all_holes_that_were_acknowledged_are_given_up_together)
{
	shake(w);
	for (int i = 0; i < 300; i++)
		seg(w, 'c', 10 * i + 5, 0, ACK, "later");
	seg(w, 's', 0, 3000, ACK, "");
	for (int i = 0; i < 66; i++)
		seg(w, 's', 0, 3000, ACK, "");
	assert_string_equal(w->log + w->n - 23, "c-5 c:later c-5 c:later");
	size_t gaps = 0;
	for (const char *p = w->log; (p = strstr(p, "c-5")); p++)
		gaps++;
	assert_int_equal(gaps, 300);
}

SCENE(patience_is_not_prolonged_by_the_other_direction)
{
	shake(w);
	seg(w, 'c', 5, 0, ACK, "later");
	seg(w, 's', 0, 10, ACK, "");
	for (int i = 0; i < 40; i++) { /* always a little out of order: something is always moving */
		seg(w, 's', 2 * i + 1, 0, ACK, "b");
		seg(w, 's', 2 * i, 0, ACK, "a");
	}
	assert_non_null(strstr(w->log, "c-5 c:later"));
}

SCENE(a_fin_says_what_it_acknowledges)
{
	shake(w);
	seg(w, 's', 0, 0, ACK, "abc");
	seg(w, 'c', 0, 3, ACK | FIN, "");
	SAYS(w, "s:abc c.");
	assert_int_equal(w->end_acked, 3);
}

SCENE(a_new_syn_is_a_new_connection)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "old");
	w->isn[0] = 700000;
	w->isn[1] = 800000;
	shake(w);
	seg(w, 'c', 0, 0, ACK, "new");
	SAYS(w, "c:old c? s? c:new");
	assert_int_equal(w101_stream_flows(w->stream), 2);
}

SCENE(a_syn_sent_again_is_not)
{
	seg(w, 'c', -1, 0, SYN, "");
	shake(w);
	seg(w, 'c', 0, 0, ACK, "x");
	seg(w, 'c', -1, 0, SYN, "");
	SAYS(w, "c:x");
	assert_int_equal(w101_stream_flows(w->stream), 1);
}

SCENE(late_syn_belongs_to_what_is_there)
{
	seg(w, 'c', 5, 0, ACK, "later");
	seg(w, 'c', 0, 0, ACK, "first");
	seg(w, 's', -1, 0, SYN | ACK, "");
	seg(w, 'c', -1, 0, SYN, "");
	SAYS(w, "c:firstlater");
	assert_int_equal(w101_stream_flows(w->stream), 1);
}

SCENE(data_on_the_syn)
{
	seg(w, 'c', -1, 0, SYN, "GET");
	seg(w, 's', -1, 3, SYN | ACK, "");
	seg(w, 'c', 3, 0, ACK, "/");
	SAYS(w, "c:GET/");
}

SCENE(capture_that_starts_in_the_middle)
{
	seg(w, 'c', 105, 300, ACK, "bbb");
	seg(w, 'c', 100, 300, ACK, "aaaaa");
	seg(w, 's', 300, 108, ACK, "ccc");
	SAYS(w, "");
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	SAYS(w, "c:aaaaabbb s:ccc");
	seg(w, 's', 303, 108, ACK, "ddd");
	SAYS(w, "c:aaaaabbb s:cccddd");
}

SCENE(a_tail_that_was_acknowledged_is_missing)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "abc");
	seg(w, 's', 0, 13, ACK, "");
	w101_stream_flush(w->stream);
	SAYS(w, "c:abc c-10 c? s?");
}

SCENE(the_number_of_a_fin_that_was_not_captured_is_no_byte)
{
	shake(w);
	seg(w, 'c', 0, 0, ACK, "abc");
	seg(w, 's', 0, 4, ACK, "");
	w101_stream_flush(w->stream);
	SAYS(w, "c:abc c? s?");
}

SCENE(an_absurd_acknowledgment_changes_nothing)
{
	shake(w);
	seg(w, 's', 0, 900000000, ACK, "x");
	seg(w, 'c', 0, 0, ACK, "abc");
	SAYS(w, "s:x c:abc");
	w101_stream_flush(w->stream);
	SAYS(w, "s:x c:abc c? s?");
}

SCENE(the_reorder_bound_makes_a_gap)
{
	char block[1001];
	memset(block, 'x', 1000);
	block[1000] = 0;
	w->limits.reorder = 10 * (1000 + W101_WAITING_COST);
	shake(w);
	for (int i = 1; i <= 10; i++)
		seg(w, 'c', i * 1000, 0, ACK, block);
	SAYS(w, "");
	seg(w, 'c', 11000, 0, ACK, block);
	assert_memory_equal(w->log, " c-1000 c:xxx", 13);
}

SCENE(a_side_that_was_never_captured_is_not_waited_for)
{
	seg(w, 'c', -1, 0, SYN, "");
	seg(w, 'c', 0, 0, ACK, "hello");
	seg(w, 'c', 5, 500, ACK, "again");
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	SAYS(w, "c:helloagain");
	seg(w, 'c', 10, 900, ACK, "more");
	SAYS(w, "c:helloagainmore");
	w101_stream_flush(w->stream);
	SAYS(w, "c:helloagainmore c? s?");
}

SCENE(a_dead_flow_costs_no_buffers_and_stays_one_connection)
{
	shake(w);
	uint64_t before = w->quota.used;
	seg(w, 'c', 0, 0, ACK, "DEAD");
	assert_true(w->quota.used < before);
	seg(w, 'c', 9, 0, ACK, "more");
	seg(w, 's', 0, 0, ACK | FIN, "x");
	SAYS(w, "");
	assert_int_equal(w101_stream_flows(w->stream), 1);
}

SCENE(roles_can_be_told_by_the_host)
{
	struct w101_segment s = { .src = { { 4, { 10, 0, 0, 1 } }, 80 }, .dst = { { 4, { 10, 0, 0, 2 } }, 5000 },
		.seq = 1, .flags = ACK, .payload = { (const uint8_t *)"GET", 3 }, .payload_len = 3 };
	w->swap_on_data = true;
	w101_stream_segment(w->stream, &s, 1, w->now);
	w101_stream_tick(w->stream, w->now + 2 * W101_SECOND);
	SAYS(w, "s:GET");
	s.seq = 4;
	w101_stream_segment(w->stream, &s, 2, w->now);
	SAYS(w, "s:GET c:GET");
}

SCENE(both_ends_on_one_address)
{
	struct w101_segment s = { .src = { { 4, { 127, 0, 0, 1 } }, 40000 }, .dst = { { 4, { 127, 0, 0, 1 } }, 80 },
		.seq = 100, .flags = SYN };
	w101_stream_segment(w->stream, &s, 1, w->now);
	s.seq = 101;
	s.flags = ACK;
	s.payload = (struct w101_bytes){ (const uint8_t *)"up", 2 };
	s.payload_len = 2;
	w101_stream_segment(w->stream, &s, 2, w->now);
	s.src.port = 80;
	s.dst.port = 40000;
	s.seq = 700;
	s.flags = SYN | ACK;
	s.ack = 101;
	s.payload_len = 0;
	s.payload.n = 0;
	w101_stream_segment(w->stream, &s, 3, w->now);
	s.seq = 701;
	s.flags = ACK;
	s.ack = 103;
	s.payload = (struct w101_bytes){ (const uint8_t *)"down", 4 };
	s.payload_len = 4;
	w101_stream_segment(w->stream, &s, 4, w->now);
	SAYS(w, "c:up s:down");
}

static void sequence_arithmetic(void **state)
{
	(void)state;
	srand(7);
	for (int i = 0; i < 100000; i++) {
		uint32_t base = (uint32_t)rand() * 2654435761u;
		uint64_t near = ((uint64_t)rand() << 20) ^ (uint64_t)rand();
		int64_t delta = rand() % (1 << 30) - (1 << 29);
		int64_t want = (int64_t)near + delta;
		assert_int_equal(w101_seq_offset(base, near, base + (uint32_t)want), want);
	}
	assert_true(w101_seq_diff(3, 0xfffffffe) == 5);
	assert_true(w101_seq_diff(0xfffffffe, 3) == -5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_in_order), cmocka_unit_test(out_of_order_and_duplicates),
		cmocka_unit_test(sequence_numbers_wrap), cmocka_unit_test(answer_before_its_request_in_the_file),
		cmocka_unit_test(a_hole_without_acknowledgment_is_waited_for),
		cmocka_unit_test(an_acknowledged_hole_has_patience_then_is_a_gap), cmocka_unit_test(patience_by_time),
		cmocka_unit_test(ack_before_the_late_segment_is_no_gap),
		cmocka_unit_test(causal_order_holds_after_patience_ran_out_once),
		cmocka_unit_test(overlap_with_other_bytes_keeps_the_first_copy),
		cmocka_unit_test(retransmission_with_other_bytes_is_told), cmocka_unit_test(keep_alive_probe_is_no_data),
		cmocka_unit_test(snapshot_cut_is_a_gap_at_once), cmocka_unit_test(fin_waits_for_its_place),
		cmocka_unit_test(rst_has_the_same_patience), cmocka_unit_test(a_forged_rst_does_not_end_what_goes_on),
		cmocka_unit_test(a_rst_far_ahead_does_not_either),
		cmocka_unit_test(one_stray_segment_far_ahead_loses_nothing),
		cmocka_unit_test(a_large_hole_is_believed_when_more_comes_from_there),
		cmocka_unit_test(what_an_earlier_connection_left_does_not_end_the_new_one),
		cmocka_unit_test(a_rst_far_ahead_is_doubted_when_its_side_goes_on_to_acknowledge),
		cmocka_unit_test(all_holes_that_were_acknowledged_are_given_up_together),
		cmocka_unit_test(patience_is_not_prolonged_by_the_other_direction),
		cmocka_unit_test(a_fin_says_what_it_acknowledges),
		cmocka_unit_test(a_new_syn_is_a_new_connection), cmocka_unit_test(a_syn_sent_again_is_not),
		cmocka_unit_test(late_syn_belongs_to_what_is_there), cmocka_unit_test(data_on_the_syn),
		cmocka_unit_test(capture_that_starts_in_the_middle), cmocka_unit_test(a_tail_that_was_acknowledged_is_missing),
		cmocka_unit_test(the_number_of_a_fin_that_was_not_captured_is_no_byte),
		cmocka_unit_test(an_absurd_acknowledgment_changes_nothing), cmocka_unit_test(the_reorder_bound_makes_a_gap),
		cmocka_unit_test(a_side_that_was_never_captured_is_not_waited_for),
		cmocka_unit_test(a_dead_flow_costs_no_buffers_and_stays_one_connection),
		cmocka_unit_test(roles_can_be_told_by_the_host), cmocka_unit_test(both_ends_on_one_address), cmocka_unit_test(sequence_arithmetic),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
