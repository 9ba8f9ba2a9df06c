/* SPDX-License-Identifier: GPL-2.0-only */
/* A rtnetlink socket: one request, its whole answer or an error.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_NETLINK_HPP
#define _VIRT_NETLINK_HPP

#include <libmnl/libmnl.h>

#include <cstddef>
#include <cstdint>
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

class NetlinkSocket
{
public:
    /** Throws std::system_error. */
    NetlinkSocket();

    /**
     * Sends one request and returns the messages that answer it, back to
     * back; none for a request that only sets. An interrupted dump is
     * repeated. Throws NetlinkError for what the kernel refuses and
     * std::system_error for what the socket does, both naming `what`.
     */
    std::vector<std::byte> ask(nlmsghdr &request, const char *what);

private:
    struct Close {
        void operator()(mnl_socket *socket) const { mnl_socket_close(socket); }
    };

    bool receive(std::uint32_t seq, std::vector<std::byte> &answers,
                 const char *what);

    std::unique_ptr<mnl_socket, Close> socket_;
    std::uint32_t seq_ = 0;
};

} // namespace virt

#endif // _VIRT_NETLINK_HPP
