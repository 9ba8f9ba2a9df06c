// SPDX-License-Identifier: GPL-2.0-only
// The requests that make, set up and remove the child of a container.
//
// Copyright (C) The virt authors
#include "interface.hpp"

#include "lib/nlmsg.hpp"
#include "lib/query.hpp"
#include "lib/request.hpp"

#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_virt.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <span>
#include <thread>

namespace virt::cni
{

namespace
{

/* The virt part of a new link. */
void put_kind(nlmsghdr *header, std::uint8_t mode)
{
    nlattr *info = mnl_attr_nest_start(header, IFLA_LINKINFO);
    mnl_attr_put_str(header, IFLA_INFO_KIND, kKind);
    nlattr *data = mnl_attr_nest_start(header, IFLA_INFO_DATA);
    mnl_attr_put_u8(header, IFLA_VIRT_MODE, mode);
    mnl_attr_nest_end(header, data);
    mnl_attr_nest_end(header, info);
}

void add_address(NetlinkSocket &socket, std::int32_t ifindex,
                 const Address &address)
{
    ifaddrmsg ifa{};
    ifa.ifa_family = static_cast<std::uint8_t>(address.family);
    ifa.ifa_prefixlen = address.prefix;
    ifa.ifa_index = static_cast<std::uint32_t>(ifindex);
    Request request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifa);
    request.put(IFA_LOCAL, address.bytes);
    request.put(IFA_ADDRESS, address.bytes);
    socket.ask(*request, "cannot set an address");
}

void add_route(NetlinkSocket &socket, std::int32_t ifindex, const Route &route)
{
    rtmsg rtm{};
    rtm.rtm_family = static_cast<std::uint8_t>(route.destination.family);
    rtm.rtm_dst_len = route.destination.prefix;
    rtm.rtm_table = RT_TABLE_MAIN;
    rtm.rtm_protocol = RTPROT_STATIC;
    rtm.rtm_type = RTN_UNICAST;
    rtm.rtm_scope =
        route.gateway.bytes.empty() ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    Request request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, rtm);
    if (route.destination.prefix != 0) {
        request.put(RTA_DST, route.destination.bytes);
    }
    if (!route.gateway.bytes.empty()) {
        request.put(RTA_GATEWAY, route.gateway.bytes);
    }
    mnl_attr_put_u32(request.get(), RTA_OIF,
                     static_cast<std::uint32_t>(ifindex));
    socket.ask(*request, "cannot add a route");
}

void bring_up(NetlinkSocket &socket, std::int32_t ifindex)
{
    ifinfomsg ifi{};
    ifi.ifi_index = ifindex;
    ifi.ifi_flags = IFF_UP;
    ifi.ifi_change = IFF_UP;
    Request request(RTM_NEWLINK, 0, ifi);
    socket.ask(*request, "cannot bring the interface up");
}

void set_knob(const std::string &path, char value)
{
    std::ofstream("/proc/sys/net/" + path) << value;
}

/* Who knows the addresses with another MAC hears of this one. */
void announce(const std::string &ifname)
{
    set_knob("ipv4/conf/" + ifname + "/arp_notify", '1');
    set_knob("ipv6/conf/" + ifname + "/ndisc_notify", '1');
}

/* Runtimes switch IPv6 off in containers. */
void enable_ipv6(const std::string &ifname)
{
    set_knob("ipv6/conf/lo/disable_ipv6", '0');
    set_knob("ipv6/conf/" + ifname + "/disable_ipv6", '0');
}

template <class What>
void each_address(NetlinkSocket &socket, std::int32_t ifindex, What what)
{
    ifaddrmsg wanted{};
    wanted.ifa_index = static_cast<std::uint32_t>(ifindex);
    Request request(RTM_GETADDR, NLM_F_DUMP, wanted);
    const auto answers = socket.ask(*request, "cannot read the addresses");
    each_message(answers, [&](const nlmsghdr &, Bytes message) {
        const auto body = after_padded(message, sizeof(nlmsghdr));
        const auto ifa = load<ifaddrmsg>(body);
        if (ifa && ifa->ifa_index == wanted.ifa_index) {
            what(*ifa, after_padded(body, sizeof(ifaddrmsg)));
        }
        return ifa.has_value();
    });
}

