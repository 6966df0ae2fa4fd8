/* Says what a segment's context (segment.h) is, as far as it still tells. */
#include "base/context.h"

#include <stdio.h>

#include <wire101/segment.h>

static const struct scope {
	const char *numbered, *hashed; /* NULL: its number tells nobody anything */
	bool hex;
} scopes[] = {
	[W101_SCOPE_VLAN] = { "VLAN", "nested VLAN", false },
	[W101_SCOPE_PPPOE] = { "PPPoE session", "nested PPPoE", true },
	[W101_SCOPE_IP] = { NULL, "IP in IP", false },
	[W101_SCOPE_GRE] = { "GRE key", "GRE", false },
	[W101_SCOPE_ERSPAN] = { NULL, "ERSPAN", false },
	[W101_SCOPE_VXLAN] = { "VXLAN", "nested VXLAN", false },
	[W101_SCOPE_GENEVE] = { "GENEVE", "nested GENEVE", false },
	[W101_SCOPE_GTP] = { "GTP-U TEID", "nested GTP-U", true },
};

static void put(uint64_t context, char *text, size_t n)
{
	unsigned scope = (unsigned)(context >> W101_CONTEXT_SCOPE & 0x7f), number = (unsigned)(context & UINT32_MAX);
	if (!scope || scope >= sizeof scopes / sizeof *scopes)
		snprintf(text, n, "none");
	else if (context & W101_CONTEXT_HASHED || !scopes[scope].numbered)
		snprintf(text, n, "%s", scopes[scope].hashed);
	else if (scopes[scope].hex)
		snprintf(text, n, "%s 0x%x", scopes[scope].numbered, number);
	else
		snprintf(text, n, "%s %u", scopes[scope].numbered, number);
}

const char *w101_context_words(const uint64_t context[2], char text[W101_CONTEXT_WORDS])
{
	char side[2][W101_CONTEXT_WORDS / 2 - 2];
	*text = '\0';
	if (!context[0] && !context[1])
		return text;
	put(context[0], side[0], sizeof side[0]);
	put(context[1], side[1], sizeof side[1]);
	if (context[0] == context[1])
		snprintf(text, W101_CONTEXT_WORDS, "%s", side[0]);
	else
		snprintf(text, W101_CONTEXT_WORDS, "%s / %s", side[0], side[1]);
	return text;
}
