/* A small tolerant reader of the agreed extensions (RFC 6455 section 9.1, RFC
 * 7692 section 7.1): decoding needs to know them, judging them is not its
 * business. */
#include "decode/ws/extension.h"

#include "base/ascii.h"

/* Takes the part of *in up to `mark` outside quotes. */
static struct w101_bytes part(struct w101_bytes *in, uint8_t mark)
{
	bool quoted = false;
	size_t i = 0;
	for (; i < in->n; i++) {
		if (in->p[i] == '"')
			quoted = !quoted;
		else if (quoted && in->p[i] == '\\' && i + 1 < in->n)
			i++;
		else if (!quoted && in->p[i] == mark)
			break;
	}
	struct w101_bytes got = { in->p, i };
	size_t used = i < in->n ? i + 1 : i;
	if (used) {
		in->p += used;
		in->n -= used;
	}
	return w101_trim(got);
}

/* A window size; 15 when the value is none. */
static uint8_t window_bits(struct w101_bytes v)
{
	if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
		v.p++, v.n -= 2;
	if (v.n == 1 && (v.p[0] == '8' || v.p[0] == '9'))
		return (uint8_t)(v.p[0] - '0');
	if (v.n == 2 && v.p[0] == '1' && v.p[1] >= '0' && v.p[1] <= '5')
		return (uint8_t)(10 + v.p[1] - '0');
	return 15;
}

static void parameter(struct w101_bytes value, struct w101_ws_agreed *a)
{
	struct w101_bytes name = part(&value, '=');
	value = w101_trim(value);
	if (w101_eq_nocase(name, W101_LIT("client_no_context_takeover")))
		a->no_takeover[W101_CLIENT] = true;
	else if (w101_eq_nocase(name, W101_LIT("server_no_context_takeover")))
		a->no_takeover[W101_SERVER] = true;
	else if (w101_eq_nocase(name, W101_LIT("client_max_window_bits")))
		a->bits[W101_CLIENT] = window_bits(value);
	else if (w101_eq_nocase(name, W101_LIT("server_max_window_bits")))
		a->bits[W101_SERVER] = window_bits(value);
}

void w101_ws_agreed_parse(struct w101_bytes in, struct w101_ws_agreed *a)
{
	*a = (struct w101_ws_agreed){ .bits = { 15, 15 } };
	while (in.n) {
		struct w101_bytes one = part(&in, ',');
		struct w101_bytes name = part(&one, ';');
		if (!name.n)
			continue;
		if (!w101_eq_nocase(name, W101_LIT("permessage-deflate"))) {
			a->unknown = true;
			continue;
		}
		while (one.n && !a->pmd)
			parameter(part(&one, ';'), a);
		a->pmd = true;
	}
}
