// SPDX-License-Identifier: GPL-2.0-only
// Tunnels: who fills in the checksums of what they carry, and cuts it.
//
// Copyright (C) The virt authors
#include <algorithm>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "jail.hpp"
#include "tunnel.hpp"
#include "userspace/lib/fd.hpp"

namespace e2e
{

using Tunnel = TunnelBed;

// Who sums and cuts: "2\n" if others do.
std::string offloads(const Netns &ns, const std::string &device = "t0")
{
    return ns.ok("ethtool -k " + device +
                 " | grep -cE '^(tx-checksumming|tcp-seg.*): on' || true");
}

// A program at the address @peer in @to gets TCP out of a new t0 in @from, the
// address of which is @self.
void expect_whole_packets(const Netns &from, const std::string &self,
                          const Netns &to, const std::string &peer)
{
    from.ok("ip link add t0 type virt mode tunnel remote " + peer +
            "; ip link set t0 up; ip addr add 10.0.0.1/24 dev t0");
    std::string socat = to.ok(
        "echo >/tmp/got; "
        "socat TUN:10.0.0.2/24,tun-type=tap,tun-name=tap0,iff-no-pi,iff-up "
        "UDP4-DATAGRAM:" +
        self + ":50000,bind=:50000 >/dev/null 2>&1 & echo $!");
    to.ok("socat -u TCP-LISTEN:7000 OPEN:/tmp/got,creat,trunc "
          ">/dev/null 2>&1 &");
    ASSERT_TRUE(eventually([&] { return pings(from, "10.0.0.2"); }));
    from.run("head -c 300000 /dev/zero | "
             "timeout 20 socat -u - TCP:10.0.0.2:7000,retry=9");
    EXPECT_TRUE(eventually([&] {
        return to.ok("stat -c %s /tmp/got") == "300000\n";
    })) << self
        << " to " << peer;
    EXPECT_EQ(offloads(from), "0\n");
    to.ok("kill " + socat);
    EXPECT_TRUE(eventually(
        [&] { return to.ok("ss -lun").find("50000") == std::string::npos; }));
}

// veth leaves checksums and large packets to the receiver, and a program that
// receives datagrams knows nothing of that.
TEST_F(Tunnel, AProgramBehindVethGetsWholePackets)
{
    auto stays_whole = [this] {
        return !eventually([&] { return offloads(*near_) != "0\n"; }, 2);
    };
    auto believes = [&](const Netns &ns) {
        ns.ok("ip link set lo up; ip addr add 192.0.2.2/32 dev lo;"
              "ip link add x0 type virt mode tunnel remote 192.0.2.9");
        const bool believed = !stays_whole();
        ns.ok("ip addr del 192.0.2.2/32 dev lo");
        return believed;
    };

    expect_whole_packets(*near_, "192.0.2.1", *far_, "192.0.2.2");
    {
        Jail jail;
        far_->ok("ip addr del 192.0.2.2/24 dev q0");
        EXPECT_FALSE(believes(jail.net()))
            << "a container says that it is the peer";
        far_->ok("ip addr add 192.0.2.2/24 dev q0");
    }
    {
        Netns lab("lab");
        EXPECT_FALSE(believes(lab)) << "another lab has the same addresses";
    }
    far_->ok("ip addr add 192.0.2.3/24 dev q0; ip link add x0 type virt "
             "mode tunnel remote 192.0.2.9 local 192.0.2.3");
    EXPECT_TRUE(stays_whole()) << "a tunnel has another of its addresses";
    far_->ok("ip link del x0");
    add(*far_, "t0", "remote 192.0.2.1");
    EXPECT_TRUE(eventually([&] {
        return offloads(*near_) == "2\n" && offloads(*far_) == "2\n";
    })) << "two tunnels of ours leave it to each other";
}

// Nor does anybody finish what stays between children and their host.
TEST_F(Tunnel, AProgramInAChildOrItsHostGetsWholePackets)
{
    const Netns box("box"), box2("box2");

    near_->ok("ip link add d0 up arp on type dummy; "
              "ip addr add 198.51.100.1/24 dev d0");
    for (const auto &[ns, name, address] :
         {std::tuple{&box, "v0", "198.51.100.2/24"},
          std::tuple{&box2, "v1", "198.51.100.3/24"}}) {
        near_->ok(std::string("ip link add link d0 name ") + name + " netns " +
                  ns->name() + " type virt host on");
        ns->ok(std::string("ip link set ") + name + " up; ip addr add " +
               address + " dev " + name);
    }
    expect_whole_packets(*near_, "198.51.100.1", box, "198.51.100.2");
    near_->ok("ip link del t0");
    expect_whole_packets(box, "198.51.100.2", *near_, "198.51.100.1");
    box.ok("ip link del t0");
    expect_whole_packets(box, "198.51.100.2", box2, "198.51.100.3");
    add(*near_, "t1", "remote 198.51.100.3");
    add(box2, "t1", "remote 198.51.100.1");
    add(*near_, "t2", "remote 198.51.100.9");
    EXPECT_TRUE(eventually([&] {
        return offloads(*near_, "t1") == "2\n" && offloads(box2, "t1") == "2\n";
    })) << "two tunnels of ours leave it to each other";
    EXPECT_EQ(offloads(*near_, "t2"), "2\n") << "the peer is not here";
}

TEST_F(Tunnel, WhatStandsOnATunnelLeavesTheWorkToIt)
{
    add(*near_, "t0", "remote 192.0.2.2 dev p0");
    near_->ok("ip link add link t0 name t5 type vlan id 5;"
              "ip link set t5 up; ip addr add 10.5.0.1/24 dev t5");
    add(*near_, "t1", "remote 10.5.0.2 port 50001");
    EXPECT_TRUE(eventually([&] { return offloads(*near_) == "0\n"; }));
    EXPECT_FALSE(
        eventually([&] { return offloads(*near_, "t1") != "2\n"; }, 2));
    // which leaves it to its peer now
    add(*far_, "t0", "remote 192.0.2.1");
    EXPECT_TRUE(eventually([&] {
        return offloads(*near_) == "2\n" && offloads(*near_, "t1") == "0\n";
    }));
}

TEST_F(Tunnel, AProgramThatComesLaterGetsWholePackets)
{
    const Netns box("box");

    near_->ok("ip link add d0 up type dummy; ip addr add 198.51.100.1/24 dev "
              "d0; ip link add link d0 name v0 netns box type virt host on");
    add(*near_, "t0", "remote 198.51.100.2 keepalive 3600");
    EXPECT_TRUE(eventually([&] { return offloads(*near_) == "2\n"; }));
    pause_ms(500);
    box.ok("ip link set v0 up; ip addr add 198.51.100.2/24 dev v0");
    EXPECT_TRUE(eventually([&] { return offloads(*near_) == "0\n"; }, 15));
}

// The end of a datagram that goes through t0 of @near.
bool arrives_whole(const Netns &near, int fd)
{
    const Bytes data(100, 'x');
    const Bytes packet = datagram("10.0.0.1", "10.0.0.2", 7, 7, data);
    const Bytes udp(packet.begin() + 20, packet.end());
    pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};

