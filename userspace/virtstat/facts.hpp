/* SPDX-License-Identifier: GPL-2.0-only */
/* What there is to know about a machine before judging it.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_FACTS_HPP
#define _VIRTSTAT_FACTS_HPP

#include "lib/link.hpp"
#include "lib/system_text.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace virt
{

/** The module, and what it takes to build and load it. */
struct ModuleFacts {
    /** The running kernel, as in `uname -r`. */
    std::string kernel;
    bool loaded = false;
    /** Of the one that is loaded. */
    std::string version;
    /** Of the one that modprobe would load; nullopt: none. */
    std::optional<ModuleInfo> installed;
    /** Other kernels of this machine that have the module. */
    std::vector<std::string> other_kernels;
    bool has_headers = false;
    bool has_dkms = false;
    bool secure_boot = false;
    /** "integrity" or "confidentiality"; empty: off. */
    std::string lockdown;
    /** The kernel refuses modules without a good signature. */
    bool signatures_enforced = false;
};

/** An IPv4 address with its prefix, host byte order. */
struct Ipv4Prefix {
    std::uint32_t address = 0;
    std::uint32_t mask = 0;
};

/** Who has a UDP port of the namespace. */
struct PortFacts {
    std::uint16_t port = 0;
    /** The user asked about this port. */
    bool asked = false;
    bool bound = false;
    /** "socat (process 12)"; empty: a process that is not seen, or the kernel.
     */
    std::string owner;
};

struct Facts {
    ModuleFacts module;
    /** The caller may create interfaces. */
    bool may_configure = false;
    /** ip finds the plugin that gives it the options. */
    bool has_plugin = false;
    /** All interfaces of the namespace. */
    Links links;
    /** By the number of the interface. */
    std::map<std::int32_t, std::vector<Ipv4Prefix>> addresses;
    /** rp_filter as it acts on an interface, by its number. */
    std::map<std::int32_t, int> rp_filter;
    /** Of tunnels that have a peer, by number: what gets there in one piece;
     *  nullopt: there is no route. Not of those of another namespace, and of
     *  those with a mark only if the caller may configure.
     */
    std::map<std::int32_t, std::optional<unsigned>> path_mtu;
    PortFacts port;
    /** Names of the interfaces that it is about; empty: all. */
    std::vector<std::string> ifaces;
};

} // namespace virt

#endif // _VIRTSTAT_FACTS_HPP
