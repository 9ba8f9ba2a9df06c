// SPDX-License-Identifier: GPL-2.0-only
// Reads and applies a filter.
//
// Copyright (C) The virt authors
#include "filter.hpp"

#include "lib/option_text.h"

#include "module/wire.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace virt::peer
{

namespace
{

/* Below it the field is a length. */
constexpr unsigned kFirstType = 0x600;

std::optional<unsigned> parse_type(std::string_view word)
{
    for (const virt_ethertype &known : virt_ethertypes) {
        if (word == known.word && known.number >= kFirstType) {
            return known.number;
        }
    }
    const bool hex = word.starts_with("0x");
    const char *begin = word.data() + (hex ? 2 : 0);
    const char *end = word.data() + word.size();
    unsigned type = 0;
    const auto read = std::from_chars(begin, end, type, hex ? 16 : 10);
    if (read.ec != std::errc() || read.ptr != end || type < kFirstType ||
        type > 0xffff) {
        return std::nullopt;
    }
    return type;
}

} // namespace

std::optional<Filter> Filter::parse(const std::string &text)
{
    Filter filter;
    if (text == "all") {
        return filter;
    }
    if (text == "ktunnel") {
        filter.ktunnel_ = true;
        return filter;
    }
    // A list that ends in a comma has an empty word there, too.
    for (std::size_t at = 0, end = 0; end != text.npos; at = end + 1) {
        end = text.find(',', at);
        const auto type =
            parse_type(std::string_view(text).substr(at, end - at));
        if (!type) {
            return std::nullopt;
        }
        filter.types_.push_back(*type);
    }
    return filter;
}

bool Filter::wants(Frame frame) const
{
    if (ktunnel_) {
        return virt_wire_ktunnel(frame.data(),
                                 static_cast<unsigned>(frame.size()));
    }
    return types_.empty() ||
           std::ranges::count(types_, virt_wire_type(frame.data())) > 0;
}

} // namespace virt::peer
