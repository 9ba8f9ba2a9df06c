// SPDX-License-Identifier: GPL-2.0-only
// Life by module parameters: modprobe virt link=..., modprobe virt dst=...
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

        return host().ok("echo " + line + " >/dev/kmsg; " + command +
                         " >/dev/null 2>&1; dmesg | sed '1,/" + line + "$/d'");
    }

    // The load fails with @line in the log and leaves nothing behind.
    static void expect_refusal(const std::string &parameters,
                               const std::string &line)
    {
        std::string log = log_of("modprobe virt " + parameters);

        EXPECT_NE(log.find(line), std::string::npos) << parameters << "\n"
                                                     << log;
        EXPECT_EQ(host().ok("ls -d /sys/module/virt 2>/dev/null;"
                            "ip -o link show type virt"),
                  "");
        if (::testing::Test::HasFailure())
            host().run("modprobe -r virt");
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
                   "virt: mode=stael: share, mac, steal or tunnel is needed");
    expect_refusal("link=p0 ifname=a%d", "virt: ifname=a%d: a prefix");
    expect_refusal("link=p0 ifname=muchtoolongaprefix",
                   "virt: ifname=muchtoolongaprefix: a prefix");
    expect_refusal("mode=", "virt: mode=: share, mac, steal or tunnel");
    expect_refusal("link=p0 mode=tunnel", "virt: mode=tunnel: dst=ADDRESS");
    host().ok("ip link add br0 type bridge; ip link set p0 master br0");
    expect_refusal("link=p0", "virt: link=p0: ");
    const std::string log = log_of("modprobe virt link=p0 wait=1");
    EXPECT_EQ(log.find("virt: link=p0: "), log.rfind("virt: link=p0: ")) << log;
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

// The peer is made when the module is there. Ping is the next command.
TEST_F(Params, TunnelByBothSpellings)
{
    struct Case {
        const char *parameters, *name, *peer, *said;
    };

    Netns far("far");
    host().ok("ip link set q0 netns far; ip addr add 192.0.2.1/24 dev p0;"
              "ip addr add 2001:db8::1/64 dev p0 nodad");
    far.ok("ip link set q0 up; ip addr add 192.0.2.2/24 dev q0;"
           "ip addr add 2001:db8::2/64 dev q0 nodad");
    for (const Case &c : std::initializer_list<Case>{
             {"dst=192.0.2.2 ip=10.10.10.1 mask=255.255.255.0", "virt0",
              "remote 192.0.2.1", "port 50000"},
             {"g_dst=192.0.2.2 g_ip=10.10.10.1 g_mask=255.255.255.0 "
              "g_port=50001 g_txmode=netpoll g_rxmode=filter g_ifname=tap01",
              "tap01", "remote 192.0.2.1 port 50001", "tx netpoll rx filter"},
             {"link=p0 dst=2001:db8::2 ip=10.10.10.1 mask=24 mode=tunnel "
              "txmode=udp rxmode=udp ifname=lab",
              "lab0", "remote 2001:db8::1", "dev p0"},
         }) {
        host().ok("modprobe virt " + std::string(c.parameters));
        std::string shown = host().ok("ip -d addr show " + std::string(c.name));
        EXPECT_NE(shown.find(c.said), std::string::npos) << shown;
        EXPECT_NE(shown.find("10.10.10.1/24 brd 10.10.10.255"),
                  std::string::npos)
            << shown;
        far.ok("ip link add t0 type virt mode tunnel " + std::string(c.peer) +
               "; ip addr add 10.10.10.2/24 dev t0; ip link set t0 up");
        EXPECT_TRUE(pings(host(), "10.10.10.2")) << c.parameters;
        host().ok("modprobe -r virt");
    }
    host().ok("modprobe virt dst=192.0.2.2 ip=2001:db8:a::1 mask=64");
    EXPECT_EQ(host().run("ping -c 1 2001:db8:a::1").status, 0);
}

TEST_F(Params, BadTunnelsFailTheLoad)
{
    const std::string ip = " ip=10.10.10.1", mask = " mask=255.255.255.0";

    for (const char *dst : {"1.2.3", "host", "224.0.0.1", "ff02::1", "::"})
        expect_refusal("dst=" + std::string(dst) + ip + mask,
                       "virt: dst=" + std::string(dst) + ": a unicast");
    for (const char *port : {"0", "65536", "x"})
        expect_refusal("dst=192.0.2.2 port=" + std::string(port),
                       "virt: port=" + std::string(port) + ": a number from");
    expect_refusal("dst=192.0.2.2" + ip, "virt: ip=10.10.10.1: ip and mask");
    expect_refusal("dst=192.0.2.2 g_ip=10.0.0.256" + mask,
                   "virt: ip=10.0.0.256: a unicast");
    for (const char *bad : {"255.0.255.0", "33", "wide"})
        expect_refusal("dst=192.0.2.2 mask=" + std::string(bad) + ip,
                       "virt: mask=" + std::string(bad) + ": 255.255.255.0 or");
    expect_refusal("dst=192.0.2.2 txmode=filter", "txmode=filter: udp or");
    expect_refusal("dst=192.0.2.2 g_rxmode=netpoll", "rxmode=netpoll: udp or");
    expect_refusal("dst=192.0.2.2 mode=share", "virt: mode=share: dst=ADDRESS");
    expect_refusal("port=50000", "dst=ADDRESS is missing");
    expect_refusal("link=nosuch dst=192.0.2.2", "virt: link=nosuch: there is");
    expect_refusal("dst=fe80::1", "dst=fe80::1: a link-local remote needs");
    expect_refusal("dst=192.0.2.2 g_ifname=p0", "g_ifname=p0: another");
    expect_refusal("dst=192.0.2.2 g_ifname=a%b", "g_ifname=a%b: a name of 1");
    expect_refusal("dst=192.0.2.2 ifname=a g_ifname=b", "b: this or ifname");
    host().ok("socat -u UDP4-RECV:50000 - >/dev/null 2>&1 & echo $! >/tmp/busy;"
              "for i in $(seq 100); do ss -lun | grep -q 50000 && break;"
              "sleep 0.02; done");
    expect_refusal("dst=192.0.2.2" + ip + mask,
                   "50000 is in use by another socket");
    host().ok("kill $(cat /tmp/busy)");
}

} // namespace e2e
