/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens to children, from what the kernel tells about them; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_EVENTS_HPP
#define _VIRTSTAT_EVENTS_HPP

#include "lib/link.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace virt
{

enum class EventType {
    Created,
    Deleted,
    /** Into another namespace; there it is created. */
    Moved,
    Renamed,
    Up,
    Down,
    Carrier,
    NoCarrier,
    /** Options, or the parent. */
    Changed,
    /** A counter of events grew, such as peer_lost. */
    Counted,
};

struct Event {
    EventType type = EventType::Created;
    /** The child after it; before it, if it is gone. */
    Link link;
    /** Renamed: the name before. */
    std::string old_name{};
    /** Moved: the id of the namespace, -1: none; and the number there. */
    std::optional<std::int32_t> new_netnsid{};
    std::optional<std::int32_t> new_ifindex{};
    /** Changed: the options that did, IFLA_VIRT_ numbers. */
    std::set<unsigned> changed{};
    /** Counted: VIRT_STAT_ number. */
    unsigned stat = 0;

    bool operator==(const Event &) const = default;
};

/** "created" and so on; the counter's name for one that grew. */
std::string event_word(const Event &event);

/** The children of a namespace, followed from one piece of news to the next. */
class EventTracker
{
public:
    /** Takes all children as they are; what differs from before has happened.
     */
    std::vector<Event> resync(Links children);

    /** Takes one piece of news, which may be about any interface. */
    std::vector<Event> take(LinkNews news);

private:
    std::vector<Event> take_gone(LinkNews news);

    std::map<std::int32_t, Link> children_;
};

} // namespace virt

#endif // _VIRTSTAT_EVENTS_HPP
