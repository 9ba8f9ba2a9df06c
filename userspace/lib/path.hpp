/* SPDX-License-Identifier: GPL-2.0-only */
/* The way to another host.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_PATH_HPP
#define _VIRT_PATH_HPP

#include <cstdint>
#include <optional>
#include <string>

namespace virt
{

/** What a route is chosen by. */
struct Way {
    /** Where to: a numeric address. */
    std::string address;
    /** The only device to go by; empty: any. */
    std::string device;
    /** A numeric address of this host; empty: any. */
    std::string local;
    /** Of the packets; others than 0 need rights. */
    std::uint32_t mark = 0;
};

/**
 * Bytes of the largest IP packet that gets there in one piece, as far as the
 * kernel knows. nullopt: there is no way. Nothing is sent.
 */
std::optional<unsigned> path_mtu(const Way &way);

} // namespace virt

#endif // _VIRT_PATH_HPP
