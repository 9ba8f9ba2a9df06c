/* SPDX-License-Identifier: GPL-2.0-only */
/* Gives up what is needed for the set-up only.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_PRIVILEGES_HPP
#define _VIRTPEER_PRIVILEGES_HPP

#include <string>

namespace virt::peer
{

/**
 * Becomes `user` if this is root, and in any case loses all capabilities and
 * the ways to get new ones. Throws std::system_error.
 */
void drop_privileges(const std::string &user);

} // namespace virt::peer

#endif // _VIRTPEER_PRIVILEGES_HPP
