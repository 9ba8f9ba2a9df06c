/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets for the module's readers, which get them without their link header.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_UNIT_PACKETS_HPP
#define _VIRT_UNIT_PACKETS_HPP

#include <array>
#include <cstdint>
#include <vector>

namespace virt::test
{

using Packet = std::vector<std::uint8_t>;
using Ip4 = std::array<std::uint8_t, 4>;

constexpr unsigned kIp = 0x0800;
constexpr unsigned kArp = 0x0806;
constexpr unsigned kIp6 = 0x86dd;

/** ARP from 02:00:00:00:00:01. */
inline Packet arp(Ip4 sender, Ip4 target, int operation = 1)
{
    return {
        0,         1,         8,         0,
        6,         4,         0,         static_cast<std::uint8_t>(operation),
        2,         0,         0,         0,
        0,         1,         sender[0], sender[1],
        sender[2], sender[3], 0,         0,
        0,         0,         0,         0,
        target[0], target[1], target[2], target[3]};
}

} // namespace virt::test

#endif // _VIRT_UNIT_PACKETS_HPP
