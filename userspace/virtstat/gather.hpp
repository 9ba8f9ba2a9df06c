/* SPDX-License-Identifier: GPL-2.0-only */
/* Asks the machine for facts.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_GATHER_HPP
#define _VIRTSTAT_GATHER_HPP

#include "facts.hpp"
#include "options.hpp"

namespace virt
{

/**
 * Facts about this machine and network namespace. What cannot be read counts
 * as not there. Throws NoVirtInterface for an interface that was named and is
 * not there, and what NetlinkSocket::ask() throws.
 */
Facts gather_facts(const Options &options);

} // namespace virt

#endif // _VIRTSTAT_GATHER_HPP
