/* The table of options and its parser.  tcpdump's habits hold: with -r the
 * remaining words are the filter.  Must not open files or print. */
#include "config.h"

#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wire101/limits.h>

#define MIB (UINT64_C(1) << 20)

enum {
	ID_KEYLOG_ENV = 256, /* above the letters */
	ID_FORCE,
	ID_PAYLOAD,
	ID_CONNECTION,
	ID_HOST,
	ID_PATH,
	ID_TOKEN,
	ID_KIND,
	ID_GREP,
	ID_SEVERITY,
	ID_CHECK,
	ID_EXPLAIN,
	ID_MAX_MEMORY,
	ID_COLOR,
	ID_UTC,
	ID_PROGRESS,
	ID_IGNORED,
	ID_SNAPLEN,
	ID_LATER
};

#define NO_VIEW "the view is not built yet: try -v, or -o log"

const struct w101_option w101_option_table[] = {
	{ 'r', 'r', "read", W101_ARG_NEEDED, "FILE", W101_SECTION_INPUT,
		"read this capture, \"-\" is standard input; may be given several times. The remaining words are then "
		"the FILTER, as in tcpdump" },
	{ 'f', 'f', "filter", W101_ARG_NEEDED, "EXPR", W101_SECTION_INPUT,
		"read only the packets that match this filter (tcpdump's syntax)" },
	{ 'F', 'F', NULL, W101_ARG_NEEDED, "FILE", W101_SECTION_INPUT, "read the filter from this file" },
	{ 'c', 'c', "count", W101_ARG_NEEDED, "COUNT", W101_SECTION_INPUT, "stop after COUNT packets (that match)" },
	{ 'n', 'n', NULL, W101_ARG_NONE, NULL, W101_SECTION_INPUT, "accepted: names are never looked up" },
	{ 'k', 'k', "keylog", W101_ARG_NEEDED, "FILE", W101_SECTION_INPUT,
		"TLS secrets in the form of SSLKEYLOGFILE; may be given several times. So far the file is only "
		"checked: TLS "
		"is not decrypted yet" },
	{ ID_KEYLOG_ENV, 0, "keylog-env", W101_ARG_NONE, NULL, W101_SECTION_INPUT,
		"the same with the file that the environment variable SSLKEYLOGFILE names" },

	{ 'o', 'o', "output", W101_ARG_NEEDED, "FORMAT", W101_SECTION_OUTPUT,
		"report (default), log or jsonl; \"help\" describes them" },
	{ 'w', 'w', "write", W101_ARG_NEEDED, "FILE", W101_SECTION_OUTPUT,
		"save the packets of the connections shown, all of each, in pcap format with nanoseconds; several link "
		"types make several files" },
	{ ID_FORCE, 0, "force", W101_ARG_NONE, NULL, W101_SECTION_OUTPUT, "with -w: write over an existing file" },
	{ ID_PAYLOAD, 0, "payload", W101_ARG_NEEDED, "WHAT", W101_SECTION_OUTPUT,
		"payload to show: none, preview (default: its first 256 bytes) or full" },
	{ 'x', 'x', "hex", W101_ARG_NONE, NULL, W101_SECTION_OUTPUT, "show payload as a hex dump" },
	{ 'l', 'l', NULL, W101_ARG_NONE, NULL, W101_SECTION_OUTPUT, "write each line at once, for log and jsonl" },
	{ ID_COLOR, 0, "color", W101_ARG_NEEDED, "WHEN", W101_SECTION_OUTPUT, "auto (default), always or never" },
	{ ID_UTC, 0, "utc", W101_ARG_NONE, NULL, W101_SECTION_OUTPUT, "show times in UTC instead of local time" },
	{ ID_PROGRESS, 0, "progress", W101_ARG_NEEDED, "WHEN", W101_SECTION_OUTPUT,
		"a progress line on standard error: auto (default: on a terminal, for files above 64 MiB), always or "
		"never" },
	{ 'q', 'q', "quiet", W101_ARG_NONE, NULL, W101_SECTION_OUTPUT, "only what is wrong, and totals" },
	{ 'v', 'v', "verbose", W101_ARG_NONE, NULL, W101_SECTION_OUTPUT,
		"more, plain HTTP exchanges too; twice for still more" },

	{ ID_CONNECTION, 0, "connection", W101_ARG_NEEDED, "LIST", W101_SECTION_SHOW, "these connections: \"1,4-7\"" },
	{ ID_HOST, 0, "host", W101_ARG_NEEDED, "GLOB", W101_SECTION_SHOW, "connections whose Host matches" },
	{ ID_PATH, 0, "path", W101_ARG_NEEDED, "GLOB", W101_SECTION_SHOW, "connections whose request target matches" },
	{ ID_TOKEN, 0, "token", W101_ARG_NEEDED, "TOKEN", W101_SECTION_SHOW,
		"connections that offered this protocol or switched to it" },
	{ ID_KIND, 0, "kind", W101_ARG_NEEDED, "KINDS", W101_SECTION_SHOW,
		"these kinds of frames and messages: \"text,close\"" },
	{ ID_GREP, 0, "grep", W101_ARG_NEEDED, "REGEX", W101_SECTION_SHOW,
		"messages whose payload matches this extended regular expression" },
	{ ID_SEVERITY, 0, "severity", W101_ARG_NEEDED, "SEVERITY", W101_SECTION_SHOW,
		"findings from info, warning or error on" },

	{ ID_CHECK, 0, "check", W101_ARG_OPTIONAL, "SEVERITY", W101_SECTION_JUDGE,
		"exit with 1 when there was a finding of this severity or above (info, warning, error; default "
		"error)" },
	{ ID_EXPLAIN, 0, "explain", W101_ARG_NEEDED, "ID", W101_SECTION_JUDGE,
		"say what a finding or a close code means and what to do about it, and exit" },

	{ ID_MAX_MEMORY, 0, "max-memory", W101_ARG_NEEDED, "SIZE", W101_SECTION_OTHER,
		"bound for all memory that traffic can claim: bytes, or with K, M or G (default 512M)" },
	{ 'V', 'V', "version", W101_ARG_NONE, NULL, W101_SECTION_OTHER, "show the version and exit" },
	{ 'h', 'h', "help", W101_ARG_NONE, NULL, W101_SECTION_OTHER, "show this help and exit" },

	{ 'x', 'A', NULL, W101_ARG_NONE, NULL, W101_SECTION_ALSO, NULL },
	{ 'x', 'X', NULL, W101_ARG_NONE, NULL, W101_SECTION_ALSO, NULL },
	{ ID_IGNORED, 'e', NULL, W101_ARG_NONE, NULL, W101_SECTION_ALSO, NULL },
	{ ID_IGNORED, 'K', NULL, W101_ARG_NONE, NULL, W101_SECTION_ALSO, NULL },
	{ ID_IGNORED, 'N', NULL, W101_ARG_NONE, NULL, W101_SECTION_ALSO, NULL },
	{ ID_IGNORED, 'S', NULL, W101_ARG_NONE, NULL, W101_SECTION_ALSO, NULL },
	{ ID_SNAPLEN, 's', "snaplen", W101_ARG_NEEDED, "SNAPLEN", W101_SECTION_ALSO, NULL },

	{ ID_LATER, 'i', "interface", W101_ARG_NEEDED, "IFACE", W101_SECTION_LATER,
		"live capture is not built yet: save packets with tcpdump -w and read the file" },
	{ ID_LATER, 'D', "list-interfaces", W101_ARG_NONE, NULL, W101_SECTION_LATER,
		"live capture is not built yet: tcpdump -D lists the interfaces" },
	{ 't', 't', NULL, W101_ARG_NONE, NULL, W101_SECTION_LATER, NO_VIEW },
	{ ID_LATER, 0, "tui", W101_ARG_NONE, NULL, W101_SECTION_LATER, NO_VIEW },
	{ ID_LATER, 0, "save-dir", W101_ARG_NEEDED, "DIR", W101_SECTION_LATER, "the view is not built yet" },
	{ ID_LATER, 'B', "buffer-size", W101_ARG_NEEDED, "KIB", W101_SECTION_LATER, "live capture is not built yet" },
	{ ID_LATER, 'p', "no-promisc", W101_ARG_NONE, NULL, W101_SECTION_LATER, "live capture is not built yet" },
	{ ID_LATER, 'a', "duration", W101_ARG_NEEDED, "SECONDS", W101_SECTION_LATER, "live capture is not built yet" },
	{ ID_LATER, 'Z', NULL, W101_ARG_NEEDED, "USER", W101_SECTION_LATER, "live capture is not built yet" },
	{ ID_LATER, 0, "no-sandbox", W101_ARG_NONE, NULL, W101_SECTION_LATER,
		"there is no sandbox yet that could be left out" },
	{ ID_LATER, 0, "rsa-key", W101_ARG_NEEDED, "FILE", W101_SECTION_LATER, "TLS is not decrypted yet" },
};
#define COUNT (sizeof w101_option_table / sizeof *w101_option_table)
const size_t w101_option_count = COUNT;

