/* Close codes (RFC 6455 section 7.4 and the IANA registry). */
#ifndef W101_DECODE_WS_CLOSE_H
#define W101_DECODE_WS_CLOSE_H

enum w101_ws_code_class {
	W101_WS_CODE_FINE,     /* registered, or free for use (3000-4999) */
	W101_WS_CODE_LOCAL,    /* 1005, 1006, 1015: never on the wire */
	W101_WS_CODE_UNDEFINED /* no such code may be sent */
};

enum w101_ws_code_class w101_ws_code_class(unsigned code);
/* Name of a code by its registry, e.g. "Going Away", or of the range it is in;
 * never NULL. */
const char *w101_ws_code_name(unsigned code);

#endif
