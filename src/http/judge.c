/* Reporting for the rules of this room.  Must not know any rule. */
#include "http/judge.h"

#include "base/ascii.h"
#include "http/head.h"

void w101_judge_say(struct w101_judge *j, const struct w101_finding *f)
{
	j->found.bits[f->id / 64] |= UINT64_C(1) << (f->id % 64);
	j->found.n[w101_finding_row(f->id)->severity]++;
	j->finding(j->self, f);
}

void w101_text_add(struct w101_text *t, const char *separator, struct w101_bytes b)
{
	size_t sep = t->n ? strlen(separator) : 0;
	if (sep + b.n > sizeof t->p - t->n)
		return;
	if (sep)
		memcpy(t->p + t->n, separator, sep);
	if (b.n)
		memcpy(t->p + t->n + sep, b.p, b.n);
	t->n += sep + b.n;
}

static enum w101_dir speaker(const struct w101_http_head *h)
{
	return h->response ? W101_SERVER : W101_CLIENT;
}

void w101_judge_field(struct w101_judge *j, enum w101_finding_id id, const struct w101_http_head *h, const char *name,
	struct w101_bytes wanted, struct w101_bytes detail)
{
	char buf[W101_JUDGE_TEXT];
	size_t i = 0;
	const struct w101_http_field *f = w101_head_find(h, name, &i);
	w101_judge_say(j, &(struct w101_finding){
				  .id = id,
				  .dir = speaker(h),
				  .offset = f ? w101_head_where(h, f->name) : h->offset,
				  .seen = { (const uint8_t *)buf, w101_head_joined(h, name, buf, sizeof buf) },
				  .wanted = wanted,
				  .detail = detail,
			  });
}

static const struct {
	uint32_t bit;
	const char *text;
} defect_texts[] = {
	{ W101_HEAD_BARE_LF, "a line ends in LF alone" },
	{ W101_HEAD_OBS_FOLD, "a field goes on in the next line" },
	{ W101_HEAD_BARE_CR, "CR inside a line" },
	{ W101_HEAD_SPACE_COLON, "white space before a colon" },
	{ W101_HEAD_CONTROL, "a control byte" },
	{ W101_HEAD_NO_COLON, "a line without a colon" },
	{ W101_HEAD_BAD_NAME, "a field name that is not a token" },
	{ W101_HEAD_START_LINE, "the start line is not well formed" },
	{ W101_HEAD_LEADING_SPACE, "white space before the first field" },
	{ W101_HEAD_BYTES_BEFORE, "other bytes before the head" },
	{ W101_HEAD_UNFINISHED, "the connection ended inside the head" },
};

void w101_judge_defects(struct w101_judge *j, enum w101_finding_id id, const struct w101_http_head *h, uint32_t mask)
{
	struct w101_text detail = { .n = 0 };
	for (size_t i = 0; i < sizeof defect_texts / sizeof *defect_texts; i++)
		if (h->defects & mask & defect_texts[i].bit)
			w101_text_add(&detail, ", ", w101_str(defect_texts[i].text));
	if (!detail.n)
		return;
	uint32_t at = w101_head_defect(h, mask);
	const uint8_t *from = h->raw.p + at, *end = h->raw.p + h->raw.n;
	while (from > h->raw.p && from[-1] != '\n')
		from--;
	const uint8_t *lf = memchr(from, '\n', (size_t)(end - from));
	w101_judge_say(j, &(struct w101_finding){
				  .id = id,
				  .dir = speaker(h),
				  .offset = h->offset + at,
				  .seen = { from, (size_t)((lf ? lf + 1 : end) - from) },
				  .detail = w101_text_bytes(&detail),
			  });
}
