/* SPDX-License-Identifier: GPL-2.0-only */
/* TCP packets to test with, and a second opinion about checksums.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_TEST_TCP_FRAME_HPP
#define _VIRT_TEST_TCP_FRAME_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

namespace virt::test
{

using Octets = std::vector<std::uint8_t>;

struct TcpFrame {
    bool ether = true;
    bool vlan = false;
    bool ip6 = false;
    std::uint16_t id = 100;
    std::uint32_t seq = 1000;
    std::uint8_t flags = 0x10;
    Octets options = {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2};
    Octets body = {};

    std::size_t network() const { return ether ? (vlan ? 18 : 14) : 0; }
    std::size_t transport() const { return network() + (ip6 ? 40 : 20); }
    std::size_t header() const { return transport() + 20 + options.size(); }

    /** The bytes, with right checksums. */
    Octets build() const;
};

/** The checksum of RFC 1071, two bytes at a time. */
std::uint16_t slow_checksum(const Octets &bytes);

/** True if the checksums of the frame are right; it starts with `like`. */
bool checksums_right(const TcpFrame &like, const Octets &frame);

/** So many bytes, each different from its neighbours. */
Octets pattern(std::size_t size);

} // namespace virt::test

#endif // _VIRT_TEST_TCP_FRAME_HPP
