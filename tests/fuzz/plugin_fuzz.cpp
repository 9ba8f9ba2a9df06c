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
#include <utility>

using namespace virt::fuzz;
using namespace virt::test;

/* The libc's ask the kernel, through a socket of their own each time. */
extern "C" unsigned if_nametoindex(const char *name)
{
    return std::strcmp(name, "lo") == 0 ? 1 : 0;
}

extern "C" char *if_indextoname(unsigned index, char *name)
{
    return index == 1 ? std::strcpy(name, "lo") : nullptr;
}

namespace
{

/* nullopt: refused, in one way or another. Nobody hears why; and unless it is
 * in depth nothing is put together, for who only reads refuses to print.
 */
std::optional<Attributes> taken(std::vector<std::string> words, bool deep,
                                std::size_t used = 0)
{
    static std::FILE *const nobody[] = {std::fopen("/dev/null", "r"),
                                        std::fopen("/dev/null", "w")};
    std::FILE *const own = std::exchange(stderr, nobody[deep]);
    std::optional<Attributes> attrs;
    try {
        attrs = parsed_options(std::move(words), used);
    } catch (const Refused &) {
    }
    stderr = own;
    return attrs;
}

/* What was made of words is printed in words that make the same. */
void check_printed(const Attributes &attrs)
{
    const std::string text = printed_options(attrs);
    const auto again = taken(words_of(text, ' '), true);
    REQUIRE(again);
    REQUIRE(printed_options(*again) == text);
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
    const bool deep = in_depth(data, size);
    silent = !deep;
    const auto words = [&] { return words_of(text_of(data, size), '\0'); };
    if (const auto attrs = taken(words(), deep); attrs && deep) {
        check_printed(*attrs);
        // With no room for anything in the request, of 1024 bytes.
        REQUIRE(attrs->empty() ||
                !taken(words(), deep, 1024 - sizeof(nlmsghdr)));
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
    // All counters, or those that count.
    show_stats = deep ? 2 : 1;
    print_counters(bytes);
    return 0;
}
