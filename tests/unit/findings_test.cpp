// SPDX-License-Identifier: GPL-2.0-only
// What virtstat doctor says of literal machines.
//
// Copyright (C) The virt authors
#include "lib/path.hpp"
#include "virtstat/finding_output.hpp"
#include "virtstat/findings.hpp"

#include "sample.hpp"

#include <linux/if.h>
#include <linux/if_arp.h>

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

/* A machine with nothing in the way: eth0 and its child virt0. */
Facts healthy()
{
    Facts facts;
    facts.module.kernel = "6.12.1";
    facts.module.loaded = true;
    facts.module.version = "0.1.0";
    facts.module.installed = ModuleInfo{.filename = "/x/virt.ko",
                                        .version = "0.1.0",
                                        .release = "6.12.1",
                                        .signer = {}};
    facts.module.has_headers = true;
    facts.module.has_dkms = true;
    facts.may_configure = true;
    facts.has_plugin = true;
    Link eth0 = parent();
    eth0.flags |= IFF_RUNNING | IFF_LOWER_UP;
    eth0.link_type = ARPHRD_ETHER;
    eth0.mtu = 1500;
    facts.links = {eth0, virt0()};
    facts.addresses[3] = {{.address = 0xc0000201, .mask = 0xffffff00}};
    facts.addresses[7] = {{.address = 0x0a000001, .mask = 0xffffff00}};
    facts.rp_filter = {{3, 1}, {7, 1}};
    facts.port.port = 50000;
    return facts;
}

Link &eth0(Facts &facts)
{
    return facts.links[0];
}

Link &virt0(Facts &facts)
{
    return facts.links[1];
}

Link other(const std::string &kind)
{
    Link link = parent();
    link.ifindex = 20;
    link.ifname = kind + "0";
    link.kind = kind;
    return link;
}

/* "severity check: text -> remedy" of the only finding; "" if there is none. */
std::string one(const Findings &findings)
{
    if (findings.empty()) {
        return {};
    }
    EXPECT_EQ(findings.size(), 1U);
    const Finding &finding = findings[0];
    return severity_word(finding.severity) + ' ' + finding.check + ": " +
           finding.text +
           (finding.remedy.empty() ? "" : " -> " + finding.remedy);
}

} // namespace

TEST(CheckAll, Healthy)
{
    for (const Finding &finding : check_all(healthy())) {
        EXPECT_EQ(finding.severity, Severity::Ok) << finding.text;
        EXPECT_EQ(finding.remedy, "");
    }
}

TEST(CheckModule, Loaded)
{
    Facts facts = healthy();
    EXPECT_EQ(one(check_module(facts)), "ok module: virt 0.1.0 is loaded");
    facts.module.installed->version = "0.2.0";
    EXPECT_EQ(one(check_module(facts)),
              "warning module: virt 0.1.0 is loaded, 0.2.0 is installed -> "
              "modprobe -r virt && modprobe virt, which deletes all virt "
              "interfaces; or reboot");
}

TEST(CheckModule, NotLoaded)
{
    Facts facts = healthy();
    facts.module.loaded = false;
    EXPECT_EQ(one(check_module(facts)),
              "ok module: virt 0.1.0 is installed, and loaded at first use");
    facts.module.installed->release = "6.11.9";
    EXPECT_EQ(one(check_module(facts)),
              "problem module: virt is built for another kernel: /x/virt.ko is "
              "for 6.11.9, 6.12.1 runs -> dkms autoinstall -k 6.12.1");
    facts.module.installed.reset();
    EXPECT_EQ(one(check_module(facts)),
              "problem module: virt is not installed -> apt install "
              "./virt-dkms_*.deb; or in its source: make dkms-install");
    facts.module.other_kernels = {"6.1", "6.2"};
    EXPECT_EQ(one(check_module(facts)),
              "problem module: virt is built for other kernels (6.1, 6.2), not "
              "for 6.12.1, which runs -> dkms autoinstall -k 6.12.1");
}

TEST(CheckHeaders, Missing)
{
    Facts facts = healthy();
    facts.module.has_headers = false;
    const std::string rest =
        " headers: the headers of 6.12.1 are missing: virt cannot be built -> "
        "apt install linux-headers-6.12.1";
    EXPECT_EQ(one(check_headers(facts)), "note" + rest);
    facts.module.loaded = false;
    facts.module.installed.reset();
    EXPECT_EQ(one(check_headers(facts)), "problem" + rest);
}

TEST(CheckHeaders, NoDkms)
{
    Facts facts = healthy();
    facts.module.has_dkms = false;
    EXPECT_EQ(one(check_headers(facts)).find("note headers: dkms is not"), 0U);
}

