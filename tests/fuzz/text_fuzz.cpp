// SPDX-License-Identifier: GPL-2.0-only
// Text of others on its way to a terminal.
//
// Copyright (C) The virt authors
#include "fuzz.hpp"

#include "lib/human.hpp"
#include "lib/netns.hpp"
#include "lib/printable.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace virt;
using namespace virt::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size)
{
    const std::string_view text = text_of(data, size);
    const std::string safe = printable(text);
    REQUIRE(std::ranges::none_of(safe, [](char c) {
        return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
    }));
    // What is safe stays as it is.
    REQUIRE(printable(safe) == safe);

    const std::size_t columns = columns_of(safe);
    REQUIRE(columns <= safe.size());
    for (const std::size_t width : {std::size_t{0}, std::size_t{7}, columns}) {
        REQUIRE(columns_of(cut(safe, width)) == std::min(width, columns));
        REQUIRE(columns_of(pad_right(safe, width)) == std::max(width, columns));
    }

    for (const std::string &path : netns_paths(std::string(text))) {
        REQUIRE(path.find(text) != path.npos);
    }
    double number = 0;
    std::memcpy(&number, data, std::min(size, sizeof(number)));
    if (number >= 0 && number < 1e27) {
        REQUIRE(human(number).size() <= 5);
    }
    return 0;
}