/* ---- values */

/* Index of arg among names, -1 with a line in error. */
static int choose(const char *option, const char *arg, const char *const *names, unsigned n, char *error)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(arg, names[i]) == 0)
			return (int)i;
	snprintf(error, W101_OPTIONS_ERROR, "%s: \"%s\" is none of %s, %s, %s", option, arg, names[0], names[1],
		names[2]);
	return -1;
}

static int severity(const char *option, const char *arg, char *error)
{
	static const char *const names[] = { [W101_INFO] = "info", [W101_WARNING] = "warning", [W101_ERROR] = "error" };
	return choose(option, arg, names, 3, error);
}

static int when(const char *option, const char *arg, char *error)
{
	static const char *const names[] = { [W101_AUTO] = "auto", [W101_ALWAYS] = "always", [W101_NEVER] = "never" };
	return choose(option, arg, names, 3, error);
}

static int payload(const char *option, const char *arg, char *error)
{
	static const char *const names[] = {
		[W101_PAYLOAD_NONE] = "none", [W101_PAYLOAD_PREVIEW] = "preview", [W101_PAYLOAD_FULL] = "full"
	};
	return choose(option, arg, names, 3, error);
}

/* Digits only, then what *end points at.  False: none, or too many. */
static bool number(const char *arg, uint64_t *out, const char **end)
{
	*out = 0;
	for (*end = arg; **end >= '0' && **end <= '9'; ++*end)
		if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, (uint64_t)(**end - '0'), out))
			return false;
	return *end > arg;
}

