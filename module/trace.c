// SPDX-License-Identifier: GPL-2.0-only
/* The bodies of the tracepoints.
 *
 * Copyright (C) The virt authors
 */
#define CREATE_TRACE_POINTS
#include "trace.h"
