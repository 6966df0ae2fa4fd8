/* Bytes as xxd shows them. */
#ifndef W101_REPORT_HEXDUMP_H
#define W101_REPORT_HEXDUMP_H

#include "report/writer.h"

/* One line for 16 bytes: "00000000: 6865 6c6c 6f0a ...  hello."; each behind `indent` spaces. */
void w101_put_hexdump(struct w101_writer *, struct w101_bytes, size_t indent);

#endif
