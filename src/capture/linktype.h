/* LINKTYPE_ numbers, which files have, and DLT_ numbers, which libpcap has and
 * which differ from system to system: one table. */
#ifndef W101_CAPTURE_LINKTYPE_H
#define W101_CAPTURE_LINKTYPE_H

#include <stdint.h>

uint32_t w101_linktype_of_dlt(int dlt);
int w101_linktype_to_dlt(uint32_t link);
/* The number under which a link type is known when a file uses another for it: a DLT_RAW of 12 or 14 is 101. */
uint32_t w101_linktype_usual(uint32_t link);
/* libpcap's words for it as in "Linux cooked v1"; NULL: it has none. */
const char *w101_linktype_words(uint32_t link);
/* libpcap's name, "LINUX_SLL"; never NULL ("147" when it has none); buffer may be used. */
const char *w101_linktype_name(uint32_t link, char buffer[16]);

#endif