static int count(const char *arg, uint64_t *out, char *error)
{
	const char *end;
	if (number(arg, out, &end) && !*end && *out)
		return 0;
	snprintf(error, W101_OPTIONS_ERROR, "-c: \"%s\" is no number of packets", arg);
	return -1;
}

/* The capture has its own. */
static int snaplen(const char *arg, char *error)
{
	const char *end;
	uint64_t n;
	if (number(arg, &n, &end) && !*end)
		return 0;
	snprintf(error, W101_OPTIONS_ERROR, "-s: \"%s\" is no number of bytes", arg);
	return -1;
}

static int size(const char *arg, uint64_t *out, char *error)
{
	static const char units[] = "KMG";
	const char *end, *unit;
	bool good = number(arg, out, &end);
	if (good && *end && (unit = memchr(units, *end & ~0x20, sizeof units - 1)) && !end[1])
		good = !__builtin_mul_overflow(*out, UINT64_C(1024) << 10 * (unit - units), out);
	else
		good = good && !*end;
	if (good && *out >= MIB)
		return 0;
	snprintf(error, W101_OPTIONS_ERROR, "--max-memory: \"%s\" is no size of at least 1M (64M, 2G ...)", arg);
	return -1;
}

static int output(struct w101_options *o, const char *arg, char *error)
{
	if (strcmp(arg, "help") == 0) {
		o->mode = W101_MODE_FORMATS;
		return 0;
	}
	o->format = w101_format_find(arg);
	if (o->format)
		return 0;
	snprintf(error, W101_OPTIONS_ERROR, "-o: unknown format \"%s\": -o help lists what there is", arg);
	return -1;
}

