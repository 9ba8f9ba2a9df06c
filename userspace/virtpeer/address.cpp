// SPDX-License-Identifier: GPL-2.0-only
// Reads and writes addresses.
//
// Copyright (C) The virt authors
#include "address.hpp"

#include <arpa/inet.h>
#include <net/if.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

namespace virt::peer
{

bool Address::is_zero() const
{
    return std::ranges::all_of(bytes, [](auto byte) { return byte == 0; });
}

bool Address::is_multicast() const
{
    return family == AF_INET ? bytes[0] >> 4 == 0xe : bytes[0] == 0xff;
}

bool Address::is_link_local() const
{
    return family == AF_INET6 && bytes[0] == 0xfe && bytes[1] >> 6 == 2;
}

bool Prefix::contains(const Address &other) const
{
    if (other.family != address.family ||
        (address.scope && address.scope != other.scope)) {
        return false;
    }
    for (unsigned bit = 0; bit < bits; bit++) {
        const unsigned differs = address.bytes[bit / 8] ^ other.bytes[bit / 8];
        if (differs >> (7 - bit % 8) & 1) {
            return false;
        }
    }
    return true;
}

std::optional<Mac> parse_mac(const std::string &text)
{
    Mac mac;
    if (text.size() != 3 * mac.size() - 1) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < mac.size(); i++) {
        const char *digits = text.data() + 3 * i;
        const auto read = std::from_chars(digits, digits + 2, mac[i], 16);
        if (read.ec != std::errc() || read.ptr != digits + 2 ||
            (i > 0 && digits[-1] != ':')) {
            return std::nullopt;
        }
    }
    return mac[0] & 1 ? std::nullopt : std::optional(mac);
}

std::optional<Address> parse_address(const std::string &text)
{
    Address address;
    const auto percent = text.find('%');
    const std::string number = text.substr(0, percent);
    if (inet_pton(AF_INET, number.c_str(), address.bytes.data()) == 1) {
        address.family = AF_INET;
    } else if (inet_pton(AF_INET6, number.c_str(), address.bytes.data()) == 1) {
        address.family = AF_INET6;
    } else {
        return std::nullopt;
    }
    if (percent != std::string::npos) {
        address.scope = if_nametoindex(text.c_str() + percent + 1);
        if (!address.is_link_local() || address.scope == 0) {
            return std::nullopt;
        }
    }
    return address;
}

std::optional<Prefix> parse_prefix(const std::string &text)
{
    const auto slash = text.find('/');
    const auto address = parse_address(text.substr(0, slash));
    if (!address) {
        return std::nullopt;
    }
    Prefix prefix{*address, address->size() * 8};
    if (slash != std::string::npos) {
        const char *begin = text.data() + slash + 1;
        const char *end = text.data() + text.size();
        unsigned bits = 0;
        const auto read = std::from_chars(begin, end, bits);
        if (read.ec != std::errc() || read.ptr != end || bits > prefix.bits) {
            return std::nullopt;
        }
        prefix.bits = bits;
    }
    return prefix;
}

std::string endpoint_text(const Endpoint &endpoint)
{
    char text[INET6_ADDRSTRLEN] = "none";
    if (endpoint.address) {
        inet_ntop(endpoint.address.family, endpoint.address.bytes.data(), text,
                  sizeof(text));
    }
    return endpoint.address.family == AF_INET6
               ? fmt::format("[{}]:{}", text, endpoint.port)
               : fmt::format("{}:{}", text, endpoint.port);
}

socklen_t to_sockaddr(const Endpoint &endpoint, sockaddr_storage &out)
{
    const Address &address = endpoint.address;
    out = {};
    if (address.family == AF_INET) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = htons(endpoint.port);
        std::memcpy(&in.sin_addr, address.bytes.data(), sizeof(in.sin_addr));
        std::memcpy(&out, &in, sizeof(in));
        return sizeof(in);
    }
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(endpoint.port);
    in6.sin6_scope_id = address.scope;
    std::memcpy(&in6.sin6_addr, address.bytes.data(), sizeof(in6.sin6_addr));
    std::memcpy(&out, &in6, sizeof(in6));
    return sizeof(in6);
}

Endpoint from_sockaddr(const sockaddr_storage &in)
{
    Endpoint endpoint;
    endpoint.address.family = in.ss_family;
    if (in.ss_family == AF_INET) {
        sockaddr_in in4;
        std::memcpy(&in4, &in, sizeof(in4));
        endpoint.port = ntohs(in4.sin_port);
        std::memcpy(endpoint.address.bytes.data(), &in4.sin_addr, 4);
    } else {
        sockaddr_in6 in6;
        std::memcpy(&in6, &in, sizeof(in6));
        endpoint.port = ntohs(in6.sin6_port);
        std::memcpy(endpoint.address.bytes.data(), &in6.sin6_addr, 16);
        if (endpoint.address.is_link_local()) {
            endpoint.address.scope = in6.sin6_scope_id;
        }
    }
    return endpoint;
}

} // namespace virt::peer
