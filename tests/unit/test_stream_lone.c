/* stream/: SYNs without an answer cost an entry of 32 bytes, and nothing of what
 * they told is lost when the answer comes. */
#include "test_stream_world.h"

#include "stream/lone.h"

static struct w101_flow_info last;

static enum w101_feed on_info(void *self, struct w101_flow *f, enum w101_dir d, const struct w101_chunk *k)
{
	(void)self, (void)d, (void)k;
	w101_flow_info(f, &last);
	return W101_FEED_MORE;
}

static uint32_t syn_from(struct world *w, uint32_t source)
{
	struct w101_segment s = { .src = { { 4, { 10, (uint8_t)(source >> 16), (uint8_t)(source >> 8), (uint8_t)source } }, 40000 },
		.dst = { { 4, { 10, 0, 0, 2 } }, 80 }, .seq = source, .flags = SYN };
	w->now += 1000;
	return w101_stream_segment(w->stream, &s, ++w->packet, w->now);
}

SCENE(a_lone_syn_costs_32_bytes)
{
	assert_int_equal(sizeof(struct w101_lone), 32);
	uint64_t before = w->quota.used;
	for (uint32_t i = 1; i <= 2000000; i++)
		assert_int_equal(syn_from(w, i), i);
	assert_true(w->quota.used - before <= W101_LONE_MAX * 32u + (8u << 20)); /* the rest: those of full groups */
	assert_int_equal(w101_stream_flows(w->stream), 2000000);
	assert_int_equal(w->limit, 0);
	assert_int_equal(w->quota.refused, 0);
}

static void little_memory(void **state)
{
	struct world w;
	(void)state;
	open_world(&w, 256 << 10);
	for (uint32_t i = 1; i <= 100000; i++)
		assert_int_equal(syn_from(&w, i), i);
	assert_true(w.quota.used <= 256 << 10);
	assert_int_equal(w.quota.refused, 0);
	close_world(&w);
}

static void the_answer_finds_it(void **state)
{
	static const uint8_t seed[16] = "fixed hash seed";
	struct world w;
	(void)state;
	open_world(&w, 0);
	w101_stream_free(w.stream);
	struct w101_stream_host host = { &w, on_info, on_gap, on_end, on_finding, on_close };
	w.stream = w101_stream_new(&host, &w.limits, &w.quota, seed);
	seg(&w, 'c', -1, 0, SYN, "");
	w101_time syn_at = w.now;
	assert_int_equal(w.number, 1);
	for (uint32_t i = 1; i <= 5000; i++)
		syn_from(&w, 0x10000 + i);
	seg(&w, 's', -1, 0, SYN | ACK, "");
	w101_time synack_at = w.now;
	assert_int_equal(w.number, 1);
	seg(&w, 'c', 0, 0, ACK, "GET");
	assert_int_equal(w.number, 1);
	assert_int_equal(last.number, 1);
	assert_true(last.role_sure && !last.midstream && !last.one_way);
	assert_int_equal(last.client.port, 40000);
	assert_int_equal(last.first, syn_at);
	assert_int_equal(last.syn, syn_at);
	assert_int_equal(last.synack, synack_at);
	assert_int_equal(w101_stream_flows(w.stream), 5001);
	close_world(&w);
}

SCENE(none_is_forgotten_while_there_is_room)
{
	for (uint32_t i = 1; i <= 20000; i++)
		syn_from(w, i * 7919 & 0xffffff);
	for (uint32_t i = 1; i <= 20000; i++) {
		struct w101_segment s = { .src = { { 4, { 10, 0, 0, 2 } }, 80 },
			.dst = { { 4, { 10, (uint8_t)((i * 7919 & 0xffffff) >> 16), (uint8_t)(i * 7919 >> 8), (uint8_t)(i * 7919) } }, 40000 },
			.seq = 5, .ack = (i * 7919 & 0xffffff) + 1, .flags = SYN | ACK };
		assert_int_equal(w101_stream_segment(w->stream, &s, ++w->packet, w->now), i);
		s.flags = RST | ACK;
		w101_stream_segment(w->stream, &s, ++w->packet, w->now);
	}
	assert_int_equal(w101_stream_flows(w->stream), 20000);
	w->n = 0;
}

SCENE(a_syn_that_comes_again_is_the_same_connection)
{
	seg(w, 'c', -1, 0, SYN, "");
	seg(w, 'c', -1, 0, SYN, "");
	assert_int_equal(w->number, 1);
	seg(w, 's', -1, 0, SYN | ACK, "");
	seg(w, 'c', 0, 0, ACK, "late");
	seg(w, 's', 0, 4, ACK, "ok");
	SAYS(w, "c:late s:ok");
	assert_int_equal(w101_stream_flows(w->stream), 1);
}

SCENE(another_number_is_another_connection)
{
	seg(w, 'c', -1, 0, SYN, "");
	w->isn[0] = 5000;
	seg(w, 'c', -1, 0, SYN, "");
	assert_int_equal(w->number, 2);
	seg(w, 's', -1, 0, SYN | ACK, "");
	assert_int_equal(w->number, 2);
	seg(w, 'c', 0, 0, ACK, "new");
	SAYS(w, " c? s? c:new");
	assert_int_equal(w101_stream_flows(w->stream), 2);
}

SCENE(data_with_the_syn_is_no_lone_syn)
{
	seg(w, 'c', -1, 0, SYN, "early");
	seg(w, 's', -1, 5, SYN | ACK, "");
	seg(w, 'c', 5, 0, ACK, " late");
	SAYS(w, "c:early late");
	assert_int_equal(w101_stream_flows(w->stream), 1);
}

SCENE(a_reset_answers_too)
{
	seg(w, 'c', -1, 0, SYN, "");
	seg(w, 's', 0, 0, RST | ACK, "");
	assert_int_equal(w->number, 1);
	assert_int_equal(w101_stream_flows(w->stream), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lone_syn_costs_32_bytes),
		cmocka_unit_test(little_memory),
		cmocka_unit_test(the_answer_finds_it),
		cmocka_unit_test(none_is_forgotten_while_there_is_room),
		cmocka_unit_test(a_syn_that_comes_again_is_the_same_connection),
		cmocka_unit_test(another_number_is_another_connection),
		cmocka_unit_test(data_with_the_syn_is_no_lone_syn),
		cmocka_unit_test(a_reset_answers_too),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
