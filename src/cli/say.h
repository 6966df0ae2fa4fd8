/* Messages to the user, on standard error. */
#ifndef W101_CLI_SAY_H
#define W101_CLI_SAY_H

/* "wire101: what: why" and a line end.  Whatever could make a terminal obey
 * (names of files are not ours) is escaped. */
__attribute__((format(printf, 1, 2))) void w101_say(const char *format, ...);

#endif
