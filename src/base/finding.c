/* The finding table as data, and look-ups in it. */
#include <wire101/finding.h>

#include <string.h>

static const struct w101_finding_row rows[W101_F_COUNT] = {
#define W101_FINDING(name, id, severity, spec, sentence, explanation) \
	[W101_F_##name] = { id, severity, spec, sentence, explanation },
#include <wire101/findings.def>
#undef W101_FINDING
};

const struct w101_finding_row *w101_finding_row(enum w101_finding_id id)
{
	return &rows[id];
}

bool w101_finding_by_name(const char *id, enum w101_finding_id *out)
{
	for (unsigned i = 0; i < W101_F_COUNT; i++) {
		if (strcmp(rows[i].id, id) == 0) {
			*out = (enum w101_finding_id)i;
			return true;
		}
	}
	return false;
}

const char *w101_severity_name(enum w101_severity s)
{
	return s == W101_ERROR ? "error" : s == W101_WARNING ? "warning" : "info";
}
