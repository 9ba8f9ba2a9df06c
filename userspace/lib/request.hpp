/* SPDX-License-Identifier: GPL-2.0-only */
/* A netlink request while it is built.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_REQUEST_HPP
#define _VIRT_REQUEST_HPP

#include "nlmsg.hpp"

#include <libmnl/libmnl.h>

#include <array>
#include <cstring>
#include <system_error>

namespace virt
{

/** A request with a header of its family, and room for attributes. */
template <class Header>
class Request
{
public:
    Request(std::uint16_t type, std::uint16_t flags, const Header &header)
        : header_(mnl_nlmsg_put_header(buffer_.data()))
    {
        header_->nlmsg_type = type;
        header_->nlmsg_flags = flags;
        auto *extra = mnl_nlmsg_put_extra_header(header_, sizeof(header));
        std::memcpy(extra, &header, sizeof(header));
    }
    Request(const Request &) = delete;
    Request &operator=(const Request &) = delete;

    nlmsghdr &operator*() { return *header_; }
    nlmsghdr *get() { return header_; }

    /** Throws std::system_error where there is no room left. */
    void put(std::uint16_t type, Bytes bytes)
    {
        if (!mnl_attr_put_check(header_, buffer_.size(), type, bytes.size(),
                                bytes.data())) {
            throw std::system_error(EMSGSIZE, std::generic_category(),
                                    "a netlink request");
        }
    }

private:
    alignas(nlmsghdr) std::array<std::byte, 1024> buffer_{};
    nlmsghdr *header_;
};

} // namespace virt

#endif // _VIRT_REQUEST_HPP
