// SPDX-License-Identifier: GPL-2.0-only
// Children by the thousand, by rtnetlink.
//
// Copyright (C) The virt authors
#pragma once

#include <array>
#include <string>

#include "bed.hpp"
#include "lib/netlink.hpp"

namespace bench
{

// Many children of the parent, in the namespace that is named. Each step is
// one request for one child.
class Children
{
public:
    Children(const Kind &kind, int count, const std::string &netns = "");
    Children(const Children &) = delete;
    Children &operator=(const Children &) = delete;
    ~Children();

    void create(int number);
    void set_up(int number);
    void give_address(int number);
    void remove(int number);

    // All that makes it a child that frames are for.
    void add(int number);

    int count() const { return count_; }

    // A step for each of them.
    void each(void (Children::*step)(int));

    // Lists all interfaces of their namespace.
    void dump();

    // All that are left, in one request.
    void remove_all();

    static std::string name(int number);
    static std::string ip(int number);

    // Where frames for a child go.
    std::string mac(int number) const;

private:
    nlmsghdr *request_link(std::uint16_t type, std::uint16_t flags,
                           unsigned link_flags);
    void put_kind(nlmsghdr *request);

    const Kind &kind_;
    int count_;
    std::uint32_t parent_;
    std::string netns_name_;
    int netns_;
    virt::NetlinkSocket near_, there_;
    alignas(8) std::array<char, 1024> buffer_;
};

} // namespace bench
