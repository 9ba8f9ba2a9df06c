/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program says besides its output.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_TELL_HPP
#define _VIRT_TELL_HPP

#include <string>

namespace virt
{

/** Prints "PROGRAM: TEXT", one printable line, on standard error, if it can. */
void tell(const std::string &program, const std::string &text);

} // namespace virt

#endif // _VIRT_TELL_HPP
