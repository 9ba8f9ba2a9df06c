// SPDX-License-Identifier: GPL-2.0-only
// The ip plugin: words between NULs are read; what it takes must be printed in
// words that are read as the same. The same bytes are also printed as if they
// were attributes and counters of the kernel.
//
// Copyright (C) The virt authors
#include "fuzz.hpp"

extern "C" {
#include "iproute2/link_util.h"
}

#include <linux/rtnetlink.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

using namespace virt::fuzz;

namespace
{

/* Where ip would end. */
struct End {
};

std::string printed;

using Bytes = std::vector<std::uint8_t>;

} // namespace

extern "C" {

extern link_util virt_link_util;

int show_stats = 2;

int print_color_string(output_type type, color_attr, const char *,
                       const char *fmt, const char *value)
{
    char text[512];
    std::snprintf(text, sizeof(text), fmt ? fmt : "%s", value);
    printed += type == PRINT_JSON ? "" : text;
    return 0;
}

int print_color_uint(output_type type, color_attr, const char *,
                     const char *fmt, unsigned value)
{
    char text[64];
    std::snprintf(text, sizeof(text), fmt, value);
    printed += type == PRINT_JSON ? "" : text;
    return 0;
}

int print_color_bool(output_type, color_attr, const char *, const char *, bool)
{
    return 0;
}

int print_color_u64(output_type, color_attr, const char *, const char *fmt,
                    uint64_t value)
{
    char text[64];
    std::snprintf(text, sizeof(text), fmt, value);
    return 0;
}

void print_nl(void) {}

int addattr_l(nlmsghdr *n, int maxlen, int type, const void *data, int alen)
{
    const std::size_t size = RTA_SPACE(static_cast<std::size_t>(alen));
    if (NLMSG_ALIGN(n->nlmsg_len) + size > static_cast<std::size_t>(maxlen)) {
        return -1;
    }
    auto *rta = reinterpret_cast<rtattr *>(reinterpret_cast<char *>(n) +
                                           NLMSG_ALIGN(n->nlmsg_len));
    rta->rta_type = static_cast<unsigned short>(type);
    rta->rta_len =
        static_cast<unsigned short>(RTA_LENGTH(static_cast<std::size_t>(alen)));
    if (alen > 0) {
        std::memcpy(RTA_DATA(rta), data, static_cast<std::size_t>(alen));
    }
    n->nlmsg_len = static_cast<unsigned>(NLMSG_ALIGN(n->nlmsg_len) + size);
    return 0;
}

int addattr8(nlmsghdr *n, int maxlen, int type, uint8_t data)
{
    return addattr_l(n, maxlen, type, &data, sizeof(data));
}

int addattr32(nlmsghdr *n, int maxlen, int type, uint32_t data)
{
    return addattr_l(n, maxlen, type, &data, sizeof(data));
}

int get_u32(uint32_t *number, const char *arg, int base)
{
    char *end;
    const unsigned long value = std::strtoul(arg, &end, base);
    *number = static_cast<uint32_t>(value);
    return *arg == '\0' || *end != '\0' || value > UINT32_MAX ? -1 : 0;
}

int parse_rtattr(rtattr *tb[], int max, rtattr *rta, int len)
{
    std::fill(tb, tb + max + 1, nullptr);
    while (RTA_OK(rta, len)) {
        const int type = rta->rta_type & NLA_TYPE_MASK;
        if (type <= max && !tb[type]) {
            tb[type] = rta;
        }
        rta = RTA_NEXT(rta, len);
    }
    return 0;
}

void invarg(const char *msg, const char *arg)
{
    REQUIRE(msg && arg);
    throw End{};
}

void duparg(const char *key, const char *)
{
    REQUIRE(key);
    throw End{};
}

void incomplete_command(void)
{
    throw End{};
}

} // extern "C"

namespace
{

std::vector<std::string> words_of(std::string_view text, char separator)
{
    std::vector<std::string> words;
    std::istringstream stream{std::string(text)};
    for (std::string word; std::getline(stream, word, separator);) {
        words.push_back(word);
    }
    return words;
}

/* The attributes that are made of words; nullopt: refused. */
std::optional<Bytes> parsed(std::vector<std::string> words)
{
    // As large as ip's, and as it assumes.
    alignas(nlmsghdr) std::array<std::uint8_t, 1024> buffer{};
    auto *header = reinterpret_cast<nlmsghdr *>(buffer.data());
    header->nlmsg_len = sizeof(nlmsghdr);
    std::vector<char *> argv;
    for (std::string &word : words) {
        argv.push_back(word.data());
    }
    try {
        if (virt_link_util.parse_opt(&virt_link_util,
                                     static_cast<int>(argv.size()), argv.data(),
                                     header) != 0) {
            return std::nullopt;
        }
    } catch (const End &) {
        return std::nullopt;
    }
    return Bytes(buffer.begin() + sizeof(nlmsghdr),
                 buffer.begin() + header->nlmsg_len);
}

/* The memory ends where the attributes do. */
std::string printed_options(const Bytes &attrs)
{
    printed.clear();
    Bytes copy = attrs;
    copy.shrink_to_fit();
    std::vector<rtattr *> tb(static_cast<std::size_t>(virt_link_util.maxattr) +
                             1);
    parse_rtattr(tb.data(), virt_link_util.maxattr,
                 reinterpret_cast<rtattr *>(copy.data()),
                 static_cast<int>(copy.size()));
    virt_link_util.print_opt(&virt_link_util, stdout, tb.data());
    return printed;
}

void print_xstats(const std::uint8_t *data, std::size_t size)
{
    if (size > UINT16_MAX - sizeof(rtattr)) {
        return;
    }
    Bytes xstats(sizeof(rtattr) + size);
    const rtattr rta{.rta_len = static_cast<unsigned short>(xstats.size()),
                     .rta_type = IFLA_INFO_XSTATS};
    std::memcpy(xstats.data(), &rta, sizeof(rta));
    std::copy_n(data, size, xstats.begin() + sizeof(rta));
    virt_link_util.print_xstats(&virt_link_util, stdout,
                                reinterpret_cast<rtattr *>(xstats.data()));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size)
{
    if (const auto attrs = parsed(words_of(text_of(data, size), '\0'))) {
        const std::string text = printed_options(*attrs);
        const auto again = parsed(words_of(text, ' '));
        REQUIRE(again);
        REQUIRE(printed_options(*again) == text);
    }
    printed_options(Bytes(data, data + size));
    print_xstats(data, size);
    return 0;
}
