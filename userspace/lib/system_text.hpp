/* SPDX-License-Identifier: GPL-2.0-only */
/* What kernel and kmod write about themselves: text to values, pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_SYSTEM_TEXT_HPP
#define _VIRT_SYSTEM_TEXT_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace virt
{

/** What modinfo says of a module; an empty string: nothing. */
struct ModuleInfo {
    std::string filename;
    std::string version;
    /** The kernel that it was built for. */
    std::string release;
    std::string signer;

    bool operator==(const ModuleInfo &) const = default;
};

/** Reads the output of `modinfo NAME`; nullopt if no file is named. */
std::optional<ModuleInfo> module_info_from_text(std::string_view text);

/** Whether a modules.dep has a line for the module of this name. */
bool has_module(std::string_view modules_dep, std::string_view name);

/** The word in brackets of /sys/kernel/security/lockdown; empty: none. */
std::string lockdown_from_text(std::string_view text);

/** One UDP socket of a namespace. */
struct UdpSocket {
    /** The local port, host byte order. */
    std::uint16_t port = 0;
    /** Its inode in /proc/PID/fd/; 0: none. */
    std::uint64_t inode = 0;

    bool operator==(const UdpSocket &) const = default;
};

/** Reads /proc/net/udp or udp6; lines of another shape are skipped. */
std::vector<UdpSocket> udp_sockets_from_text(std::string_view text);

} // namespace virt

#endif // _VIRT_SYSTEM_TEXT_HPP
