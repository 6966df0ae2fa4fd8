/* A whole conversation from arbitrary bytes, fed as it is and byte by byte: both
 * must tell the same, and nothing may leak.  The byte 0x1e begins a piece, and
 * the byte behind it says what it is: > client, < server, g or G a gap, e or E
 * an end (small: the client's). */
#include <stdlib.h>

#include "base/hash.h"
#include "base/quota.h"
#include "http/http1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const uint8_t seed[16];
static uint64_t told; /* digest of everything that was told */

static void tell(const void *p, size_t n)
{
	told = told * 31 + (n ? w101_hash(seed, p, n) : 1);
}

static void on_head(void *self, const struct w101_http_head *h, bool about)
{
	(void)self;
	(void)about;
	tell(h->raw.p, h->raw.n);
	tell(&h->offset, sizeof h->offset);
}

static void on_finding(void *self, const struct w101_finding *f)
{
	(void)self;
	if (f->id >= W101_F_COUNT || f->dir > W101_SERVER)
		abort();
	if (f->id == W101_F_req_early_data)
		return; /* it shows the first chunk */
	tell(&f->id, sizeof f->id);
	tell(&f->offset, sizeof f->offset);
	tell(f->seen.p, f->id == W101_F_res_syntax ? 0 : f->seen.n);
	tell(f->wanted.p, f->wanted.n);
	tell(f->detail.p, f->detail.n);
}

static void on_exchange(void *self, const struct w101_exchange *x)
{
	(void)self;
	if ((x->accept.ok && !x->accept.judged) || x->verified < -1 || x->verified > 1 || x->n_offered > 16 ||
		(x->verdict == W101_VERDICT_SWITCHED && x->errors) ||
		(x->verified == 1 && !(x->request && x->response)))
		abort();
	tell(&x->verdict, sizeof x->verdict);
	tell(x->extensions.p, x->extensions.n);
	tell(x->switched.p, x->switched.n);
}

static void feed(struct w101_http1 *h, enum w101_dir d, const uint8_t *p, size_t n, size_t step, uint64_t at[2])
{
	for (size_t i = 0; i < n; i += step) {
		size_t used, k = n - i < step ? n - i : step;
		struct w101_chunk c = { { p + i, k }, at[d], 1, 1, at[w101_dir_other(d)] };
		enum w101_feed r = w101_http1_data(h, d, &c, &used);
		if (used > k || (r == W101_FEED_MORE && used != k) || (r == W101_FEED_SWITCH && d != W101_SERVER))
			abort();
		if (r == W101_FEED_SWITCH) {
			struct w101_http1_switch sw;
			w101_http1_switched(h, &sw);
			for (size_t j = 0; j < sw.n_held; j++) {
				const struct w101_held_piece *piece = &sw.held[j];
				if (!piece->gap == !piece->chunk.bytes.n)
					abort();
				tell(piece->chunk.bytes.p, piece->chunk.bytes.n);
				tell(&piece->gap, sizeof piece->gap);
			}
			tell(sw.token.p, sw.token.n);
			if (sw.offset[W101_SERVER] != c.offset + used)
				abort();
		}
		at[d] += k;
	}
}

static uint64_t talk(const uint8_t *data, size_t n, size_t step, bool *cut_matters)
{
	struct w101_quota q;
	struct w101_limits limits = W101_LIMITS_DEFAULT;
	w101_quota_init(&q, 1 << 20, 0);
	limits.http_head = 2048;
	limits.held_client = 512;
	limits.pending = 4;
	struct w101_keys *keys = w101_keys_new(&q, seed);
	struct w101_http1_config cfg = { .host = { NULL, on_head, on_head, on_finding, on_exchange },
		.limits = &limits,
		.quota = &q,
		.keys = keys,
		.flow = 1,
		.plain_exchanges = n % 2,
		.midstream = n % 16 == 15 };
	*cut_matters |= cfg.midstream; /* a head is looked for at the beginning of chunks */
	struct w101_http1 *h = w101_http1_new(&cfg);
	uint64_t at[2] = { 0, 0 };
	told = 0;
	*cut_matters |= n > limits.http_head; /* likewise behind a request that was too long to be read */
	for (size_t i = 0; i + 1 < n;) {
		size_t from = i + 2, to = from;
		while (to < n && data[to] != 0x1e)
			to++;
		enum w101_dir d =
			data[i + 1] == '<' || data[i + 1] == 'G' || data[i + 1] == 'E' ? W101_SERVER : W101_CLIENT;
		struct w101_chunk where = { { NULL, 0 }, at[d], 1, 1, at[w101_dir_other(d)] };
		if (data[i + 1] == 'g' || data[i + 1] == 'G') {
			*cut_matters = true; /* behind it a head is looked for at the beginning of chunks */
			w101_http1_gap(h, d, to - from, &where);
			at[d] += to - from;
		} else if (data[i + 1] == 'e' || data[i + 1] == 'E') {
			w101_http1_end(h, d, (enum w101_end)((to - from) % 4), &where);
		} else {
			feed(h, d, data + from, to - from, step, at);
		}
		i = to;
	}
	w101_http1_finish(h);
	w101_http1_free(h);
	w101_keys_free(keys);
	if (q.used)
		abort();
	return told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	bool cut_matters = false;
	uint64_t whole = talk(data, n, SIZE_MAX, &cut_matters);
	if (talk(data, n, 1, &cut_matters) != whole && !cut_matters)
		abort();
	return 0;
}
