/* --help: every row of the table that exists, section by section, for 80
 * columns. */
#include "cli/help.h"

#include "cli/fill.h"
#include "cli/options.h"

enum { COLUMN = 27 };

static void row(FILE *f, const struct w101_option *o)
{
	int n = o->letter ? fprintf(f, "  -%c%s", o->letter, o->name ? ", " : "") : fprintf(f, "      ");
	if (o->name)
		n += fprintf(f, "--%s", o->name);
	if (o->value)
		n += fprintf(f, o->argument == W101_ARG_OPTIONAL ? "[=%s]" : " %s", o->value);
	if (n < COLUMN)
		fprintf(f, "%*s", COLUMN - n, "");
	else
		fprintf(f, "\n%*s", COLUMN, "");
	w101_fill(f, COLUMN, o->help);
}

void w101_help(FILE *f)
{
	static const char *const sections[] = {
		[W101_SECTION_INPUT] = "Input",
		[W101_SECTION_OUTPUT] = "Output",
		[W101_SECTION_SHOW] = "What to show",
		[W101_SECTION_JUDGE] = "Judging",
		[W101_SECTION_OTHER] = "Other",
	};
	fputs("usage: wire101 [options] FILE...\n"
	      "       wire101 [options] -r FILE [FILTER]\n\n"
	      "Finds every protocol switch (HTTP Upgrade, WebSocket) in packet captures, judges\n"
	      "it rule by rule and decodes what follows. FILE is pcap or pcapng, plain or\n"
	      "gzip'ed; \"-\" is standard input.\n",
		f);
	for (unsigned s = 0; s < sizeof sections / sizeof *sections; s++) {
		fprintf(f, "\n%s\n", sections[s]);
		for (size_t i = 0; i < w101_option_count; i++)
			if (w101_option_table[i].section == s)
				row(f, &w101_option_table[i]);
	}
	fputc('\n', f);
	w101_fill(f, 0,
		"Also accepted, as tcpdump: -A and -X mean -x; -e, -K, -N, -S, -s SNAPLEN and -tt, -ttt, -tttt change "
		"nothing.");
	fputs("\nExit status: 0 done; 1 --check found something; 2 wrong usage; 3 input or\n"
	      "output error (what could be analysed was still reported).\n",
		f);
}
