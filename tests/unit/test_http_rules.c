/* Every rule about a handshake: one conversation that breaks it and one that
 * comes near and does not.  A row states the exact list of findings, in order. */
#include "test_http_talk.h"

#define R "\r\n"
#define GET "GET /chat HTTP/1.1" R
#define HOST "Host: h.example" R
#define UP "Upgrade: websocket" R
#define CONN "Connection: Upgrade" R
#define KEY "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==" R
#define VER "Sec-WebSocket-Version: 13" R
#define SUB(x) "Sec-WebSocket-Protocol: " x R
#define EXT(x) "Sec-WebSocket-Extensions: " x R
#define REQ GET HOST UP CONN KEY VER
#define ACC(x) "Sec-WebSocket-Accept: " x R
#define RIGHT ACC("BACScCJPNqyz+UBoqMH89VmURoA=")
#define S101 "HTTP/1.1 101 Switching Protocols" R
#define BARE S101 UP CONN
#define OK S101 UP CONN RIGHT
#define S400 "HTTP/1.1 400 Bad Request" R
#define EMPTY "Content-Length: 0" R
#define FOO GET HOST "Upgrade: foo/2, bar" R CONN
#define H2C(settings) GET HOST "Upgrade: h2c" R "Connection: Upgrade, HTTP2-Settings" R settings
#define SETTINGS "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA" R
#define D(x) "permessage-deflate" x

struct row {
	const char *what, *request, *response, *ids;
	int verdict, verified;
};

#define GOOD W101_VERDICT_SWITCHED, 1
#define BAD W101_VERDICT_SWITCHED_BADLY, 0
#define REF W101_VERDICT_REFUSED, 0
#define IGN W101_VERDICT_IGNORED, 0
#define PLAIN -1, 0 /* no exchange is told */
#define UNJUDGED W101_VERDICT_SWITCHED, -1

