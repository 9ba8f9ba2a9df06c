/* SPDX-License-Identifier: GPL-2.0-only */
/* rtnetlink sockets: one asks and is answered, the other is told news.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_NETLINK_HPP
#define _VIRT_NETLINK_HPP

#include "nlmsg.hpp"

#include <libmnl/libmnl.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <system_error>
#include <vector>

namespace virt
{

/** A refusal by the kernel; what() holds its extended ack's text, if any. */
class NetlinkError : public std::system_error
{
public:
    using std::system_error::system_error;
};

struct CloseSocket {
    void operator()(mnl_socket *socket) const { mnl_socket_close(socket); }
};

using SocketHandle = std::unique_ptr<mnl_socket, CloseSocket>;

/** What reads an answer while it comes. */
struct AnswerReader {
    /** Takes a message; false: it makes no sense. */
    std::function<bool(Bytes)> take;
    /** Forgets what was taken, for the answer is about to come again. */
    std::function<void()> forget;
};

class NetlinkSocket
{
public:
    /** Throws std::system_error. */
    NetlinkSocket();

    /**
     * Sends one request and gives the messages that answer it to `reader`;
     * none for a request that only sets. An interrupted dump is repeated.
     * Throws NetlinkError for what the kernel refuses and std::system_error
     * for what the socket does, both naming `what`.
     */
    void ask(nlmsghdr &request, const char *what, const AnswerReader &reader);

    /** The same; returns the messages back to back. */
    std::vector<std::byte> ask(nlmsghdr &request, const char *what);

private:
    bool receive(std::uint32_t seq, const char *what,
                 const std::function<bool(Bytes)> &take);

    SocketHandle socket_;
    std::uint32_t seq_ = 0;
};

/** Hears all that the kernel tells the members of one group. */
class NetlinkListener
{
public:
    /** Joins a group, RTNLGRP_; throws std::system_error. */
    explicit NetlinkListener(int group);

    /** Readable while there is news. */
    int fd() const { return mnl_socket_get_fd(socket_.get()); }

    enum class Heard { Messages, Nothing, Overrun };

    /**
     * Takes some messages that wait, back to back. Overrun: some were lost,
     * because they came faster than they were taken, and with them all that
     * waited. Throws std::system_error.
     */
    Heard take(std::vector<std::byte> &messages);

private:
    void drop_waiting();

    SocketHandle socket_;
};

} // namespace virt

#endif // _VIRT_NETLINK_HPP
