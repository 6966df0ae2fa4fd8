/* -F: a filter that stands in a file. */
#ifndef W101_CLI_FILTER_FILE_H
#define W101_CLI_FILTER_FILE_H

/* Its text without comments ("#" to the end of the line), on one line; the
 * caller frees.  NULL with errno set: EFBIG above 64 KiB, EINVAL with NUL bytes in it. */
char *w101_filter_file(const char *path);

#endif
