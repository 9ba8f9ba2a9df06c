/* SPDX-License-Identifier: GPL-2.0-only */
/* Facts to judgements: what stands in the way, and the remedy; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_FINDINGS_HPP
#define _VIRTSTAT_FINDINGS_HPP

#include "facts.hpp"

#include <string>
#include <vector>

namespace virt
{

enum class Severity {
    Ok,
    /** Worth to know. */
    Note,
    /** Something may not work. */
    Warning,
    /** Something cannot work. */
    Problem,
};

struct Finding {
    Severity severity = Severity::Ok;
    /** The check that says it: "module", "headers", "parent" ... */
    std::string check;
    /** What is so, in one sentence without a full stop. */
    std::string text;
    /** What to do: a command, or a sentence; empty: nothing. */
    std::string remedy{};
    /** The interface that it is about; empty: none. */
    std::string ifname{};

    bool operator==(const Finding &) const = default;
};

using Findings = std::vector<Finding>;

Findings check_module(const Facts &facts);
Findings check_headers(const Facts &facts);
Findings check_signature(const Facts &facts);
Findings check_rights(const Facts &facts);
Findings check_plugin(const Facts &facts);
/** Devices that something else has, and those that never can be parents. */
Findings check_parents(const Facts &facts);
Findings check_carrier(const Facts &facts);
Findings check_mtu(const Facts &facts);
/** Addresses: suspended ones, and those that a DHCP client must ask for. */
Findings check_addresses(const Facts &facts);
Findings check_rp_filter(const Facts &facts);
Findings check_port(const Facts &facts);

/** All of them, in this order. */
Findings check_all(const Facts &facts);

/** "ok", "note", "warning", "problem". */
std::string severity_word(Severity severity);

} // namespace virt

#endif // _VIRTSTAT_FINDINGS_HPP
