/* SPDX-License-Identifier: GPL-2.0-only */
/* Network namespaces by the names that people have for them.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_NETNS_HPP
#define _VIRT_NETNS_HPP

#include <string>
#include <vector>

namespace virt
{

/**
 * The files that may stand for a namespace, the first that exists counts: a
 * path is taken as it is, a name is one of `ip netns`, and a number may also
 * be a process, whose namespace is meant. Pure.
 */
std::vector<std::string> netns_paths(const std::string &name);

/**
 * Moves this thread into a namespace, for all sockets that it opens later.
 * Throws std::system_error.
 */
void enter_netns(const std::string &name);

} // namespace virt

#endif // _VIRT_NETNS_HPP
