/* The small parsers of http/ against an unreadable page: the grammar of extensions, the rules of
 * permessage-deflate that read it, and the search for the mistake behind an accept value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ascii.h"
#include "guard.h"
#include "http/accept.h"
#include "http/deflate_rules.h"
#include "http/extension.h"

#define NAME "Sec-WebSocket-Extensions"

static const char *const values[] = {
	"",
	" ",
	",",
	"permessage-deflate",
	"permessage-deflate; client_max_window_bits",
	"permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=15",
	"permessage-deflate;server_max_window_bits=\"10\";client_max_window_bits=8",
	"permessage-deflate; server_max_window_bits=1\\0",
	"permessage-deflate; server_max_window_bits=\"1\\0\", permessage-deflate",
	"permessage-deflate; server_max_window_bits=16, permessage-deflate; server_no_context_takeover=1",
	"permessage-deflate; client_max_window_bits=; x",
	"PERMESSAGE-DEFLATE;Client_Max_Window_Bits=12 , foo ; bar = \"b\\a\\z\" ;q",
	"permessage-deflate; level=9; level=9, permessage-bzip2",
	"a, b;c;d=e, f ; g = \"h\"",
	", ,a,, b,",
	"a;b=\"c d\", e",
	"a;b=\"c\\",
	"a;b=\"",
	"a;;b, c",
	"a \t; b\t=\t\"\\\"\"\t,\tc",
	"foo; bar=\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", baz",
	"\xff\xfe; \x01=\x7f, a",
};
#define N_VALUES (sizeof values / sizeof *values)

/* A head that ends with the value of its last field: nothing can be read behind it. */
struct page {
	struct w101_guard guard;
	struct w101_http_field fields[2];
	struct w101_http_head head;
};

static void page_open(struct page *g, bool response, const struct w101_bytes *lines, size_t n)
{
	static const char start[] = "GET / HTTP/1.1\r\n";
	char text[600];
	size_t at = sizeof start - 1, name[2], value[2];
	memcpy(text, start, at);
	for (size_t i = 0; i < n; i++) {
		name[i] = at;
		memcpy(text + at, NAME ": ", sizeof NAME + 1);
		value[i] = at += sizeof NAME + 1;
		memcpy(text + at, lines[i].p, lines[i].n);
		at += lines[i].n;
		if (i + 1 < n) {
			memcpy(text + at, "\r\n", 2);
			at += 2;
		}
	}
	*g = (struct page){ .guard = w101_guard_copy(text, at) };
	for (size_t i = 0; i < n; i++)
		g->fields[i] = (struct w101_http_field){
			.name = { g->guard.bytes.p + name[i], sizeof NAME - 1 },
			.value = { g->guard.bytes.p + value[i], lines[i].n },
		};
	g->head = (struct w101_http_head){ .response = response, .raw = g->guard.bytes, .fields = g->fields, .n_fields = n,
		.start_line = { g->guard.bytes.p, sizeof start - 3 }, .major = 1, .minor = 1, .status = response ? 101 : 0 };
}

static void inside(struct w101_bytes outer, struct w101_bytes part)
{
	if (part.n)
		assert_true(part.p >= outer.p && part.n <= outer.n && (size_t)(part.p - outer.p) <= outer.n - part.n);
}

/* Everything that the grammar yields, one item for each extension or fault: name(param=value,...), or !. */
struct items {
	char text[64][256];
	size_t n;
};

static void walk(const struct page *g, struct items *out)
{
	struct w101_extension_cursor c = { 0 };
	struct w101_extension e;
	int r;
	out->n = 0;
	while ((r = w101_extension_next(&g->head, &c, &e)) != 0) {
		char *text = out->text[out->n++];
		size_t n = 0, at = 0, room = sizeof *out->text;
		struct w101_param p;
		assert_true(out->n < 64);
		if (r < 0) {
			inside(g->guard.bytes, c.bad);
			strcpy(text, "!");
			continue;
		}
		inside(g->guard.bytes, e.text);
		inside(e.text, e.name);
		inside(g->guard.bytes, e.params);
		assert_true(e.name.n > 0);
		n += (size_t)snprintf(text, room, "%.*s(", (int)e.name.n, (const char *)e.name.p);
		while (w101_extension_param(&e, &at, &p)) {
			inside(e.params, p.name);
			assert_true(p.name.n > 0 && at <= e.params.n);
			n += (size_t)snprintf(text + n, room - n, "%.*s%s%.*s,", (int)p.name.n, (const char *)p.name.p,
				p.has_value ? "=" : "", (int)p.value.n, p.value.n ? (const char *)p.value.p : "");
			assert_true(n < room);
		}
	}
}

/* All but the last item of a part is what the whole begins with. */
static void begins_alike(const struct items *whole, const struct items *part)
{
	for (size_t i = 0; i + 1 < part->n; i++) {
		assert_true(i < whole->n);
		assert_string_equal(part->text[i], whole->text[i]);
	}
}

static void same(const struct items *a, const struct items *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		assert_string_equal(a->text[i], b->text[i]);
}

static void extensions_of_every_prefix(void **state)
{
	(void)state;
	static struct items whole, part;
	for (size_t v = 0; v < N_VALUES; v++) {
		struct page g;
		struct w101_bytes value = w101_str(values[v]);
		page_open(&g, false, &value, 1);
		walk(&g, &whole);
		w101_guard_free(&g.guard);
		for (size_t n = 0; n <= value.n; n++) {
			page_open(&g, false, &(struct w101_bytes){ value.p, n }, 1);
			walk(&g, &part);
			w101_guard_free(&g.guard);
			begins_alike(&whole, &part);
		}
	}
}

