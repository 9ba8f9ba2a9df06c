/* SPDX-License-Identifier: GPL-2.0-only */
/* MAC and IP addresses, prefixes and ports as values.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_ADDRESS_HPP
#define _VIRTPEER_ADDRESS_HPP

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace virt::peer
{

using Mac = std::array<std::uint8_t, 6>;

struct Address {
    /** AF_INET or AF_INET6; AF_UNSPEC: none. */
    int family = AF_UNSPEC;
    /** Network byte order; IPv4 in the first four. */
    std::array<std::uint8_t, 16> bytes{};
    /** Index of the device of a link-local address, or 0. */
    std::uint32_t scope = 0;

    explicit operator bool() const { return family != AF_UNSPEC; }
    bool operator==(const Address &) const = default;
    /** In bytes: 4 or 16. */
    unsigned size() const { return family == AF_INET ? 4 : 16; }
    bool is_zero() const;
    bool is_multicast() const;
    bool is_link_local() const;
};

struct Endpoint {
    Address address;
    /** Host byte order. */
    std::uint16_t port = 0;

    bool operator==(const Endpoint &) const = default;
};

struct Prefix {
    Address address;
    unsigned bits = 0;

    bool operator==(const Prefix &) const = default;
    bool contains(const Address &other) const;
};

/** "02:00:00:00:00:01"; nullopt: anything else, or a group address. */
std::optional<Mac> parse_mac(const std::string &text);

/** "192.0.2.1", "2001:db8::1", "fe80::1%eth0"; nullopt: anything else. */
std::optional<Address> parse_address(const std::string &text);

/** An address, with or without "/BITS"; bits after them are not looked at. */
std::optional<Prefix> parse_prefix(const std::string &text);

/** "192.0.2.1:50000" or "[2001:db8::1]:50000". */
std::string endpoint_text(const Endpoint &endpoint);

/** Fills a socket address; returns its size. */
socklen_t to_sockaddr(const Endpoint &endpoint, sockaddr_storage &out);

/** The opposite; the scope is kept for link-local addresses alone. */
Endpoint from_sockaddr(const sockaddr_storage &in);

} // namespace virt::peer

#endif // _VIRTPEER_ADDRESS_HPP