TEST(CheckSignature, NotNeeded)
{
    Facts facts = healthy();
    facts.module.loaded = false;
    EXPECT_EQ(one(check_signature(facts)),
              "ok signature: modules need no signature");
    facts.module.secure_boot = true;
    EXPECT_EQ(one(check_signature(facts)).find("note signature: Secure Boot"),
              0U);
}

TEST(CheckSignature, Needed)
{
    Facts facts = healthy();
    facts.module.secure_boot = true;
    facts.module.lockdown = "integrity";
    EXPECT_EQ(one(check_signature(facts)),
              "ok signature: lockdown is integrity, and virt is loaded");
    facts.module.loaded = false;
    EXPECT_EQ(one(check_signature(facts)),
              "problem signature: lockdown is integrity, and virt is not signed"
              " -> apt install openssl, dkms autoinstall --force, then mokutil "
              "--import /var/lib/dkms/mok.pub, reboot, and enrol the key");
    facts.module.installed->signer = "me";
    EXPECT_EQ(one(check_signature(facts)),
              "note signature: lockdown is integrity: the key of me, who "
              "signed virt, must be enrolled -> mokutil --import "
              "/var/lib/dkms/mok.pub, reboot, and enrol the key");
    facts.module.installed.reset();
    EXPECT_EQ(one(check_signature(facts))
                  .find("note signature: lockdown is integrity: virt must be"),
              0U);
}

TEST(CheckSignature, EnforcedWithoutLockdown)
{
    Facts facts = healthy();
    facts.module.loaded = false;
    facts.module.signatures_enforced = true;
    EXPECT_EQ(
        one(check_signature(facts))
            .find("problem signature: the kernel takes signed modules only"),
        0U);
}

TEST(CheckRights, None)
{
    Facts facts = healthy();
    facts.may_configure = false;
    EXPECT_EQ(one(check_rights(facts)).find("note rights: you may look"), 0U);
}

TEST(CheckPlugin, Missing)
{
    Facts facts = healthy();
    facts.has_plugin = false;
    EXPECT_EQ(one(check_plugin(facts)).find("warning plugin: ip does not"), 0U);
}

TEST(CheckParents, Free)
{
    Facts facts = healthy();
    EXPECT_EQ(one(check_parents(facts)), "");
    facts.ifaces = {"eth0"};
    EXPECT_EQ(one(check_parents(facts)),
              "ok parent: eth0 can have virt children");
}

/* What nobody asked about is no problem, and worth a note. */
TEST(CheckParents, PortOfABridge)
{
    Facts facts = healthy();
    facts.links.push_back(other("bridge"));
    eth0(facts).master = 20;
    const std::string rest =
        " parent: eth0 is a port of bridge bridge0: it can have no virt "
        "children -> use bridge0 as the parent";
    EXPECT_EQ(one(check_parents(facts)), "note" + rest);
    facts.ifaces = {"eth0"};
    EXPECT_EQ(one(check_parents(facts)), "problem" + rest);
}

TEST(CheckParents, MemberOfAVrf)
{
    Facts facts = healthy();
    facts.links.push_back(other("vrf"));
    eth0(facts).master = 20;
    EXPECT_EQ(one(check_parents(facts)), "");
}

TEST(CheckParents, HasRivals)
{
    for (const char *kind :
         {"macvlan", "macvtap", "ipvlan", "ipvtap", "macsec"}) {
        Facts facts = healthy();
        facts.links.push_back(other(kind));
        facts.links.back().link = 3;
        // One of the two kinds of interface is no Ethernet device.
        facts.links.back().link_type = ARPHRD_ETHER;
        EXPECT_EQ(one(check_parents(facts)),
                  std::string("note parent: eth0 has ") + kind + ' ' + kind +
                      "0: it can have no virt children -> ip link del " + kind +
                      '0');
        // The number is one of another namespace.
        facts.links.back().link_netnsid = 0;
        EXPECT_EQ(one(check_parents(facts)), "");
    }
}

TEST(CheckParents, VlanIsNoRival)
{
    Facts facts = healthy();
    facts.links.push_back(other("vlan"));
    facts.links.back().link = 3;
    EXPECT_EQ(one(check_parents(facts)), "");
}

TEST(CheckParents, Stolen)
{
    Facts facts = healthy();
    virt0(facts).options[IFLA_VIRT_MODE] = VIRT_MODE_STEAL;
    EXPECT_EQ(one(check_parents(facts)),
              "note parent: virt0 steals all frames of eth0: it can have no "
              "virt children -> ip link set virt0 type virt mode share");
}

