// SPDX-License-Identifier: GPL-2.0-only
// The test bed.
//
// Copyright (C) The virt authors
#include "bed.hpp"

#include <cstring>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

#include <nlohmann/json.hpp>

namespace e2e
{

namespace
{

// Whether there is one where we are; each test asks, and `ip` takes long.
bool has_children()
{
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    auto *const all = if_nameindex();
    bool found = false;

    for (auto *link = all; link && link->if_name; link++) {
        ethtool_drvinfo driver{};
        ifreq ask{};

        driver.cmd = ETHTOOL_GDRVINFO;
        std::strcpy(ask.ifr_name, link->if_name);
        ask.ifr_data = reinterpret_cast<char *>(&driver);
        found |= !ioctl(fd, SIOCETHTOOL, &ask) &&
                 std::string(driver.driver) == "virt";
    }
    if_freenameindex(all);
    close(fd);
    return found;
}

} // namespace

void Bed::SetUp()
{
    near_ = std::make_unique<Netns>("near");
    far_ = std::make_unique<Netns>("far");
    std::vector<std::string> near{
        "link add p0 address 02:00:00:00:00:0a type veth "
        "peer name q0 address 02:00:00:00:00:0b netns far",
        "link set p0 up", "addr add 192.0.2.1/24 dev p0"};
    std::vector<std::string> far{"link set q0 up",
                                 "addr add 192.0.2.2/24 dev q0"};

    // a kernel may be without (ipv6.disable=1)
    if (std::filesystem::exists("/proc/net/if_inet6")) {
        near.push_back("addr add 2001:db8::1/64 dev p0 nodad");
        far.push_back("addr add 2001:db8::2/64 dev q0 nodad");
    }
    near_->batch(near);
    far_->batch(far);
}

void Bed::TearDown()
{
    near_.reset();
    far_.reset();
    // a namespace is torn down after the command returns
    EXPECT_TRUE(eventually([] { return !has_children(); }, kTeardown))
        << "children outlived their namespace";
}

void Bed::add_child(const std::string &name, const std::string &options,
                    const std::vector<std::string> &addresses)
{
    std::vector<std::string> commands{"link add link p0 name " + name +
                                          " type virt " + options,
                                      "link set " + name + " up"};

    for (const std::string &address : addresses) {
        bool ipv6 = address.find(':') != std::string::npos;

        commands.push_back("addr add " + address + " dev " + name +
                           (ipv6 ? " nodad" : ""));
    }
    near_->batch(commands);
}

void Bed::silence()
{
    for (const Netns *ns : {near_.get(), far_.get()})
        ns->ok("nft add table inet s; nft add chain inet s o '{ type filter "
               "hook output priority 0; policy drop; }';"
               "nft add rule inet s o udp dport 50000 accept;"
               "sysctl -qw net.ipv4.conf.all.arp_ignore=8");
    near_->ok("ip neigh replace 192.0.2.2 lladdr 02:00:00:00:00:0b dev p0");
    far_->ok("ip neigh replace 192.0.2.1 lladdr 02:00:00:00:00:0a dev q0");
}

::testing::AssertionResult Bed::reaches(const std::set<std::string> &expected,
                                        const Bytes &frame)
{
    RawSocket wire(*far_, "q0");
    StackWatch near(*near_,
                    static_cast<uint16_t>(frame.at(12) << 8 | frame.at(13)));

    if (!wire.send(frame))
        return ::testing::AssertionFailure() << "cannot send";
    auto got = near.keepers(frame, expected);
    if (got == expected)
        return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << "expected " << ::testing::PrintToString(expected) << ", got "
           << ::testing::PrintToString(got);
}

::testing::AssertionResult pings(const Netns &from, const std::string &to)
{
    Result result{};

    // an error of a neighbour that was missing before ends one ping
    if (eventually(
            [&] {
                result = from.run("ping -n -i 0.2 -w 10 -c 1 " + to);
                return !result.status;
            },
            10))
        return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << from.name() << " cannot ping " << to << "\n"
           << result.out << result.err;
}

::testing::AssertionResult silent(const Netns &from, const std::string &to)
{
    Result result = from.run("ping -n -i 0.3 -W 1 -c 3 " + to);

    if (result.status)
        return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << to << " answered " << from.name() << "\n"
           << result.out;
}

uint64_t counter(const Netns &ns, const std::string &device,
                 const std::string &name)
{
    // which has none of other devices
    const std::string causes = ns.run("ethtool -S " + device).out;
    const size_t at = causes.find("\n     " + name + ": ");

    if (at != std::string::npos)
        return std::stoull(causes.substr(causes.find(": ", at) + 2));
    auto link =
        nlohmann::json::parse(ns.ok("ip -j -s link show dev " + device));
    return link.at(0)
        .at("stats64")
        .at(name.substr(0, 2))
        .at(name.substr(3))
        .get<uint64_t>();
}

} // namespace e2e
