/* One line an event, as it happens, like tcpdump. */
#ifndef W101_REPORT_LOG_H
#define W101_REPORT_LOG_H

#include "report/report.h"

bool w101_log_open(FILE *, const struct w101_report_options *, struct w101_sink *out);

#endif
