// SPDX-License-Identifier: GPL-2.0-only
// Children by the thousand.
//
// Copyright (C) The virt authors
#include "children.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_virt.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace bench
{

namespace
{

// Marks the children, to remove them together.
constexpr std::uint32_t group = 77;

constexpr int per_subnet = 250;

using MacBytes = std::array<std::uint8_t, ETH_ALEN>;

// As numbers: what it takes to make the request counts, too.
MacBytes mac_of(int number)
{
    return {2,
            0,
            0,
            1,
            static_cast<std::uint8_t>(number >> 8),
            static_cast<std::uint8_t>(number)};
}

int open_netns(const std::string &netns)
{
    std::string path =
        netns.empty() ? "/proc/thread-self/ns/net" : "/run/netns/" + netns;
    int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        throw std::system_error(errno, std::generic_category(), path);
    return fd;
}

virt::NetlinkSocket socket_inside(const std::string &netns)
{
    Inside inside(netns);

    return {};
}

} // namespace

Children::Children(const Kind &kind, int count, const std::string &netns)
    : kind_(kind), count_(count), parent_(if_nametoindex(parent_name.c_str())),
      netns_name_(netns), netns_(open_netns(netns)),
      there_(socket_inside(netns))
{
}

Children::~Children()
{
    close(netns_);
}

std::string Children::name(int number)
{
    return "c" + std::to_string(number);
}

std::string Children::ip(int number)
{
    return "198.19." + std::to_string(number / per_subnet) + "." +
           std::to_string(1 + number % per_subnet);
}

std::string Children::mac(int number) const
{
    std::array<char, 18> text;

    if (!kind_.own_mac)
        return address::parent_mac;
    const MacBytes bytes = mac_of(number);
    std::snprintf(text.data(), text.size(), "%02x:%02x:%02x:%02x:%02x:%02x",
                  bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]);
    return text.data();
}

nlmsghdr *Children::request_link(std::uint16_t type, std::uint16_t flags,
                                 unsigned link_flags)
{
    nlmsghdr *request = mnl_nlmsg_put_header(buffer_.data());

    request->nlmsg_type = type;
    request->nlmsg_flags = flags;
    auto *link = static_cast<ifinfomsg *>(
        mnl_nlmsg_put_extra_header(request, sizeof(ifinfomsg)));
    link->ifi_flags = link->ifi_change = link_flags;
    return request;
}

void Children::put_kind(nlmsghdr *request)
{
    std::string type = kind_.type.substr(0, kind_.type.find(' '));
    nlattr *info = mnl_attr_nest_start(request, IFLA_LINKINFO);

    mnl_attr_put_strz(request, IFLA_INFO_KIND, type.c_str());
    nlattr *data = mnl_attr_nest_start(request, IFLA_INFO_DATA);
    if (type == "macvlan")
        mnl_attr_put_u32(request, IFLA_MACVLAN_MODE,
                         kind_.name == "macvlan bridge" ? MACVLAN_MODE_BRIDGE
                                                        : MACVLAN_MODE_PRIVATE);
    else if (type == "ipvlan")
        mnl_attr_put_u16(request, IFLA_IPVLAN_MODE, IPVLAN_MODE_L2);
    else
        mnl_attr_put_u8(request, IFLA_VIRT_MODE,
                        kind_.own_mac ? VIRT_MODE_MAC : VIRT_MODE_SHARE);
    mnl_attr_nest_end(request, data);
    mnl_attr_nest_end(request, info);
}

void Children::create(int number)
{
    nlmsghdr *request = request_link(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0);

    mnl_attr_put_strz(request, IFLA_IFNAME, name(number).c_str());
    mnl_attr_put_u32(request, IFLA_LINK, parent_);
    mnl_attr_put_u32(request, IFLA_GROUP, group);
    mnl_attr_put_u32(request, IFLA_NET_NS_FD,
                     static_cast<std::uint32_t>(netns_));
    if (kind_.own_mac) {
        const MacBytes bytes = mac_of(number);
        mnl_attr_put(request, IFLA_ADDRESS, bytes.size(), bytes.data());
    }
    put_kind(request);
    near_.ask(*request, "create a child");
}

void Children::set_up(int number)
{
    nlmsghdr *request = request_link(RTM_NEWLINK, 0, IFF_UP);

    mnl_attr_put_strz(request, IFLA_IFNAME, name(number).c_str());
    there_.ask(*request, "bring a child up");
}

void Children::remove(int number)
{
    nlmsghdr *request = request_link(RTM_DELLINK, 0, 0);

    mnl_attr_put_strz(request, IFLA_IFNAME, name(number).c_str());
    there_.ask(*request, "remove a child");
}

void Children::dump()
{
    there_.ask(*request_link(RTM_GETLINK, NLM_F_DUMP, 0), "list interfaces");
}

void Children::remove_all()
{
    nlmsghdr *request = request_link(RTM_DELLINK, 0, 0);

    mnl_attr_put_u32(request, IFLA_GROUP, group);
    there_.ask(*request, "remove all children");
}

void Children::give_address(int number)
{
    nlmsghdr *request = mnl_nlmsg_put_header(buffer_.data());
    in_addr addr;

    request->nlmsg_type = RTM_NEWADDR;
    request->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
    auto *message = static_cast<ifaddrmsg *>(
        mnl_nlmsg_put_extra_header(request, sizeof(ifaddrmsg)));
    message->ifa_family = AF_INET;
    message->ifa_prefixlen = 32;
    inet_pton(AF_INET, ip(number).c_str(), &addr);
    {
        Inside inside(netns_name_);
        message->ifa_index = if_nametoindex(name(number).c_str());
    }
    mnl_attr_put(request, IFA_LOCAL, sizeof(addr), &addr);
    there_.ask(*request, "give a child an address");
}

void Children::add(int number)
{
    create(number);
    give_address(number);
    set_up(number);
}

void Children::each(void (Children::*step)(int))
{
    for (int number = 0; number < count_; number++)
        (this->*step)(number);
}

} // namespace bench
