/* Reads a PROXY protocol header (HAProxy, doc/proxy-protocol.txt: 2.1 the line of
 * version 1, 2.2 the binary header of version 2).  A header that breaks its rules
 * is still one when its end is known, so that what follows can be read.  Must not
 * know what follows. */
#include "http/proxy.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"

#define V1_MAX 107u /* bytes of a line, CRLF included */
#define V2_HEAD 16u
#define V2_SHOWN 28u /* bytes in hex: the head and the addresses of IPv4 */
#define UNIX_PATH 108u

static const uint8_t signature[12] = { '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n' };

_Static_assert(W101_PROXY_NEED == V2_HEAD + 2 * UNIX_PATH, "the longest addresses");

/* ---- version 1 */

/* Up to the next space, which is taken too.  False: there is none. */
static bool next_word(struct w101_bytes *line, struct w101_bytes *word)
{
	const uint8_t *space = line->n ? memchr(line->p, ' ', line->n) : NULL;
	if (!space)
		return false;
	size_t n = (size_t)(space - line->p);
	*word = (struct w101_bytes){ line->p, n };
	line->p += n + 1;
	line->n -= n + 1;
	return true;
}

static bool read_address(struct w101_bytes word, uint8_t family, struct w101_addr *out)
{
	char text[48];
	if (!word.n || word.n >= sizeof text || memchr(word.p, 0, word.n))
		return false;
	memcpy(text, word.p, word.n);
	text[word.n] = 0;
	*out = (struct w101_addr){ .family = family };
	return inet_pton(family == 4 ? AF_INET : AF_INET6, text, out->b) == 1;
}

/* Decimal without a leading zero. */
static bool read_port(struct w101_bytes word, uint16_t *out)
{
	unsigned v = 0;
	if (!word.n || word.n > 5 || (word.p[0] == '0' && word.n > 1))
		return false;
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] < '0' || word.p[i] > '9')
			return false;
		v = v * 10 + (word.p[i] - '0');
	}
	*out = (uint16_t)v;
	return v <= UINT16_MAX;
}

/* What is behind "PROXY ".  Returns the defect, NULL without one. */
static const char *read_line(struct w101_bytes line, struct w101_proxy *out)
{
	struct w101_bytes word[3], first = { line.p, line.n };
	bool more = next_word(&line, &first);
	if (w101_eq(first, W101_LIT("UNKNOWN")))
		return NULL; /* "the receiver must ignore anything presented before the CRLF" */
	uint8_t family = w101_eq(first, W101_LIT("TCP4")) ? 4 : w101_eq(first, W101_LIT("TCP6")) ? 6 : 0;
	if (!family)
		return "the protocol is not TCP4, TCP6 or UNKNOWN";
	if (!more || !next_word(&line, &word[0]) || !next_word(&line, &word[1]) || !next_word(&line, &word[2]))
		return "two addresses and two ports are wanted";
	if (!read_address(word[0], family, &out->from.addr))
		return "the source address is wrong";
	if (!read_address(word[1], family, &out->to.addr))
		return "the destination address is wrong";
	if (!read_port(word[2], &out->from.port))
		return "the source port is wrong";
	if (!read_port(line, &out->to.port))
		return "the destination port is wrong";
	out->family = W101_PROXY_TCP;
	return NULL;
}

/* "PROXY / HTTP/1.1": a method of somebody's own. */
static bool is_request_line(struct w101_bytes line)
{
	static const char http[] = " HTTP/1.";
	const size_t n = sizeof http; /* and a digit, in place of the NUL */
	return line.n > n && memcmp(line.p + line.n - n, http, n - 1) == 0;
}

static long parse_v1(struct w101_bytes in, struct w101_proxy *out)
{
	static const char start[] = "PROXY ";
	const size_t begin = sizeof start - 1;
	if (memcmp(in.p, start, in.n < begin ? in.n : begin) != 0)
		return -1;
	size_t n = in.n < V1_MAX ? in.n : V1_MAX;
	for (size_t i = begin; i + 1 < n; i++) {
		if (in.p[i] != '\r' || in.p[i + 1] != '\n')
			continue;
		out->version = 1;
		out->raw = (struct w101_bytes){ in.p, i };
		if (is_request_line(out->raw))
			return -1;
		out->defect = read_line((struct w101_bytes){ in.p + begin, i - begin }, out);
		return (long)i + 2;
	}
	return in.n < V1_MAX ? 0 : -1;
}

/* ---- version 2 */

static struct w101_endpoint endpoint(uint8_t family, const uint8_t *addr, const uint8_t *port)
{
	struct w101_endpoint e = { .addr.family = family, .port = (uint16_t)(port[0] << 8 | port[1]) };
	memcpy(e.addr.b, addr, family == 4 ? 4 : 16);
	return e;
}

static struct w101_bytes unix_path(const uint8_t *p)
{
	const uint8_t *nul = memchr(p, 0, UNIX_PATH);
	return (struct w101_bytes){ p, nul ? (size_t)(nul - p) : UNIX_PATH };
}