static void extensions_cut_into_two_lines(void **state)
{
	(void)state;
	static struct items whole, part;
	for (size_t v = 0; v < N_VALUES; v++) {
		struct page g;
		struct w101_bytes value = w101_str(values[v]);
		bool broken = false;
		page_open(&g, false, &value, 1);
		walk(&g, &whole);
		w101_guard_free(&g.guard);
		for (size_t i = 0; i < whole.n; i++)
			broken |= !strcmp(whole.text[i], "!");
		for (size_t n = 0; n <= value.n; n++) {
			bool comma = n < value.n && value.p[n] == ',';
			const struct w101_bytes lines[] = { { value.p, n }, { value.p + n + comma, value.n - n - comma } };
			page_open(&g, false, lines, 2);
			walk(&g, &part);
			w101_guard_free(&g.guard);
			if (comma && !broken) /* RFC 9110 5.3: several lines are one list */
				same(&whole, &part);
		}
	}
}

/* Reads all that a finding refers to. */
static void read_finding(void *self, const struct w101_finding *f)
{
	unsigned *sum = self;
	const struct w101_bytes parts[] = { f->seen, f->wanted, f->detail };
	assert_true(f->id < W101_F_COUNT);
	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < parts[i].n; k++)
			*sum += parts[i].p[k];
}

static void judge_pair(struct w101_bytes offer, struct w101_bytes answer, struct w101_found *out)
{
	unsigned sum = 0;
	struct page request, response;
	struct w101_judge asked = { .self = &sum, .finding = read_finding }, told = asked;
	page_open(&request, false, &offer, 1);
	page_open(&response, true, &answer, 1);
	w101_deflate_judge_offers(&asked, &request.head);
	w101_deflate_judge_answer(&told, &request.head, &asked.found, &response.head);
	w101_guard_free(&request.guard);
	w101_guard_free(&response.guard);
	*out = told.found;
}

static void deflate_rules_read_no_further(void **state)
{
	(void)state;
	const struct w101_bytes plain = w101_str("permessage-deflate; client_max_window_bits");
	struct w101_found found;
	for (size_t v = 0; v < N_VALUES; v++) {
		struct w101_bytes value = w101_str(values[v]);
		for (size_t n = 0; n <= value.n; n++) {
			struct w101_bytes part = { value.p, n };
			judge_pair(part, plain, &found);
			judge_pair(plain, part, &found);
			judge_pair(part, part, &found);
		}
	}
	/* the last byte counts: 15 is allowed, 1 is not */
	judge_pair(plain, w101_str("permessage-deflate; client_max_window_bits=15"), &found);
	assert_int_equal(found.n[W101_ERROR], 0);
	judge_pair(plain, w101_str("permessage-deflate; client_max_window_bits=1"), &found);
	assert_true(w101_found_has(&found, W101_F_pmd_bits_value));
}

static const char key[] = "dGhlIHNhbXBsZSBub25jZQ==";

static void the_hash_reads_the_key_alone(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof key; n++) {
		uint8_t a[W101_DIGEST_LEN], b[W101_DIGEST_LEN];
		struct w101_guard g = w101_guard_copy(key, n);
		assert_true(w101_accept_digest(g.bytes, a));
		assert_true(w101_accept_digest((struct w101_bytes){ (const uint8_t *)key, n }, b));
		assert_memory_equal(a, b, sizeof a);
		w101_guard_free(&g);
	}
}

static void causes_of_every_prefix(void **state)
{
	(void)state;
	static const char *const seen[] = {
		"s3pPLMBiTxaQ9kYGzzhZRbK+xOo= ",
		"s3pplmbitxaq9kygzzhzrbk+xoo=",
		"b37a4f2cc0624f1690f64606cf385945b2bec4ea",
		"258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
		"dGhlIHNhbXBsZSBub25jZQ==",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"\"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\"",
		"\xff\x01",
	};
	char cause[W101_ACCEPT_CAUSE_MAX];
	for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
		for (size_t n = 0; n <= strlen(seen[i]); n++)
			for (size_t k = 0; k < sizeof key; k++) {
				struct w101_guard s = w101_guard_copy(seen[i], n), g = w101_guard_copy(key, k);
				memset(cause, 'x', sizeof cause);
				w101_accept_cause(g.bytes, s.bytes, NULL, 1, cause);
				assert_non_null(memchr(cause, 0, sizeof cause));
				bool lower = i < 2 && n == 28, hex = i == 2 && n == 40, whole = k == sizeof key - 1;
				assert_int_equal(strstr(cause, "case of letters") != NULL, whole && lower);
				assert_int_equal(strstr(cause, "digest in hex") != NULL, whole && hex);
				assert_int_equal(strstr(cause, "padding") != NULL, whole && i == 0 && n == 27);
				w101_guard_free(&s);
				w101_guard_free(&g);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(extensions_of_every_prefix),
		cmocka_unit_test(extensions_cut_into_two_lines),
		cmocka_unit_test(deflate_rules_read_no_further),
		cmocka_unit_test(the_hash_reads_the_key_alone),
		cmocka_unit_test(causes_of_every_prefix),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
