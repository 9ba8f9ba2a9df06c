// SPDX-License-Identifier: GPL-2.0-only
// The CNI plugin, called as a runtime does, with an IPAM plugin of our own.
//
// Copyright (C) The virt authors
#include <fstream>

#include <nlohmann/json.hpp>

#include "bed.hpp"

namespace e2e
{

// It writes down what it does and where. ADD runs /run/ipam.add, which may do
// more, and gives 10.0.0.9.
constexpr const char *kIpam = R"(#!/bin/sh
echo $CNI_COMMAND $(stat -Lc %i /proc/self/ns/net) >>/run/ipam.log
[ $CNI_COMMAND = ADD ] || exit 0
. /run/ipam.add
echo '{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.9/24"}]}'
)";

class Cni : public Bed
{
protected:
    void SetUp() override
    {
        Bed::SetUp();
        std::ofstream("/run/ipam") << kIpam;
        near_->ok("chmod +x /run/ipam; rm -f /run/ipam.log;"
                  "ln -sfn /run/netns/box /run/box");
        on_add("");
    }

    void on_add(const std::string &commands)
    {
        std::ofstream("/run/ipam.add") << commands;
    }

    // What the plugin did, all of it where it was called.
    std::string ipam_did()
    {
        return near_->ok("sed s/$(stat -Lc %i /proc/self/ns/net)/here/ "
                         "/run/ipam.log");
    }

    // What the runtime reads, and the status. @more goes into the
    // configuration.
    Result cni(const std::string &command, const std::string &ifname = "eth0",
               const std::string &more = "")
    {
        return near_->run(
            "CNI_COMMAND=" + command +
            " CNI_CONTAINERID=box CNI_NETNS=/run/box CNI_PATH=/run "
            "CNI_IFNAME='" +
            ifname +
            "' /usr/lib/cni/virt <<'END'\n"
            "{\"cniVersion\":\"1.0.0\",\"name\":\"lab\",\"type\":\"virt\","
            "\"master\":\"p0\"," +
            more + "\"ipam\":{\"type\":\"ipam\"}}\nEND\n");
    }

    Netns box_{"box"};
};

TEST_F(Cni, NamesThatTheKernelDoesNotTake)
{
    for (const std::string &name :
         {std::string(16, 'x'), std::string(2000, '0'), std::string("a/b"),
          std::string("a:b"), std::string("a b"), std::string(".."),
          std::string()}) {
        const Result result = cni("ADD", name);
        EXPECT_EQ(result.status, 1) << name;
        EXPECT_EQ(nlohmann::json::parse(result.out)["code"], 4) << result.out;
    }
    EXPECT_EQ(cni("ADD").status, 0);
    EXPECT_NE(box_.ok("ip -d link show eth0").find("virt"), std::string::npos);
    EXPECT_NE(box_.ok("ip addr show eth0").find("10.0.0.9/24"),
              std::string::npos);
    EXPECT_EQ(cni("DEL").status, 0);
    box_.refused("ip link show eth0");
    EXPECT_EQ(ipam_did(), "ADD here\nDEL here\n");
}

TEST_F(Cni, WhatFailsIsUndoneWhereItWasDone)
{
    // In the container, which refuses to have an address twice.
    on_add("echo '{\"ips\":[{\"address\":\"10.0.0.9/24\"},"
           "{\"address\":\"10.0.0.9/24\"}]}'; exit 0");
    EXPECT_EQ(nlohmann::json::parse(cni("ADD").out)["code"], 100);
    box_.refused("ip link show eth0");
    // And before it is entered.
    on_add("echo '{\"ips\":1}'; exit 0");
    EXPECT_EQ(nlohmann::json::parse(cni("ADD").out)["code"], 6);
    box_.refused("ip link show eth0");
    EXPECT_EQ(ipam_did(), "ADD here\nDEL here\nADD here\nDEL here\n");
}

TEST_F(Cni, TheFirstErrorIsToldEvenIfThePathIsGone)
{
    on_add("rm /run/box; echo '{\"code\":11,\"msg\":\"full\"}'; exit 1");
    const Result result = cni("ADD");
    EXPECT_EQ(nlohmann::json::parse(result.out)["code"], 11) << result.out;
    box_.refused("ip link show eth0");
    EXPECT_EQ(ipam_did(), "ADD here\nDEL here\n");
}

// As that of a process does when its number is given to another one.
TEST_F(Cni, ThePathMayTurnToAnotherNamespaceMeanwhile)
{
    on_add("ln -sfn /proc/1/ns/net /run/box");
    const Result result = cni("ADD");
    EXPECT_EQ(result.status, 0) << result.out;
    EXPECT_NE(box_.ok("ip addr show eth0").find("10.0.0.9/24"),
              std::string::npos);
}

TEST_F(Cni, DnsIsWhatTheConfigurationSays)
{
    const std::string dns = "\"dns\":{\"nameservers\":[\"192.0.2.53\"]},";
    const auto told = [&](const std::string &leased, const std::string &more) {
        on_add("echo '{\"ips\":[],\"dns\":" + leased + "}'; exit 0");
        const Result result = cni("ADD", "eth0", more);
        EXPECT_EQ(cni("DEL").status, 0);
        return nlohmann::json::parse(result.out)["dns"].dump();
    };

    EXPECT_EQ(told("{}", dns), R"({"nameservers":["192.0.2.53"]})");
    EXPECT_EQ(told(R"({"domain":"lab"})", dns),
              R"({"nameservers":["192.0.2.53"]})");
    EXPECT_EQ(told(R"({"domain":"lab"})", ""), R"({"domain":"lab"})");
    EXPECT_EQ(told("{}", ""), "{}");
}

TEST_F(Cni, NeighboursHearOfTheNewMac)
{
    far_->ok("ip addr add 10.0.0.1/24 dev q0; ip neigh add 10.0.0.9 lladdr "
             "02:00:00:00:00:99 nud stale dev q0");
    const Result added = cni("ADD", "eth0", "\"mode\":\"mac\",");
    const std::string mac =
        nlohmann::json::parse(added.out)["interfaces"][0]["mac"];
    EXPECT_TRUE(eventually([&] {
        return far_->ok("ip neigh show 10.0.0.9").find(mac) !=
               std::string::npos;
    })) << far_->ok("ip neigh show 10.0.0.9");
}

TEST_F(Cni, Ipv6CanBeUsedAtOnce)
{
    box_.ok("sysctl -qw net.ipv6.conf.default.disable_ipv6=1");
    on_add("echo '{\"ips\":[{\"address\":\"fd00::9/64\"}]}'; exit 0");
    ASSERT_EQ(cni("ADD").status, 0);
    EXPECT_NE(box_.ok("ip -6 addr show dev eth0").find("fd00::9"),
              std::string::npos);
    EXPECT_EQ(box_.ok("ip -6 addr show dev eth0 scope global tentative"), "");
    EXPECT_EQ(cni("DEL").status, 0);
    far_->ok("ip addr add fd00::9/64 dev q0 nodad");
    EXPECT_EQ(nlohmann::json::parse(cni("ADD").out)["code"], 100)
        << "who has an address of another";
    box_.refused("ip link show eth0");
}

} // namespace e2e
