/* The negotiation of permessage-deflate (RFC 7692 7.1). */
#ifndef W101_HTTP_DEFLATE_RULES_H
#define W101_HTTP_DEFLATE_RULES_H

#include "http/judge.h"

/* Every offer of a request. */
void w101_deflate_judge_offers(struct w101_judge *, const struct w101_http_head *request);
/* The first acceptance in an answer, against every offer: a rule is broken only
 * when no offer allows the answer.  `asked`: what was found in the request. */
void w101_deflate_judge_answer(struct w101_judge *, const struct w101_http_head *request,
			       const struct w101_found *asked, const struct w101_http_head *response);

#endif
