// SPDX-License-Identifier: GPL-2.0-only
// What the kernel must not tell anybody.
//
// Copyright (C) The virt authors
#include "leaks.hpp"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>

#include <regex>
#include <sstream>
#include <system_error>

namespace e2e
{

namespace
{

// All of memory and what is mapped, and the kernel's and its modules' code.
bool is_kernels(uint64_t word)
{
    return (word >= 0xffff800000000000 && word < 0xfffff00000000000) ||
           (word >= 0xffffffff80000000 && word < 0xffffffffd0000000);
}

std::string found(uint64_t word, const std::string &where)
{
    std::ostringstream text;

    text << "0x" << std::hex << word << where;
    return text.str();
}

} // namespace

std::string leak_in(const Bytes &dump)
{
    const Bytes poison(8, 0x6b);
    const uint8_t *const start = dump.data(), *const end = start + dump.size();

    if (const void *stale =
            memmem(start, dump.size(), poison.data(), poison.size()))
        return found(0x6b6b6b6b6b6b6b6b,
                     " at " + std::to_string(
                                  static_cast<const uint8_t *>(stale) - start));
    if (dump.size() < sizeof(uint64_t))
        return "";
    // an address ends with two 0xff, which little else has
    for (const uint8_t *at = start + 6; at < end - 1; at++) {
        uint64_t word;

        at = static_cast<const uint8_t *>(
            memchr(at, 0xff, static_cast<size_t>(end - 1 - at)));
        if (!at)
            break;
        memcpy(&word, at - 6, sizeof(word));
        if (is_kernels(word))
            return found(word, " at " + std::to_string(at - 6 - start));
    }
    return "";
}

std::string leak_in(const std::string &printed)
{
    static const std::regex number(
        R"(\b(?:(1844\d{16})|(?:0x)?(ffff[0-9a-f]{12}))\b)", std::regex::icase);

    for (std::sregex_iterator at(printed.begin(), printed.end(), number), none;
         at != none; ++at) {
        const bool decimal = (*at)[1].matched;
        const uint64_t word =
            std::stoull((*at)[decimal ? 1 : 2], nullptr, decimal ? 10 : 16);

        if (is_kernels(word))
            return found(word, " in " + printed);
    }
    return "";
}

void dirty_memory(uint8_t byte)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends))
        throw std::system_error(errno, std::generic_category(), "socketpair");
    for (size_t size = 64; size <= 32768; size *= 2) {
        Bytes data(size * 3 / 4, byte);
        int sent = 0;

        while (sent < 8 &&
               send(ends[0], data.data(), data.size(), MSG_DONTWAIT) > 0)
            sent++;
        while (sent-- > 0)
            if (recv(ends[1], data.data(), data.size(), MSG_DONTWAIT) < 0)
                break;
    }
    close(ends[0]);
    close(ends[1]);
}

} // namespace e2e
