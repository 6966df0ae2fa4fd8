/* The files of -k and of SSLKEYLOGFILE. */
#include "config.h"

#include "cli/keylogs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/run.h"
#include "cli/say.h"

int w101_keylogs_check(const struct w101_options *o)
{
	const char *from_environment = o->keylog_env ? getenv("SSLKEYLOGFILE") : NULL;
	if (o->keylog_env && (!from_environment || !*from_environment)) {
		w101_say("--keylog-env: the environment variable SSLKEYLOGFILE is not set");
		return W101_EXIT_USAGE;
	}
	for (size_t i = 0; i < o->n_keylogs + (from_environment ? 1 : 0); i++) {
		const char *path = i < o->n_keylogs ? o->keylogs[i] : from_environment;
		if (access(path, R_OK)) {
			w101_say("key log %s: %s", path, strerror(errno));
			return W101_EXIT_IO;
		}
	}
	return W101_EXIT_DONE;
}
