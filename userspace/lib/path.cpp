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

namespace virt
{

namespace
{

/* Any port: a connected UDP socket sends nothing by itself. */
constexpr std::uint16_t kAnyPort = 9;

} // namespace

std::optional<unsigned> path_mtu(const std::string &address,
                                 const std::string &device)
{
    sockaddr_in in4{};
    sockaddr_in6 in6{};
    const bool ip4 = inet_pton(AF_INET, address.c_str(), &in4.sin_addr) == 1;
    if (!ip4 && inet_pton(AF_INET6, address.c_str(), &in6.sin6_addr) != 1) {
        return std::nullopt;
    }
    in4.sin_family = AF_INET;
    in4.sin_port = htons(kAnyPort);
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(kAnyPort);
    const auto *name = ip4 ? reinterpret_cast<const sockaddr *>(&in4)
                           : reinterpret_cast<const sockaddr *>(&in6);
    const auto size = static_cast<socklen_t>(ip4 ? sizeof(in4) : sizeof(in6));

    const Fd fd(socket(name->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    int mtu = 0;
    socklen_t mtu_size = sizeof(mtu);
    if (!fd ||
        (!device.empty() &&
         setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, device.c_str(),
                    static_cast<socklen_t>(device.size())) < 0) ||
        connect(fd.get(), name, size) < 0 ||
        getsockopt(fd.get(), ip4 ? IPPROTO_IP : IPPROTO_IPV6,
                   ip4 ? IP_MTU : IPV6_MTU, &mtu, &mtu_size) < 0 ||
        mtu <= 0) {
        return std::nullopt;
    }
    return static_cast<unsigned>(mtu);
}

} // namespace virt
