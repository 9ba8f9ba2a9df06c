// SPDX-License-Identifier: GPL-2.0-only
// Writes to standard output.
//
// Copyright (C) The virt authors
#include "print.hpp"

#include "lib/fail.hpp"

#include <cerrno>
#include <cstdio>

namespace virt
{

bool print_out(const std::string &text)
{
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
        std::fflush(stdout) == 0) {
        return true;
    }
    if (errno != EPIPE) {
        fail("cannot write");
    }
    return false;
}

} // namespace virt