static const struct row request_rows[] = {
	{ "RFC 6455 1.3",
		"GET /chat HTTP/1.1" R "Host: server.example.com" R UP CONN
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" R "Origin: http://example.com" R SUB("chat, superchat")
			VER R,
		S101 UP CONN ACC("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") SUB("chat") R, "req-key-reused", GOOD },
	{ "a right handshake", REQ R, OK R, "", GOOD },
	{ "lower-case names",
		"GET / HTTP/1.1" R "host: h" R "upgrade: websocket" R "connection: upgrade" R
		"sec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==" R "sec-websocket-version: 13" R R,
		S101 "connection: upgrade" R "upgrade: websocket" R
		     "sec-websocket-accept: BACScCJPNqyz+UBoqMH89VmURoA=" R R,
		"", GOOD },
	{ "Upgrade: WebSocket", GET HOST "Upgrade: WebSocket" R CONN KEY VER R,
		S101 "Upgrade: WebSocket" R CONN RIGHT R, "", GOOD },
	{ "several tokens, one with a version", GET HOST "Upgrade: websocket, foo/2" R CONN KEY VER R, OK R, "", GOOD },
	{ "tokens in two lines",
		GET HOST "Upgrade: foo/2" R "Upgrade: websocket" R "Connection: keep-alive" R CONN KEY VER R, OK R, "",
		GOOD },
	{ "Connection with more", REQ R, S101 UP "Connection: keep-alive, Upgrade" R RIGHT R, "", GOOD },
	{ "method", "POST /chat HTTP/1.1" R HOST UP CONN KEY VER R, OK R, "req-method res-should-refuse", BAD },
	{ "method in lower case", "get /chat HTTP/1.1" R HOST UP CONN KEY VER R, S400 EMPTY R, "req-method res-refused",
		REF },
	{ "POST is fine for others",
		"POST /x HTTP/1.1" R HOST "Content-Length: 0" R CONN "Content-Type: text/plain" R "Upgrade: tcp" R R,
		"HTTP/1.1 101 UPGRADED" R "Content-Type: application/vnd.docker.raw-stream" R CONN "Upgrade: tcp" R R,
		"", GOOD },
	{ "HTTP/1.0", "GET /chat HTTP/1.0" R HOST UP CONN KEY VER R, S400 EMPTY R, "req-http-version res-refused",
		REF },
	{ "HTTP/1.0 and 101", "GET /chat HTTP/1.0" R HOST UP CONN KEY VER R, OK R, "req-http-version res-unasked",
		BAD },
	{ "no version at all", "GET /chat" R HOST UP CONN KEY VER R, S400 EMPTY R, "req-http-version res-refused",
		REF },
	{ "HTTP/1.0, another protocol", "GET / HTTP/1.0" R CONN "Upgrade: foo" R R, S400 EMPTY R,
		"req-http-version res-refused", REF },
	{ "space before the colon", GET HOST "Upgrade : websocket" R CONN KEY VER R, S400 EMPTY R,
		"req-syntax res-refused", REF },
	{ "bare CR", GET HOST "X: a\rb" R UP CONN KEY VER R, OK R, "req-syntax res-should-refuse", BAD },
	{ "control byte", GET HOST "X: a\001b" R UP CONN KEY VER R, OK R, "req-syntax res-should-refuse", BAD },
	{ "no colon", GET HOST "nonsense" R UP CONN KEY VER R, OK R, "req-syntax res-should-refuse", BAD },
	{ "bad name", GET HOST "a b: c" R UP CONN KEY VER R, OK R, "req-syntax res-should-refuse", BAD },
	{ "white space before the first field", GET " " HOST UP CONN KEY VER R, S400 EMPTY R, "req-syntax res-refused",
		REF },
	{ "request line with spaces", "GET  /chat HTTP/1.1" R HOST UP CONN KEY VER R, OK R,
		"req-syntax res-should-refuse", BAD },
	{ "a tab in a value is fine", GET HOST "X:\ta\tb" R UP CONN KEY VER R, OK R, "", GOOD },
	{ "a syntax fault without an upgrade", "GET / HTTP/1.1" R "Host : h" R R, "HTTP/1.1 200 OK" R EMPTY R, "",
		PLAIN },
	{ "bare LF", "GET /chat HTTP/1.1\nHost: h\n" UP CONN KEY VER "\n", OK R, "req-syntax-lenient", GOOD },
	{ "obs-fold", GET HOST UP "Connection: keep-alive," R " Upgrade" R KEY VER R, OK R, "req-syntax-lenient",
		GOOD },
	{ "lenient and strict", "GET /chat HTTP/1.1\nHost : h\n" UP CONN KEY VER "\n", S400 EMPTY R,
		"req-syntax req-syntax-lenient res-refused", REF },
	{ "fragment", "GET /chat#a HTTP/1.1" R HOST UP CONN KEY VER R, OK R, "req-target res-should-refuse", BAD },
	{ "ws: in the request line", "GET ws://h.example/chat HTTP/1.1" R HOST UP CONN KEY VER R, OK R,
		"req-target res-should-refuse", BAD },
	{ "no path", "GET chat HTTP/1.1" R HOST UP CONN KEY VER R, S400 EMPTY R, "req-target res-refused", REF },
	{ "http: is fine", "GET http://h.example/chat HTTP/1.1" R HOST UP CONN KEY VER R, OK R, "", GOOD },
	{ "query", "GET /?a=/b HTTP/1.1" R HOST UP CONN KEY VER R, OK R, "", GOOD },
	{ "no host", GET UP CONN KEY VER R, OK R, "req-host res-should-refuse", BAD },
	{ "two hosts", GET HOST HOST UP CONN KEY VER R, OK R, "req-host res-should-refuse", BAD },
	{ "empty host", GET "Host:" R UP CONN KEY VER R, OK R, "req-host res-should-refuse", BAD },
	{ "host with a path", GET "Host: http://h/" R UP CONN KEY VER R, OK R, "req-host res-should-refuse", BAD },
	{ "host of IPv6 and port", GET "Host: [::1]:8080" R UP CONN KEY VER R, OK R, "", GOOD },
	{ "no host, another protocol", GET "Upgrade: foo" R CONN R, S101 "Upgrade: foo" R CONN R,
		"req-host res-should-refuse", BAD },
	{ "no websocket in Upgrade", GET HOST "Upgrade: h3" R CONN KEY VER R, S400 EMPTY R,
		"req-upgrade-token res-refused", REF },
	{ "no Upgrade", GET HOST CONN KEY VER R, S400 EMPTY R, "req-upgrade-token res-refused", REF },
	{ "no Upgrade and 101", GET HOST CONN KEY VER R, OK R, "req-upgrade-token res-unasked", BAD },
	{ "another Upgrade and 101", GET HOST "Upgrade: ws" R CONN KEY VER R, OK R,
		"req-upgrade-token res-should-refuse", BAD },
	{ "hop-by-hop fields removed", GET HOST "Connection: close" R KEY VER R, S400 EMPTY R,
		"req-connection req-upgrade-token res-refused", REF },
	{ "no Connection", GET HOST UP KEY VER R, OK R, "req-connection res-should-refuse", BAD },
	{ "Connection: close", GET HOST UP "Connection: close" R KEY VER R, S400 EMPTY R, "req-connection res-refused",
		REF },
	{ "Connection: upgraded", GET HOST UP "Connection: upgraded" R KEY VER R, S400 EMPTY R,
		"req-connection res-refused", REF },
	{ "no Connection, another protocol", GET HOST "Upgrade: foo" R R, S400 EMPTY R, "req-connection res-refused",
		REF },
	{ "no key", GET HOST UP CONN VER R, OK R, "req-key-missing res-should-refuse", BAD },
	{ "nothing but Upgrade", GET HOST UP CONN R, S400 EMPTY R, "req-key-missing req-version res-refused", REF },
	{ "Key is another field", GET HOST UP CONN "Key: 6a5c01728061bc79" R KEY VER R, OK R, "", GOOD },
	{ "two keys", REQ KEY R, OK R, "req-key-repeated res-should-refuse", BAD },
	{ "two keys, answer to neither", REQ KEY R, BARE ACC("QVVELULIH5VuQhM7stQXGAmKjxs=") R,
		"req-key-repeated res-should-refuse", BAD },
	{ "key too short", GET HOST UP CONN "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2Rl" R VER R,
		BARE ACC("F9OWkGwzX5lvADzsrJemGcW1ZO8=") R, "req-key-form res-should-refuse", BAD },
	{ "key not base64", GET HOST UP CONN "Sec-WebSocket-Key: not base64 at all!!!!!!!" R VER R, S400 EMPTY R,
		"req-key-form res-refused", REF },
	{ "key with white space inside", GET HOST UP CONN "Sec-WebSocket-Key: MDEyMzQ1 Njc4OWFiY2RlZg==" R VER R,
		BARE ACC("iMySRfgGkaBwTqB4YAGh6OeCquA=") R, "req-key-form res-should-refuse", BAD },
	{ "key with white space inside, hashed without",
		GET HOST UP CONN "Sec-WebSocket-Key: MDEyMzQ1 Njc4OWFiY2RlZg==" R VER R, OK R,
		"req-key-form res-accept-wrong res-should-refuse", BAD },
	{ "empty key", GET HOST UP CONN "Sec-WebSocket-Key:" R VER R, S400 EMPTY R, "req-key-form res-refused", REF },
	{ "white space around the key is fine",
		GET HOST UP CONN "Sec-WebSocket-Key: \t MDEyMzQ1Njc4OWFiY2RlZg== \t" R VER R, OK R, "", GOOD },
	{ "spare bits", GET HOST UP CONN "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZh==" R VER R,
		BARE ACC("m7OHVaiLzkncH63LxPXgYHdCDio=") R, "req-key-spare-bits", GOOD },
	{ "sample key of 4.1", GET HOST UP CONN "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC==" R VER R,
		BARE ACC("OfS0wDaT5NoxF2gqm7Zj2YtetzM=") R, "req-key-spare-bits req-key-reused", GOOD },
	{ "key of zeros", GET HOST UP CONN "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==" R VER R,
		BARE ACC("ICX+Yqv66kxgM0FcWaLWlFLwTAI=") R, "req-key-reused", GOOD },
	{ "no version field", GET HOST UP CONN KEY R, OK R, "req-version res-should-refuse", BAD },
	{ "two versions", REQ VER R, OK R, "req-version res-should-refuse", BAD },
	{ "version 14", GET HOST UP CONN KEY "Sec-WebSocket-Version: 14" R R, OK R, "req-version res-should-refuse",
		BAD },
	{ "a list of versions", GET HOST UP CONN KEY "Sec-WebSocket-Version: 13, 8" R R, OK R,
		"req-version res-should-refuse", BAD },
	{ "version 8", GET HOST UP CONN KEY "Sec-WebSocket-Version: 8" R R, OK R,
		"req-version req-old-draft res-should-refuse", BAD },
	{ "version 7", GET HOST UP CONN KEY "Sec-WebSocket-Version: 7" R R,
		"HTTP/1.1 426 Upgrade Required" R UP "Sec-WebSocket-Version: 13" R EMPTY R,
		"req-version req-old-draft res-refused", REF },
	{ "hixie-76",
		"GET /demo HTTP/1.1" R HOST CONN "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00" R SUB(
			"sample") "Upgrade: WebSocket" R "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5" R
				  "Origin: http://example.com" R R "^n:ds[4U",
		"HTTP/1.1 101 WebSocket Protocol Handshake" R "Upgrade: WebSocket" R CONN
		"Sec-WebSocket-Origin: http://example.com" R
		"Sec-WebSocket-Location: ws://example.com/demo" R SUB("sample") R,
		"req-old-draft", UNJUDGED },
	{ "Draft", GET HOST UP CONN "Sec-WebSocket-Draft: 2" R R, S400 EMPTY R, "req-old-draft res-refused", REF },
	{ "subprotocol not a token", REQ SUB("a b") R, OK R, "req-subprotocol-form res-should-refuse", BAD },
	{ "subprotocol empty", REQ SUB("") R, OK R, "req-subprotocol-form res-should-refuse", BAD },
	{ "subprotocol members empty", REQ SUB(", chat ,, v2,") R, OK SUB("v2") R, "", GOOD },
	{ "subprotocol with empty members alone", REQ SUB(" , ,") R, OK R, "req-subprotocol-form res-should-refuse",
		BAD },
	{ "h2c offered badly beside websocket, which is chosen",
		GET HOST "Upgrade: h2c, websocket" R CONN KEY VER R, OK R,
		"h2c-deprecated h2c-settings h2c-connection", GOOD },
	{ "h2c offered badly and chosen", GET HOST "Upgrade: h2c" R CONN R, S101 "Upgrade: h2c" R CONN R,
		"h2c-deprecated h2c-settings h2c-connection res-should-refuse", BAD },
	{ "websocket offered badly beside foo, which is chosen",
		GET HOST "Upgrade: websocket, foo/2" R CONN KEY R, S101 "Upgrade: foo/2" R CONN R, "req-version", GOOD },
	{ "websocket offered badly, something else chosen",
		GET HOST UP CONN KEY R, S101 "Upgrade: foo" R CONN R,
		"req-version res-not-offered res-should-refuse", BAD },
	{ "subprotocol twice", REQ SUB("chat") SUB("v2, chat") R, OK SUB("v2") R,
		"req-subprotocol-form res-should-refuse", BAD },
	{ "subprotocols that differ in case", REQ SUB("chat") SUB("v2 , Chat") R, OK SUB("Chat") R, "", GOOD },
	{ "extensions malformed", REQ EXT("foo; =1") R, OK R, "req-extensions-form res-should-refuse", BAD },
	{ "extension value malformed", REQ EXT("bbf-usp-protocol; a=\"b c\"") R, OK R,
		"req-extensions-form res-should-refuse", BAD },
	{ "extensions empty", REQ EXT("") R, OK R, "req-extensions-form res-should-refuse", BAD },
	{ "extension quoted", REQ EXT("bbf-usp-protocol; a=\"b\\c\" ; d = e,, " D("")) R, OK R, "", GOOD },
	{ "unregistered", REQ EXT("x-webkit-deflate-frame, x-webkit-deflate-frame, permessage-bzip2") R, OK R,
		"ext-unregistered ext-unregistered", GOOD },
	{ "registered, in another case", REQ EXT("PerMessage-Deflate, bbf-usp-protocol") R, OK R, "", GOOD },
	{ "browser without Origin", REQ "User-Agent: Mozilla/5.0 (X11)" R R, OK R, "req-origin-missing", GOOD },
	{ "browser with Origin", REQ "User-Agent: Mozilla/5.0 (X11)" R "Origin: http://h.example" R R, OK R, "", GOOD },
	{ "no browser", REQ "User-Agent: Go-http-client/1.1" R R, OK R, "", GOOD },
	{ "body", REQ "Content-Length: 3" R R "abc", OK R, "req-body", GOOD },
	{ "chunked body", REQ "Transfer-Encoding: chunked" R R "3" R "abc" R "0" R R, OK R, "req-body", GOOD },
	{ "an empty body is fine", REQ EMPTY R, OK R, "", GOOD },
	{ "accept in the request", REQ RIGHT R, OK R, "req-accept", GOOD },
};

