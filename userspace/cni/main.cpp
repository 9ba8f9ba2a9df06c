// SPDX-License-Identifier: GPL-2.0-only
// The CNI plugin: gives a container a child of the module. It takes the
// configuration of the macvlan plugin, with the module's modes.
//
// Copyright (C) The virt authors
#include "interface.hpp"
#include "ipam.hpp"

#include "lib/fail.hpp"
#include "lib/fd.hpp"
#include "lib/link_words.hpp"
#include "lib/query.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if_virt.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>

using namespace virt;
using namespace virt::cni;

namespace
{

/* What the runtime says by the environment. */
struct Call {
    std::string command;
    std::string netns;
    std::string ifname;
    std::string path;
    std::string text;
    Config config;
};

std::string variable(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

std::string needed(const char *name)
{
    const auto value = variable(name);
    if (value.empty()) {
        throw Error(Error::kEnvironment, fmt::format("{} is not set", name));
    }
    return value;
}

Json ipam(const Call &call, const char *command)
{
    if (call.config.ipam.empty()) {
        return Json();
    }
    return run_ipam(call.config.ipam, call.path, command, call.text);
}

/* The container's child, or nullopt. */
std::optional<Link> own_link(NetlinkSocket &socket, const Call &call)
{
    auto link = link_by_name(socket, call.ifname);
    return link && link->kind == kKind ? link : std::nullopt;
}

/* All that we and the IPAM plugin did to the container, in one result. */
Json result_of(const Call &call, const Link &link, const Json &leased)
{
    Json result;
    result["cniVersion"] = call.config.version;
    result["interfaces"] = Json::array({{{"name", call.ifname},
                                         {"mac", address_text(link.address)},
                                         {"sandbox", call.netns}}});
    result["ips"] =
        leased.is_object() ? leased.value("ips", Json::array()) : Json::array();
    for (Json &ip : result["ips"]) {
        ip["interface"] = 0;
    }
    result["routes"] = leased.is_object()
                           ? leased.value("routes", Json::array())
                           : Json::array();
    Json dns = call.config.dns;
    if (dns.empty() && leased.is_object()) {
        dns = leased.value("dns", Json());
    }
    result["dns"] = dns.empty() ? Json::object() : dns;
    return result;
}

Fd opened(const std::string &path)
{
    return Fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

Fd open_netns(const std::string &path)
{
    Fd netns = opened(path);
    if (!netns) {
        throw Error(Error::kEnvironment,
                    fmt::format("cannot open the network namespace {}", path));
    }
    return netns;
}

/* We are in a namespace for as long as it lives. */
class Inside
{
public:
    explicit Inside(const Fd &netns) : before_(open_netns("/proc/self/ns/net"))
    {
        if (setns(netns.get(), CLONE_NEWNET) < 0) {
            fail("cannot enter the network namespace");
        }
    }
    Inside(const Inside &) = delete;
    Inside &operator=(const Inside &) = delete;
    ~Inside() { setns(before_.get(), CLONE_NEWNET); }

private:
    const Fd before_;
};

void remove_child(const Call &call, const Fd &netns)
{
    const Inside inside(netns);
    NetlinkSocket socket;
    if (const auto link = own_link(socket, call)) {
        remove(socket, link->ifindex);
    }
}

/* What failed first is what is told. */
template <class What>
void try_to(const What &what)
{
    try {
        what();
    } catch (const std::exception &) {
    }
}

Json add(const Call &call)
{
    // Once: while the plugin runs, the path may become that of another one.
    const Fd netns = open_netns(call.netns);
    create(call.config, call.ifname, netns.get());
    try {
        // The plugin is run where we were called: it enters by itself.
        const Json leased = ipam(call, "ADD");
        const Lease lease =
            leased.is_object() ? lease_from_result(leased) : Lease();
        const Inside inside(netns);
        NetlinkSocket socket;
        const auto link = own_link(socket, call);
        if (!link) {
            throw Error(Error::kKernel, call.ifname + " is gone");
        }
        configure(socket, *link, lease);
        return result_of(call, *link, leased);
    } catch (...) {
        try_to([&] { remove_child(call, netns); });
        try_to([&] { ipam(call, "DEL"); });
        throw;
    }
}

/* Whatever is gone already is no failure: the runtime may call twice. */
void del(const Call &call)
{
    const Fd netns = opened(call.netns);
    ipam(call, "DEL");
    if (netns) {
        remove_child(call, netns);
    }
}

void expect(bool condition, const std::string &what)
{
    if (!condition) {
        throw Error(Error::kCheck, what);
    }
}

void check(const Call &call)
{
    const Json &previous = call.config.previous;
    expect(previous.is_object(), "CHECK needs a \"prevResult\"");
    const Fd netns = open_netns(call.netns);
    ipam(call, "CHECK");
    const Inside inside(netns);
    NetlinkSocket socket;
    const auto link = own_link(socket, call);
    expect(link.has_value(),
           fmt::format("there is no {} of kind virt", call.ifname));
    expect(link->options[IFLA_VIRT_MODE] == call.config.mode,
           fmt::format("{} is in another mode", call.ifname));
    for (const Json &interface : previous.value("interfaces", Json::array())) {
        if (interface.value("name", "") == call.ifname) {
            expect(interface.value("mac", "") == address_text(link->address),
                   fmt::format("{} has another MAC address", call.ifname));
        }
    }
    const auto found = addresses(socket, link->ifindex);
    for (const Address &address : lease_from_result(previous).addresses) {
        expect(std::ranges::find(found, address) != found.end(),
               fmt::format("{} lacks an address of its \"prevResult\"",
                           call.ifname));
    }
}

Json versions()
{
    return {{"cniVersion", kVersions.back()}, {"supportedVersions", kVersions}};
}

Json serve(Call &call)
{
    call.command = needed("CNI_COMMAND");
    if (call.command == "VERSION") {
        return versions();
    }
    call.text.assign(std::istreambuf_iterator<char>(std::cin), {});
    call.config = config_from_text(call.text, variable("CNI_ARGS"));
    call.ifname = ifname_from_text(needed("CNI_IFNAME"));
    call.path = needed("CNI_PATH");
    if (call.command == "DEL") {
        call.netns = variable("CNI_NETNS");
        del(call);
        return Json();
    }
    call.netns = needed("CNI_NETNS");
    if (call.command == "ADD") {
        return add(call);
    }
    if (call.command == "CHECK") {
        check(call);
        return Json();
    }
    throw Error(Error::kEnvironment,
                fmt::format("CNI_COMMAND {} is unknown", call.command));
}

int report(const Call &call, unsigned code, const char *what)
{
    std::puts(text_from_error(call.config.version, code, what).c_str());
    return 1;
}

} // namespace

int main()
{
    Call call;
    try {
        const Json result = serve(call);
        if (!result.is_null()) {
            std::puts(text_from_json(result).c_str());
        }
        return 0;
    } catch (const Error &error) {
        return report(call, error.code, error.what());
    } catch (const std::system_error &error) {
        return report(call, Error::kKernel, error.what());
    } catch (const Json::exception &error) {
        return report(call, Error::kDecode, error.what());
    }
}
