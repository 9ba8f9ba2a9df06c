// SPDX-License-Identifier: GPL-2.0-only
// Life by module parameters: modprobe virt link=...
//
// Copyright (C) The virt authors
#include <nlohmann/json.hpp>

#include "bed.hpp"

namespace e2e
{

// The module is not loaded when a test starts, and p0 is in the initial
// namespace, where the parameters look for it.
class Params : public ::testing::Test
{
protected:
    void SetUp() override
    {
        host().ok("modprobe -r virt; ip link add p0 type veth peer name q0;"
                  "ip link set p0 up; ip link set q0 up");
    }

    void TearDown() override
    {
        host().ok("modprobe -r virt; ip link del p0 2>/dev/null;"
                  "modprobe virt");
    }

    // What the kernel logs while @command runs.
    static std::string log_of(const std::string &command)
    {
        static int mark;
        std::string line = "params_test mark " + std::to_string(++mark);

        host().ok("echo " + line + " >/dev/kmsg");
        host().run(command);
        return host().ok("dmesg | sed '1,/" + line + "$/d'");
    }

    // The load fails with @line in the log and leaves nothing behind.
    static void expect_refusal(const std::string &parameters,
                               const std::string &line)
    {
        std::string log = log_of("modprobe virt " + parameters);

        EXPECT_NE(log.find(line), std::string::npos) << parameters << "\n"
                                                     << log;
        EXPECT_EQ(host().run("test -e /sys/module/virt").status, 1);
        EXPECT_EQ(host().ok("ip -o link show type virt"), "");
    }
};

TEST_F(Params, LinkMakesVirt0)
{
    std::string log = log_of("modprobe virt link=p0");
    auto link = nlohmann::json::parse(host().ok("ip -d -j link show virt0"))[0];
    EXPECT_EQ(link["link"], "p0");
    EXPECT_EQ(link["linkinfo"]["info_kind"], "virt");
    EXPECT_EQ(link["linkinfo"]["info_data"]["mode"], "share");
    EXPECT_NE(log.find("virt0: created on p0, mode share"), std::string::npos);
}

TEST_F(Params, AddressByIfconfigBringsItUp)
{
    host().ok("modprobe virt link=p0; ifconfig virt0 192.168.50.2");
    EXPECT_NE(host().ok("ifconfig virt0").find("inet 192.168.50.2"),
              std::string::npos);
}

TEST_F(Params, NothingIsMadeWithoutLink)
{
    host().ok("modprobe virt");
    EXPECT_EQ(host().ok("ip -o link show type virt"), "");
}

TEST_F(Params, PrefixAndModeAreTaken)
{
    host().ok("modprobe virt link=p0 ifname=lab mode=steal");
    EXPECT_NE(host().ok("ip -d link show lab0").find("mode steal"),
              std::string::npos);
}

TEST_F(Params, BadValuesFailTheLoad)
{
    expect_refusal("link=nosuch", "virt: link=nosuch: there is no such");
    expect_refusal("link=lo", "virt: link=lo: ");
    expect_refusal("link=p0 mode=stael",
                   "virt: mode=stael: share, mac or steal is needed");
    expect_refusal("link=p0 ifname=a%d", "virt: ifname=a%d: a prefix");
    expect_refusal("link=p0 ifname=muchtoolongaprefix",
                   "virt: ifname=muchtoolongaprefix: a prefix");
    expect_refusal("mode=", "virt: mode=: share, mac or steal is needed");
    host().ok("ip link add br0 type bridge; ip link set p0 master br0");
    expect_refusal("link=p0", "virt: link=p0: ");
    host().ok("ip link del br0");
}

TEST_F(Params, UnloadRemovesEveryChild)
{
    host().ok("modprobe virt link=p0; ip link add link p0 type virt;"
              "modprobe -r virt");
    EXPECT_EQ(host().run("ip link show virt0").status, 1);
    EXPECT_EQ(host().run("ip link show virt1").status, 1);
}

TEST_F(Params, WaitTakesAParentThatComesLater)
{
    auto exists = [] { return !host().run("ip link show virt0").status; };

    host().ok("modprobe virt link=late0 wait=1");
    EXPECT_FALSE(exists());
    host().ok("ip link add late0 type dummy");
    EXPECT_TRUE(eventually(exists));
    host().ok("ip link del late0");
    EXPECT_FALSE(exists());
    host().ok("ip link add early0 type dummy; ip link set early0 name late0");
    EXPECT_TRUE(eventually(exists)) << "not seen after it got its name";
    host().ok("ip link del late0");
}

} // namespace e2e
