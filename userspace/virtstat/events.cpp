// SPDX-License-Identifier: GPL-2.0-only
// Compares a child with what it was.
//
// Copyright (C) The virt authors
#include "events.hpp"

#include "lib/link_options.h"
#include "lib/link_words.hpp"

#include <linux/if.h>

namespace virt
{

namespace
{

std::vector<Event> events_between(const Link &before, const Link &after)
{
    std::vector<Event> events;
    const auto add = [&](EventType type) -> Event & {
        return events.emplace_back(Event{.type = type, .link = after});
    };
    if (before.ifname != after.ifname) {
        add(EventType::Renamed).old_name = before.ifname;
    }

    std::set<unsigned> changed;
    for (const virt_option &option : virt_options) {
        // A state moves by itself.
        if (option.type != VIRT_OPTION_STATE &&
            (before.options[option.attr] != after.options[option.attr] ||
             text_of(before, option.attr) != text_of(after, option.attr))) {
            changed.insert(option.attr);
        }
    }
    if (!changed.empty() || before.link != after.link) {
        add(EventType::Changed).changed = changed;
    }

    if (before.causes && after.causes) {
        for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
            if (!is_drop(stat) &&
                (*after.causes)[stat] > (*before.causes)[stat]) {
                add(EventType::Counted).stat = stat;
            }
        }
    }

    if ((before.flags ^ after.flags) & IFF_UP) {
        add(after.flags & IFF_UP ? EventType::Up : EventType::Down);
    } else if ((after.flags & IFF_UP) &&
               ((before.flags ^ after.flags) & IFF_LOWER_UP)) {
        add(after.flags & IFF_LOWER_UP ? EventType::Carrier
                                       : EventType::NoCarrier);
    }
    return events;
}

} // namespace

std::string event_word(const Event &event)
{
    switch (event.type) {
    case EventType::Created:
        return "created";
    case EventType::Deleted:
        return "deleted";
    case EventType::Moved:
        return "moved";
    case EventType::Renamed:
        return "renamed";
    case EventType::Up:
        return "up";
    case EventType::Down:
        return "down";
    case EventType::Carrier:
        return "carrier";
    case EventType::NoCarrier:
        return "no_carrier";
    case EventType::Changed:
        return "changed";
    case EventType::Counted:
        return word_or_number(virt_stat_word(event.stat), event.stat);
    }
    return {};
}

std::vector<Event> EventTracker::resync(Links children)
{
    std::vector<Event> events;
    std::set<std::int32_t> present;
    for (const Link &link : children) {
        present.insert(link.ifindex);
    }
    for (const auto &[ifindex, link] : std::map(children_)) {
        if (!present.contains(ifindex)) {
            std::ranges::move(take_gone({.link = link,
                                         .gone = true,
                                         .new_netnsid = {},
                                         .new_ifindex = {}}),
                              std::back_inserter(events));
        }
    }
    for (Link &link : children) {
        std::ranges::move(take({.link = std::move(link),
                                .gone = false,
                                .new_netnsid = {},
                                .new_ifindex = {}}),
                          std::back_inserter(events));
    }
    return events;
}

std::vector<Event> EventTracker::take(LinkNews news)
{
    if (news.gone) {
        return take_gone(std::move(news));
    }
    if (news.link.kind != kKind) {
        return {};
    }
    const auto [known, is_new] =
        children_.try_emplace(news.link.ifindex, news.link);
    if (is_new) {
        return {Event{.type = EventType::Created, .link = known->second}};
    }
    auto events = events_between(known->second, news.link);
    known->second = std::move(news.link);
    return events;
}

std::vector<Event> EventTracker::take_gone(LinkNews news)
{
    if (children_.erase(news.link.ifindex) == 0) {
        return {};
    }
    return {
        Event{.type = news.new_netnsid ? EventType::Moved : EventType::Deleted,
              .link = std::move(news.link),
              .new_netnsid = news.new_netnsid,
              .new_ifindex = news.new_ifindex}};
}

} // namespace virt
