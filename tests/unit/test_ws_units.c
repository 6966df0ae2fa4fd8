/* The pure parts of the WebSocket decoder: header, mask, close codes, agreed
 * extensions, what is no frame, the window in which frames are searched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ascii.h"
#include "base/quota.h"
#include "decode/ws/close.h"
#include "decode/ws/extension.h"
#include "decode/ws/foreign.h"
#include "decode/ws/frame.h"
#include "decode/ws/mask.h"
#include "decode/ws/resync.h"
#include "guard.h"

/* The same header, read the slow way. */
static int slow_header(const uint8_t *p, size_t n, struct w101_ws_header *h)
{
	size_t wide, used;
	memset(h, 0, sizeof *h);
	if (n < 2)
		return 0;
	wide = (p[1] & 127) == 127 ? 8 : (p[1] & 127) == 126 ? 2 : 0;
	used = 2 + wide + (p[1] & 128 ? 4 : 0);
	if (n < used)
		return 0;
	h->length = wide ? 0 : p[1] & 127;
	for (size_t i = 0; i < wide; i++)
		h->length = h->length * 256 + p[2 + i];
	h->fin = p[0] >= 128;
	h->rsv = (p[0] / 16) % 8;
	h->opcode = p[0] % 16;
	h->masked = p[1] >= 128;
	h->shortest = wide == 0 || (wide == 2 && h->length >= 126) || (wide == 8 && h->length >= 65536);
	for (size_t i = 0; h->masked && i < 4; i++)
		h->mask[i] = p[2 + wide + i];
	h->size = (uint8_t)used;
	return (int)used;
}

static void compare_header(const uint8_t *p, size_t n)
{
	struct w101_ws_header a, b;
	struct w101_guard g = w101_guard_copy(p, n);
	int used = w101_ws_header_parse(g.bytes.p, n, &a);
	assert_int_equal(used, slow_header(p, n, &b));
	if (used) {
		assert_true(a.length == b.length);
		assert_int_equal(a.fin, b.fin);
		assert_int_equal(a.rsv, b.rsv);
		assert_int_equal(a.opcode, b.opcode);
		assert_int_equal(a.masked, b.masked);
		assert_int_equal(a.shortest, b.shortest);
		assert_int_equal(a.size, used);
		assert_memory_equal(a.mask, b.mask, 4);
	}
	w101_guard_free(&g);
}

static void headers(void **state)
{
	static const uint64_t edges[] = { 0, 125, 126, 127, 65535, 65536, UINT32_MAX, UINT64_C(1) << 32,
		INT64_MAX, (UINT64_C(1) << 63) + 5, UINT64_MAX };
	uint32_t x = 3;
	(void)state;
	for (unsigned first = 0; first < 256; first += 17) {
		for (unsigned second = 0; second < 256; second++) {
			uint8_t p[14] = { (uint8_t)first, (uint8_t)second };
			for (size_t e = 0; e < sizeof edges / sizeof edges[0]; e++) {
				for (size_t i = 2; i < 14; i++)
					p[i] = (uint8_t)(x = x * 1664525u + 1013904223u, x >> 24);
				bool wide = (second & 127) == 127;
				for (int i = 0; i < (wide ? 8 : 2); i++)
					p[2 + i] = (uint8_t)(edges[e] >> (wide ? 56 - 8 * i : 8 - 8 * i));
				if (second % 16 < 14 && e)
					continue;
				for (size_t n = 0; n <= sizeof p; n++)
					compare_header(p, n);
			}
		}
	}
	assert_string_equal(w101_ws_kinds[0], "continuation");
	assert_string_equal(w101_ws_kinds[10], "pong");
	assert_string_equal(w101_ws_kinds[15], "reserved-f");
	for (uint8_t op = 0; op < 16; op++)
		assert_int_equal(w101_ws_is_reserved(op), strncmp(w101_ws_kinds[op], "reserved", 8) == 0);
}

static void masks(void **state)
{
	uint8_t from[300], to[300], want[300];
	uint32_t x = 5;
	(void)state;
	for (unsigned run = 0; run < 4000; run++) {
		size_t n = run % 150, shift = run % 11;
		uint64_t at = run % 7 == 0 ? UINT64_MAX - 3 - run : run;
		uint8_t key[4];
		for (size_t i = 0; i < sizeof from; i++)
			from[i] = (uint8_t)(x = x * 1664525u + 1013904223u, x >> 24);
		memcpy(key, from + 290, 4);
		memcpy(to, from, sizeof to);
		memcpy(want, from, sizeof want);
		for (size_t i = 0; i < n; i++)
			want[shift + i] = (uint8_t)(from[shift + i] ^ key[(at + i) % 4]);
		w101_ws_unmask(to + shift, from + shift, n, key, at);
		assert_memory_equal(to, want, sizeof to);
		w101_ws_unmask(from + shift, from + shift, n, key, at); /* in place */
		assert_memory_equal(from, want, sizeof from);
	}
}

