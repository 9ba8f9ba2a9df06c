/* SPDX-License-Identifier: GPL-2.0-only */
/* The child of a container, by rtnetlink.
 *
 * All but create() are for a thread that is in the container's namespace. They
 * throw NetlinkError for what the kernel refuses.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_CNI_INTERFACE_HPP
#define _VIRT_CNI_INTERFACE_HPP

#include "config.hpp"

#include "lib/link.hpp"
#include "lib/netlink.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace virt::cni
{

/** Makes `name` on config.master, in the namespace that is open as `netns`. */
void create(const Config &config, const std::string &name, int netns);

/**
 * Gives it its addresses and routes, and brings it up in between. The network
 * is told whose they are, and they can be bound to afterwards, but for those of
 * IPv6 while there is no carrier.
 */
void configure(NetlinkSocket &socket, const Link &link, const Lease &lease);

void remove(NetlinkSocket &socket, std::int32_t ifindex);

/** All that it has, in the order of the kernel. */
std::vector<Address> addresses(NetlinkSocket &socket, std::int32_t ifindex);

} // namespace virt::cni

#endif // _VIRT_CNI_INTERFACE_HPP
