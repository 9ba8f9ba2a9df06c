/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads children and the interfaces that they name from the kernel.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_CHILDREN_HPP
#define _VIRTSTAT_CHILDREN_HPP

#include "child.hpp"

#include "lib/netlink.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace virt
{

/** An interface was named that is not there, or is not of kind virt. */
class NoVirtInterface : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

/**
 * The children of these names, or without names all of the namespace. Throws
 * NoVirtInterface, or what NetlinkSocket::ask() throws.
 */
std::vector<Child> read_children(NetlinkSocket &socket,
                                 const std::vector<std::string> &names);

/** The same, without the names that no child has. */
std::vector<Child> read_present_children(NetlinkSocket &socket,
                                         const std::vector<std::string> &names);

} // namespace virt

#endif // _VIRTSTAT_CHILDREN_HPP
