// SPDX-License-Identifier: GPL-2.0-only
// Words for what a child names by numbers.
//
// Copyright (C) The virt authors
#include "child.hpp"

#include "lib/link_words.hpp"
#include "lib/printable.hpp"

#include <fmt/format.h>

namespace virt
{

std::string name_or_number(const std::optional<Neighbour> &link,
                           std::int32_t ifindex)
{
    return link ? link->ifname : "if" + std::to_string(ifindex);
}

std::optional<std::string_view> peer_of(const Link &link)
{
    const auto learnt = text_of(link, IFLA_VIRT_PEER);
    return learnt ? learnt : text_of(link, IFLA_VIRT_REMOTE);
}

std::string parent_text(const Child &child)
{
    const Link &link = child.link;
    if (link.link.value_or(0) == 0) {
        return {};
    }
    // Several namespaces may have an if7.
    std::string text = printable(name_or_number(child.parent, *link.link));
    if (link.link_netnsid) {
        text += fmt::format("@nsid{}", *link.link_netnsid);
    }
    return text;
}

std::string device_text(const Child &child, std::uint32_t ifindex)
{
    const auto number = static_cast<std::int32_t>(ifindex);
    if (number == 0) {
        return "none";
    }
    // It is the lower device, so no other needs to be asked for.
    const bool known = child.link.link == number && !child.link.link_netnsid;
    return name_or_number(known ? child.parent : std::nullopt, number);
}

std::optional<std::string> option_value(const Child &child,
                                        const virt_option &option)
{
    if (virt_option_is_text(option.type)) {
        const auto text = text_of(child.link, option.attr).value_or("");
        return text.empty() ? std::nullopt : std::optional(std::string(text));
    }
    const auto value = child.link.options[option.attr];
    if (!value || (option.type == VIRT_OPTION_FLAG && *value == 0)) {
        return std::nullopt;
    }
    switch (option.type) {
    case VIRT_OPTION_FLAG:
        return "";
    case VIRT_OPTION_DEVICE:
        return printable(device_text(child, *value));
    default:
        return option_text(option, *value);
    }
}

std::string mode_text(const Link &link)
{
    const auto mode = link.options[IFLA_VIRT_MODE];
    return mode ? word_or_number(virt_mode_word(*mode), *mode) : "";
}

} // namespace virt
