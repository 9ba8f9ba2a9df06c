/* SPDX-License-Identifier: GPL-2.0-only */
/* Tells what a system call could not do.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_FAIL_HPP
#define _VIRT_FAIL_HPP

#include <cerrno>
#include <string>
#include <system_error>

namespace virt
{

/** Throws errno as a std::system_error. */
[[noreturn]] inline void fail(const std::string &what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

} // namespace virt

#endif // _VIRT_FAIL_HPP
