/* One JSON object a line; README.md beside this file is the contract. */
#ifndef W101_REPORT_JSONL_H
#define W101_REPORT_JSONL_H

#include "report/report.h"

bool w101_jsonl_open(FILE *, const struct w101_report_options *, struct w101_sink *out);

#endif
