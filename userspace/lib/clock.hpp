/* SPDX-License-Identifier: GPL-2.0-only */
/* Points in time as text; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_CLOCK_HPP
#define _VIRT_CLOCK_HPP

#include <chrono>
#include <string>

namespace virt
{

/** ISO 8601, UTC, in milliseconds: 2026-01-31T09:05:00.123Z. */
std::string utc_text(std::chrono::system_clock::time_point time);

} // namespace virt

#endif // _VIRT_CLOCK_HPP
