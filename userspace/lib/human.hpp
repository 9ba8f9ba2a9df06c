/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers for people; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_HUMAN_HPP
#define _VIRT_HUMAN_HPP

#include <string>

namespace virt
{

/**
 * A number that is not negative in three digits and a SI prefix, at most five
 * characters: 0.25, 7, 999, 1.00k, 12.3M, 456G.
 */
std::string human(double number);

} // namespace virt

#endif // _VIRT_HUMAN_HPP