static const struct row answer_rows[] = {
	{ "refused", REQ R, "HTTP/1.1 403 Forbidden" R EMPTY R, "res-refused", REF },
	{ "redirected", REQ R, "HTTP/1.1 302 Found" R "Location: /x" R EMPTY R, "res-refused", REF },
	{ "plain refusal is nothing", "GET / HTTP/1.1" R HOST R, "HTTP/1.1 403 Forbidden" R EMPTY R, "", PLAIN },
	{ "ignored", REQ R, "HTTP/1.1 200 OK" R EMPTY R, "res-ignored", IGN },
	{ "another protocol ignored", FOO R, "HTTP/1.1 204 No Content" R R, "res-ignored", IGN },
	{ "plain answer that advertises", "GET / HTTP/1.1" R HOST R,
		"HTTP/1.1 200 OK" R "Upgrade: h2,h2c" R CONN EMPTY R, "", PLAIN },
	{ "syntax", REQ R, S101 UP CONN RIGHT "X : y" R R, "res-syntax", BAD },
	{ "no space behind the status", REQ R, "HTTP/1.1 101" R UP CONN RIGHT R, "res-syntax", BAD },
	{ "no reason is fine", REQ R, "HTTP/1.1 101 " R UP CONN RIGHT R, "", GOOD },
	{ "obs-fold in the answer", REQ R, S101 UP CONN RIGHT "X: a" R " b" R R, "res-syntax", BAD },
	{ "bare LF in the answer may be accepted", REQ R, "HTTP/1.1 101 OK\nUpgrade: websocket\n" CONN RIGHT "\n", "",
		GOOD },
	{ "bytes before the answer", REQ R, "oops" OK R, "res-syntax", BAD },
	{ "line ends before the answer are fine", REQ R, R R OK R, "", GOOD },
	{ "syntax without an upgrade", "GET / HTTP/1.1" R HOST R, "HTTP/1.1 200" R "X : y" R EMPTY R, "", PLAIN },
	{ "101 of HTTP/1.0", REQ R, "HTTP/1.0 101 OK" R UP CONN RIGHT R, "res-http-version", BAD },
	{ "refusal of HTTP/1.0", REQ R, "HTTP/1.0 400 Bad" R EMPTY R, "res-refused", REF },
	{ "no 100", REQ "Expect: 100-continue" R R, OK R, "res-no-continue", GOOD },
	{ "100 first", REQ "Expect: 100-continue" R R, "HTTP/1.1 100 Continue" R R OK R, "", GOOD },
	{ "103 first", REQ R, "HTTP/1.1 103 Early Hints" R "Link: </a>" R R OK R, "", GOOD },
	{ "103 is no 100", REQ "Expect: 100-continue" R R, "HTTP/1.1 103 Early Hints" R R OK R, "res-no-continue",
		GOOD },
	{ "unasked", "GET / HTTP/1.1" R HOST R, OK R, "res-unasked", BAD },
	{ "unasked, without Upgrade", "GET / HTTP/1.1" R HOST R, S101 R, "res-unasked res-upgrade-missing", BAD },
	{ "no Upgrade in the 101", REQ R, S101 CONN RIGHT R, "res-upgrade-missing", BAD },
	{ "no Upgrade in the 101, another protocol", FOO R, S101 R, "res-upgrade-missing", BAD },
	{ "Upgrade with a version", REQ R, S101 "Upgrade: websocket/13" R CONN RIGHT R, "res-upgrade-missing", BAD },
	{ "Upgrade with two values", REQ R, S101 "Upgrade: websocket, foo" R CONN RIGHT R, "res-upgrade-missing", BAD },
	{ "not offered", REQ R, S101 "Upgrade: foo" R CONN RIGHT R, "res-not-offered", BAD },
	{ "WebSocket not offered", FOO R, S101 UP CONN R, "res-not-offered", BAD },
	{ "HTTP/2.0 not offered", FOO R, S101 "Upgrade: HTTP/2.0" R CONN R, "res-not-offered", BAD },
	{ "another version", FOO R, S101 "Upgrade: foo/1" R CONN R, "res-not-offered", BAD },
	{ "offered", FOO R, S101 "Upgrade: FOO/2" R CONN R, "", GOOD },
	{ "offered without a version", FOO R, S101 "Upgrade: foo" R CONN R, "", GOOD },
	{ "one of two offered",
		GET HOST "Upgrade: h2c, websocket" R "Connection: Upgrade, HTTP2-Settings" R SETTINGS KEY VER R, OK R,
		"h2c-deprecated", GOOD },
	{ "no Connection in the 101", REQ R, S101 UP RIGHT R, "res-connection", BAD },
	{ "Connection without upgrade", REQ R, S101 UP "Connection: keep-alive" R RIGHT R, "res-connection", BAD },
	{ "no Connection, another protocol", FOO R, S101 "Upgrade: foo" R R, "res-connection", BAD },
	{ "no accept", REQ R, BARE R, "res-accept-missing", BAD },
	{ "no accept, no key", GET HOST UP CONN VER R, BARE R, "req-key-missing res-should-refuse", BAD },
	{ "two accepts", REQ R, OK RIGHT R, "res-accept-repeated", BAD },
	{ "wrong accept", REQ R, BARE ACC("AAAAAAAAAAAAAAAAAAAAAAAAAAA=") R, "res-accept-wrong", BAD },
	{ "accept in another case", REQ R, BARE ACC("bacsCcjpnQYZ+ubOQmh89vMurOa=") R, "res-accept-wrong", BAD },
	{ "white space around accept", REQ R, BARE ACC(" \tBACScCJPNqyz+UBoqMH89VmURoA= \t") R, "", GOOD },
	{ "subprotocol not offered", REQ SUB("chat") R, OK SUB("v2") R, "res-subprotocol-unasked", BAD },
	{ "subprotocol in another case", REQ SUB("chat") R, OK SUB("Chat") R, "res-subprotocol-unasked", BAD },
	{ "subprotocol though none was offered", REQ R, OK SUB("chat") R, "res-subprotocol-unasked", BAD },
	{ "two subprotocols", REQ SUB("chat, v2") R, OK SUB("chat, v2") R, "res-subprotocol-unasked", BAD },
	{ "subprotocol in two lines", REQ SUB("chat") R, OK SUB("chat") SUB("chat") R, "res-subprotocol-unasked", BAD },
	{ "subprotocol empty in the answer", REQ SUB("chat") R, OK SUB("") R, "res-subprotocol-unasked", BAD },
	{ "subprotocol selected", REQ SUB("chat") SUB("v2") R, OK SUB("v2") R, "", GOOD },
	{ "no subprotocol selected", REQ SUB("chat") R, OK R, "res-subprotocol-none", GOOD },
	{ "extension not offered", REQ R, OK EXT(D("")) R, "res-extension-unasked", BAD },
	{ "one of two extensions not offered", REQ EXT("bbf-usp-protocol") R, OK EXT("bbf-usp-protocol") EXT("x-y") R,
		"res-extension-unasked", BAD },
	{ "extension repeated in the answer (erratum 3433)", REQ EXT(D("") ", bbf-usp-protocol") R,
		OK EXT("bbf-usp-protocol") EXT(D("")) R, "", GOOD },
	{ "extension form in the answer", REQ EXT(D("")) R, OK EXT(D("; =")) R, "res-extensions-form", BAD },
	{ "extension empty in the answer", REQ EXT(D("")) R, OK EXT("") R, "res-extensions-form", BAD },
	{ "clash", REQ EXT(D("") ", x-webkit-deflate-frame") R, OK EXT(D("") ", x-webkit-deflate-frame") R,
		"ext-unregistered res-extensions-clash", BAD },
	{ "accepted twice", REQ EXT(D("") ", " D("; client_max_window_bits")) R, OK EXT(D("") ", " D("")) R,
		"res-extensions-clash", BAD },
	{ "no clash", REQ EXT(D("") ", x-webkit-deflate-frame") R, OK EXT("x-webkit-deflate-frame") R,
		"ext-unregistered", GOOD },
	{ "version refused without a list", GET HOST UP CONN KEY "Sec-WebSocket-Version: 8" R R, S400 EMPTY R,
		"req-version req-old-draft res-refused res-version-list", REF },
	{ "version refused with a list", GET HOST UP CONN KEY "Sec-WebSocket-Version: 14" R R,
		"HTTP/1.1 426 Upgrade Required" R UP "Sec-WebSocket-Version: 13" R EMPTY R, "req-version res-refused",
		REF },
	{ "refused for another reason", GET HOST UP CONN KEY "Sec-WebSocket-Version: 14" R R,
		"HTTP/1.1 403 No" R EMPTY R, "req-version res-refused", REF },
	{ "refused for one of two reasons", GET UP CONN KEY "Sec-WebSocket-Version: 14" R R, S400 EMPTY R,
		"req-host req-version res-refused", REF },
	{ "426 without Upgrade", GET HOST UP CONN KEY "Sec-WebSocket-Version: 14" R R,
		"HTTP/1.1 426 Upgrade Required" R "Sec-WebSocket-Version: 13" R EMPTY R,
		"req-version res-refused res-426-upgrade", REF },
	{ "upgrade required", "GET / HTTP/1.1" R HOST R,
		"HTTP/1.1 426 Upgrade Required" R "Upgrade: TLS/1.0, HTTP/1.1" R CONN EMPTY R, "res-upgrade-required",
		REF },
	{ "upgrade required, not said to what", "GET / HTTP/1.1" R HOST R, "HTTP/1.1 426 Upgrade Required" R EMPTY R,
		"res-upgrade-required res-426-upgrade", REF },
	{ "Content-Length in the 101", REQ R, OK "Content-Length: 0" R R, "res-101-body", BAD },
	{ "Transfer-Encoding in the 101", FOO R, S101 "Upgrade: foo" R CONN "Transfer-Encoding: chunked" R R,
		"res-101-body", BAD },
	{ "key in the 101", REQ R, OK KEY R, "res-request-fields", GOOD },
	{ "version in the 101", REQ R, OK VER R, "res-request-fields", GOOD },
	{ "Via", REQ R, OK "Via: 1.1 proxy" R R, "res-proxy-signs", GOOD },
	{ "Server of a proxy", REQ R, OK "Server: nginx/1.22.1" R R, "res-proxy-signs", GOOD },
	{ "nginx may refuse by itself", REQ R, S400 "Server: nginx" R EMPTY R, "res-refused", REF },
	{ "nginx with no one behind", REQ R, "HTTP/1.1 502 Bad Gateway" R "Server: nginx" R EMPTY R,
		"res-refused res-proxy-signs", REF },
	{ "Server of no proxy", REQ R, OK "Server: Python/3.11 websockets/10.4" R R, "", GOOD },
	{ "proxy without an upgrade", "GET / HTTP/1.1" R HOST R, "HTTP/1.1 200 OK" R "Via: 1.1 p" R EMPTY R, "",
		PLAIN },
};

