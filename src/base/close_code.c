/* The close codes of RFC 6455 7.4.1, those that the IANA registry added (1012 to
 * 1014), and the ranges of 7.4.2.  Whether a code may be sent is judged where
 * frames are decoded. */
#include "base/close_code.h"

#include <stddef.h>

static const struct w101_close_code codes[] = {
	{ 0, 999, "not used", "RFC 6455 7.4.2",
		"Codes below 1000 are not used; a Close that carries one breaks the protocol.",
		"A made-up code, an HTTP status or an exit status used as code, or its two bytes in the wrong order.",
		"Send 1000, or 4000 to 4999 for a meaning of your own, in network byte order." },
	{ 1000, 1000, "normal closure", "RFC 6455 7.4.1",
		"The connection did what it was opened for, and the sender is done with it.",
		"close() without a code in most libraries, the end of a session, or a server that is done.",
		"Nothing. When the other side did not expect it, look at who sent the first Close, and at the messages "
		"before it." },
	{ 1001, 1001, "going away", "RFC 6455 7.4.1",
		"The sender goes away: the server shuts down, or the browser leaves the page.",
		"A tab that was closed or reloaded, a deployment, an idle timeout of a server or proxy that says so "
		"this way.",
		"Clients reconnect, after a random delay when a server went down. If it comes at regular intervals, "
		"look for an idle timeout and send Pings more often." },
	{ 1002, 1002, "protocol error", "RFC 6455 7.4.1",
		"The sender got something that breaks the protocol.",
		"A frame that is not masked, reserved bits or opcodes, a wrong order of fragments, or bytes that a "
		"proxy damaged.",
		"Look at the findings of the side that did not send this Close; the frame in question stands just "
		"before it." },
	{ 1003, 1003, "unsupported data", "RFC 6455 7.4.1",
		"The sender got a kind of data that it cannot accept.",
		"A binary message for a program that understands text only, or the other way round; sometimes text "
		"that is not the JSON expected.",
		"Compare the kind of the last message with what that program reads, and the subprotocol agreed on." },
	{ 1004, 1004, "reserved", "RFC 6455 7.4.1",
		"Reserved: it has no meaning yet.",
		"A program that counts codes up, or one written after an early draft.",
		"Send a code that is defined, or one from 4000 to 4999." },
	{ 1005, 1005, "no status received", "RFC 6455 7.4.1",
		"A Close came without a code. It is never sent; programs report it to their own user.",
		"The other side sent an empty Close, as close() without arguments does in some libraries.",
		"Nothing, when the end was expected. Seen inside a Close it is an error of the program that passed on "
		"what its library reported." },
	{ 1006, 1006, "abnormal closure", "RFC 6455 7.4.1",
		"The connection ended without a Close. It is never sent; programs report it to their own user.",
		"A crash, a lost network, an idle timeout of a proxy or load balancer, a handshake that failed, or a "
		"TCP reset.",
		"Look at who ended TCP, and how long nothing had been sent before that: round numbers like 60 s are "
		"time-outs. Send Pings, and raise the time-out of what stands between." },
	{ 1007, 1007, "invalid payload", "RFC 6455 7.4.1",
		"The sender got a message whose data does not fit its kind, such as text that is not UTF-8.",
		"Latin-1 or binary data sent as text, text cut inside a character, or broken compression.",
		"Look for ws-utf8 and the pmd findings of the other side. Send such data as a binary message." },
	{ 1008, 1008, "policy violation", "RFC 6455 7.4.1",
		"The sender got a message that breaks its rules; the general code when no other fits, or when the "
		"rule shall not be told.",
		"Missing or expired login, an origin that is not allowed, too many messages, a topic without "
		"permission.",
		"Read the reason of the Close and the log of that program; compare token, cookie and Origin of the "
		"handshake." },
	{ 1009, 1009, "message too big", "RFC 6455 7.4.1",
		"The sender got a message larger than it is willing to take.",
		"A limit of the library or the server (16 KiB, 64 KiB, 1 MiB are usual), which often counts the "
		"message after inflating.",
		"Look at the length of the last message before the Close. Raise the limit of the receiver, or send "
		"smaller messages: fragments do not help, since the limit is the message's." },
	{ 1010, 1010, "extension missing", "RFC 6455 7.4.1",
		"The client needs extensions that the server did not agree to. Servers do not send it: they fail the "
		"handshake instead.",
		"A server or proxy without permessage-deflate, or one that removes Sec-WebSocket-Extensions.",
		"Compare Sec-WebSocket-Extensions of request and answer; the reason should list what is missing." },
	{ 1011, 1011, "internal error", "RFC 6455 7.4.1",
		"The server met something unexpected and could not do what was asked.",
		"An exception that nobody caught in the code that handles messages; in some libraries also a Ping "
		"that was not answered in time.",
		"Look at the server's log at this time; the last message before the Close is what it worked on." },
	{ 1012, 1012, "service restart", "IANA registry",
		"The service restarts.",
		"A deployment or a reload of the configuration.",
		"Clients reconnect after a random delay (5 to 30 s are recommended), so that they do not come all at "
		"once." },
	{ 1013, 1013, "try again later", "IANA registry",
		"The service is overloaded and sheds clients.",
		"Too many connections, memory or a queue at its limit.",
		"Clients connect to another address when there is one, else wait longer each time. Look at the load of "
		"the server." },
	{ 1014, 1014, "bad gateway", "IANA registry",
		"The server is a gateway or proxy, and what stands behind it gave an invalid answer; like the status "
		"502 of HTTP.",
		"A backend that is down, restarts, or does not speak WebSocket.",
		"Capture between gateway and backend, and look at the handshake there." },
	{ 1015, 1015, "TLS handshake", "RFC 6455 7.4.1",
		"TLS could not be set up. It is never sent; programs report it to their own user.",
		"A certificate that cannot be verified, no common version or cipher, or plain text on a TLS port.",
		"Look at certificate and name with a TLS client. Seen inside a Close it is an error of the program "
		"that sent it." },
	{ 1016, 2999, "reserved", "RFC 6455 7.4.2",
		"Reserved for later versions of the protocol and for extensions; none of them is defined yet.",
		"A made-up code.",
		"Send a code that is defined, or one from 4000 to 4999. Many libraries answer such a code with 1002." },
	{ 3000, 3999, "for libraries and frameworks", "RFC 6455 7.4.2",
		"For libraries, frameworks and applications, which register their codes with IANA. The protocol gives "
		"them no meaning.",
		"The library or framework in use ends the connection for a reason of its own.",
		"Look the code up in the IANA registry of WebSocket close codes, then in the documentation of the "
		"library." },
	{ 4000, 4999, "for private use", "RFC 6455 7.4.2",
		"For agreements between client and server; never registered. Only these two know what it means.",
		"The application ends the connection on purpose: login expired, session taken over, kicked.",
		"Read the reason of the Close and the documentation of the application." },
	{ 5000, 65535, "undefined", "RFC 6455 7.4.2",
		"No range was given to these codes.",
		"A made-up code, its two bytes in the wrong order, or text in the place of the code.",
		"Send a code from 4000 to 4999 for a meaning of your own, in network byte order." },
};

const struct w101_close_code *w101_close_code_find(unsigned code)
{
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (code >= codes[i].first && code <= codes[i].last)
			return &codes[i];
	return NULL;
}

const char *w101_close_code_name(unsigned code)
{
	const struct w101_close_code *c = w101_close_code_find(code);
	return c && c->first == c->last ? c->name : NULL;
}
