// SPDX-License-Identifier: GPL-2.0-only
// Asks a UDP socket for the MTU of its path.
//
// Copyright (C) The virt authors
#include "path.hpp"

#include "fd.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>

namespace virt
{

namespace
{

/* Any port: a connected UDP socket sends nothing by itself. */
constexpr std::uint16_t kAnyPort = 9;

/* Fills a socket address from a numeric one; returns its size, 0: it is none.
 */
socklen_t to_name(const std::string &address, std::uint16_t port,
                  sockaddr_storage &name)
{
    sockaddr_in in4{};
    sockaddr_in6 in6{};
    name = {};
    if (inet_pton(AF_INET, address.c_str(), &in4.sin_addr) == 1) {
        in4.sin_family = AF_INET;
        in4.sin_port = htons(port);
        std::memcpy(&name, &in4, sizeof(in4));
        return sizeof(in4);
    }
    if (inet_pton(AF_INET6, address.c_str(), &in6.sin6_addr) == 1) {
        in6.sin6_family = AF_INET6;
        in6.sin6_port = htons(port);
        std::memcpy(&name, &in6, sizeof(in6));
        return sizeof(in6);
    }
    return 0;
}

bool follow(int fd, const Way &way, sa_family_t family)
{
    sockaddr_storage name;
    const socklen_t size = to_name(way.local, 0, name);
    return (way.device.empty() ||
            setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, way.device.c_str(),
                       static_cast<socklen_t>(way.device.size())) == 0) &&
           (way.mark == 0 || setsockopt(fd, SOL_SOCKET, SO_MARK, &way.mark,
                                        sizeof(way.mark)) == 0) &&
           (way.local.empty() ||
            (name.ss_family == family &&
             bind(fd, reinterpret_cast<const sockaddr *>(&name), size) == 0));
}

} // namespace

std::optional<unsigned> path_mtu(const Way &way)
{
    sockaddr_storage name;
    const socklen_t size = to_name(way.address, kAnyPort, name);
    const bool ip4 = name.ss_family == AF_INET;
    if (size == 0) {
        return std::nullopt;
    }
    const Fd fd(socket(name.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    int mtu = 0;
    socklen_t mtu_size = sizeof(mtu);
    if (!fd || !follow(fd.get(), way, name.ss_family) ||
        connect(fd.get(), reinterpret_cast<const sockaddr *>(&name), size) <
            0 ||
        getsockopt(fd.get(), ip4 ? IPPROTO_IP : IPPROTO_IPV6,
                   ip4 ? IP_MTU : IPV6_MTU, &mtu, &mtu_size) < 0 ||
        mtu <= 0) {
        return std::nullopt;
    }
    return static_cast<unsigned>(mtu);
}

} // namespace virt
