// SPDX-License-Identifier: GPL-2.0-only
// Much data between two namespaces.
//
// Copyright (C) The virt authors
#include "bulk.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace e2e
{

namespace
{

constexpr int kWaitMs = 10'000;
constexpr uint16_t kPort = 4711;

using Bytes = std::vector<uint8_t>;

int checked(int result, const std::string &what)
{
    if (result < 0)
        throw std::system_error(errno, std::generic_category(), what);
    return result;
}

// The address and the port of all transfers.
class Address
{
public:
    explicit Address(const std::string &text)
    {
        if (inet_pton(AF_INET, text.c_str(), &v4_.sin_addr) == 1)
            v4_.sin_family = AF_INET;
        else if (inet_pton(AF_INET6, text.c_str(), &v6_.sin6_addr) == 1)
            v6_.sin6_family = AF_INET6;
        else
            throw std::invalid_argument(text);
        v4_.sin_port = v6_.sin6_port = htons(kPort);
    }

    int family() const { return v4_.sin_family ? AF_INET : AF_INET6; }
    const sockaddr *get() const
    {
        return v4_.sin_family ? reinterpret_cast<const sockaddr *>(&v4_)
                              : reinterpret_cast<const sockaddr *>(&v6_);
    }
    socklen_t size() const
    {
        return v4_.sin_family ? sizeof(v4_) : sizeof(v6_);
    }

private:
    sockaddr_in v4_{};
    sockaddr_in6 v6_{};
};

class Socket
{
public:
    explicit Socket(int fd) : fd_(fd) {}
    Socket(const Netns &ns, int family, int type)
    {
        constexpr int on = 1;
        Inside inside(ns);

        fd_ = checked(socket(family, type | SOCK_CLOEXEC, 0), "socket");
        checked(setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)),
                "SO_REUSEADDR");
    }
    Socket(const Socket &) = delete;
    Socket &operator=(const Socket &) = delete;
    ~Socket() { close(fd_); }

    int fd() const { return fd_; }

    // It can be read (POLLIN) or written (POLLOUT) in time.
    bool ready(short what) const
    {
        pollfd poll_for{fd_, what, 0};

        return poll(&poll_for, 1, kWaitMs) == 1;
    }

private:
    int fd_;
};

// No two pieces are alike.
Bytes pattern(size_t bytes)
{
    Bytes data(bytes);

    for (size_t i = 0; i < bytes; i++)
        data[i] = static_cast<uint8_t>(i ^ i >> 8 ^ i >> 16);
    return data;
}

} // namespace

::testing::AssertionResult streams(const Netns &from, const Netns &to,
                                   const std::string &address, size_t bytes)
{
    auto failure = [&] {
        return ::testing::AssertionFailure() << "TCP to " << address << ": ";
    };
    const Bytes sent = pattern(bytes);
    Bytes got(bytes);
    size_t out = 0, in = 0;
    Address there(address);
    Socket listener(to, there.family(), SOCK_STREAM);
    Socket writer(from, there.family(), SOCK_STREAM | SOCK_NONBLOCK);

    checked(bind(listener.fd(), there.get(), there.size()), "bind");
    checked(listen(listener.fd(), 1), "listen");
    connect(writer.fd(), there.get(), there.size());
    if (!listener.ready(POLLIN))
        return failure() << "no connection";
    Socket reader(checked(
        accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK),
        "accept"));
    while (in < bytes) {
        ssize_t count = send(writer.fd(), sent.data() + out, bytes - out, 0);

        out += static_cast<size_t>(std::max<ssize_t>(count, 0));
        if (!reader.ready(POLLIN))
            return failure() << in << " of " << bytes << " bytes";
        count = recv(reader.fd(), got.data() + in, bytes - in, 0);
        in += static_cast<size_t>(std::max<ssize_t>(count, 0));
        if (!count)
            return failure() << "closed";
    }
    if (got != sent)
        return failure() << "other bytes";
    return ::testing::AssertionSuccess();
}

::testing::AssertionResult bursts(const Netns &from, const Netns &to,
                                  const std::string &address, size_t bytes,
                                  int piece)
{
    auto failure = [&] {
        return ::testing::AssertionFailure() << "UDP to " << address << ": ";
    };
    const Bytes sent = pattern(bytes);
    Bytes got(bytes);
    Address there(address);
    Socket reader(to, there.family(), SOCK_DGRAM);
    Socket writer(from, there.family(), SOCK_DGRAM);

    checked(bind(reader.fd(), there.get(), there.size()), "bind");
    checked(setsockopt(writer.fd(), IPPROTO_UDP, UDP_SEGMENT, &piece,
                       sizeof(piece)),
            "UDP_SEGMENT");
    checked(static_cast<int>(sendto(writer.fd(), sent.data(), bytes, 0,
                                    there.get(), there.size())),
            "sendto");
    for (size_t in = 0; in < bytes;) {
        if (!reader.ready(POLLIN))
            return failure() << in << " of " << bytes << " bytes";
        ssize_t count =
            recv(reader.fd(), got.data() + in, bytes - in, MSG_TRUNC);
        auto whole = std::min<size_t>(static_cast<size_t>(piece), bytes - in);
        if (count != static_cast<ssize_t>(whole))
            return failure() << "a piece of " << count << " bytes";
        in += whole;
    }
    if (got != sent)
        return failure() << "other bytes";
    return ::testing::AssertionSuccess();
}

} // namespace e2e
