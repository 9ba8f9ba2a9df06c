// SPDX-License-Identifier: GPL-2.0-only
// Writes to standard output.
//
// Copyright (C) The virt authors
#include "print.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace virt
{

bool print_out(const std::string &text)
{
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
        std::fflush(stdout) == 0) {
        return true;
    }
    if (errno != EPIPE) {
        throw std::system_error(errno, std::generic_category(), "cannot write");
    }
    return false;
}

} // namespace virt
