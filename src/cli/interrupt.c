/* Signals.  The only variable of the program that stands outside of any struct:
 * a handler has nothing else. */
#include "config.h"

#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

void w101_interrupt_catch(void)
{
	/* without SA_RESTART, so that waiting for a packet ends */
	struct sigaction end = { .sa_handler = on_signal, .sa_flags = SA_RESETHAND },
			 ignore = { .sa_handler = SIG_IGN };
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
}

bool w101_interrupted(void)
{
	return interrupted;
}
