/* A FILE that reads through a function of ours: the C libraries differ in how
 * that is made, so the build chooses cookie_linux.c (glibc, musl) or
 * cookie_bsd.c (macOS and the BSDs). */
#ifndef W101_CAPTURE_COOKIE_H
#define W101_CAPTURE_COOKIE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define W101_COOKIE_FAILED SIZE_MAX

/* Up to n > 0 bytes to out; 0: the end; W101_COOKIE_FAILED. */
typedef size_t w101_cookie_read(void *self, void *out, size_t n);

/* Borrows self until the fclose.  NULL: no memory. */
FILE *w101_cookie_open(void *self, w101_cookie_read *);

#endif
