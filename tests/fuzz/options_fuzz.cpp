// SPDX-License-Identifier: GPL-2.0-only
// Command lines of virtstat: words between NULs.
//
// Copyright (C) The virt authors
#include "command_line.hpp"

#include "virtstat/options.hpp"

using namespace virt;
using namespace virt::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size)
{
    if (const auto *options = taken<Options>(data, size)) {
        REQUIRE(options->interval >= 0.1 && options->interval <= 86400);
        REQUIRE(!options->pretty || options->json);
        // CLI11 reads [A,B] as A and B.
        REQUIRE(
            options->ifaces.size() <=
            words_of(text_of(data, size), '\0').size() +
                static_cast<std::size_t>(std::count(data, data + size, ',')));
    }
    return 0;
}
