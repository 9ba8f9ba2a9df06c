// SPDX-License-Identifier: GPL-2.0-only
// Tunnels between two of us: ways to send and receive, sizes, sockets, life.
//
// Copyright (C) The virt authors
#include <filesystem>
#include <netinet/in.h>

#include "bulk.hpp"
#include "tunnel.hpp"

namespace e2e
{

using Tunnel = TunnelBed;

TEST_F(Tunnel, EveryWayOverBothProtocols)
{
    add_pair();
    for (const char *mode : {"tx udp rx udp", "tx netpoll rx udp",
                             "tx udp rx filter", "tx netpoll rx filter"}) {
        for (const char *net : {"192.0.2.", "2001:db8::"}) {
            // a live change
            near_->ok("ip link set t0 type virt remote " + std::string(net) +
                      "2 " + mode);
            far_->ok("ip link set t0 type virt remote " + std::string(net) +
                     "1 " + mode);
            expect_pings(mode + std::string(" over ") + net);
            // fragments inside, full frames outside
            EXPECT_TRUE(pings(*near_, "-s 4000 10.0.0.2")) << mode << net;
        }
    }
    EXPECT_EQ(counter(*far_, "t0", "rx_bad_src"), 0U);
}

// Such addresses mean nothing without a device; and sums are left out, which
// IPv6 takes of tunnels alone.
TEST_F(Tunnel, LinkLocalPeersWithoutChecksums)
{
    near_->ok("ip addr add fe80::a/64 dev p0 nodad");
    far_->ok("ip addr add fe80::b/64 dev q0 nodad");
    add(*near_, "t0", "remote fe80::b dev p0 udpcsum off");
    add(*far_, "t0", "remote fe80::a local fe80::b dev q0 udpcsum off");
    expect_pings("by the stack");
    set_pair("tx netpoll rx filter");
    expect_pings("past it");
    EXPECT_EQ(counter(*near_, "t0", "rx_bad_src"), 0U);
}

TEST_F(Tunnel, BarePackets)
{
    add_pair("payload ip");
    EXPECT_NE(near_->ok("ip link show t0").find("POINTOPOINT,MULTICAST,NOARP"),
              std::string::npos);
    expect_pings("payload ip");
    set_pair("tx netpoll rx filter");
    expect_pings("payload ip, tx netpoll rx filter");
    EXPECT_EQ(mtu_of(*near_, "t0"), 1472);
    near_->ok("ip link set t0 type virt remote 2001:db8::2");
    far_->ok("ip link set t0 type virt remote 2001:db8::1");
    expect_pings("payload ip over IPv6");
    EXPECT_EQ(mtu_of(*near_, "t0"), 1452);
}

TEST_F(Tunnel, EverySettingChangesUnderTraffic)
{
    struct Case {
        const char *near, *far, *name, *shown;
    };

    add_pair();
    expect_pings("before");
    near_->ok("ping -n -i 0.05 10.0.0.2 >/tmp/traffic 2>&1 & "
              "echo $! >/tmp/traffic.pid");
    for (const Case &c : std::initializer_list<Case>{
             {"port 50001 rport 50000", "rport 50001", "port", "50001"},
             {"rport 50002", "port 50002", "rport", "50002"},
             {"local 192.0.2.1 dev p0", "local 192.0.2.2 dev q0", "dev", "p0"},
             {"tx netpoll", "tx netpoll rx filter", "tx", "netpoll"},
             {"rx filter keepalive 7 any", "keepalive 9", "rx", "filter"},
             {"rx udp keepalive 0", "rx udp", "keepalive", "0"},
             {"ttl inherit tos 0x10", "ttl 3 tos 0x20", "tos", "16"},
             {"df set udpcsum off", "df inherit", "df", "set"},
             {"udpcsum on", "udpcsum off", "udpcsum", "true"},
             {"filter ktunnel", "filter 0x800,0x806,0x86dd", "filter", ""},
             {"filter all strict on", "filter all strict on", "strict", "true"},
             {"strict off tx udp mark 5 sport hash", "strict off", "mark", "5"},
             {"sport fixed", "", "sport", "fixed"},
             {"learn 192.0.2.0/24 hold 3", "", "hold", "3"},
             {"remote 192.0.2.2 learn off", "", "remote", "192.0.2.2"},
             {"local any dev none remote 2001:db8::2",
              "local any dev none remote 2001:db8::1", "remote", "2001:db8::2"},
         }) {
        if (*c.near)
            near_->ok("ip link set t0 type virt " + std::string(c.near));
        if (*c.far)
            far_->ok("ip link set t0 type virt " + std::string(c.far));
        EXPECT_TRUE(pings(*far_, "10.0.0.1")) << c.near << ", " << c.far;
        if (*c.shown) {
            EXPECT_EQ(option(*near_, "t0", c.name), c.shown) << c.near;
        }
    }
    EXPECT_TRUE(eventually([this] {
        return std::stoi(near_->ok("wc -l </tmp/traffic")) > 20;
    })) << near_->ok("tail /tmp/traffic");
    near_->ok("kill -INT $(cat /tmp/traffic.pid)");
}

TEST_F(Tunnel, BulkGoesThroughEveryWay)
{
    constexpr uint64_t kEnough = 100'000;
    uint64_t sent = 0, received = 0;

    add_pair();
    far_->ok("iperf3 -s -D");
    for (const char *mode : {"tx udp rx udp", "tx netpoll rx filter"}) {
        set_pair(mode);
        EXPECT_EQ(near_->run("iperf3 -c 10.0.0.2 -n 8M").status, 0) << mode;
        // 3.9 of Debian 11 does not end with -n and -R
        EXPECT_EQ(near_->run("iperf3 -c 2001:db8:a::2 -t 1 -R").status, 0)
            << mode;
        EXPECT_GT(counter(*near_, "t0", "tx_bytes"), sent + kEnough) << mode;
        EXPECT_GT(counter(*near_, "t0", "rx_bytes"), received + kEnough)
            << mode;
        sent = counter(*near_, "t0", "tx_bytes");
        received = counter(*near_, "t0", "rx_bytes");
    }
    host().ok("ip netns pids far | xargs kill");
}

TEST_F(Tunnel, MtuFollowsTheRoute)
{
    auto becomes = [this](int mtu) {
        return eventually([&] { return mtu_of(*near_, "t0") == mtu; });
    };

    add_pair();
    EXPECT_TRUE(becomes(1458));
    near_->ok("ip link set p0 mtu 1400");
    EXPECT_TRUE(becomes(1358));
    near_->ok("ip link set p0 mtu 9000");
    EXPECT_TRUE(becomes(1458)) << "never above 1500 in a datagram";
    near_->ok("ip link set t0 type virt remote 2001:db8::2");
    EXPECT_TRUE(becomes(1438));
    near_->ok("ip route add 2001:db8::2/128 dev p0 mtu 1380");
    EXPECT_TRUE(pings(*near_, "-c 1 2001:db8::2"));
    near_->ok("ip link set t0 type virt ttl 65");
    EXPECT_TRUE(becomes(1318)) << "the route's metric";
    near_->ok("ip link set t0 mtu 1300; ip link set p0 mtu 1500");
    EXPECT_TRUE(becomes(1300)) << "the user's";
}

TEST_F(Tunnel, LargeFramesAreFragmentedUnlessDfIsSet)
{
    add_pair();
    near_->ok("ip link set t0 mtu 3000");
    far_->ok("ip link set t0 mtu 3000");
    EXPECT_TRUE(pings(*near_, "-M do -s 2900 10.0.0.2"));
    set_pair("tx netpoll");
    EXPECT_TRUE(pings(*near_, "-M do -s 2900 10.0.0.2"));
    near_->ok("ip link set t0 type virt remote 2001:db8::2");
    far_->ok("ip link set t0 type virt remote 2001:db8::1");
    auto pieces = [this] {
        return near_->ok("grep Ip6FragCreates /proc/net/snmp6");
    };
    std::string before = pieces();
    EXPECT_TRUE(pings(*near_, "-M do -s 2900 10.0.0.2"));
    EXPECT_NE(pieces(), before);

    // jumbo frames, in one piece each
    near_->ok("ip link set p0 mtu 9000; ip link set t0 mtu 8900");
    far_->ok("ip link set q0 mtu 9000; ip link set t0 mtu 8900");
    before = pieces();
    EXPECT_TRUE(pings(*near_, "-M do -s 8800 10.0.0.2"));
    EXPECT_EQ(pieces(), before);
    near_->ok("ip link set p0 mtu 1500; ip link set t0 mtu 3000");
    far_->ok("ip link set q0 mtu 1500; ip link set t0 mtu 3000");

    near_->ok("ip link set t0 type virt df set");
    EXPECT_NE(near_->run("ping -c 2 -i 0.2 -W 1 -M do -s 2900 10.0.0.2").status,
              0);
    EXPECT_GT(counter(*near_, "t0", "tx_too_big"), 0U);
    Result told = near_->run("ping -c 1 -W 1 -M do -s 2900 10.0.0.2");
    EXPECT_NE((told.out + told.err).find("essage too long"), std::string::npos)
        << "the sender is not told\n"
        << told.out << told.err;
    EXPECT_TRUE(pings(*near_, "-s 2900 10.0.0.2")) << "fragmented inside";
}

TEST_F(Tunnel, TwoTunnelsShareAPort)
{
    add_pair();
    near_->ok("ip link add t1 type virt mode tunnel remote 192.0.2.3");
    std::string said =
        near_->refused("ip link add t2 type virt mode tunnel remote 192.0.2.2");
    EXPECT_NE(said.find(" remote"), std::string::npos) << said;
    near_->refused("ip link set t1 type virt remote 192.0.2.2");
    // a stranger is one for both
    RawSocket(*far_, "q0")
        .send(ethernet(
            kNearMac, kFarMac, kIpv4,
            datagram("192.0.2.9", "192.0.2.1", 50000, 50000, Bytes(60, 0))));
    for (const char *tunnel : {"t0", "t1"})
        EXPECT_TRUE(eventually([&] {
            return counter(*near_, tunnel, "rx_bad_src") == 1;
        })) << tunnel;
    // told apart by the peer's port where the tunnel is strict
    near_->ok("ip link add t2 type virt mode tunnel remote 192.0.2.2 "
              "rport 7 strict on");
    near_->refused("ip link add t3 type virt mode tunnel remote 192.0.2.2 "
                   "rport 7 strict on");
    // any address and one address
    near_->ok("ip link add t3 type virt mode tunnel remote 192.0.2.2 "
              "local 192.0.2.1");
    near_->ok("ip link add t4 type virt mode tunnel remote 2001:db8::2");
    near_->ok("ip link del t3");
    expect_pings("beside others");
    EXPECT_NE(near_
                  ->refused("ip link add t5 type virt mode tunnel "
                            "remote 192.0.2.9 payload ip")
                  .find("another payload"),
              std::string::npos);
}

TEST_F(Tunnel, ABusyPortIsRefusedAndFreeAgain)
{
    const std::string add =
        "ip link add t0 type virt mode tunnel remote 192.0.2.2 port 50001";

    // of two that allow others beside them, one would have all datagrams
    near_->ok("ip link add t6 type virt mode tunnel remote 2001:db8::2 "
              "port 50001");
    for (const char *option : {"", ",reuseaddr"}) {
        near_->ok("socat -u UDP4-RECV:50001" + std::string(option) +
                  " - >/dev/null 2>&1 & echo $! >/tmp/busy;"
                  "for i in $(seq 100); do ss -lun | grep -q 50001 && break;"
                  "sleep 0.02; done");
        std::string said = near_->refused(add);
        EXPECT_NE(said.find("in use by another socket"), std::string::npos)
            << said;
        near_->ok("kill $(cat /tmp/busy)");
        EXPECT_TRUE(eventually([&] { return !near_->run(add).status; }));
        near_->ok("ip link del t0");
    }
    near_->ok(add);
    for (int i = 0; i < 3; i++)
        near_->ok("ip link del t0;" + add);
    // nothing changes when a change is refused
    near_->ok("ip link add t1 type virt mode tunnel remote 192.0.2.2 port 9");
    near_->refused("ip link set t1 type virt port 50001");
    EXPECT_EQ(option(*near_, "t1", "port"), "9");
}

// A tunnel goes with the device that it is bound to.
TEST_F(Tunnel, DevIsNoneThatStandsOnTheTunnel)
{
    const std::string add = "ip link add ";
    const std::string to = " type virt mode tunnel remote 192.0.2.2 ";
    Netns box("box");

    near_->ok(add + "t0" + to + ";" + add + "t1" + to + "port 1;" + add + "t2" +
              to + "port 2 dev t1;" + add + "link t0 name c0 type virt");
    for (const char *step :
         {"t0 type virt dev t0", "t1 type virt dev t2", "t0 type virt dev c0"})
        EXPECT_NE(near_->refused("ip link set " + std::string(step))
                      .find("stands on the tunnel itself"),
                  std::string::npos)
            << step;
    for (const char *device : {"c0", "t1", "t0"})
        near_->ok("ip link set " + std::string(device) + " netns box");
    EXPECT_NE(near_->run("ip link show t2").status, 0);
    // bound to another one, it goes with that one
    near_->ok("ip link add d0 type dummy; ip link add d1 type dummy;" + add +
              "t3" + to +
              "port 3 dev d0; ip link set t3 type virt dev d1;"
              "ip link del d0; ip link show t3; ip link del d1");
    EXPECT_NE(near_->run("ip link show t3").status, 0);
    // from a VLAN to what it is on, and back
    near_->ok("ip link add d2 type dummy; ip link add link d2 name d3 type "
              "vlan id 3;" +
              add + "t4" + to + "port 4 dev d3");
    for (const char *dev : {"d2", "d3", "none", "d2"})
        near_->ok("ip link set t4 type virt dev " + std::string(dev));
    // masters do not go with their ports
    near_->ok("ip link add red type vrf table 10; ip link add br0 type bridge");
    for (const char *master : {"red", "br0"}) {
        near_->ok(add + "t5" + to + "port 5 dev " + master +
                  "; ip link set t5 master " + master + "; ip link del " +
                  master);
        EXPECT_NE(near_->run("ip link show t5").status, 0);
    }
}

TEST_F(Tunnel, BadSettingsAreRefused)
{
    struct Case {
        const char *options, *said;
    };
    for (const Case &c : std::initializer_list<Case>{
             {"", "needs a remote"},
             {"remote 0.0.0.0", "needs a remote"},
             {"remote 224.0.0.1", "unicast"},
             {"remote 255.255.255.255", "unicast"},
             {"remote ff02::1", "unicast"},
             {"remote fe80::1", "needs a dev"},
             {"learn fe80::/10", "needs a dev"},
             {"remote 2001:db8::2 local fe80::1", "needs a dev"},
             {"remote 192.0.2.2 local 2001:db8::1", "all IPv4 or all IPv6"},
             {"remote 192.0.2.2 local 192.0.2.77", "no address of this host"},
             {"remote 192.0.2.1", "the tunnel itself"},
             {"remote 2001:db8::1", "the tunnel itself"},
             {"remote 127.0.0.1", "the tunnel itself"},
             {"remote 192.0.2.2 port 0", "range"},
             {"remote 192.0.2.2 port 65536", "range"},
             {"remote 192.0.2.2 rport 0", "range"},
             {"remote 192.0.2.2 ttl 0", "range"},
             {"remote 192.0.2.2 payload ip keepalive 1", "payload ether"},
             {"remote 192.0.2.2 payload ip filter ktunnel", "payload ether"},
             {"remote 192.0.2.2 any", "keepalive"},
             {"remote 192.0.2.2 tx netpoll sport hash", "tx udp"},
             {"remote 192.0.2.2 learn 192.0.2.0/24 rx filter", "rx udp"},
             {"remote 192.0.2.2 host on", "children"},
         }) {
        std::string said = near_->refused(
            "ip link add t0 type virt mode tunnel " + std::string(c.options));
        EXPECT_NE(said.find(c.said), std::string::npos)
            << c.options << ": " << said;
    }
    EXPECT_NE(near_
                  ->refused("setpriv --bounding-set=-net_bind_service ip link "
                            "add t0 type virt mode tunnel remote 192.0.2.2 "
                            "port 500")
                  .find("this port needs CAP_NET_BIND_SERVICE"),
              std::string::npos);
    EXPECT_NE(near_
                  ->refused("ip link add link p0 name t0 type virt mode "
                            "tunnel remote 192.0.2.2")
                  .find("has no parent"),
              std::string::npos);
    EXPECT_NE(near_
                  ->refused("ip link add link p0 name t0 type virt "
                            "remote 192.0.2.2")
                  .find("use mode tunnel"),
              std::string::npos);
    add_pair();
    add_child("v0");
    for (const char *step : {"t0 type virt mode share", "t0 type virt mode mac",
                             "v0 type virt mode tunnel"})
        EXPECT_NE(near_->refused("ip link set " + std::string(step))
                      .find("recreate it"),
                  std::string::npos)
            << step;
    EXPECT_NE(near_->refused("ip link set t0 type virt payload ip")
                  .find("recreate it"),
              std::string::npos);
    EXPECT_EQ(near_->ok("ip -o link show type virt | wc -l"), "2\n");
}

TEST_F(Tunnel, APeerOnThisHostOnAnotherPort)
{
    near_->ok("ip link set lo up");
    Netns box("box");
    add(*near_, "t0", "remote 127.0.0.1 port 50000 rport 50001");
    near_->ok("ip link add t1 type virt mode tunnel remote 127.0.0.1 "
              "port 50001 rport 50000 tx netpoll rx filter");
    near_->ok("ip link set t1 netns box");
    box.ok("ip link set t1 up; ip addr add 10.0.0.9/24 dev t1");
    EXPECT_TRUE(pings(*near_, "10.0.0.9"));
}

TEST_F(Tunnel, SocketStaysDeviceMovesEitherDiesFirst)
{
    add_pair();
    {
        Netns box("box");
        near_->ok("ip link set t0 netns box");
        box.ok("ip link set t0 up; ip addr add 10.0.0.1/24 dev t0");
        EXPECT_TRUE(pings(*far_, "10.0.0.1"));
        box.ok("ip link set t0 type virt tx netpoll rx filter");
        EXPECT_TRUE(pings(box, "10.0.0.2"));
    }
    EXPECT_TRUE(eventually([this] {
        return near_->ok("ss -lun").find("50000") == std::string::npos;
    })) << "the device died, the socket did not";

    auto middle = std::make_unique<Netns>("middle");
    middle->ok("ip link add t7 type virt mode tunnel remote 192.0.2.9");
    middle->ok("ip link set t7 netns near; ip -n near link set t7 up");
    middle.reset();
    EXPECT_TRUE(eventually([this] {
        return near_->run("ip link show t7").status != 0;
    })) << "the socket died, the device did not";
}

TEST_F(Tunnel, LoopsEnd)
{
    add_pair();
    // the way to the peer is the tunnel itself
    near_->ok("ip route add 192.0.2.2/32 dev t0");
    near_->run("ping -c 2 -i 0.2 -W 0.1 10.0.0.2");
    EXPECT_GT(counter(*near_, "t0", "tx_loop"), 0U);
    near_->ok("ip route del 192.0.2.2/32 dev t0");
    EXPECT_TRUE(pings(*near_, "10.0.0.2"));

    // two tunnels through each other
    near_->ok("ip link add ta type virt mode tunnel remote 10.8.0.1 port 1001;"
              "ip link add tb type virt mode tunnel remote 10.9.0.1 port 1002;"
              "ip link set ta up; ip link set tb up;"
              "ip route add 10.8.0.0/24 dev tb;"
              "ip route add 10.9.0.0/24 dev ta;"
              "ip neigh replace 10.8.0.1 lladdr 02:00:00:00:00:77 dev tb;"
              "ip neigh replace 10.9.0.1 lladdr 02:00:00:00:00:77 dev ta");
    near_->run("ping -c 2 -i 0.2 -W 0.1 10.8.0.1");
    EXPECT_GT(counter(*near_, "ta", "tx_loop") +
                  counter(*near_, "tb", "tx_loop"),
              0U);
}

// A tunnel takes its MTU from the device below, less the headers.
TEST_F(Tunnel, LoopsDoNotShrinkTheMtu)
{
    auto settled = [this](const std::string &device) {
        // every change of an MTU has the tunnels look at theirs
        near_->ok("ip link set p0 mtu 1400; ip link set p0 mtu 1500");
        pause_ms(100);
        return mtu_of(*near_, device);
    };

    add_pair();
    near_->ok("ip route add 192.0.2.2/32 dev t0");
    near_->run("ping -c 1 -W 0.1 10.0.0.2");
    EXPECT_EQ(settled("t0"), 1458) << "through itself";
    // through a VLAN on itself
    near_->ok("ip link add link t0 name t0.7 type vlan id 7;"
              "ip link set t0.7 up; ip route replace 192.0.2.2/32 dev t0.7");
    near_->run("ping -c 1 -W 0.1 10.0.0.2");
    EXPECT_EQ(settled("t0"), 1458) << "through a VLAN on itself";
    near_->ok("ip route del 192.0.2.2/32 dev t0.7; ip link del t0.7");

    near_->ok("ip link add ta type virt mode tunnel remote 10.8.0.1 port 1001;"
              "ip link add tb type virt mode tunnel remote 10.9.0.1 port 1002;"
              "ip link set ta up; ip link set tb up;"
              "ip route add 10.8.0.0/24 dev tb");
    EXPECT_TRUE(eventually([&] { return settled("ta") == 1416; }))
        << "inside another, " << mtu_of(*near_, "ta");
    near_->ok("ip route add 10.9.0.0/24 dev ta");
    for (const char *to : {"10.8.0.1", "10.9.0.1"})
        near_->run("ping -c 1 -W 0.1 " + std::string(to));
    EXPECT_GE(settled("ta"), 1416);
    EXPECT_GE(settled("tb"), 1416);
    near_->ok("ip route del 10.9.0.0/24 dev ta");
    EXPECT_TRUE(eventually([&] { return settled("ta") == 1416; }))
        << "no loop any more, " << mtu_of(*near_, "ta");
}

TEST_F(Tunnel, HostFirewallHoldsForUdp)
{
    add_pair();
    near_->ok("nft add table inet f; nft add chain inet f c '{ type filter "
              "hook input priority 0; }'; nft add rule inet f c "
              "udp dport 50000 ct state established counter");
    expect_pings("connections are tracked");
    EXPECT_EQ(near_->ok("nft list table inet f").find("packets 0 "),
              std::string::npos);
    near_->ok("nft delete table inet f");
    for (const char *net : {"192.0.2.", "2001:db8::"}) {
        near_->ok("ip link set t0 type virt tx udp rx udp remote " +
                  std::string(net) + "2");
        far_->ok("ip link set t0 type virt remote " + std::string(net) + "1");
        for (const auto &[hook, past] :
             {std::pair{"input", "rx filter"}, {"output", "tx netpoll"}}) {
            if (*hook == 'o' && *net == '2')
                continue;
            expect_pings("before");
            near_->ok("nft add table inet f; nft add chain inet f c '{ type "
                      "filter hook " +
                      std::string(hook) +
                      " priority 0; }';"
                      "nft add rule inet f c udp dport 50000 drop");
            EXPECT_TRUE(silent(*near_, "10.0.0.2")) << net << hook;
            near_->ok("ip link set t0 type virt " + std::string(past));
            expect_pings(std::string(past) + " goes past it, " + net);
            near_->ok("nft delete table inet f");
        }
    }
}

TEST_F(Tunnel, WayChanges)
{
    // the peer behind a gateway, on a VLAN, on a new device
    far_->ok("ip addr add 198.51.100.2/32 dev lo; ip link set lo up");
    near_->ok("ip route add 198.51.100.2 via 192.0.2.2");
    add(*near_, "t0", "remote 198.51.100.2 tx netpoll rx filter");
    add(*far_, "t0",
        "remote 192.0.2.1 local 198.51.100.2 tx netpoll "
        "rx filter");
    expect_pings("by the gateway");
    near_->ok("ip neigh flush dev p0");
    expect_pings("after the neighbour was forgotten");
    near_->ok("ip link add link p0 name p0.5 type vlan id 5;"
              "ip link set p0.5 up; ip addr add 192.0.3.1/24 dev p0.5;"
              "ip route replace 198.51.100.2 via 192.0.3.2 src 192.0.2.1");
    far_->ok("ip link add link q0 name q0.5 type vlan id 5;"
             "ip link set q0.5 up; ip addr add 192.0.3.2/24 dev q0.5;"
             "ip route add 192.0.2.1/32 via 192.0.3.1");
    expect_pings("by the VLAN");
    near_->ok("ip link del p0.5");
    EXPECT_TRUE(silent(*near_, "10.0.0.2"));
    EXPECT_GT(counter(*near_, "t0", "tx_no_route"), 0U);
    near_->ok("ip route add 198.51.100.2 via 192.0.2.2");
    far_->ok("ip link del q0.5");
    expect_pings("by the gateway again");
    // another way for what is marked: none
    near_->ok("ip rule add fwmark 9 table 99;"
              "ip route add unreachable default table 99");
    uint64_t lost = counter(*near_, "t0", "tx_no_route");
    near_->ok("ip link set t0 type virt mark 9");
    EXPECT_TRUE(silent(*near_, "10.0.0.2"));
    EXPECT_GT(counter(*near_, "t0", "tx_no_route"), lost);
    near_->ok("ip link set t0 type virt mark 0");
    expect_pings("without the mark");
}

// Two wires, of which one breaks.
TEST_F(Tunnel, BondBelow)
{
    near_->ok("ip link add p1 type veth peer name q1 netns far;"
              "ip addr flush dev p0");
    far_->ok("ip addr flush dev q0");
    for (const Netns *ns : {near_.get(), far_.get()}) {
        bool is_near = ns == near_.get();
        std::string dev = is_near ? "p" : "q", host = is_near ? "1" : "2";

        ns->ok("ip link add b0 type bond mode active-backup miimon 20;"
               "for i in 0 1; do ip link set " +
               dev + "$i down; ip link set " + dev +
               "$i master b0; done; ip link set b0 up;"
               "ip addr add 192.0.2." +
               host + "/24 dev b0; ip addr add 2001:db8::" + host +
               "/64 dev b0 nodad");
    }
    add_pair();
    for (const char *mode : {"tx udp rx udp", "tx netpoll rx filter"}) {
        set_pair(mode);
        expect_pings(mode);
        EXPECT_TRUE(streams(*near_, *far_, "10.0.0.2", 100'000)) << mode;
        std::string active = option(*near_, "b0", "active_slave");
        near_->ok("ip link set " + active + " down");
        EXPECT_TRUE(eventually(
            [&] { return option(*near_, "b0", "active_slave") != active; }));
        expect_pings(std::string(mode) + " by the other wire");
        near_->ok("ip link set " + active + " up");
    }
    near_->ok("ip link del b0");
    EXPECT_TRUE(silent(*near_, "10.0.0.2"));
}

// ESP in transport mode, for the datagrams of the tunnel alone.
TEST_F(Tunnel, IpsecBelow)
{
    Bytes frame = ethernet(kBroadcast, kFarMac, 0x88b5, Bytes(46, 0));
    // what crosses the wire during a ping
    auto carries = [this](uint8_t protocol) {
        RawSocket wire(*far_, "q0");
        near_->ok("ping -c 1 -W 5 10.0.0.2");
        return wire.sees(
            [&](const Bytes &seen) {
                return seen.size() > 34 &&
                       seen[seen[12] == 0x86 ? 20 : 23] == protocol;
            },
            200);
    };

    add_pair();
    for (const auto &[net, mode] :
         std::initializer_list<std::pair<std::string, std::string>>{
             {"192.0.2.", "tx udp rx udp"},
             {"2001:db8::", "tx netpoll rx filter"}}) {
        const std::string way[] = {"src " + net + "1 dst " + net + "2 ",
                                   "src " + net + "2 dst " + net + "1 "};
        Bytes bare =
            ethernet(kNearMac, kFarMac, net[0] == '1' ? kIpv4 : kIpv6,
                     datagram(net + "2", net + "1", 50000, 50000, frame));
        auto takes_bare = [&] {
            StackWatch watch(*near_, 0x88b5);
            RawSocket(*far_, "q0").send(bare);
            return !watch.keepers(frame, {}).empty();
        };

        SCOPED_TRACE(net + " " + mode);
        near_->ok("ip link set t0 type virt remote " + net + "2 " + mode);
        far_->ok("ip link set t0 type virt remote " + net + "1 " + mode);
        expect_pings("before");
        EXPECT_TRUE(carries(IPPROTO_UDP));
        EXPECT_TRUE(takes_bare());
        // on the running tunnel
        for (const Netns *ns : {near_.get(), far_.get()}) {
            int out = ns == near_.get() ? 0 : 1;

            for (int i = 0; i < 2; i++)
                ns->ok("ip xfrm state add " + way[i] + "proto esp spi " +
                       std::to_string(256 + i) +
                       " mode transport aead 'rfc4106(gcm(aes))' "
                       "0x0123456789abcdef0123456789abcdef01234567 128;"
                       "ip xfrm policy add " +
                       way[i] + "proto 17 dir " + (i == out ? "out" : "in") +
                       " tmpl " + way[i] + "proto esp mode transport");
        }
        expect_pings("with ESP");
        EXPECT_TRUE(carries(IPPROTO_ESP));
        EXPECT_FALSE(carries(IPPROTO_UDP)) << "past IPsec";
        EXPECT_FALSE(takes_bare()) << "past IPsec";
        EXPECT_TRUE(pings(*near_, "-s 3000 10.0.0.2"));
        EXPECT_TRUE(streams(*near_, *far_, "10.0.0.2", 20'000));
        EXPECT_TRUE(streams(*far_, *near_, "2001:db8:a::1", 20'000));
    }
    // nothing holds the device
    near_->ok("timeout 20 ip link del p0");
}

// Rules without keys: IKE has yet to bring them, or has given up.
TEST_F(Tunnel, IpsecBelowWithoutKeys)
{
    // kernels with detectors do not count them
    const auto lookups = [this] {
        return std::stoi(near_->ok("sed -n 's/XfrmOutNoStates *//p' "
                                   "/proc/net/xfrm_stat || echo 0"));
    };

    add_pair();
    EXPECT_TRUE(pings(*near_, "10.0.0.2"));
    near_->ok("ip xfrm policy add src 192.0.2.1 dst 192.0.2.2 proto 17 dir out "
              "tmpl src 192.0.2.1 dst 192.0.2.2 proto esp mode transport");
    near_->run("ping -c 1 -W 1 10.0.0.2");
    EXPECT_GT(counter(*near_, "t0", "tx_no_route"), 0U);
    const int before = lookups();
    pause_ms(3000);
    EXPECT_LT(lookups(), before + 20) << "it asks again and again";
    near_->ok("ip xfrm policy flush");
    EXPECT_TRUE(pings(*near_, "10.0.0.2"));
}

TEST_F(Tunnel, VrfBelow)
{
    for (const Netns *ns : {near_.get(), far_.get()}) {
        std::string dev = ns == near_.get() ? "p0" : "q0";
        ns->ok("ip link add red type vrf table 7; ip link set red up;"
               "ip link set " +
               dev + " master red");
    }
    add_pair("dev red tx netpoll rx filter");
    EXPECT_TRUE(pings(*near_, "10.0.0.2"));
    near_->ok("ip link del red");
    EXPECT_NE(near_->run("ip link show t0").status, 0)
        << "bound to a device that is gone";
}

// On a kernel that was booted with ipv6.disable=1 there is nothing to look up.
TEST(NoIpv6, TunnelsOverItAreRefused)
{
    if (std::filesystem::exists("/proc/net/if_inet6"))
        GTEST_SKIP() << "this kernel has IPv6";
    for (const std::string options :
         {"remote 2001:db8::1", "learn 2001:db8::/64",
          "remote 2001:db8::1 local 2001:db8::2 tx netpoll rx filter"}) {
        const std::string said =
            host().refused("ip link add t0 type virt mode tunnel " + options);

        EXPECT_NE(said.find("without IPv6"), std::string::npos) << said;
    }
    host().ok("ip link add t0 type virt mode tunnel remote 127.0.0.1 rport 7;"
              "ip link set t0 up");
    host().refused("ip link set t0 type virt remote ::1");
    host().ok("ip link del t0");
}

} // namespace e2e
