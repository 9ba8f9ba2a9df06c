/* SPDX-License-Identifier: GPL-2.0-only */
/* The command `virtstat [IFACE...]`: reads the children from the kernel.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_SHOW_HPP
#define _VIRTSTAT_SHOW_HPP

#include "options.hpp"

#include <stdexcept>
#include <string>

namespace virt
{

/** An interface was named that is not there, or is not of kind virt. */
class NoVirtInterface : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

/**
 * What is to be printed; empty for the text form without children. Throws
 * NoVirtInterface, or what NetlinkSocket::ask() throws.
 */
std::string show(const Options &options, const Paint &paint);

} // namespace virt

#endif // _VIRTSTAT_SHOW_HPP
