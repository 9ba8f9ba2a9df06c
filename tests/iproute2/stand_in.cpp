// SPDX-License-Identifier: GPL-2.0-only
// Stands in for ip: text goes to a string, and where ip would end something
// is thrown.
//
// Copyright (C) The virt authors
#include "stand_in.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>

int show_stats = 1;

namespace virt::test
{

bool in_json = false;
bool silent = false;

namespace
{

std::string printed;

template <class Value>
int print_value(output_type type, const char *key, const char *fmt, Value value)
{
    if (silent || type == (in_json ? PRINT_FP : PRINT_JSON)) {
        return 0;
    }
    std::array<char, 1024> text;
    std::snprintf(text.data(), text.size(), fmt, value);
    printed += in_json ? key + ("=" + std::string(text.data())) : text.data();
    return 0;
}

/* The memory ends where the attributes do. */
Attributes tight_copy(const Attributes &attributes)
{
    Attributes copy = attributes;
    copy.shrink_to_fit();
    return copy;
}

} // namespace

extern "C" {

int print_color_string(output_type type, color_attr, const char *key,
                       const char *fmt, const char *value)
{
    return print_value(type, key, fmt, value);
}

int print_color_uint(output_type type, color_attr, const char *key,
                     const char *fmt, unsigned value)
{
    return print_value(type, key, fmt, value);
}

int print_color_bool(output_type type, color_attr, const char *key,
                     const char *, bool value)
{
    return print_value(type, key, "%s", value ? "true" : "false");
}

int print_color_u64(output_type type, color_attr, const char *key,
                    const char *fmt, uint64_t value)
{
    return print_value(type, key, fmt, value);
}

void print_nl(void)
{
    printed += in_json ? "" : "\n";
}

int addattr_l(nlmsghdr *n, int maxlen, int type, const void *data, int alen)
{
    const std::size_t start = NLMSG_ALIGN(n->nlmsg_len);
    const std::size_t size = RTA_LENGTH(static_cast<std::size_t>(alen));
    if (start + RTA_ALIGN(size) > static_cast<std::size_t>(maxlen)) {
        return -1;
    }
    const rtattr rta{.rta_len = static_cast<unsigned short>(size),
                     .rta_type = static_cast<unsigned short>(type)};
    char *end = reinterpret_cast<char *>(n) + start;
    std::memcpy(end, &rta, sizeof(rta));
    if (alen > 0) {
        std::memcpy(end + sizeof(rta), data, static_cast<std::size_t>(alen));
    }
    n->nlmsg_len = static_cast<unsigned>(start + RTA_ALIGN(size));
    return 0;
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
    throw Refused("\"" + std::string(arg) + "\" is wrong: " + msg);
}

void duparg(const char *key, const char *arg)
{
    throw Refused("duplicate \"" + std::string(key) + "\": \"" + arg + "\"");
}

void incomplete_command(void)
{
    throw Refused("incomplete");
}

} // extern "C"

std::optional<Attributes> parsed_options(std::vector<std::string> words,
                                         std::size_t taken)
{
    // As large as ip's, and as it assumes.
    alignas(nlmsghdr) std::array<std::byte, 1024> buffer{};
    auto *header = reinterpret_cast<nlmsghdr *>(buffer.data());
    const std::size_t start = sizeof(nlmsghdr) + taken;
    header->nlmsg_len = static_cast<unsigned>(start);
    std::vector<char *> argv;
    for (std::string &word : words) {
        argv.push_back(word.data());
    }
    if (virt_link_util.parse_opt(&virt_link_util, static_cast<int>(argv.size()),
                                 argv.data(), header) != 0) {
        return std::nullopt;
    }
    return Attributes(buffer.begin() + static_cast<std::ptrdiff_t>(start),
                      buffer.begin() + header->nlmsg_len);
}

std::string printed_options(const Attributes &attributes)
{
    printed.clear();
    Attributes copy = tight_copy(attributes);
    const int most = virt_link_util.maxattr;
    std::vector<rtattr *> tb(static_cast<std::size_t>(most) + 1);
    parse_rtattr(tb.data(), most, reinterpret_cast<rtattr *>(copy.data()),
                 static_cast<int>(copy.size()));
    // Where there are none, ip has no table.
    virt_link_util.print_opt(&virt_link_util, stdout,
                             copy.empty() ? nullptr : tb.data());
    return printed;
}

std::string printed_xstats(const Attributes &attribute)
{
    printed.clear();
    Attributes copy = tight_copy(attribute);
    virt_link_util.print_xstats(&virt_link_util, stdout,
                                reinterpret_cast<rtattr *>(copy.data()));
    return printed;
}

} // namespace virt::test
