/* SPDX-License-Identifier: GPL-2.0-only */
/* Events as text and as JSON; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_EVENT_OUTPUT_HPP
#define _VIRTSTAT_EVENT_OUTPUT_HPP

#include "child.hpp"
#include "events.hpp"
#include "paint.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace virt
{

/** An event, when it was heard of, and the parent where it is needed. */
struct HeardEvent {
    Event event;
    std::chrono::system_clock::time_point time{};
    std::optional<Link> parent{};
};

/** One line: the time, the name, what happened, and more in ip's words. */
std::string event_text(const HeardEvent &heard, const Paint &paint);

/** One document on a line. */
std::string event_json(const HeardEvent &heard);

} // namespace virt

#endif // _VIRTSTAT_EVENT_OUTPUT_HPP
