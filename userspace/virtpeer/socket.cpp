// SPDX-License-Identifier: GPL-2.0-only
// sendmmsg() with UDP_SEGMENT, recvmmsg() with UDP_GRO.
//
// Copyright (C) The virt authors
#include "socket.hpp"

#include "lib/fail.hpp"

#include <netinet/udp.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace virt::peer
{

namespace
{

constexpr int kSocketBuffer = 4 << 20;

void set(int fd, int level, int name, int value, const char *what)
{
    if (setsockopt(fd, level, name, &value, sizeof(value)) < 0) {
        fail(std::string("cannot set ") + what + " of the socket");
    }
}

void apply_rules(int fd, const SocketRules &rules)
{
    const bool ip4 = rules.local.address.family == AF_INET;
    const int discover =
        rules.df == Df::Set ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT;
    if (!rules.device.empty() &&
        setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, rules.device.data(),
                   static_cast<socklen_t>(rules.device.size())) < 0) {
        fail("cannot use the device " + rules.device);
    }
    if (ip4) {
        set(fd, IPPROTO_IP, IP_TTL, rules.ttl, "the TTL");
        set(fd, IPPROTO_IP, IP_TOS, rules.tos, "the TOS");
        set(fd, IPPROTO_IP, IP_MTU_DISCOVER, discover, "DF");
    } else {
        set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1, "the family");
        set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, rules.ttl, "the TTL");
        set(fd, IPPROTO_IPV6, IPV6_TCLASS, rules.tos, "the TOS");
        set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, discover, "DF");
    }
    if (rules.mark) {
        set(fd, SOL_SOCKET, SO_MARK, static_cast<int>(rules.mark), "the mark");
    }
}

/* Room for bursts; less will do where the limits say so. */
void widen(int fd, int force, int plain)
{
    if (setsockopt(fd, SOL_SOCKET, force, &kSocketBuffer,
                   sizeof(kSocketBuffer)) < 0) {
        set(fd, SOL_SOCKET, plain, kSocketBuffer, "the buffers");
    }
}

/* What the kernel says to a cut that it cannot make: larger than the path
 * takes, no checksums in hardware, IPsec.
 */
bool refuses_cut(int error)
{
    return error == EINVAL || error == EIO || error == EMSGSIZE ||
           error == EOPNOTSUPP || error == ENOPROTOOPT;
}

void count_lost(int error, std::uint64_t n, Stats &stats)
{
    switch (error) {
    case EMSGSIZE:
        stats.tx_too_big.add(n);
        return;
    case ENOBUFS:
    case ENOMEM:
    case EAGAIN:
        stats.tx_nomem.add(n);
        return;
    default:
        stats.tx_no_route.add(n);
        return;
    }
}

union Control {
    char bytes[CMSG_SPACE(sizeof(std::uint16_t))];
    cmsghdr align;
};

void ask_cut(msghdr &header, Control &control, std::size_t segment)
{
    const auto size = static_cast<std::uint16_t>(segment);
    control = {};
    header.msg_control = control.bytes;
    header.msg_controllen = sizeof(control.bytes);
    cmsghdr *message = CMSG_FIRSTHDR(&header);
    message->cmsg_level = IPPROTO_UDP;
    message->cmsg_type = UDP_SEGMENT;
    message->cmsg_len = CMSG_LEN(sizeof(size));
    std::memcpy(CMSG_DATA(message), &size, sizeof(size));
}

} // namespace

Inbox::Inbox()
    : bytes_(kMessages * kSize), controls_(kMessages * CMSG_SPACE(sizeof(int))),
      sources_(kMessages), parts_(kMessages), messages_(kMessages)
{
    for (std::size_t i = 0; i < kMessages; i++) {
        parts_[i] = {bytes_.data() + i * kSize, kSize};
    }
}

Inbox::Message Inbox::at(std::size_t i)
{
    const std::size_t size = messages_[i].msg_len;
    Message message{from_sockaddr(sources_[i]),
                    MutableFrame(bytes_).subspan(i * kSize, size), size};
    msghdr &header = messages_[i].msg_hdr;
    for (cmsghdr *control = CMSG_FIRSTHDR(&header); control;
         control = CMSG_NXTHDR(&header, control)) {
        if (control->cmsg_level == IPPROTO_UDP &&
            control->cmsg_type == UDP_GRO) {
            int segment = 0;
            std::memcpy(&segment, CMSG_DATA(control), sizeof(segment));
            if (segment > 0) {
                message.segment = static_cast<std::size_t>(segment);
            }
        }
    }
    return message;
}