/* ---- the whole */

/* getopt_long gives a letter, or LONG + the row of a long name. */
#define LONG 256

static const struct w101_option *row_of(int code)
{
	if (code >= LONG)
		return &w101_option_table[code - LONG];
	for (size_t i = 0; i < COUNT; i++)
		if (code && w101_option_table[i].letter == code)
			return &w101_option_table[i];
	return NULL;
}

/* What getopt_long did not take. */
static int refused(int code, char **argv, char *error)
{
	const struct w101_option *row = row_of(optopt);
	const char *word = argv[optind - 1];
	char name[64];
	if (optopt > 0 && optopt < LONG)
		snprintf(name, sizeof name, "-%c", optopt);
	else if (row)
		snprintf(name, sizeof name, "--%s", row->name);
	else
		snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
	if (row && code == ':')
		snprintf(error, W101_OPTIONS_ERROR, "%s: needs its %s behind it", name, row->value);
	else if (row)
		snprintf(error, W101_OPTIONS_ERROR, "%s: takes no value", name);
	else
		snprintf(error, W101_OPTIONS_ERROR, "%s: unknown option: wire101 --help lists what there is", name);
	return -1;
}

static int later(const struct w101_option *row, char *error)
{
	char letter[] = { '-', row->letter, '\0' };
	snprintf(error, W101_OPTIONS_ERROR, "%s%s: %s", row->letter ? "" : "--", row->letter ? letter : row->name,
		row->help);
	return -1;
}

static int filter(struct w101_options *o, const char *text, char *error)
{
	free(o->filter);
	o->filter = strdup(text);
	if (o->filter)
		return 0;
	snprintf(error, W101_OPTIONS_ERROR, "no memory");
	return -1;
}

static int write_to(struct w101_options *o, const char *arg, char *error)
{
	o->write = arg;
	if (strcmp(arg, "-") != 0)
		return 0;
	snprintf(error, W101_OPTIONS_ERROR, "-w: standard output is for the report: give the packets a file of their own");
	return -1;
}

static int one(struct w101_options *o, const struct w101_option *row, const char *arg, char *error)
{
	int v = 0;
	switch (row->id) {
	case 'r':
		o->files[o->n_files++] = arg;
		break;
	case 'f':
		return filter(o, arg, error);
	case 'c':
		return count(arg, &o->count, error);
	case 'F':
		o->filter_file = arg;
		break;
	case 'n':
	case ID_IGNORED:
		break;
	case ID_SNAPLEN:
		return snaplen(arg, error);
	case 'k':
		o->keylogs[o->n_keylogs++] = arg;
		break;
	case ID_KEYLOG_ENV:
		o->keylog_env = true;
		break;
	case 'o':
		return output(o, arg, error);
	case 'w':
		return write_to(o, arg, error);
	case ID_FORCE:
		o->force = true;
		break;
	case ID_PAYLOAD:
		o->payload = (enum w101_payload)(v = payload("--payload", arg, error));
		break;
	case 'x':
		o->hex = true;
		break;
	case 'l':
		o->lines = true;
		break;
	case 't':
		o->t++;
		break;
	case ID_COLOR:
		o->color = (enum w101_when)(v = when("--color", arg, error));
		break;
	case ID_UTC:
		o->utc = true;
		break;
	case ID_PROGRESS:
		o->progress = (enum w101_when)(v = when("--progress", arg, error));
		break;
	case 'q':
		o->quiet = true;
		break;
	case 'v':
		o->verbose++;
		break;
	case ID_CONNECTION:
		o->show.connections = arg;
		break;
	case ID_HOST:
		o->show.host = arg;
		break;
	case ID_PATH:
		o->show.path = arg;
		break;
	case ID_TOKEN:
		o->show.token = arg;
		break;
	case ID_KIND:
		o->show.kind = arg;
		break;
	case ID_GREP:
		o->show.grep = arg;
		break;
	case ID_SEVERITY:
		o->show.severity = arg;
		v = severity("--severity", arg, error);
		break;
	case ID_CHECK:
		o->check = true;
		v = arg ? severity("--check", arg, error) : (int)W101_ERROR;
		o->check_at = (enum w101_severity)v;
		break;
	case ID_EXPLAIN:
		o->mode = W101_MODE_EXPLAIN;
		o->explain = arg;
		break;
	case ID_MAX_MEMORY:
		return size(arg, &o->max_memory, error);
	case 'V':
		o->mode = W101_MODE_VERSION;
		break;
	case 'h':
		o->mode = W101_MODE_HELP;
		break;
	case ID_LATER:
		return later(row, error);
	}
	return v < 0 ? -1 : 0;
}

