/* SPDX-License-Identifier: GPL-2.0-only */
/* The command `virtstat monitor`: events, as they happen.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_MONITOR_HPP
#define _VIRTSTAT_MONITOR_HPP

#include "options.hpp"
#include "paint.hpp"

namespace virt
{

/**
 * Writes a line for each event of the children, of those that are named if any
 * are, until options.count is reached, a signal comes or the reader goes away.
 * A name need not be there yet. Throws what NetlinkSocket::ask() throws.
 */
void monitor(const Options &options, const Paint &paint);

} // namespace virt

#endif // _VIRTSTAT_MONITOR_HPP