static void close_codes(void **state)
{
	(void)state;
	for (unsigned c = 0; c <= 65535; c++) {
		bool local = c == 1005 || c == 1006 || c == 1015;
		bool fine = !local && ((c >= 1000 && c <= 1014 && c != 1004) || (c >= 3000 && c <= 4999));
		assert_int_equal(w101_ws_code_class(c), local ? W101_WS_CODE_LOCAL : fine ? W101_WS_CODE_FINE : W101_WS_CODE_UNDEFINED);
		assert_non_null(w101_ws_code_name(c));
	}
	assert_string_equal(w101_ws_code_name(1000), "Normal Closure");
	assert_string_equal(w101_ws_code_name(1009), "Message Too Big");
	assert_string_equal(w101_ws_code_name(1015), "TLS Handshake");
	assert_string_equal(w101_ws_code_name(1016), "undefined");
	assert_string_equal(w101_ws_code_name(4000), "private use");
}

static void extensions(void **state)
{
	static const struct { const char *in; struct w101_ws_agreed want; } rows[] = {
		{ "", { false, false, { 15, 15 }, { false, false } } },
		{ "permessage-deflate", { true, false, { 15, 15 }, { false, false } } },
		{ " Permessage-Deflate ;server_no_context_takeover ; client_max_window_bits = 10", { true, false, { 10, 15 }, { false, true } } },
		{ "permessage-deflate; client_no_context_takeover; server_max_window_bits=\"9\"", { true, false, { 15, 9 }, { true, false } } },
		{ "permessage-deflate; server_max_window_bits=16; client_max_window_bits=7", { true, false, { 15, 15 }, { false, false } } },
		{ "permessage-deflate; server_max_window_bits=08; client_max_window_bits", { true, false, { 15, 15 }, { false, false } } },
		{ "permessage-deflate, permessage-deflate; server_max_window_bits=9", { true, false, { 15, 15 }, { false, false } } },
		{ "x-one; a=\"1, permessage-deflate\"", { false, true, { 15, 15 }, { false, false } } },
		{ "x-one; a=\"\\\"\", permessage-deflate; server_max_window_bits=8,", { true, true, { 15, 8 }, { false, false } } },
		{ ", ,;;=,\"", { false, true, { 15, 15 }, { false, false } } },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct w101_ws_agreed a;
		struct w101_guard g = w101_guard_copy(rows[i].in, strlen(rows[i].in));
		w101_ws_agreed_parse(g.bytes, &a);
		assert_int_equal(a.pmd, rows[i].want.pmd);
		assert_int_equal(a.unknown, rows[i].want.unknown);
		assert_memory_equal(a.bits, rows[i].want.bits, sizeof a.bits);
		assert_memory_equal(a.no_takeover, rows[i].want.no_takeover, sizeof a.no_takeover);
		w101_guard_free(&g);
	}
}

static void foreign(void **state)
{
	static const struct { const char *text; bool first; enum w101_ws_foreign want; } rows[] = {
		{ "H", true, W101_WS_DOUBT }, { "HTTP/1.", false, W101_WS_FOREIGN }, { "HTTP/2", false, W101_WS_FRAMES },
		{ "HTTP/2.0", true, W101_WS_FOREIGN }, { "<ht", false, W101_WS_DOUBT }, { "<!DOCTYPE", false, W101_WS_FOREIGN },
		{ "abcdefg", true, W101_WS_DOUBT }, { "abcdefgh", true, W101_WS_FOREIGN }, { "abcdefgh", false, W101_WS_FRAMES },
		{ "abc\x01", true, W101_WS_FRAMES }, { "\x81\x05Hello", true, W101_WS_FRAMES },
	};
	struct w101_ws_agreed none = { .bits = { 15, 15 } }, pmd = { .pmd = true }, unknown = { .unknown = true };
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct w101_guard g = w101_guard_copy(rows[i].text, strlen(rows[i].text));
		assert_int_equal(w101_ws_foreign_text(g.bytes.p, g.bytes.n, rows[i].first, &none), rows[i].want);
		w101_guard_free(&g);
	}
	/* 'A' is RSV1 on a text fragment: right when that was agreed */
	assert_int_equal(w101_ws_foreign_text((const uint8_t *)"A sentence", 10, true, &none), W101_WS_FOREIGN);
	assert_int_equal(w101_ws_foreign_text((const uint8_t *)"A sentence", 10, true, &pmd), W101_WS_FRAMES);
	assert_int_equal(w101_ws_foreign_text((const uint8_t *)"a sentence", 10, true, &unknown), W101_WS_FRAMES);
	assert_int_equal(w101_ws_foreign_text((const uint8_t *)"a sentence", 10, true, NULL), W101_WS_FRAMES);

	struct w101_ws_header h = { .opcode = 5, .rsv = 2, .fin = true, .shortest = true, .length = 3 };
	assert_false(w101_ws_foreign_header(&h, W101_SERVER, &none)); /* two faults */
	assert_true(w101_ws_foreign_header(&h, W101_CLIENT, &none));
	assert_false(w101_ws_foreign_header(&h, W101_CLIENT, &unknown));
	h.length = UINT64_C(1) << 40;
	assert_true(w101_ws_foreign_header(&h, W101_SERVER, &none));
	h.opcode = 2;
	assert_false(w101_ws_foreign_header(&h, W101_SERVER, &none));
}

