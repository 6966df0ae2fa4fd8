/* SIGINT and SIGTERM end a run in order. */
#ifndef W101_CLI_INTERRUPT_H
#define W101_CLI_INTERRUPT_H

#include <stdbool.h>

/* From here on the first signal is only remembered, the second one kills.
 * Signals about output that nobody takes are left to the errors of writing. */
void w101_interrupt_catch(void);
bool w101_interrupted(void);

#endif
