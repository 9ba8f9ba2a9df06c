// SPDX-License-Identifier: GPL-2.0-only
// Reads /proc, /sys, kmod and rtnetlink.
//
// Copyright (C) The virt authors
#include "gather.hpp"

#include "children.hpp"

#include "lib/path.hpp"
#include "lib/query.hpp"

#include <linux/capability.h>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

namespace virt
{

namespace
{

namespace fs = std::filesystem;

constexpr const char *kModules = "/lib/modules/";

/* The contents of a file without the last newline; empty if there is none. */
std::string text_of(const fs::path &path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    std::string contents = text.str();
    if (contents.ends_with('\n')) {
        contents.pop_back();
    }
    return contents;
}

bool is_there(const fs::path &path)
{
    std::error_code ignored;
    return fs::exists(path, ignored);
}

std::vector<fs::path> entries_of(const fs::path &directory)
{
    std::error_code ignored;
    std::vector<fs::path> entries;
    for (const auto &entry : fs::directory_iterator(directory, ignored)) {
        entries.push_back(entry.path());
    }
    std::ranges::sort(entries);
    return entries;
}

std::string modinfo()
{
    struct Close {
        void operator()(std::FILE *pipe) const { pclose(pipe); }
    };
    const std::unique_ptr<std::FILE, Close> pipe(
        popen("PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH; "
              "modinfo virt 2>/dev/null",
              "re"));
    std::string text;
    std::array<char, 4096> buffer;
    while (pipe) {
        const auto size = std::fread(buffer.data(), 1, buffer.size(), &*pipe);
        text.append(buffer.data(), size);
        if (size == 0) {
            break;
        }
    }
    return text;
}

/* Four bytes of attributes, then one that is 1 if it is on. */
bool is_secure_boot()
{
    const std::string variable =
        text_of("/sys/firmware/efi/efivars/"
                "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c");
    return variable.size() == 5 && variable[4] == 1;
}

ModuleFacts module_facts()
{
    utsname names{};
    uname(&names);
    ModuleFacts facts;
    facts.kernel = names.release;
    facts.loaded = is_there("/sys/module/virt");
    facts.version = text_of("/sys/module/virt/version");
    facts.installed = module_info_from_text(modinfo());
    for (const fs::path &release : entries_of(kModules)) {
        if (release.filename() != facts.kernel &&
            has_module(text_of(release / "modules.dep"), "virt")) {
            facts.other_kernels.push_back(release.filename());
        }
    }
    facts.has_headers = is_there(kModules + facts.kernel + "/build/Makefile");
    facts.has_dkms = is_there("/usr/sbin/dkms");
    facts.secure_boot = is_secure_boot();
    facts.lockdown =
        lockdown_from_text(text_of("/sys/kernel/security/lockdown"));
    facts.signatures_enforced =
        text_of("/sys/module/module/parameters/sig_enforce") == "Y";
    return facts;
}

bool may_configure()
{
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3,
                                    .pid = 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    return syscall(SYS_capget, &header, sets.data()) == 0 &&
           (sets[0].effective & CAP_TO_MASK(CAP_NET_ADMIN)) != 0;
}

/* Where ip looks: one directory for all, or one for an architecture. */
bool has_plugin()
{
    constexpr const char *plugin = "ip/link_virt.so";
    if (const char *directory = std::getenv("IP_LIB_DIR")) {
        return is_there(fs::path(directory) / "link_virt.so");
    }
    for (const fs::path &directory : entries_of("/usr/lib")) {
        if (is_there(directory / plugin)) {
            return true;
        }
    }
    return is_there(fs::path("/usr/lib") / plugin) ||
           is_there(fs::path("/usr/lib64") / plugin);
}

std::map<std::string, std::vector<Ipv4Prefix>> ipv4_addresses()
{
    ifaddrs *list = nullptr;
    if (getifaddrs(&list) < 0) {
        return {};
    }
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list,
                                                                 freeifaddrs);
    const auto number = [](const sockaddr *address) {
        sockaddr_in ipv4;
        std::memcpy(&ipv4, address, sizeof(ipv4));
        return ntohl(ipv4.sin_addr.s_addr);
    };
    std::map<std::string, std::vector<Ipv4Prefix>> addresses;
    for (const ifaddrs *each = list; each; each = each->ifa_next) {
        if (each->ifa_addr && each->ifa_netmask &&
            each->ifa_addr->sa_family == AF_INET) {
            // An address may have a label: the name, a colon and a word.
            const std::string_view label = each->ifa_name;
            addresses[std::string(label.substr(0, label.find(':')))].push_back(
                {.address = number(each->ifa_addr),
                 .mask = number(each->ifa_netmask)});
        }
    }
    return addresses;
}

int rp_filter(const std::string &name)
{
    return std::atoi(
        text_of("/proc/sys/net/ipv4/conf/" + name + "/rp_filter").c_str());
}

/* The process that has a socket; empty if it cannot be seen. */
std::string owner_of(std::uint64_t inode)
{
    const std::string socket = fmt::format("socket:[{}]", inode);
    for (const fs::path &process : entries_of("/proc")) {
        for (const fs::path &fd : entries_of(process / "fd")) {
            std::error_code failed;
            if (fs::read_symlink(fd, failed) == socket && !failed) {
                return fmt::format("{} (process {})", text_of(process / "comm"),
                                   process.filename().string());
            }
        }
    }
    return {};
}

/* Of those alone that we can know: a mark needs rights, and a tunnel that was
 * moved sends by the namespace that it came from.
 */
std::map<std::int32_t, std::optional<unsigned>> path_mtus(const Links &links,
                                                          bool may_configure)
{
    std::map<std::int32_t, std::optional<unsigned>> mtus;
    for (const Link &link : links) {
        const auto peer = peer_of(link);
        const auto mark = link.options[IFLA_VIRT_MARK].value_or(0);
        if (!peer || link.link_netnsid || (mark && !may_configure)) {
            continue;
        }
        const auto device = std::ranges::find(
            links,
            static_cast<std::int32_t>(link.options[IFLA_VIRT_DEV].value_or(0)),
            &Link::ifindex);
        mtus[link.ifindex] = path_mtu(
            {.address = std::string(*peer),
             .device = device == links.end() ? "" : device->ifname,
             .local = std::string(text_of(link, IFLA_VIRT_LOCAL).value_or("")),
             .mark = static_cast<std::uint32_t>(mark)});
    }
    return mtus;
}

PortFacts port_facts(std::uint16_t asked)
{
    constexpr std::uint16_t usual = 50000;
    PortFacts facts;
    facts.port = asked == 0 ? usual : asked;
    facts.asked = asked != 0;
    for (const char *file : {"/proc/net/udp", "/proc/net/udp6"}) {
        for (const UdpSocket &socket : udp_sockets_from_text(text_of(file))) {
            if (socket.port == facts.port) {
                facts.bound = true;
                facts.owner = owner_of(socket.inode);
                return facts;
            }
        }
    }
    return facts;
}

} // namespace

Facts gather_facts(const Options &options)
{
    NetlinkSocket socket;
    Facts facts;
    facts.links = all_links(socket);
    for (const std::string &name : options.ifaces) {
        // It may be an alternative name.
        const auto link = link_by_name(socket, name);
        if (!link) {
            throw NoVirtInterface(name + ": no such interface");
        }
        facts.ifaces.push_back(link->ifname);
    }
    facts.module = module_facts();
    facts.may_configure = may_configure();
    facts.has_plugin = has_plugin();
    const auto addresses = ipv4_addresses();
    for (const Link &link : facts.links) {
        // The kernel takes the stricter of the two.
        facts.rp_filter[link.ifindex] =
            std::max(rp_filter("all"), rp_filter(link.ifname));
        if (const auto own = addresses.find(link.ifname);
            own != addresses.end()) {
            facts.addresses[link.ifindex] = own->second;
        }
    }
    facts.path_mtu = path_mtus(facts.links, facts.may_configure);
    facts.port = port_facts(options.port);
    return facts;
}

} // namespace virt
