/* SPDX-License-Identifier: GPL-2.0-only */
/* Rates as JSON; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_WATCH_JSON_HPP
#define _VIRTSTAT_WATCH_JSON_HPP

#include "rates.hpp"

#include <chrono>
#include <span>
#include <string>

namespace virt
{

/** One document on a line: what was read at `time`, `elapsed` after before. */
std::string watch_json(std::span<const ChildRates> children, Seconds elapsed,
                       std::chrono::system_clock::time_point time);

} // namespace virt

#endif // _VIRTSTAT_WATCH_JSON_HPP
