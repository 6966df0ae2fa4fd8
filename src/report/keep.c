/* Deep copies of events.  The same walk runs twice: first it counts, then it
 * copies into a piece of exactly that size. */
#include "report/keep.h"

#include <string.h>

struct bump {
	uint8_t *p; /* NULL: counting only */
	size_t n;
};

static void *copy(struct bump *b, const void *from, size_t n)
{
	enum { ALIGN = 16 };
	void *to = b->p ? b->p + b->n : NULL;
	if (to && n)
		memcpy(to, from, n);
	b->n += (n + ALIGN - 1) / ALIGN * ALIGN;
	return to;
}

static void bytes(struct bump *b, struct w101_bytes *x)
{
	x->p = copy(b, x->p, x->n);
}

static const char *text(struct bump *b, const char *s)
{
	return s ? copy(b, s, strlen(s) + 1) : NULL;
}

static const struct w101_http_head *head(struct bump *b, const struct w101_http_head *from)
{
	if (!from)
		return NULL;
	struct w101_http_head h = *from;
	struct w101_http_field *fields = copy(b, from->fields, from->n_fields * sizeof *from->fields);
	for (size_t i = 0; i < from->n_fields; i++) {
		struct w101_http_field f = from->fields[i];
		bytes(b, &f.name);
		bytes(b, &f.value);
		if (fields)
			fields[i] = f;
	}
	h.fields = fields;
	bytes(b, &h.raw);
	bytes(b, &h.start_line);
	bytes(b, &h.method);
	bytes(b, &h.target);
	bytes(b, &h.reason);
	return copy(b, &h, sizeof h);
}

static const struct w101_exchange *exchange(struct bump *b, const struct w101_exchange *from)
{
	struct w101_exchange x = *from;
	x.request = head(b, from->request);
	x.response = head(b, from->response);
	bytes(b, &x.host);
	for (size_t i = 0; i < x.n_offered; i++)
		bytes(b, &x.offered[i]);
	bytes(b, &x.switched);
	bytes(b, &x.accept.key);
	bytes(b, &x.accept.seen);
	bytes(b, &x.subprotocol);
	bytes(b, &x.extensions);
	return copy(b, &x, sizeof x);
}

static void hint(struct bump *b, struct w101_ev_hint *h)
{
	const char *const *from = h->evidence;
	h->id = text(b, h->id);
	h->text = text(b, h->text);
	const char **to = copy(b, from, h->n_evidence * sizeof *from);
	for (size_t i = 0; i < h->n_evidence; i++) {
		const char *s = text(b, from[i]);
		if (to)
			to[i] = s;
	}
	h->evidence = to;
}

/* False: this kind is not kept. */
static bool walk(struct bump *b, struct w101_event *ev)
{
	switch (ev->type) {
	case W101_EV_OPEN:
	case W101_EV_TLS:
	case W101_EV_PAIR:
	case W101_EV_GAP:
		return true;
	case W101_EV_REQUEST:
	case W101_EV_RESPONSE:
		ev->u.head.head = head(b, ev->u.head.head);
		return true;
	case W101_EV_EXCHANGE:
		ev->u.exchange.x = exchange(b, ev->u.exchange.x);
		return true;
	case W101_EV_SWITCH:
		bytes(b, &ev->u.change.token);
		return true;
	case W101_EV_FINDING:
		bytes(b, &ev->u.finding.seen);
		bytes(b, &ev->u.finding.wanted);
		bytes(b, &ev->u.finding.detail);
		return true;
	case W101_EV_HINT:
		hint(b, &ev->u.hint);
		return true;
	case W101_EV_FRAME:
	case W101_EV_MESSAGE:
	case W101_EV_CLOSE:
	case W101_EV_SUMMARY:
		break;
	}
	return false;
}

struct w101_report_kept *w101_report_keep(struct w101_quota *q, const struct w101_event *ev)
{
	struct w101_report_kept k = { .ev = *ev };
	struct bump b = { NULL, 0 };
	copy(&b, &k, sizeof k);
	if (!walk(&b, &k.ev))
		return NULL;
	const size_t size = b.n;
	struct w101_report_kept *piece = w101_alloc(q, size);
	if (!piece)
		return NULL;
	k = (struct w101_report_kept){ .ev = *ev, .size = size };
	b = (struct bump){ (uint8_t *)piece, 0 };
	copy(&b, &k, sizeof k);
	walk(&b, &piece->ev);
	return piece;
}

void w101_report_kept_free(struct w101_quota *q, struct w101_report_kept *k)
{
	w101_free(q, k, k->size);
}
