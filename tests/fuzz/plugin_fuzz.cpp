// SPDX-License-Identifier: GPL-2.0-only
// The ip plugin: words between NULs are read; what it takes must be printed in
// words that are read as the same. The same bytes are also printed as if they
// were attributes and counters of the kernel.
//
// Copyright (C) The virt authors
#include "fuzz.hpp"

#include "lib/option_text.h"
#include "tests/iproute2/stand_in.hpp"

#include <algorithm>
#include <array>
#include <cstring>

using namespace virt::fuzz;
using namespace virt::test;

namespace
{

/* nullopt: refused, in one way or another. */
std::optional<Attributes> taken(std::vector<std::string> words,
                                std::size_t used = 0)
{
    try {
        return parsed_options(std::move(words), used);
    } catch (const Refused &) {
        return std::nullopt;
    }
}

void print_counters(std::span<const std::byte> counters)
{
    Attributes xstats(sizeof(rtattr) + counters.size());
    if (xstats.size() > UINT16_MAX) {
        return;
    }
    const rtattr rta{.rta_len = static_cast<unsigned short>(xstats.size()),
                     .rta_type = IFLA_INFO_XSTATS};
    std::memcpy(xstats.data(), &rta, sizeof(rta));
    std::ranges::copy(counters, xstats.begin() + sizeof(rta));
    printed_xstats(xstats);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size)
{
    show_stats = 2;
    if (const auto attrs = taken(words_of(text_of(data, size), '\0'))) {
        const std::string text = printed_options(*attrs);
        const auto again = taken(words_of(text, ' '));
        REQUIRE(again);
        REQUIRE(printed_options(*again) == text);
        // With no room for anything in the request, of 1024 bytes.
        REQUIRE(attrs->empty() || !taken(words_of(text_of(data, size), '\0'),
                                         1024 - sizeof(nlmsghdr)));
    }
    // What is neither a text nor a counter.
    std::array<char, VIRT_OPTION_TEXT> text;
    REQUIRE(!virt_option_text(VIRT_OPTION_NUMBER, data, size, text.data()));
    for (const unsigned stat :
         {VIRT_STAT_PAD + 0U, __VIRT_STAT_MAX + 0U, __VIRT_STAT_MAX + 1U}) {
        REQUIRE(!virt_stat_word(stat));
    }
    const auto bytes = bytes_of(data, size);
    printed_options(Attributes(bytes.begin(), bytes.end()));
    print_counters(bytes);
    return 0;
}