static const struct row deflate_rows[] = {
	{ "plain", REQ EXT(D("")) R, OK EXT(D("")) R, "", GOOD },
	{ "declined", REQ EXT(D("; client_max_window_bits")) R, OK R, "", GOOD },
	{ "all parameters",
		REQ EXT(D("; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; "
			  "client_max_window_bits=10")) R,
		OK EXT(D("; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; "
			 "client_max_window_bits=10")) R,
		"", GOOD },
	{ "smaller is fine", REQ EXT(D("; server_max_window_bits=12; client_max_window_bits=12")) R,
		OK EXT(D("; server_max_window_bits=\"9\"; client_max_window_bits=9")) R, "", GOOD },
	{ "unasked but allowed", REQ EXT(D("")) R,
		OK EXT(D("; server_max_window_bits=9; server_no_context_takeover; client_no_context_takeover")) R, "",
		GOOD },
	{ "client bits offered, not used", REQ EXT(D("; client_max_window_bits=10; client_no_context_takeover")) R,
		OK EXT(D("")) R, "", GOOD },
	{ "fall-backs", REQ EXT(D("; server_max_window_bits=10") ", " D("; server_no_context_takeover")) EXT(D("")) R,
		OK EXT(D("")) R, "", GOOD },
	{ "unknown parameter", REQ EXT(D("; level=9")) R, OK R, "pmd-offer", GOOD },
	{ "parameter twice", REQ EXT(D("; client_no_context_takeover; client_no_context_takeover")) R, OK R,
		"pmd-offer", GOOD },
	{ "a bad offer accepted", REQ EXT(D("; level=9")) R, OK EXT(D("")) R, "pmd-offer pmd-offer-accepted", BAD },
	{ "a bad offer beside a good one", REQ EXT(D("; level=9") ", " D("")) R, OK EXT(D("")) R, "pmd-offer", GOOD },
	{ "unknown parameter in the answer", REQ EXT(D("")) R, OK EXT(D("; level=9")) R, "pmd-answer", BAD },
	{ "parameter twice in the answer", REQ EXT(D("")) R,
		OK EXT(D("; client_no_context_takeover; client_no_context_takeover")) R, "pmd-answer", BAD },
	{ "takeover with a value", REQ EXT(D("; client_no_context_takeover=1")) R, OK R, "pmd-takeover-value", BAD },
	{ "takeover with a value in the answer", REQ EXT(D("")) R, OK EXT(D("; server_no_context_takeover=true")) R,
		"pmd-takeover-value", BAD },
	{ "bits of 16", REQ EXT(D("; client_max_window_bits=16")) R, OK R, "pmd-bits-value", BAD },
	{ "bits of 7 accepted", REQ EXT(D("; client_max_window_bits=7")) R, OK EXT(D("")) R,
		"pmd-bits-value pmd-offer-accepted", BAD },
	{ "bits with a leading zero", REQ EXT(D("; server_max_window_bits=09")) R, OK R, "pmd-bits-value", BAD },
	{ "server bits without a value", REQ EXT(D("; server_max_window_bits")) R, OK R, "pmd-bits-value", BAD },
	{ "client bits without a value in the answer", REQ EXT(D("; client_max_window_bits")) R,
		OK EXT(D("; client_max_window_bits")) R, "pmd-bits-value", BAD },
	{ "bits of 15 and 9", REQ EXT(D("; server_max_window_bits=15; client_max_window_bits")) R,
		OK EXT(D("; server_max_window_bits=15; client_max_window_bits=9")) R, "", GOOD },
	{ "client bits unasked", REQ EXT(D("")) R, OK EXT(D("; client_max_window_bits=10")) R,
		"pmd-client-bits-unasked", BAD },
	{ "client bits asked in a fall-back",
		REQ EXT(D("; server_max_window_bits=10") ", " D("; client_max_window_bits")) R,
		OK EXT(D("; client_max_window_bits=10")) R, "", GOOD },
	{ "server bits greater", REQ EXT(D("; server_max_window_bits=10")) R,
		OK EXT(D("; server_max_window_bits=11")) R, "pmd-bits-greater", BAD },
	{ "client bits greater", REQ EXT(D("; client_max_window_bits=10")) R,
		OK EXT(D("; client_max_window_bits=11")) R, "pmd-bits-greater", BAD },
	{ "server bits dropped", REQ EXT(D("; server_max_window_bits=10")) R, OK EXT(D("")) R, "pmd-bits-greater",
		BAD },
	{ "takeover dropped", REQ EXT(D("; server_no_context_takeover")) R, OK EXT(D("")) R, "pmd-takeover-dropped",
		BAD },
	{ "the client's takeover is only a hint", REQ EXT(D("; client_no_context_takeover")) R, OK EXT(D("")) R, "",
		GOOD },
	{ "the closest offer is named",
		REQ EXT(D("; server_no_context_takeover; server_max_window_bits=9") ", " D(
			"; server_max_window_bits=10")) R,
		OK EXT(D("; server_max_window_bits=11")) R, "pmd-bits-greater", BAD },
	{ "8 bits agreed", REQ EXT(D("; server_max_window_bits=8")) R, OK EXT(D("; server_max_window_bits=8")) R,
		"pmd-bits-8", GOOD },
	{ "8 bits of the server's own", REQ EXT(D("")) R, OK EXT(D("; server_max_window_bits=8")) R, "pmd-bits-8",
		GOOD },
	{ "9 bits", REQ EXT(D("; server_max_window_bits=9")) R, OK EXT(D("; server_max_window_bits=9")) R, "", GOOD },
};

