/* The rules of RFC 6455 4.1 and 4.2.2 for a 101 that switches to WebSocket. */
#ifndef W101_HTTP_WS_ANSWER_RULES_H
#define W101_HTTP_WS_ANSWER_RULES_H

#include "http/answer_rules.h"

void w101_ws_answer_judge(struct w101_judge *, const struct w101_answer *);

#endif
