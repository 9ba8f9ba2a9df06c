// SPDX-License-Identifier: GPL-2.0-only
// The checks of a machine as a whole, and their order.
//
// Copyright (C) The virt authors
#include "findings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace virt
{

Findings check_module(const Facts &facts)
{
    constexpr const char *check = "module";
    const ModuleFacts &module = facts.module;
    if (module.loaded) {
        if (module.installed && module.installed->version != module.version) {
            return {{Severity::Warning, check,
                     fmt::format("virt {} is loaded, {} is installed",
                                 module.version, module.installed->version),
                     "modprobe -r virt && modprobe virt, which deletes all "
                     "virt interfaces; or reboot"}};
        }
        return {{Severity::Ok, check,
                 fmt::format("virt {} is loaded", module.version)}};
    }
    if (module.installed && module.installed->release == module.kernel) {
        return {{Severity::Ok, check,
                 fmt::format("virt {} is installed, and loaded at first use",
                             module.installed->version)}};
    }
    const std::string rebuild = "dkms autoinstall -k " + module.kernel;
    if (module.installed) {
        return {{Severity::Problem, check,
                 fmt::format("virt is built for another kernel: {} is for {}, "
                             "{} runs",
                             module.installed->filename,
                             module.installed->release, module.kernel),
                 rebuild}};
    }
    if (!module.other_kernels.empty()) {
        return {
            {Severity::Problem, check,
             fmt::format("virt is built for other kernels ({}), not for "
                         "{}, which runs",
                         fmt::join(module.other_kernels, ", "), module.kernel),
             rebuild}};
    }
    return {{Severity::Problem, check, "virt is not installed",
             "apt install ./virt-dkms_*.deb; or in its source: make "
             "dkms-install"}};
}

Findings check_headers(const Facts &facts)
{
    constexpr const char *check = "headers";
    const ModuleFacts &module = facts.module;
    if (module.has_headers) {
        if (module.has_dkms) {
            return {{Severity::Ok, check,
                     "headers of " + module.kernel + " and dkms are there"}};
        }
        return {{Severity::Note, check, "dkms is not installed",
                 "apt install dkms, for the module to follow new kernels"}};
    }
    const bool built = module.installed || module.loaded;
    return {{built ? Severity::Note : Severity::Problem, check,
             fmt::format("the headers of {} are missing: virt cannot be built",
                         module.kernel),
             "apt install linux-headers-" + module.kernel}};
}

Findings check_signature(const Facts &facts)
{
    constexpr const char *check = "signature";
    const ModuleFacts &module = facts.module;
    const std::string why =
        !module.lockdown.empty()     ? "lockdown is " + module.lockdown
        : module.signatures_enforced ? "the kernel takes signed modules only"
                                     : "";
    if (why.empty()) {
        if (module.secure_boot) {
            return {{Severity::Note, check,
                     "Secure Boot is on, but modules need no signature"}};
        }
        return {{Severity::Ok, check, "modules need no signature"}};
    }
    if (module.loaded) {
        return {{Severity::Ok, check, why + ", and virt is loaded"}};
    }
    constexpr const char *enrol =
        "mokutil --import /var/lib/dkms/mok.pub, reboot, and enrol the key";
    if (module.installed && module.installed->signer.empty()) {
        return {{Severity::Problem, check,
                 fmt::format("{}, and virt is not signed", why),
                 std::string("apt install openssl, dkms autoinstall --force, "
                             "then ") +
                     enrol}};
    }
    if (module.installed) {
        return {{Severity::Note, check,
                 fmt::format("{}: the key of {}, who signed virt, must be "
                             "enrolled",
                             why, module.installed->signer),
                 enrol}};
    }
    return {{Severity::Note, check, why + ": virt must be signed", enrol}};
}

Findings check_rights(const Facts &facts)
{
    if (facts.may_configure) {
        return {{Severity::Ok, "rights", "you may create interfaces"}};
    }
    return {{Severity::Note, "rights",
             "you may look at interfaces, not create them",
             "run ip as root (CAP_NET_ADMIN)"}};
}

Findings check_plugin(const Facts &facts)
{
    if (facts.has_plugin) {
        return {{Severity::Ok, "plugin", "ip knows the options of virt"}};
    }
    return {{Severity::Warning, "plugin",
             "ip does not know the options of virt (mode and so on)",
             "apt install ./virt-tools_*.deb; or in its source: make install"}};
}

Findings check_port(const Facts &facts)
{
    constexpr const char *check = "port";
    const PortFacts &port = facts.port;
    if (!port.bound) {
        return {{Severity::Ok, check,
                 fmt::format("UDP port {} is free for a tunnel", port.port)}};
    }
    const auto tunnel =
        std::ranges::find_if(facts.links, [&](const Link &link) {
            return link.kind == kKind && !link.link_netnsid &&
                   link.options[IFLA_VIRT_PORT] == port.port;
        });
    if (tunnel != facts.links.end()) {
        return {{Severity::Note, check,
                 fmt::format("UDP port {} is that of {}: another tunnel can "
                             "share it, with another peer",
                             port.port, tunnel->ifname)}};
    }
    return {{port.asked ? Severity::Problem : Severity::Note, check,
             fmt::format("UDP port {} is bound by {}", port.port,
                         port.owner.empty() ? "a program that cannot be seen"
                                            : port.owner),
             "end it, or use port NUMBER and rport NUMBER of another"}};
}

Findings check_all(const Facts &facts)
{
    Findings all;
    for (const auto check :
         {check_module, check_headers, check_signature, check_rights,
          check_plugin, check_parents, check_carrier, check_mtu,
          check_addresses, check_rp_filter, check_port}) {
        std::ranges::move(check(facts), std::back_inserter(all));
    }
    return all;
}

std::string severity_word(Severity severity)
{
    switch (severity) {
    case Severity::Ok:
        return "ok";
    case Severity::Note:
        return "note";
    case Severity::Warning:
        return "warning";
    case Severity::Problem:
        return "problem";
    }
    return {};
}

} // namespace virt