TEST(CheckParents, NeverParents)
{
    Facts facts = healthy();
    eth0(facts).flags |= IFF_LOOPBACK;
    EXPECT_EQ(one(check_parents(facts)), "");
    facts.ifaces = {"eth0"};
    EXPECT_EQ(one(check_parents(facts))
                  .find("problem parent: eth0 is a loopback device"),
              0U);
    eth0(facts).flags = IFF_UP;
    eth0(facts).link_type = ARPHRD_NONE;
    EXPECT_EQ(one(check_parents(facts))
                  .find("problem parent: eth0 is no Ethernet device"),
              0U);
}

TEST(CheckCarrier, ParentDown)
{
    Facts facts = healthy();
    virt0(facts).flags = IFF_UP;
    eth0(facts).flags = 0;
    EXPECT_EQ(one(check_carrier(facts)),
              "problem carrier: virt0 has no carrier: its parent eth0 is down "
              "-> ip link set eth0 up");
}

TEST(CheckCarrier, ParentWithoutCarrier)
{
    Facts facts = healthy();
    virt0(facts).flags = IFF_UP;
    eth0(facts).flags = IFF_UP;
    EXPECT_EQ(one(check_carrier(facts)),
              "problem carrier: virt0 has no carrier, for its parent eth0 has "
              "none -> look at the cable and the far end of eth0");
    facts.ifaces = {"eth0"};
    EXPECT_EQ(one(check_carrier(facts)),
              "problem carrier: eth0 has no carrier -> look at its far end");
}

TEST(CheckCarrier, ChildDown)
{
    Facts facts = healthy();
    virt0(facts).flags = 0;
    EXPECT_EQ(one(check_carrier(facts)),
              "note carrier: virt0 is down -> ip link set virt0 up");
}

TEST(CheckCarrier, ParentElsewhere)
{
    Facts facts = healthy();
    virt0(facts).link_netnsid = 1;
    virt0(facts).flags = IFF_UP;
    EXPECT_EQ(one(check_carrier(facts)),
              "problem carrier: virt0 has no carrier -> look at its far end");
}

TEST(CheckMtu, LargerThanTheParents)
{
    Facts facts = healthy();
    virt0(facts).mtu = 9000;
    EXPECT_EQ(one(check_mtu(facts)),
              "problem mtu: the MTU of virt0 (9000) is larger than that of its "
              "parent eth0 (1500) -> ip link set virt0 mtu 1500");
}

TEST(CheckMtu, OfTheWayToThePeer)
{
    Facts facts = healthy();
    Link &tunnel = virt0(facts);
    tunnel.options[IFLA_VIRT_MODE] = VIRT_MODE_TUNNEL;
    tunnel.texts[IFLA_VIRT_REMOTE] = "192.0.2.9";
    tunnel.mtu = 1458;
    EXPECT_EQ(one(check_mtu(facts)), "") << "nobody knows the way";
    facts.path_mtu[tunnel.ifindex] = 1500;
    EXPECT_EQ(one(check_mtu(facts)), "");
    facts.path_mtu[tunnel.ifindex] = 1400;
    EXPECT_EQ(one(check_mtu(facts)),
              "warning mtu: the MTU of virt0 (1458) and 42 bytes around it are "
              "more than fits on the way to its peer 192.0.2.9 (1400): large "
              "packets are fragmented -> ip link set virt0 mtu 1358");
    tunnel.texts[IFLA_VIRT_PEER] = "2001:db8::9";
    tunnel.options[IFLA_VIRT_PAYLOAD] = VIRT_PAYLOAD_IP;
    tunnel.options[IFLA_VIRT_DF] = VIRT_DF_SET;
    EXPECT_EQ(one(check_mtu(facts)),
              "problem mtu: the MTU of virt0 (1458) and 48 bytes around it are "
              "more than fits on the way to its peer 2001:db8::9 (1400): large "
              "packets are lost -> ip link set virt0 mtu 1352");
    facts.path_mtu[tunnel.ifindex] = std::nullopt;
    EXPECT_EQ(one(check_mtu(facts)),
              "problem route: virt0 has no route to its peer 2001:db8::9 -> ip "
              "route add 2001:db8::9 via GATEWAY");
}

TEST(CheckPort, OfATunnel)
{
    Facts facts = healthy();
    facts.port.bound = facts.port.asked = true;
    virt0(facts).options[IFLA_VIRT_PORT] = 50000;
    EXPECT_EQ(one(check_port(facts)),
              "note port: UDP port 50000 is that of virt0: another tunnel can "
              "share it, with another peer");
}

