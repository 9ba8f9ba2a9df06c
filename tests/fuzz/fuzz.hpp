/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fuzzers share.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_FUZZ_HPP
#define _VIRT_FUZZ_HPP

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <sstream>
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

inline std::vector<std::string> words_of(std::string_view text, char separator)
{
    std::vector<std::string> words;
    std::istringstream stream{std::string(text)};
    for (std::string word; std::getline(stream, word, separator);) {
        words.push_back(word);
    }
    return words;
}

inline std::span<const std::byte> bytes_of(const std::uint8_t *data,
                                           std::size_t size)
{
    return std::as_bytes(std::span(data, size));
}

/** Bytes in memory of their own, at an odd address. */
class Unaligned
{
public:
    Unaligned(const std::uint8_t *data, std::size_t size)
        : memory_(new std::uint8_t[size + 1])
    {
        for (std::size_t i = 0; i < size; i++) {
            memory_[i + 1] = data[i];
        }
    }

    const std::uint8_t *data() const { return memory_.get() + 1; }

private:
    std::unique_ptr<std::uint8_t[]> memory_;
};

} // namespace virt::fuzz

#endif // _VIRT_FUZZ_HPP
