/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes netlink messages for the tests, right ones and wrong ones.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_TEST_WIRE_HPP
#define _VIRT_TEST_WIRE_HPP

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace virt::test
{

using Buffer = std::vector<std::byte>;

/** The bytes of a value in host order. */
template <class T>
Buffer raw(const T &value)
{
    Buffer bytes(sizeof(T));
    std::memcpy(bytes.data(), &value, sizeof(T));
    return bytes;
}

inline Buffer hex(std::initializer_list<int> values)
{
    Buffer bytes;
    for (const int value : values) {
        bytes.push_back(static_cast<std::byte>(value));
    }
    return bytes;
}

/** A string with its NUL. */
inline Buffer text(std::string_view string)
{
    Buffer bytes(string.size() + 1);
    std::memcpy(bytes.data(), string.data(), string.size());
    return bytes;
}

/** The parts one after the other, each padded to 4 bytes. */
inline Buffer join(std::initializer_list<Buffer> parts)
{
    Buffer bytes;
    for (const Buffer &part : parts) {
        bytes.insert(bytes.end(), part.begin(), part.end());
        bytes.resize(NLA_ALIGN(bytes.size()));
    }
    return bytes;
}

/** An attribute; `claim` is added to the length that it claims. */
inline Buffer attr(unsigned type, const Buffer &payload, int claim = 0)
{
    const int size = static_cast<int>(sizeof(nlattr) + payload.size()) + claim;
    Buffer bytes = raw(nlattr{.nla_len = static_cast<std::uint16_t>(size),
                              .nla_type = static_cast<std::uint16_t>(type)});
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    return bytes;
}

/** A message of any type; `claim` is added to the length that it claims. */
inline Buffer message(int type, const Buffer &payload, int flags = 0,
                      int claim = 0)
{
    const int size =
        static_cast<int>(sizeof(nlmsghdr) + payload.size()) + claim;
    Buffer bytes =
        raw(nlmsghdr{.nlmsg_len = static_cast<std::uint32_t>(size),
                     .nlmsg_type = static_cast<std::uint16_t>(type),
                     .nlmsg_flags = static_cast<std::uint16_t>(flags),
                     .nlmsg_seq = 1,
                     .nlmsg_pid = 0});
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    return bytes;
}

} // namespace virt::test

#endif // _VIRT_TEST_WIRE_HPP