/* Once is the view; -tt, -ttt and -tttt are tcpdump's ways to write the time. */
static int tui(const struct w101_options *o, char *error)
{
	if (o->t != 1)
		return 0;
	snprintf(error, W101_OPTIONS_ERROR, "-t: %s", NO_VIEW);
	return -1;
}

/* The words that are no options: files, or behind -r the filter. */
static int words(struct w101_options *o, int n, char **word, char *error)
{
	bool files = n == 0 || o->n_files == 0;
	if (o->filter && o->filter_file) {
		snprintf(error, W101_OPTIONS_ERROR, "-f and -F are two filters: give one of them");
		return -1;
	}
	if (files) {
		for (int i = 0; i < n; i++)
			o->files[o->n_files++] = word[i];
		return 0;
	}
	if (o->filter || o->filter_file) {
		snprintf(error, W101_OPTIONS_ERROR, "%s and the words behind -r are two filters: give one of them",
			o->filter ? "-f" : "-F");
		return -1;
	}
	size_t room = 1;
	for (int i = 0; i < n; i++)
		room += strlen(word[i]) + 1;
	o->filter = malloc(room);
	if (!o->filter) {
		snprintf(error, W101_OPTIONS_ERROR, "no memory");
		return -1;
	}
	char *p = o->filter;
	for (int i = 0; i < n; i++)
		p += sprintf(p, "%s%s", i ? " " : "", word[i]);
	o->word = word[0];
	return 0;
}

int w101_options_parse(struct w101_options *o, int argc, char **argv, char error[W101_OPTIONS_ERROR])
{
	struct option longs[COUNT + 1] = { { NULL, 0, NULL, 0 } };
	char shorts[COUNT * 3 + 2] = ":", *s = shorts + 1;
	size_t n_longs = 0;
	for (size_t i = 0; i < COUNT; i++) {
		const struct w101_option *row = &w101_option_table[i];
		if (row->name)
			longs[n_longs++] = (struct option){ row->name, (int)row->argument, NULL, LONG + (int)i };
		if (row->letter)
			*s++ = row->letter;
		if (row->letter && row->argument == W101_ARG_NEEDED)
			*s++ = ':';
	}
	*s = '\0';
	*o = (struct w101_options){ .payload = W101_PAYLOAD_PREVIEW,
		.check_at = W101_ERROR,
		.format = w101_format_find("report"),
		.max_memory = ((struct w101_limits)W101_LIMITS_DEFAULT).memory,
		.files = calloc((size_t)argc + 1, sizeof *o->files),
		.keylogs = calloc((size_t)argc + 1, sizeof *o->keylogs) };
	if (!o->files || !o->keylogs) {
		snprintf(error, W101_OPTIONS_ERROR, "no memory");
		return -1;
	}
	opterr = 0;
	optind = 0; /* glibc: begin anew */
	while (o->mode == W101_MODE_RUN) {
		int code = getopt_long(argc, argv, shorts, longs, NULL);
		if (code == -1)
			return tui(o, error) ? -1 : words(o, argc - optind, argv + optind, error);
		const struct w101_option *row = row_of(code);
		if (code == '?' || code == ':' || !row)
			return refused(code, argv, error);
		if (one(o, row, optarg, error))
			return -1;
	}
	return 0;
}

void w101_options_clear(struct w101_options *o)
{
	free(o->files);
	free(o->keylogs);
	free(o->filter);
}
