// SPDX-License-Identifier: GPL-2.0-only
// Takes lines apart.
//
// Copyright (C) The virt authors
#include "system_text.hpp"

#include <charconv>

namespace virt
{

namespace
{

/* Calls visit(line) for each line, without its newline. */
template <class Visit>
void each_line(std::string_view text, Visit &&visit)
{
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        visit(text.substr(0, end));
        text = end == text.npos ? "" : text.substr(end + 1);
    }
}

/* Takes the first word off a line; empty at its end. */
std::string_view take_word(std::string_view &line)
{
    constexpr std::string_view spaces = " \t";
    line.remove_prefix(std::min(line.find_first_not_of(spaces), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(spaces));
    line.remove_prefix(word.size());
    return word;
}

template <class T>
std::optional<T> number(std::string_view digits, int base)
{
    T value{};
    const char *end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
    if (error != std::errc{} || stop != end) {
        return std::nullopt;
    }
    return value;
}

} // namespace

std::optional<ModuleInfo> module_info_from_text(std::string_view text)
{
    ModuleInfo info;
    each_line(text, [&](std::string_view line) {
        const std::string_view key = take_word(line);
        const std::string_view first = take_word(line);
        if (key == "filename:") {
            info.filename = first;
        } else if (key == "version:") {
            info.version = first;
        } else if (key == "vermagic:") {
            info.release = first;
        } else if (key == "signer:") {
            // A name may have spaces.
            info.signer = std::string(first) + std::string(line);
        }
    });
    return info.filename.empty() ? std::nullopt : std::optional{info};
}

bool has_module(std::string_view modules_dep, std::string_view name)
{
    bool found = false;
    each_line(modules_dep, [&](std::string_view line) {
        std::string_view file = line.substr(0, line.find(':'));
        file = file.substr(file.rfind('/') + 1);
        found = found || (file.size() < line.size() &&
                          file.substr(0, file.find('.')) == name);
    });
    return found;
}

std::string lockdown_from_text(std::string_view text)
{
    const std::size_t start = text.find('[');
    const std::size_t end = text.find(']', start);
    if (start == text.npos || end == text.npos) {
        return {};
    }
    const std::string_view word = text.substr(start + 1, end - start - 1);
    return word == "none" ? "" : std::string(word);
}

std::vector<UdpSocket> udp_sockets_from_text(std::string_view text)
{
    std::vector<UdpSocket> sockets;
    each_line(text, [&](std::string_view line) {
        // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout
        // inode
        take_word(line);
        const std::string_view local = take_word(line);
        const std::size_t colon = local.rfind(':');
        if (colon == local.npos) {
            return;
        }
        const auto port = number<std::uint16_t>(local.substr(colon + 1), 16);
        for (int skipped = 0; skipped < 7; skipped++) {
            take_word(line);
        }
        const auto inode = number<std::uint64_t>(take_word(line), 10);
        if (port && inode) {
            sockets.push_back({.port = *port, .inode = *inode});
        }
    });
    return sockets;
}

} // namespace virt
