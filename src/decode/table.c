/* The protocols after the switch, one row each, and the upgrade tokens that
 * have a meaning of their own (RFC 9110 16.7: the IANA registry of HTTP upgrade
 * tokens).  Must not know what is inside a protocol. */
#include "decode/table.h"

#include "base/ascii.h"

static const struct w101_decoder_ops *const decoders[] = {
	&w101_websocket_decoder,
};

static const char *const known[] = {
	"websocket", "HTTP", "TLS", "h2c", "connect-udp", "connect-ip",
	"h2",  /* ALPN only; as an upgrade token it has a finding of its own */
	"tcp", /* Docker: raw bytes of a container's terminal */
};

const struct w101_decoder_ops *w101_decoder_find(struct w101_bytes token)
{
	token = w101_token_name(token);
	for (size_t i = 0; i < sizeof decoders / sizeof decoders[0]; i++)
		if (w101_eq_nocase(token, w101_str(decoders[i]->token)))
			return decoders[i];
	return &w101_opaque_decoder;
}

bool w101_token_known(struct w101_bytes token)
{
	token = w101_token_name(token);
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (w101_eq_nocase(token, w101_str(known[i])))
			return true;
	return false;
}
