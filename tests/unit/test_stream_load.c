/* Reassembly under load: shuffled, random, many, and short of memory. */
#include "test_stream_world.h"

/* A conversation cut into segments, shuffled in a window of 8, a tenth of them
 * twice, some lost on the wire and sent again: always the same bytes in the
 * same causal order, never a gap. */
static void any_shuffle_gives_the_same_bytes(void **state)
{
	(void)state;
	struct step { char who; int64_t offset, ack; int flags; char text[24]; } step[400], list[900];
	struct world *w = malloc(sizeof *w);
	for (unsigned round = 0; round < 300; round++) {
		char want[8000];
		size_t n = 0, m = 0, len = 0;
		int64_t at[2] = { 0, 0 };
		srand(round + 1);
		step[n++] = (struct step){ 'c', -1, 0, SYN, "" };
		step[n++] = (struct step){ 's', -1, 0, SYN | ACK, "" };
		step[n++] = (struct step){ 'c', 0, 0, ACK, "" };
		for (unsigned turn = 0; turn < 40; turn++) {
			unsigned me = turn % 2, parts = 1 + (unsigned)rand() % 4;
			len += (size_t)snprintf(want + len, sizeof want - len, "%s%c:", turn ? " " : "", me ? 's' : 'c');
			for (unsigned i = 0; i < parts; i++) {
				struct step *s = &step[n++];
				*s = (struct step){ me ? 's' : 'c', at[me], at[1 - me], ACK, "" };
				snprintf(s->text, sizeof s->text, "%u.%u,", turn, i);
				at[me] += (int64_t)strlen(s->text);
				len += (size_t)snprintf(want + len, sizeof want - len, "%s", s->text);
			}
		}
		step[n++] = (struct step){ 'c', at[0], at[1], ACK | FIN, "" };
		step[n++] = (struct step){ 's', at[1], at[0] + 1, ACK | FIN, "" };
		/* a place is exchanged only within its block, so nothing moves by more than the window */
		for (size_t block = 0; block < n; block += 8) {
			size_t k = n - block < 8 ? n - block : 8;
			for (size_t i = k - 1; i > 0; i--) {
				size_t j = (size_t)rand() % (i + 1);
				struct step t = step[block + i];
				step[block + i] = step[block + j];
				step[block + j] = t;
			}
		}
		for (size_t i = 0; i < n; i++) {
			list[m++] = step[i];
			if (rand() % 10 == 0)
				list[m++] = step[i];
		}
		open_world(w, 0);
		for (size_t i = 0; i < m; i++)
			seg(w, list[i].who, list[i].offset, list[i].ack, list[i].flags, list[i].text);
		w101_stream_flush(w->stream);
		assert_int_equal(w101_stream_flows(w->stream), 1);
		assert_memory_equal(w->log, want, len);
		assert_null(strchr(w->log, '-'));
		assert_null(strchr(w->log, '?'));
		close_world(w);
	}
	free(w);
}

/* Whatever comes: no crash, no endless loop, and never more bytes than numbers. */
static void random_segments_are_survived(void **state)
{
	(void)state;
	static const int kinds[] = { ACK, ACK, ACK, ACK, SYN, SYN | ACK, ACK | FIN, RST, RST | ACK, 0, FIN, SYN | FIN };
	struct world *w = malloc(sizeof *w);
	for (unsigned round = 0; round < 2000; round++) {
		srand(round);
		open_world(w, round % 3 ? 0 : 20000);
		w->limits.reorder = 300;
		w->limits.patience_packets = 8;
		w->isn[0] = round % 2 ? 0xfffffff0 : 1000;
		for (unsigned i = 0; i < 120; i++) {
			char text[40] = { 0 };
			memset(text, 'a' + rand() % 3, (size_t)(rand() % 20));
			int64_t far = rand() % 40 ? 0 : (int64_t)rand() * 2 - RAND_MAX;
			cut_seg(w, rand() % 2 ? 'c' : 's', rand() % 200 - 20 + far, rand() % 220 - 10, kinds[rand() % 12], text,
				(uint32_t)strlen(text) + (rand() % 9 ? 0 : 5));
			if (rand() % 20 == 0)
				w->now += 2 * W101_SECOND;
		}
		close_world(w);
	}
	free(w);
}

/* Many small pieces behind a hole: bounded in number, and appended without a walk. */
static void many_small_pieces_cost_little(void **state)
{
	(void)state;
	struct world *w = malloc(sizeof *w);
	open_world(w, 0);
	shake(w);
	for (int i = 1; i <= 300000; i++) {
		w->n = 0; /* the log is not of interest */
		seg(w, 'c', i, 0, ACK, "x");
		assert_true(w->quota.used < (2u << 20));
	}
	w->n = 0;
	close_world(w);
	free(w);
}

static void memory_pressure_gives_up_flows_and_says_so(void **state)
{
	(void)state;
	struct world *w = malloc(sizeof *w);
	open_world(w, 64 << 10);
	for (uint16_t port = 1000; port < 2000; port++) {
		struct w101_segment s = { .src = { { 4, { 10, 0, 0, 1 } }, port }, .dst = { { 4, { 10, 0, 0, 2 } }, 80 },
			.seq = 100, .flags = SYN, .payload = { (const uint8_t *)"x", 1 }, .payload_len = 1 };
		w101_stream_segment(w->stream, &s, port, w->now);
		assert_true(w->quota.used <= w->quota.max);
	}
	assert_int_equal(w101_stream_flows(w->stream), 1000);
	assert_true(w->closed > 800);
	assert_int_equal(w->quota.refused, 0);
	close_world(w);
	free(w);
}

/* What never carried data is given up before what does, and what is over before both. */
static void the_silent_are_given_up_first(void **state)
{
	(void)state;
	struct world *w = malloc(sizeof *w);
	open_world(w, 64 << 10);
	shake(w);
	seg(w, 'c', 0, 0, ACK, "here");
	for (unsigned i = 0; i < 3000; i++) {
		struct w101_segment s = { .src = { { 4, { 10, 9, (uint8_t)(i >> 8), (uint8_t)i } }, 5000 },
			.dst = { { 4, { 10, 0, 0, 2 } }, 80 }, .seq = i, .flags = SYN };
		w101_stream_segment(w->stream, &s, i, w->now);
	}
	seg(w, 'c', 4, 0, ACK, "still");
	assert_non_null(strstr(w->log, "c:still")); /* the log has the ends of those given up before it */
	assert_true(w->closed > 2000);
	close_world(w);
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_shuffle_gives_the_same_bytes),
		cmocka_unit_test(random_segments_are_survived),
		cmocka_unit_test(many_small_pieces_cost_little),
		cmocka_unit_test(memory_pressure_gives_up_flows_and_says_so),
		cmocka_unit_test(the_silent_are_given_up_first),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