static const struct row other_rows[] = {
	{ "h2c", H2C(SETTINGS) R, S101 CONN "Upgrade: h2c" R R, "h2c-deprecated", GOOD },
	{ "h2c ignored", H2C(SETTINGS) R, "HTTP/1.1 200 OK" R EMPTY R, "h2c-deprecated res-ignored", IGN },
	{ "h2c without settings", H2C("") R, S101 CONN "Upgrade: h2c" R R,
		"h2c-deprecated h2c-settings res-should-refuse", BAD },
	{ "h2c with settings twice", H2C(SETTINGS SETTINGS) R, "HTTP/1.1 200 OK" R EMPTY R,
		"h2c-deprecated h2c-settings res-ignored", IGN },
	{ "h2c with padding", H2C("HTTP2-Settings: AAMAAABkAAQ=" R) R, "HTTP/1.1 200 OK" R EMPTY R,
		"h2c-deprecated h2c-settings res-ignored", IGN },
	{ "h2c with 5 bytes", H2C("HTTP2-Settings: AAMAAAA" R) R, "HTTP/1.1 200 OK" R EMPTY R,
		"h2c-deprecated h2c-settings res-ignored", IGN },
	{ "h2c with ENABLE_PUSH 2", H2C("HTTP2-Settings: AAIAAAAC" R) R, "HTTP/1.1 200 OK" R EMPTY R,
		"h2c-deprecated h2c-settings res-ignored", IGN },
	{ "h2c with a window of 2^31", H2C("HTTP2-Settings: AASAAAAA" R) R, "HTTP/1.1 200 OK" R EMPTY R,
		"h2c-deprecated h2c-settings res-ignored", IGN },
	{ "h2c with a window of 2^31 - 1", H2C("HTTP2-Settings: AAR_____" R) R, "HTTP/1.1 200 OK" R EMPTY R,
		"h2c-deprecated res-ignored", IGN },
	{ "h2c with a frame size of 16383", H2C("HTTP2-Settings: AAUAAD__" R) R, "HTTP/1.1 200 OK" R EMPTY R,
		"h2c-deprecated h2c-settings res-ignored", IGN },
	{ "h2c with a frame size of 16384", H2C("HTTP2-Settings: AAUAAEAA" R) R, "HTTP/1.1 200 OK" R EMPTY R,
		"h2c-deprecated res-ignored", IGN },
	{ "settings from the server", H2C(SETTINGS) R, S101 CONN "Upgrade: h2c" R SETTINGS R,
		"h2c-deprecated h2c-settings", BAD },
	{ "h2c, Connection without the settings", GET HOST "Upgrade: h2c" R CONN SETTINGS R,
		"HTTP/1.1 200 OK" R EMPTY R, "h2c-deprecated h2c-connection res-ignored", IGN },
	{ "TLS", GET HOST "Upgrade: TLS/1.0" R CONN R, S101 "Upgrade: TLS/1.0, HTTP/1.1" R CONN R, "", GOOD },
	{ "TLS of another version", GET HOST "Upgrade: TLS/1.0" R CONN R, S101 "Upgrade: TLS/1.2, HTTP/1.1" R CONN R,
		"", GOOD },
	{ "TLS alone", GET HOST "Upgrade: TLS/1.0" R CONN R, S101 "Upgrade: TLS/1.0" R CONN R, "tlsup-101", BAD },
	{ "TLS from the top down", GET HOST "Upgrade: TLS/1.0" R CONN R, S101 "Upgrade: HTTP/1.1, TLS/1.0" R CONN R,
		"tlsup-101", BAD },
	{ "TLS refused by 426 without TLS", GET HOST "Upgrade: TLS/1.0" R CONN R,
		"HTTP/1.1 426 No" R "Upgrade: foo" R EMPTY R, "res-refused tlsup-426", REF },
	{ "TLS refused by 426", GET HOST "Upgrade: TLS/1.0" R CONN R,
		"HTTP/1.1 426 No" R "Upgrade: TLS/1.2, HTTP/1.1" R EMPTY R, "res-refused", REF },
	{ "TLS refused by 426 without Upgrade", GET HOST "Upgrade: TLS/1.0" R CONN R, "HTTP/1.1 426 No" R EMPTY R,
		"res-refused res-426-upgrade", REF },
};