    near.ok("head -c 100 /dev/zero | tr '\\0' x | "
            "socat -u - UDP4:10.0.0.2:7,bind=10.0.0.1:7");
    while (poll(&ready, 1, 1000) > 0) {
        Bytes got(2000);
        const ssize_t size = read(fd, got.data(), got.size());

        got.resize(static_cast<size_t>(std::max<ssize_t>(size, 0)));
        // others have other data, and this one maybe another sum
        if (got.size() > udp.size() &&
            std::equal(data.rbegin(), data.rend(), got.rbegin()))
            return std::equal(udp.rbegin(), udp.rend(), got.rbegin());
    }
    return false;
}

// What the kernel hands to a VRF it hands to the sockets there as it is.
TEST_F(Tunnel, AProgramInAVrfGetsWholePackets)
{
    near_->ok("ip link add red type vrf table 7; ip link set red up;"
              "ip link add d0 type dummy; ip link set d0 master red up;"
              "ip addr add 198.51.100.1/24 dev d0;"
              "ip addr add 2001:db8:7::1/64 dev d0 nodad");
    virt::Fd fd;
    {
        const Inside inside(*near_);
        sockaddr_in6 any{};

        any.sin6_family = AF_INET6;
        any.sin6_port = htons(50001);
        fd = virt::Fd(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        ASSERT_EQ(setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, "red", 4),
                  0);
        ASSERT_EQ(bind(fd.get(), reinterpret_cast<const sockaddr *>(&any),
                       sizeof(any)),
                  0);
    }
    for (const char *peer : {"198.51.100.1", "2001:db8:7::1"}) {
        add(*near_, "t0", std::string("rport 50001 dev red remote ") + peer);
        near_->ok("ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:77 dev t0");
        EXPECT_TRUE(eventually([&] { return arrives_whole(*near_, fd.get()); }))
            << peer;
        near_->ok("ip link del t0");
    }
}

// A virtual machine finishes what it is told of, but not inside of others.
TEST_F(Tunnel, AProgramInAVirtualMachineGetsWholePackets)
{
    ifreq request{};
    virt::Fd fd;
    {
        const Inside inside(*near_);

        fd = virt::Fd(open("/dev/net/tun", O_RDWR | O_CLOEXEC));
        strcpy(request.ifr_name, "tap0");
        request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
        ASSERT_EQ(ioctl(fd.get(), TUNSETIFF, &request), 0);
        ASSERT_EQ(ioctl(fd.get(), TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4), 0);
    }
    near_->ok("ip link add br0 type bridge; ip link set br0 up;"
              "ip link set tap0 up");
    for (const std::string device : {"tap0", "br0"}) {
        near_->ok("ip addr add 198.51.100.1/24 dev " + device +
                  "; ip neigh add 198.51.100.2 lladdr 02:00:00:00:00:77 dev " +
                  device);
        add(*near_, "t0", "remote 198.51.100.2");
        near_->ok("ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:77 dev t0");
        EXPECT_TRUE(eventually([&] { return arrives_whole(*near_, fd.get()); }))
            << device;
        near_->ok("ip link del t0; ip addr flush dev tap0;"
                  "ip link set tap0 master br0");
    }
}

} // namespace e2e
