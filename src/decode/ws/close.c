/* The close codes and what may be sent (RFC 6455 section 7.4; the registry of
 * section 11.7 added 1012-1014).  Knows no frames. */
#include "decode/ws/close.h"

#include <stddef.h>

static const char *const names[] = {
	"Normal Closure", "Going Away", "Protocol Error", "Unsupported Data", "Reserved", "No Status Received",
	"Abnormal Closure", "Invalid Frame Payload Data", "Policy Violation", "Message Too Big",
	"Mandatory Extension", "Internal Error", "Service Restart", "Try Again Later", "Bad Gateway", "TLS Handshake",
};

enum w101_ws_code_class w101_ws_code_class(unsigned code)
{
	if (code == 1005 || code == 1006 || code == 1015)
		return W101_WS_CODE_LOCAL;
	if (code < 1000 || code == 1004 || (code >= 1016 && code < 3000) || code >= 5000)
		return W101_WS_CODE_UNDEFINED;
	return W101_WS_CODE_FINE;
}

const char *w101_ws_code_name(unsigned code)
{
	if (code >= 1000 && code - 1000 < sizeof names / sizeof names[0])
		return names[code - 1000];
	if (code >= 3000 && code < 4000)
		return "registered by a library or application";
	if (code >= 4000 && code < 5000)
		return "private use";
	return "undefined";
}