Socket::Socket(const SocketRules &rules)
    : fd_(socket(rules.local.address.family, SOCK_DGRAM | SOCK_CLOEXEC, 0))
{
    if (!fd_) {
        fail("cannot open a socket");
    }
    apply_rules(fd(), rules);
    widen(fd(), SO_RCVBUFFORCE, SO_RCVBUF);
    widen(fd(), SO_SNDBUFFORCE, SO_SNDBUF);
    const int on = 1;
    // Without it datagrams come one by one.
    setsockopt(fd(), IPPROTO_UDP, UDP_GRO, &on, sizeof(on));

    sockaddr_storage name;
    const socklen_t size = to_sockaddr(rules.local, name);
    if (bind(fd(), reinterpret_cast<sockaddr *>(&name), size) < 0) {
        fail("cannot bind " + endpoint_text(rules.local));
    }
}

bool Socket::send_one(Frame bytes, const Endpoint &to)
{
    sockaddr_storage name;
    const socklen_t size = to_sockaddr(to, name);
    return sendto(fd(), bytes.data(), bytes.size(), 0,
                  reinterpret_cast<sockaddr *>(&name), size) >= 0;
}

void Socket::send_cut(Frame bytes, std::size_t segment, const Endpoint &to,
                      Stats &stats)
{
    while (!bytes.empty()) {
        const Frame one = bytes.first(std::min(segment, bytes.size()));
        bytes = bytes.subspan(one.size());
        if (!send_one(one, to)) {
            count_lost(errno, 1, stats);
        }
    }
}

void Socket::send(const Bundle &bundle, const Endpoint &to, Stats &stats)
{
    sockaddr_storage name;
    const socklen_t name_size = to_sockaddr(to, name);
    std::array<mmsghdr, 64> headers;
    std::array<iovec, 64> parts;
    std::array<Control, 64> controls;
    const auto &messages = bundle.messages();

    for (std::size_t i = 0; i < messages.size(); i++) {
        const Frame bytes = bundle.bytes(messages[i]);
        parts[i] = {const_cast<std::uint8_t *>(bytes.data()), bytes.size()};
        headers[i] = {};
        msghdr &header = headers[i].msg_hdr;
        header.msg_name = &name;
        header.msg_namelen = name_size;
        header.msg_iov = &parts[i];
        header.msg_iovlen = 1;
        if (messages[i].count > 1) {
            ask_cut(header, controls[i], messages[i].segment);
        }
    }
    for (std::size_t done = 0; done < messages.size();) {
        const Bundle::Message &message = messages[done];
        const auto left = static_cast<unsigned>(messages.size() - done);
        int sent = -1;
        int error = EINVAL;
        if (message.count == 1 || cuts_.load(std::memory_order_relaxed)) {
            sent = sendmmsg(fd(), &headers[done], left, 0);
            error = errno;
        }
        if (sent > 0) {
            done += static_cast<std::size_t>(sent);
            continue;
        }
        if (error == EINTR) {
            continue;
        }
        if (message.count > 1 && refuses_cut(error)) {
            if (error == EIO || error == EOPNOTSUPP || error == ENOPROTOOPT) {
                cuts_.store(false, std::memory_order_relaxed);
            }
            send_cut(bundle.bytes(message), message.segment, to, stats);
        } else {
            count_lost(error, message.count, stats);
        }
        done++;
    }
}

std::size_t Socket::receive(Inbox &inbox)
{
    const std::size_t control = CMSG_SPACE(sizeof(int));
    for (std::size_t i = 0; i < Inbox::kMessages; i++) {
        msghdr &header = inbox.messages_[i].msg_hdr;
        header = {};
        header.msg_name = &inbox.sources_[i];
        header.msg_namelen = sizeof(sockaddr_storage);
        header.msg_iov = &inbox.parts_[i];
        header.msg_iovlen = 1;
        header.msg_control = inbox.controls_.data() + i * control;
        header.msg_controllen = control;
    }
    const int got = recvmmsg(fd(), inbox.messages_.data(), Inbox::kMessages,
                             MSG_DONTWAIT, nullptr);
    return got < 0 ? 0 : static_cast<std::size_t>(got);
}

std::optional<Route> route_to(const Endpoint &to, const SocketRules &rules)
{
    const bool ip4 = to.address.family == AF_INET;
    const Fd fd(socket(to.address.family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!fd) {
        return std::nullopt;
    }
    apply_rules(fd.get(), rules);
    sockaddr_storage name;
    socklen_t size = to_sockaddr(to, name);
    int mtu = 0;
    socklen_t mtu_size = sizeof(mtu);
    if (connect(fd.get(), reinterpret_cast<sockaddr *>(&name), size) < 0 ||
        getsockopt(fd.get(), ip4 ? IPPROTO_IP : IPPROTO_IPV6,
                   ip4 ? IP_MTU : IPV6_MTU, &mtu, &mtu_size) < 0 ||
        getsockname(fd.get(), reinterpret_cast<sockaddr *>(&name), &size) < 0 ||
        mtu <= 0) {
        return std::nullopt;
    }
    return Route{static_cast<unsigned>(mtu), from_sockaddr(name).address};
}

} // namespace virt::peer
