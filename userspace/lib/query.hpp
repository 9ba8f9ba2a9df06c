/* SPDX-License-Identifier: GPL-2.0-only */
/* Questions about interfaces to the kernel.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_QUERY_HPP
#define _VIRT_QUERY_HPP

#include "link.hpp"
#include "netlink.hpp"

#include <optional>
#include <string>

namespace virt
{

/** All interfaces, in the order of their numbers. */
Links all_links(NetlinkSocket &socket);

/** All interfaces of one link kind, in the order of their numbers. */
Links links_of_kind(NetlinkSocket &socket, const std::string &kind);

/** The interface with this name or alternative name; nullopt if none has. */
std::optional<Link> link_by_name(NetlinkSocket &socket,
                                 const std::string &name);

/** The interface with this number; nullopt if there is none. */
std::optional<Link> link_by_index(NetlinkSocket &socket, std::int32_t ifindex);

} // namespace virt

#endif // _VIRT_QUERY_HPP