static void run(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct row *r = &rows[i];
		for (size_t step = 0; step < 2; step++) {
			struct talk t;
			talk_begin(&t);
			t.bytewise = step;
			client(&t, r->request);
			server(&t, r->response);
			bool told = t.verdict >= 0;
			talk_close_both(&t, W101_END_FIN);
			if (strcmp(t.ids, r->ids) || t.verdict != r->verdict || (told && t.verified != r->verified))
				fail_msg("%s (%zu): found \"%s\", wanted \"%s\"; verdict %d, verified %d\n%s", r->what,
					step, t.ids, r->ids, t.verdict, t.verified, t.log);
			talk_end(&t);
		}
	}
}

#define RUN(rows) run(rows, sizeof rows / sizeof *rows)

static void request_rules(void **state)
{
	(void)state;
	RUN(request_rows);
}

static void answer_rules(void **state)
{
	(void)state;
	RUN(answer_rows);
}

static void deflate_rules(void **state)
{
	(void)state;
	RUN(deflate_rows);
}

static void other_rules(void **state)
{
	(void)state;
	RUN(other_rows);
}

/* The cause of a wrong accept: what the server sent -> what is said. */
static void accept_causes(void **state)
{
	(void)state;
	static const struct {
		const char *accept, *says;
	} rows[] = {
		{ "ReoKAkMwEv9bQKYeP1f0LnlQmsE=", "decoded from base64 first" },
		{ "04009270224f36acb3f94068a8c1fcf559944680", "in hex, base64 is missing" },
		{ "04009270224F36ACB3F94068A8C1FCF559944680", "in hex, base64 is missing" },
		{ "MDQwMDkyNzAyMjRmMzZhY2IzZjk0MDY4YThjMWZjZjU1OTk0NDY4MA==", "base64 of the digest in hex" },
		{ "JCEy11cXAXTvCjXLj53dOAMEN7c=", "GUID was written in lower case" },
		{ "Y4WT8Jp+Kv/Z844h4mGIsbE0E/o=", "other white space" }, /* " key" */
		{ "fjIXY8esGFnTM41I3/nzqeTSLEg=", "other white space" }, /* "key\r" */
		{ "FJSsbAyGGOKxSgcOHKYlkPuU5IA=", "other white space" }, /* "key " */
		{ "23D9uMDlAvqrmVteWWtztsHLYrY=", "GUID was not added" },
		{ "Y6/ALPdfSIUHQQLefh4NMDLHNT0=", "GUID was put before" },
		{ "EHO7xfhb8Ltb1/P9WvVt0uqWclA=", "turned to lower case" },
		{ "MDEyMzQ1Njc4OWFiY2RlZg==", "sent back as it was" },
		{ "BACScCJPNqyz+UBoqMH89VmURoA", "padding" },
		{ "BACScCJPNqyz-UBoqMH89VmURoA=", "base64url" },
		{ "bacscCJPNqyz+UBoqMH89VmURoA=", "case of letters" },
		{ "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "example of RFC 6455" },
		{ "QVVELULIH5VuQhM7stQXGAmKjxs=", "connection #7" },
		{ "DPHp/A2J/E1Ry5468j1UgiPrCOU=", "something unknown" },
		{ "x", "no base64" },
		{ "", "empty" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct talk t;
		char answer[512];
		talk_begin(&t);
		talk_connect(&t, 7);
		client(&t, GET HOST UP CONN "Sec-WebSocket-Key: YW5vdGhlciBrZXkgaGVyZQ==" R VER R);
		server(&t, BARE ACC("QVVELULIH5VuQhM7stQXGAmKjxs=") R);
		assert_string_equal(t.ids, "");
		talk_connect(&t, 8);
		client(&t, REQ R);
		snprintf(answer, sizeof answer, BARE "Sec-WebSocket-Accept: %s" R R, rows[i].accept);
		server(&t, answer);
		assert_string_equal(t.ids, "res-accept-wrong");
		assert_string_equal(t.seen, rows[i].accept);
		assert_string_equal(t.wanted, "BACScCJPNqyz+UBoqMH89VmURoA=");
		if (!strstr(t.detail, rows[i].says))
			fail_msg("%s: \"%s\", wanted \"%s\"", rows[i].accept, t.detail, rows[i].says);
		talk_end(&t);
	}
}

/* Where a finding points, and what it shows. */
static void findings_show_bytes(void **state)
{
	(void)state;
	static const struct {
		const char *request, *response;
		size_t offset_of; /* 0: of the text `at` in request, else in response */
		const char *at, *seen, *wanted, *detail;
	} rows[] = {
		{ "POST /chat HTTP/1.1" R HOST UP CONN KEY VER R, NULL, 0, "POST", "POST", "GET", "" },
		{ "GET /chat HTTP/1.0" R HOST UP CONN KEY VER R, NULL, 0, "HTTP/1.0", "HTTP/1.0", "HTTP/1.1", "" },
		{ GET HOST UP "Connection: a" R "connection: b" R KEY VER R, NULL, 0, "Connection", "a, b", "upgrade",
			"" },
		{ GET HOST "X:\001" R UP CONN KEY VER R, NULL, 0, "\001", "X:\001" R, "", "a control byte" },
		{ GET HOST UP CONN "Sec-WebSocket-Key: a b" R VER R, NULL, 0, "Sec-WebSocket-Key", "a b",
			"base64 of 16 bytes", "there is white space inside" },
		{ GET HOST UP CONN "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2Rl" R VER R, NULL, 0, "Sec-WebSocket-Key",
			"MDEyMzQ1Njc4OWFiY2Rl", "base64 of 16 bytes", "it is not 16 bytes long" },
		{ GET HOST UP CONN KEY "Sec-WebSocket-Version: 8" R R, NULL, 0, "Sec-WebSocket-Version", "8", "",
			"draft-ietf-hybi-thewebsocketprotocol-08 to -12" },
		{ GET HOST UP CONN KEY VER VER R, NULL, 0, "Sec-WebSocket-Version", "13, 13", "13",
			"there is more than one" },
		{ REQ R, "HTTP/1.1 500 X" R EMPTY R, 1, "HTTP", "500", "", "an error of the server" },
		{ REQ R, "HTTP/1.1 404 Not Found" R EMPTY R, 1, "HTTP", "404", "", "there is no such resource" },
		{ GET HOST UP CONN KEY "Sec-WebSocket-Version: 9" R R, "HTTP/1.1 426 X" R UP VER EMPTY R, 1, "HTTP",
			"426", "426", "the version of WebSocket" },
		{ GET UP CONN KEY VER R, "HTTP/1.1 400 X" R EMPTY R, 1, "HTTP", "400", "400 or 426",
			"the request is called bad" },
		{ REQ SUB("a") SUB("b") R, OK SUB("c") R, 1, "Sec-WebSocket-Protocol", "c", "a, b",
			"it was not offered" },
		{ GET UP CONN VER R, BARE R, 1, "HTTP", "HTTP/1.1 101 Switching Protocols", "400 or 426",
			"req-host, req-key-missing" },
		{ REQ EXT(D("; server_max_window_bits=9") ", " D("")) R, OK EXT(D("; client_max_window_bits=9")) R, 1,
			"permessage", "permessage-deflate; client_max_window_bits=9", "permessage-deflate",
			"against the offer that comes closest" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct talk t;
		talk_begin(&t);
		client(&t, rows[i].request);
		if (rows[i].response)
			server(&t, rows[i].response);
		const char *in = rows[i].offset_of ? rows[i].response : rows[i].request, *at = strstr(in, rows[i].at);
		assert_non_null(at);
		assert_int_equal(t.offset, at - in);
		assert_string_equal(t.seen, rows[i].seen);
		assert_string_equal(t.wanted, rows[i].wanted);
		assert_string_equal(t.detail, rows[i].detail);
		talk_end(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_rules),
		cmocka_unit_test(answer_rules),
		cmocka_unit_test(deflate_rules),
		cmocka_unit_test(other_rules),
		cmocka_unit_test(accept_causes),
		cmocka_unit_test(findings_show_bytes),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
