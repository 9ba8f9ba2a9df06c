/* SPDX-License-Identifier: GPL-2.0-only */
/* Checked reads of netlink messages: bytes to values, no system calls.
 *
 * Nothing here trusts a length or an alignment that a message claims.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_NLMSG_HPP
#define _VIRT_NLMSG_HPP

#include <linux/netlink.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

namespace virt
{

using Bytes = std::span<const std::byte>;

/** The first sizeof(T) bytes as a T in host order; nullopt if too few. */
template <class T>
std::optional<T> load(Bytes bytes)
{
    static_assert(std::is_trivially_copyable_v<T>);
    if (bytes.size() < sizeof(T)) {
        return std::nullopt;
    }
    T value;
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
}

/** What follows the first `size` bytes and their padding to 4; may be empty. */
inline Bytes after_padded(Bytes bytes, std::size_t size)
{
    return bytes.subspan(std::min<std::size_t>(NLA_ALIGN(size), bytes.size()));
}

/**
 * Calls visit(type, payload) for each attribute, in order, until one returns
 * false. True if all were visited and their lengths fill `bytes` exactly (the
 * padding of the last one may be missing).
 */
template <class Visit>
bool each_attr(Bytes bytes, Visit &&visit)
{
    while (!bytes.empty()) {
        const auto attr = load<nlattr>(bytes);
        if (!attr || attr->nla_len < sizeof(nlattr) ||
            attr->nla_len > bytes.size()) {
            return false;
        }
        const auto type =
            static_cast<std::uint16_t>(attr->nla_type & NLA_TYPE_MASK);
        if (!visit(type, bytes.first(attr->nla_len).subspan(sizeof(nlattr)))) {
            return false;
        }
        bytes = after_padded(bytes, attr->nla_len);
    }
    return true;
}

/**
 * Calls visit(header, message) for each message of a buffer, in order, until
 * one returns false. True if all were visited and fill `bytes` exactly.
 */
template <class Visit>
bool each_message(Bytes bytes, Visit &&visit)
{
    while (!bytes.empty()) {
        const auto header = load<nlmsghdr>(bytes);
        if (!header || header->nlmsg_len < sizeof(nlmsghdr) ||
            header->nlmsg_len > bytes.size()) {
            return false;
        }
        if (!visit(*header, bytes.first(header->nlmsg_len))) {
            return false;
        }
        bytes = after_padded(bytes, header->nlmsg_len);
    }
    return true;
}

/** The end of a request: 0 or a positive errno, and the kernel's words. */
struct Verdict {
    int error = 0;
    std::string text;

    bool operator==(const Verdict &) const = default;
};

/**
 * Reads one NLMSG_ERROR or NLMSG_DONE message with its extended ack
 * (NETLINK_EXT_ACK); nullopt if it is neither, or malformed.
 */
std::optional<Verdict> verdict_from_msg(Bytes message);

/** A NUL-terminated string without other NULs, as attributes carry it. */
std::optional<std::string> text_from_attr(Bytes payload);

} // namespace virt

#endif // _VIRT_NLMSG_HPP
