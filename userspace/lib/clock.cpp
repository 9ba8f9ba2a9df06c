// SPDX-License-Identifier: GPL-2.0-only
// Writes points in time.
//
// Copyright (C) The virt authors
#include "clock.hpp"

#include <fmt/chrono.h>

namespace virt
{

std::string utc_text(std::chrono::system_clock::time_point time)
{
    using namespace std::chrono;
    const auto whole = floor<seconds>(time);
    const auto rest = duration_cast<milliseconds>(time - whole);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                       fmt::gmtime(system_clock::to_time_t(whole)),
                       rest.count());
}

} // namespace virt
