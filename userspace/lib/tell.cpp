// SPDX-License-Identifier: GPL-2.0-only
// Writes to standard error.
//
// Copyright (C) The virt authors
#include "tell.hpp"

#include "printable.hpp"

#include <cstdio>

namespace virt
{

void tell(const std::string &program, const std::string &text)
{
    std::fputs((program + ": " + printable(text) + "\n").c_str(), stderr);
}

} // namespace virt