/* Waits until IPv6 has asked whether others have the addresses. */
void settle(NetlinkSocket &socket, std::int32_t ifindex)
{
    constexpr auto pause = std::chrono::milliseconds(50);
    for (auto left = std::chrono::milliseconds(10000); left.count() > 0;
         left -= pause) {
        unsigned flags = 0;
        each_address(socket, ifindex, [&](const ifaddrmsg &ifa, Bytes) {
            // not those of router advertisements
            if (ifa.ifa_scope != RT_SCOPE_LINK &&
                ifa.ifa_flags & IFA_F_PERMANENT) {
                flags |= ifa.ifa_flags;
            }
        });
        if (flags & IFA_F_DADFAILED) {
            throw Error(Error::kKernel,
                        "another host has the address of the interface");
        }
        if (!(flags & IFA_F_TENTATIVE)) {
            return;
        }
        std::this_thread::sleep_for(pause);
    }
}

} // namespace

void create(const Config &config, const std::string &name, int netns)
{
    NetlinkSocket socket;
    const auto parent = link_by_name(socket, config.master);
    if (!parent) {
        throw Error(Error::kConfig,
                    fmt::format("there is no {} here to be the parent "
                                "(\"master\")",
                                config.master));
    }
    Request request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{});
    request.put(IFLA_IFNAME,
                std::as_bytes(std::span(name.c_str(), name.size() + 1)));
    mnl_attr_put_u32(request.get(), IFLA_LINK,
                     static_cast<std::uint32_t>(parent->ifindex));
    mnl_attr_put_u32(request.get(), IFLA_NET_NS_FD,
                     static_cast<std::uint32_t>(netns));
    if (config.mtu != 0) {
        mnl_attr_put_u32(request.get(), IFLA_MTU, config.mtu);
    }
    if (!config.mac.empty()) {
        request.put(IFLA_ADDRESS, config.mac);
    }
    put_kind(request.get(), config.mode);
    socket.ask(*request, "cannot create the interface");
}

void configure(NetlinkSocket &socket, const Link &link, const Lease &lease)
{
    const bool ipv6 =
        std::ranges::count(lease.addresses, AF_INET6, &Address::family) > 0;
    announce(link.ifname);
    if (ipv6) {
        enable_ipv6(link.ifname);
    }
    for (const Address &address : lease.addresses) {
        add_address(socket, link.ifindex, address);
    }
    bring_up(socket, link.ifindex);
    for (const Route &route : lease.routes) {
        add_route(socket, link.ifindex, route);
    }
    if (ipv6) {
        settle(socket, link.ifindex);
    }
}

void remove(NetlinkSocket &socket, std::int32_t ifindex)
{
    ifinfomsg ifi{};
    ifi.ifi_index = ifindex;
    Request request(RTM_DELLINK, 0, ifi);
    socket.ask(*request, "cannot delete the interface");
}

std::vector<Address> addresses(NetlinkSocket &socket, std::int32_t ifindex)
{
    std::vector<Address> found;
    each_address(socket, ifindex, [&](const ifaddrmsg &ifa, Bytes attrs) {
        Address address{ifa.ifa_family, {}, ifa.ifa_prefixlen};
        each_attr(attrs, [&](std::uint16_t type, Bytes payload) {
            if (type == IFA_LOCAL ||
                (type == IFA_ADDRESS && address.bytes.empty())) {
                address.bytes.assign(payload.begin(), payload.end());
            }
            return true;
        });
        found.push_back(std::move(address));
    });
    return found;
}

} // namespace virt::cni
