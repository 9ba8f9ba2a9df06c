// SPDX-License-Identifier: GPL-2.0-only
// Writes events.
//
// Copyright (C) The virt authors
#include "event_output.hpp"

#include "child_json.hpp"

#include "lib/clock.hpp"
#include "lib/link_words.hpp"
#include "lib/printable.hpp"

#include <fmt/format.h>

namespace virt
{

namespace
{

Child child_of(const HeardEvent &heard)
{
    return {.link = heard.event.link, .parent = heard.parent, .master = {}};
}

std::string parent_words(const HeardEvent &heard)
{
    const std::string parent = parent_text(child_of(heard));
    return parent.empty() ? "" : " link " + parent;
}

std::string peer_words(const Link &link)
{
    const auto peer = peer_of(link);
    return peer ? fmt::format(" peer {}", *peer) : "";
}

std::string changed_words(const HeardEvent &heard)
{
    std::string words;
    for (const virt_option &option : virt_options) {
        if (!heard.event.changed.contains(option.attr)) {
            continue;
        }
        const std::string value =
            option_value(child_of(heard), option).value_or("unset");
        words += fmt::format(" {}{}{}", option.name, value.empty() ? "" : " ",
                             value);
    }
    return words;
}

std::string details(const HeardEvent &heard)
{
    const Event &event = heard.event;
    switch (event.type) {
    case EventType::Created:
        return parent_words(heard) + " mode " + mode_text(event.link) +
               peer_words(event.link);
    case EventType::Changed:
        return parent_words(heard) + changed_words(heard);
    case EventType::Moved:
        return fmt::format(" netns {} ifindex {}",
                           event.new_netnsid.value_or(-1) < 0
                               ? "unknown"
                               : std::to_string(*event.new_netnsid),
                           event.new_ifindex.value_or(event.link.ifindex));
    case EventType::Renamed:
        return " from " + printable(event.old_name);
    case EventType::Counted:
        return fmt::format(" total {}", (*event.link.causes)[event.stat]);
    default:
        return {};
    }
}

Ink ink_of(EventType type)
{
    switch (type) {
    case EventType::Created:
    case EventType::Up:
    case EventType::Carrier:
        return Ink::Good;
    case EventType::Deleted:
    case EventType::Down:
    case EventType::NoCarrier:
        return Ink::Bad;
    default:
        return Ink::Warning;
    }
}

} // namespace

std::string event_text(const HeardEvent &heard, const Paint &paint)
{
    const Event &event = heard.event;
    return fmt::format("{} {} {}{}\n", utc_text(heard.time),
                       paint(Ink::Name, printable(event.link.ifname)),
                       paint(ink_of(event.type), event_word(event)),
                       details(heard));
}

std::string event_json(const HeardEvent &heard)
{
    const Event &event = heard.event;
    const Link &link = event.link;
    Json object{{"time", utc_text(heard.time)},
                {"event", event_word(event)},
                {"ifindex", link.ifindex},
                {"ifname", link.ifname}};
    put_parent(object.get_ref<Json::object_t &>(), child_of(heard));
    object["mode"] = mode_text(link);
    object["operstate"] = operstate_word(link.operstate.value_or(0));
    if (event.type == EventType::Renamed) {
        object["old_ifname"] = event.old_name;
    }
    if (event.type == EventType::Moved) {
        object["new_netnsid"] = event.new_netnsid.value_or(-1);
        object["new_ifindex"] = event.new_ifindex.value_or(link.ifindex);
    }
    if (event.type == EventType::Changed) {
        Json &changed = object["changed"] = Json::object();
        for (const virt_option &option : virt_options) {
            if (event.changed.contains(option.attr)) {
                changed[option.name] = option_json(child_of(heard), option);
            }
        }
    }
    if (event.type == EventType::Counted) {
        object["total"] = (*link.causes)[event.stat];
    }
    return json_line(object);
}

} // namespace virt
