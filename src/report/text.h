/* The report: what a person reads. */
#ifndef W101_REPORT_TEXT_H
#define W101_REPORT_TEXT_H

#include "report/report.h"

bool w101_text_open(FILE *, const struct w101_report_options *, struct w101_sink *out);

#endif
