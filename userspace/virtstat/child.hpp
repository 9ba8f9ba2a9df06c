/* SPDX-License-Identifier: GPL-2.0-only */
/* What virtstat shows of one child; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_CHILD_HPP
#define _VIRTSTAT_CHILD_HPP

#include "lib/link.hpp"
#include "lib/link_options.h"

#include <optional>
#include <string>
#include <string_view>

namespace virt
{

/** What is shown of another interface. */
struct Neighbour {
    Neighbour(const Link &link) : ifname(link.ifname), flags(link.flags) {}

    std::string ifname;
    /** IFF_ bits. */
    std::uint32_t flags;

    bool operator==(const Neighbour &) const = default;
};

/** A child, and what is known of the interfaces that it names by number. */
struct Child {
    Link link;
    /** nullopt: no parent, in another namespace, or gone meanwhile. */
    std::optional<Neighbour> parent;
    /** The device that it is enslaved to; nullopt: none, or gone. */
    std::optional<Neighbour> master;

    bool operator==(const Child &) const = default;
};

/** The name of an interface, or what ip writes if only its number is known. */
std::string name_or_number(const std::optional<Neighbour> &link,
                           std::int32_t ifindex);

/**
 * The address of a tunnel's peer, learnt or set, as long as `link` lives;
 * nullopt: it has none.
 */
std::optional<std::string_view> peer_of(const Link &link);

/**
 * The parent for people, or the device that a tunnel is held to: a printable
 * name, or ip's "if7" with the number of its namespace, "if7@nsid2". Empty if
 * there is none.
 */
std::string parent_text(const Child &child);

/** The device that an option names by number; "none" for 0. */
std::string device_text(const Child &child, std::uint32_t ifindex);

/**
 * The value of an option in ip's words, printable; empty for a flag, which has
 * none. nullopt: it is not set, or was not sent.
 */
std::optional<std::string> option_value(const Child &child,
                                        const virt_option &option);

/** The word of the mode, or its number; empty if there is none. */
std::string mode_text(const Link &link);

} // namespace virt

#endif // _VIRTSTAT_CHILD_HPP
