/* A filter in tcpdump's syntax, compiled for each link type that comes. */
#ifndef W101_CAPTURE_BPF_H
#define W101_CAPTURE_BPF_H

#include "capture/source.h"

struct w101_bpf;

/* expr is borrowed.  NULL: no memory. */
struct w101_bpf *w101_bpf_new(const char *expr);
void w101_bpf_free(struct w101_bpf *);
/* 1: the packet matches; 0: it does not; -1: the expression cannot be compiled for the link type of
 * this packet, error says why.  That is said once for each link type, whose packets then never match. */
int w101_bpf_match(struct w101_bpf *, const struct w101_packet *, char error[W101_SOURCE_ERROR]);
/* Whether it was compiled for any link type so far. */
bool w101_bpf_used(const struct w101_bpf *);
/* Without a packet: whether it can be compiled for any common link type.  0, or -1 with a text in error. */
int w101_bpf_check(const char *expr, char error[W101_SOURCE_ERROR]);

#endif
