/* Runs one fuzz body over the files and folders named on the command line: how
 * `make check` replays the seed corpora without a fuzzer.  Prints TAP. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* scandir */
#endif
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static unsigned done;

static void one(const char *path)
{
	struct stat st;
	if (stat(path, &st)) {
		fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	if (S_ISDIR(st.st_mode)) {
		struct dirent **list;
		int n = scandir(path, &list, NULL, alphasort);
		for (int i = 0; i < n; i++) {
			char sub[4096];
			if (list[i]->d_name[0] != '.') {
				snprintf(sub, sizeof sub, "%s/%s", path, list[i]->d_name);
				one(sub);
			}
			free(list[i]);
		}
		if (n >= 0)
			free(list);
		return;
	}
	FILE *f = fopen(path, "rb");
	size_t n = (size_t)st.st_size;
	uint8_t *p = malloc(n ? n : 1); /* exact size: a sanitizer sees a read past the end */
	if (!f || !p || fread(p, 1, n, f) != n) {
		fprintf(stderr, "replay: %s: cannot read\n", path);
		exit(1);
	}
	fclose(f);
	LLVMFuzzerTestOneInput(p, n);
	free(p);
	printf("ok %u - %s\n", ++done, strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		one(argv[i]);
	printf("1..%u\n", done);
	return done ? 0 : 1;
}
