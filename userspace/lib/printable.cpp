// SPDX-License-Identifier: GPL-2.0-only
// Reads UTF-8, one character at a time.
//
// Copyright (C) The virt authors
#include "printable.hpp"

#include <algorithm>
#include <cstdint>

namespace virt
{

namespace
{

bool continues(char c)
{
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

/* Bytes of the character that starts with this one; 0: none does. */
std::size_t length_of(unsigned char first)
{
    return first < 0x80   ? 1
           : first < 0xc2 ? 0
           : first < 0xe0 ? 2
           : first < 0xf0 ? 3
           : first < 0xf5 ? 4
                          : 0;
}

/* Bytes of the printable character at the start of the text; 0: none. */
std::size_t printable_length(std::string_view text)
{
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t length = length_of(first);
    if (length == 0 || length > text.size() ||
        !std::ranges::all_of(text.substr(1, length - 1), continues)) {
        return 0;
    }
    if (length == 1) {
        return first >= 0x20 && first != 0x7f ? 1 : 0;
    }

    std::uint32_t code = first & (0x7fU >> length);
    for (const char c : text.substr(1, length - 1)) {
        code = code << 6 | (static_cast<unsigned char>(c) & 0x3fU);
    }
    // Longer than it has to be, a surrogate, beyond Unicode, a control
    // character, or one that turns the direction of what follows.
    const bool wrong = (length == 3 && code < 0x800) ||
                       (length == 4 && code < 0x10000) ||
                       (code >= 0xd800 && code < 0xe000) || code > 0x10ffff ||
                       code < 0xa0 || (code >= 0x2028 && code <= 0x202e) ||
                       (code >= 0x2066 && code <= 0x2069);
    return wrong ? 0 : length;
}

} // namespace

std::string printable(std::string_view text)
{
    // As nearly all are.
    if (std::ranges::all_of(text,
                            [](char c) { return c >= ' ' && c <= '~'; })) {
        return std::string(text);
    }
    std::string clean;
    while (!text.empty()) {
        const std::size_t length = printable_length(text);
        if (length == 0) {
            constexpr char digits[] = "0123456789abcdef";
            const auto byte = static_cast<unsigned char>(text[0]);
            clean += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
        } else {
            clean += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return clean;
}

std::size_t columns_of(std::string_view text)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return !continues(c); }));
}

std::string_view cut(std::string_view text, std::size_t columns)
{
    std::size_t size = 0;
    while (size < text.size() && (columns > 0 || continues(text[size]))) {
        columns -= continues(text[size]) ? 0 : 1;
        size++;
    }
    return text.substr(0, size);
}

std::string pad_right(std::string_view text, std::size_t columns)
{
    const std::size_t width = columns_of(text);
    return std::string(text) +
           std::string(columns - std::min(width, columns), ' ');
}

} // namespace virt
