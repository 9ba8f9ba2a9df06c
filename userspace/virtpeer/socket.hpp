/* SPDX-License-Identifier: GPL-2.0-only */
/* The UDP socket of a tunnel: many datagrams per system call, both ways.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_SOCKET_HPP
#define _VIRTPEER_SOCKET_HPP

#include "address.hpp"
#include "bundle.hpp"
#include "stats.hpp"

#include "lib/fd.hpp"

#include <sys/socket.h>

#include <atomic>
#include <optional>
#include <vector>

namespace virt::peer
{

enum class Df { Unset, Set };

struct SocketRules {
    /** An unspecified address of the right family, if none was asked for. */
    Endpoint local;
    /** Name of the only device to use, or empty. */
    std::string device;
    int ttl = 64;
    int tos = 0;
    Df df = Df::Unset;
    unsigned mark = 0;

    bool operator==(const SocketRules &) const = default;
};

/** Where received datagrams lie, for one receive() after the other. */
class Inbox
{
public:
    Inbox();
    Inbox(const Inbox &) = delete;
    Inbox &operator=(const Inbox &) = delete;

    /** Datagrams of one size (but the last) from one source. */
    struct Message {
        Endpoint source;
        MutableFrame bytes;
        std::size_t segment;
    };
    Message at(std::size_t i);

private:
    friend class Socket;
    static constexpr std::size_t kMessages = 32;
    static constexpr std::size_t kSize = 65536;

    std::vector<std::uint8_t> bytes_;
    std::vector<std::uint8_t> controls_;
    std::vector<sockaddr_storage> sources_;
    std::vector<iovec> parts_;
    std::vector<mmsghdr> messages_;
};

class Socket
{
public:
    /** Opens and binds. Throws std::system_error with the port in it. */
    explicit Socket(const SocketRules &rules);

    int fd() const { return fd_.get(); }

    /** Sends all of it; what cannot be sent is counted. Any thread. */
    void send(const Bundle &bundle, const Endpoint &to, Stats &stats);

    /** Sends one datagram; false: with errno set. */
    bool send_one(Frame bytes, const Endpoint &to);

    /** Takes what is there without waiting; returns the number of messages. */
    std::size_t receive(Inbox &inbox);

private:
    void send_cut(Frame bytes, std::size_t segment, const Endpoint &to,
                  Stats &stats);

    Fd fd_;
    std::atomic<bool> cuts_{true};
};

struct Route {
    unsigned mtu;
    /** The own address on it. */
    Address source;
};

/** The way to an address, as long as there is one. */
std::optional<Route> route_to(const Endpoint &to, const SocketRules &rules);

} // namespace virt::peer

#endif // _VIRTPEER_SOCKET_HPP