/* Bytes of the addresses; 0: none, or a kind that a receiver must ignore. */
static size_t addresses_size(uint8_t kind)
{
	switch (kind) {
	case 0x11:
	case 0x12:
		return 12;
	case 0x21:
	case 0x22:
		return 36;
	case 0x31:
	case 0x32:
		return 2 * UNIX_PATH;
	default:
		return 0;
	}
}

static void read_addresses(uint8_t kind, const uint8_t *p, struct w101_proxy *out)
{
	out->family = kind >> 4 == 3 ? W101_PROXY_UNIX : (kind & 15) == 1 ? W101_PROXY_TCP : W101_PROXY_UDP;
	switch (kind >> 4) {
	case 1:
		out->from = endpoint(4, p, p + 8);
		out->to = endpoint(4, p + 4, p + 10);
		break;
	case 2:
		out->from = endpoint(6, p, p + 32);
		out->to = endpoint(6, p + 16, p + 34);
		break;
	default:
		out->path[0] = unix_path(p);
		out->path[1] = unix_path(p + UNIX_PATH);
		break;
	}
}

static long parse_v2(struct w101_bytes in, struct w101_proxy *out)
{
	if (memcmp(in.p, signature, in.n < sizeof signature ? in.n : sizeof signature) != 0)
		return -1;
	if (in.n < V2_HEAD)
		return 0;
	const size_t length = (size_t)in.p[14] << 8 | in.p[15], addresses = addresses_size(in.p[13]);
	const uint8_t command = in.p[12] & 15;
	const size_t all = V2_HEAD + length, shown = all < V2_SHOWN ? all : V2_SHOWN;
	if (in.n < shown)
		return 0;
	out->version = 2;
	out->raw = (struct w101_bytes){ in.p, shown };
	out->local = command == 0;
	if (in.p[12] >> 4 != 2)
		out->defect = "the version is not 2";
	else if (command > 1)
		out->defect = "the command is neither LOCAL nor PROXY";
	else if (!out->local && length < addresses)
		out->defect = "it is too short for its addresses";
	if (out->defect || out->local || !addresses)
		return (long)all;
	if (in.n < V2_HEAD + addresses)
		return 0;
	read_addresses(in.p[13], in.p + V2_HEAD, out);
	return (long)all;
}

long w101_proxy_parse(struct w101_bytes in, struct w101_proxy *out)
{
	*out = (struct w101_proxy){ .family = W101_PROXY_UNKNOWN };
	if (!in.n)
		return 0;
	return in.p[0] == signature[0] ? parse_v2(in, out) : parse_v1(in, out);
}

/* ---- for people */

struct text {
	char *p;
	size_t n;
};

static void put(struct text *t, struct w101_bytes b)
{
	size_t room = W101_PROXY_TEXT - t->n, n = b.n < room ? b.n : room;
	if (n)
		memcpy(t->p + t->n, b.p, n);
	t->n += n;
}

static void put_endpoint(struct text *t, const struct w101_endpoint *e)
{
	char addr[INET6_ADDRSTRLEN], text[INET6_ADDRSTRLEN + 16];
	const bool v4 = e->addr.family == 4;
	if (!inet_ntop(v4 ? AF_INET : AF_INET6, e->addr.b, addr, sizeof addr))
		return;
	snprintf(text, sizeof text, v4 ? "%s:%u" : "[%s]:%u", addr, (unsigned)e->port);
	put(t, w101_str(text));
}

/* NOLINTNEXTLINE(readability-non-const-parameter): written through the struct */
size_t w101_proxy_seen(const struct w101_proxy *x, char text[W101_PROXY_TEXT])
{
	struct text t = { text, 0 };
	if (x->version == 1) {
		put(&t, x->raw);
		return t.n;
	}
	for (size_t i = 0; i < x->raw.n; i++) {
		char hex[3];
		snprintf(hex, sizeof hex, "%02x", x->raw.p[i]);
		put(&t, w101_str(hex));
	}
	return t.n;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): written through the struct */
size_t w101_proxy_detail(const struct w101_proxy *x, char text[W101_PROXY_TEXT])
{
	struct text t = { text, 0 };
	if (x->defect) {
		put(&t, w101_str(x->defect));
	} else if (x->local) {
		put(&t, W101_LIT("a connection of the proxy's own (health check)"));
	} else if (x->family == W101_PROXY_UNKNOWN) {
		put(&t, W101_LIT("the original client is not named"));
	} else if (x->family == W101_PROXY_UNIX) {
		put(&t, W101_LIT("the original client is the UNIX socket \""));
		put(&t, x->path[0]);
		put(&t, W101_LIT("\", to \""));
		put(&t, x->path[1]);
		put(&t, W101_LIT("\""));
	} else {
		put(&t, W101_LIT("the original client is "));
		put_endpoint(&t, &x->from);
		put(&t, W101_LIT(", to "));
		put_endpoint(&t, &x->to);
		if (x->family == W101_PROXY_UDP)
			put(&t, W101_LIT(" (UDP)"));
	}
	return t.n;
}