/* The window is bounded, and frames behind it are still found. */
static void search_window(void **state)
{
	struct w101_quota q;
	size_t noise = W101_WS_RESYNC_WINDOW * 3 + 17, n = noise, used;
	uint8_t *p = malloc(noise + 64);
	(void)state;
	assert_non_null(p);
	memset(p, 'x', noise);
	for (int i = 0; i < 4; i++) {
		memcpy(p + n, "\x81\x0aplain text", 12);
		p[n + 2] = (uint8_t)('a' + i);
		n += 12;
	}
	w101_quota_init(&q, 1 << 20, 0);
	struct w101_ws_resync *r = w101_ws_resync_new(&q, (struct w101_ws_expect){ false, 0 });
	bool found = false;
	size_t at = 0;
	for (uint64_t packet = 1; at < n && !found; packet++) {
		size_t k = at >= noise ? 12 : noise - at < 1000 ? noise - at : 1000;
		struct w101_chunk c = { .bytes = { p + at, k }, .offset = 5 + at, .packet = packet };
		found = w101_ws_resync_data(r, &c, &used);
		at += used;
		assert_true(r->window.n <= W101_WS_RESYNC_WINDOW && q.used <= W101_WS_RESYNC_WINDOW + sizeof *r + 1024 * sizeof(struct w101_chunk));
	}
	assert_true(found);
	assert_int_equal(r->offset, 5 + noise);
	assert_int_equal(r->skipped, noise);
	assert_memory_equal(r->window.p, p + noise, r->window.n);
	assert_int_equal(r->offset + r->window.n, 5 + at);
	w101_ws_resync_free(r);
	assert_int_equal(q.used, 0);
	w101_quota_clear(&q);
	free(p);
}

/* Text under a mask holds plausible headers, and text decoded with wrong masks
 * is ASCII too: what saves us is that no frame ends where a segment does. */
static void masked_text_is_no_frames(void **state)
{
	struct w101_quota q;
	uint8_t p[6000];
	(void)state;
	w101_quota_init(&q, 1 << 20, 0);
	srand(11);
	for (unsigned round = 0; round < 60; round++) {
		uint8_t mask[4] = { (uint8_t)rand(), (uint8_t)rand(), (uint8_t)rand(), (uint8_t)rand() };
		char text[40];
		int len = snprintf(text, sizeof text, "step %d of 12: the same again; ", rand() % 12);
		for (size_t i = 0; i < sizeof p; i++)
			p[i] = (uint8_t)text[i % (size_t)len] ^ mask[i % 4];
		struct w101_ws_resync *r = w101_ws_resync_new(&q, (struct w101_ws_expect){ true, 0 });
		assert_non_null(r);
		for (size_t at = 0, used; at < sizeof p; at += 1448) {
			size_t k = sizeof p - at < 1448 ? sizeof p - at : 1448;
			struct w101_chunk c = { .bytes = { p + at, k }, .offset = at, .packet = 1 + at };
			assert_false(w101_ws_resync_data(r, &c, &used));
		}
		assert_false(w101_ws_resync_end(r));
		w101_ws_resync_free(r);
	}
	w101_quota_clear(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers),
		cmocka_unit_test(masks),
		cmocka_unit_test(close_codes),
		cmocka_unit_test(extensions),
		cmocka_unit_test(foreign),
		cmocka_unit_test(search_window),
		cmocka_unit_test(masked_text_is_no_frames),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
