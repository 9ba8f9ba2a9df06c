/* SPDX-License-Identifier: GPL-2.0-only */
/* The way to another host.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_PATH_HPP
#define _VIRT_PATH_HPP

#include <optional>
#include <string>

namespace virt
{

/**
 * Bytes of the largest IP packet that gets to a numeric address in one piece,
 * as far as the kernel knows; `device` is the only one to go by, or empty.
 * nullopt: there is no way. Nothing is sent.
 */
std::optional<unsigned> path_mtu(const std::string &address,
                                 const std::string &device);

} // namespace virt

#endif // _VIRT_PATH_HPP
