/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fuzzers share.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_FUZZ_HPP
#define _VIRT_FUZZ_HPP

#include <net/ethernet.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace virt::fuzz
{

/* What must be so, whatever the input. */
#define REQUIRE(condition)                                                     \
    do {                                                                       \
        if (!(condition)) {                                                    \
            std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__,    \
                         #condition);                                          \
            std::abort();                                                      \
        }                                                                      \
    } while (false)

inline std::string_view text_of(const std::uint8_t *data, std::size_t size)
{
    return {reinterpret_cast<const char *>(data), size};
}

/* Of how many inputs one is checked in depth: see tests/fuzz/Makefile. */
#ifndef VIRT_FUZZ_ONE_IN
#define VIRT_FUZZ_ONE_IN 1
#endif

/**
 * Whether to check of this input what takes longer than to read it. Its bytes
 * decide, so that it does the same again.
 */
inline bool in_depth(const std::uint8_t *data, std::size_t size)
{
    const std::hash<std::string_view> hash;
    return VIRT_FUZZ_ONE_IN == 1 ||
           hash(text_of(data, size)) % VIRT_FUZZ_ONE_IN == 0;
}

inline std::vector<std::string> words_of(std::string_view text, char separator)
{
    std::vector<std::string> words;
    words.reserve(
        static_cast<std::size_t>(std::ranges::count(text, separator)) + 1);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

inline std::span<const std::byte> bytes_of(const std::uint8_t *data,
                                           std::size_t size)
{
    return std::as_bytes(std::span(data, size));
}

/**
 * The ethertype that the first two bytes of an input stand for: most are
 * nobody's, so one bit says whether it is one of ours.
 */
inline unsigned ethertype_of(const std::uint8_t *data)
{
    constexpr unsigned ours[] = {ETHERTYPE_IP, ETHERTYPE_ARP, ETHERTYPE_IPV6};
    return data[0] & 1 ? ours[data[1] % 3]
                       : static_cast<unsigned>(data[0] << 8 | data[1]);
}

/** Bytes in memory of their own, at an odd address. */
class Unaligned
{
public:
    Unaligned(const std::uint8_t *data, std::size_t size)
        : memory_(new std::uint8_t[size + 1])
    {
        std::copy_n(data, size, memory_.get() + 1);
    }

    const std::uint8_t *data() const { return memory_.get() + 1; }

private:
    std::unique_ptr<std::uint8_t[]> memory_;
};

} // namespace virt::fuzz

#endif // _VIRT_FUZZ_HPP