/* Its socket is where it came from. */
TEST(CheckPort, NotOfATunnelThatWasMoved)
{
    Facts facts = healthy();
    facts.port.bound = true;
    virt0(facts).options[IFLA_VIRT_PORT] = facts.port.port = 50000;
    virt0(facts).link_netnsid = 0;
    EXPECT_EQ(one(check_port(facts)).find("note port: UDP port 50000 is bound"),
              0U);
}

TEST(PathMtu, OfThisHost)
{
    const auto mtu = [](const char *to, const char *device, const char *from) {
        return path_mtu(
            {.address = to, .device = device, .local = from, .mark = 0});
    };
    EXPECT_GE(mtu("127.0.0.1", "", "").value_or(0), 1500U);
    EXPECT_GE(mtu("127.0.0.1", "", "127.0.0.2").value_or(0), 1500U);
    EXPECT_EQ(mtu("127.0.0.1", "", "203.0.113.7"), std::nullopt);
    EXPECT_EQ(mtu("127.0.0.1", "", "::1"), std::nullopt);
    EXPECT_EQ(mtu("127.0.0.1", "no-such-iface", ""), std::nullopt);
    EXPECT_EQ(mtu("localhost", "", ""), std::nullopt);
}

TEST(CheckAddresses, Suspended)
{
    Facts facts = healthy();
    virt0(facts).options[IFLA_VIRT_SUSPENDED] = 2;
    EXPECT_EQ(
        one(check_addresses(facts))
            .find("problem address: 2 of the addresses of virt0 are suspended"),
        0U);
    virt0(facts).texts[IFLA_VIRT_ALLOW] = "192.0.2.20";
    const std::string told = one(check_addresses(facts));
    EXPECT_NE(told.find("or allow 192.0.2.20 has them not"), told.npos);
    EXPECT_NE(told.find("ip link set virt0 type virt allow"), told.npos);
}

TEST(CheckAddresses, None)
{
    Facts facts = healthy();
    facts.addresses.erase(7);
    EXPECT_EQ(one(check_addresses(facts)),
              "note address: virt0 has no IPv4 address -> ip addr add "
              "ADDRESS/LENGTH dev virt0; by DHCP: give the client an id of its "
              "own, for virt0 has the MAC of its parent");
    // A port needs none, and a MAC of its own is a client id of its own.
    virt0(facts).master = 3;
    EXPECT_EQ(one(check_addresses(facts)), "");
    virt0(facts).master.reset();
    virt0(facts).options[IFLA_VIRT_MODE] = VIRT_MODE_MAC;
    EXPECT_EQ(one(check_addresses(facts)), "");
}

TEST(CheckRpFilter, OneNetwork)
{
    Facts facts = healthy();
    facts.addresses[7] = {{.address = 0xc0000280, .mask = 0xffffffe0}};
    EXPECT_EQ(one(check_rp_filter(facts)),
              "warning rp_filter: virt0 and eth0 are on one network, and "
              "rp_filter drops what comes to virt0 if the route back is by eth0"
              " -> sysctl net.ipv4.conf.virt0.rp_filter=2");
    facts.rp_filter[7] = 2;
    EXPECT_EQ(one(check_rp_filter(facts)), "");
}

TEST(CheckPort, Bound)
{
    Facts facts = healthy();
    facts.port.bound = true;
    facts.port.owner = "socat (process 12)";
    const std::string rest =
        " port: UDP port 50000 is bound by socat (process 12) -> end it, or "
        "use port NUMBER and rport NUMBER of another";
    EXPECT_EQ(one(check_port(facts)), "note" + rest);
    facts.port.asked = true;
    EXPECT_EQ(one(check_port(facts)), "problem" + rest);
    facts.port.owner.clear();
    EXPECT_EQ(one(check_port(facts))
                  .find("problem port: UDP port 50000 is bound by a program"),
              0U);
}

TEST(FindingOutput, TextAndJson)
{
    const Findings findings{
        {Severity::Ok, "module", "fine\x1b"},
        {Severity::Problem, "parent", "taken", "do this", "eth\xff"}};
    EXPECT_EQ(findings_text(findings, {}), "ok      fine\\x1b\n"
                                           "problem taken\n"
                                           "        -> do this\n");
    EXPECT_EQ(
        nlohmann::json::parse(findings_json(findings, false)),
        nlohmann::json::array(
            {{{"severity", "ok"}, {"check", "module"}, {"text", "fine\x1b"}},
             {{"severity", "problem"},
              {"check", "parent"},
              {"ifname", "eth\ufffd"},
              {"text", "taken"},
              {"remedy", "do this"}}}));
    EXPECT_EQ(findings_text({}, {}), "");
    EXPECT_EQ(findings_json({}, false), "[]\n");
}

} // namespace virt::test
