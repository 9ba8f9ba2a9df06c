// SPDX-License-Identifier: GPL-2.0-only
// The tools show what the kernel counts.
//
// Copyright (C) The virt authors

#include <algorithm>
#include <atomic>
#include <sstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "bed.hpp"
#include "tests/schema/schema.hpp"

namespace e2e
{

class Tools : public Bed
{
protected:
    nlohmann::json virtstat()
    {
        return nlohmann::json::parse(near_->ok("virtstat -j"));
    }

    // It listens from the first event on that it tells.
    void start_monitor()
    {
        near_->ok("virtstat monitor -j >/run/monitor 2>&1 & "
                  "echo $! >/run/monitor.pid");
        EXPECT_TRUE(eventually([&] {
            near_->ok("ip link add link p0 name canary type virt;"
                      "ip link del canary");
            return !near_->ok("cat /run/monitor").empty();
        }));
    }

    bool monitor_tells(const std::string &text)
    {
        return eventually([&] {
            return near_->run("grep -q '" + text + "' /run/monitor").status ==
                   0;
        });
    }

    static std::string line_of(const nlohmann::json &event)
    {
        return std::string(event["ifname"]) + " " + std::string(event["event"]);
    }

    // All that it has told, but of the canary.
    std::vector<nlohmann::json> monitor_told()
    {
        std::vector<nlohmann::json> events;
        std::istringstream lines(near_->ok("cat /run/monitor"));
        for (std::string line; std::getline(lines, line);) {
            EXPECT_TRUE(virt::test::fits_schema(line, "event"));
            events.push_back(nlohmann::json::parse(line));
            if (events.back()["ifname"] == "canary")
                events.pop_back();
        }
        return events;
    }
};

// In a namespace where nothing else moves, every frame counts.
TEST_F(Tools, CountersAreExactEverywhere)
{
    constexpr uint64_t kFrames = 1000;
    RawSocket wire(*far_, "q0");
    Bytes frame =
        ethernet(kNearMac, kFarMac, kIpv4, udp("192.0.2.2", "192.0.2.10", 100));
    Netns box("box");

    box.ok("sysctl -qw net.ipv6.conf.default.disable_ipv6=1");
    near_->ok("ip link add link p0 name v0 netns box type virt");
    box.ok("ip link set v0 up; ip addr add 192.0.2.10/24 dev v0;"
           "ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:0b dev v0");
    for (uint64_t i = 0; i < kFrames; i++)
        ASSERT_TRUE(wire.send(frame));
    EXPECT_TRUE(eventually(
        [&] { return counter(box, "v0", "rx_packets") == kFrames; }));
    EXPECT_EQ(counter(box, "v0", "rx_bytes"), kFrames * frame.size());

    auto link = nlohmann::json::parse(box.ok("virtstat -j")).at(0);
    EXPECT_EQ(link["ifname"], "v0");
    EXPECT_EQ(link["linkinfo"]["info_data"]["mode"], "share");
    EXPECT_EQ(link["stats64"]["rx"]["packets"], kFrames);
    EXPECT_EQ(link["stats64"]["rx"]["bytes"], kFrames * frame.size());
}

TEST_F(Tools, CountersAreExactUnderTwoSenders)
{
    constexpr uint64_t kFrames = 2000;
    const Bytes in =
        ethernet(kNearMac, kFarMac, kIpv4, udp("192.0.2.2", "192.0.2.10", 100));
    const Bytes out = ethernet(kFarMac, kNearMac, 0x88b5, Bytes(100, 0));
    std::atomic<unsigned> refused = 0;
    std::vector<std::thread> senders;
    Netns box("box");

    box.ok("sysctl -qw net.ipv6.conf.default.disable_ipv6=1");
    near_->ok("ip link add link p0 name v0 netns box type virt");
    box.ok("ip link set v0 up; ip addr add 192.0.2.10/24 dev v0");
    // or it answers that there is no such port
    box.ok("nft 'table ip f { chain c { type filter hook input priority 0; "
           "drop; }; }'");
    RawSocket wire(*far_, "q0");
    RawSocket child(box, "v0");
    for (unsigned cpu : {0, 1})
        senders.emplace_back([&, cpu] {
            stay_on(cpu);
            for (uint64_t i = 0; i < kFrames; i++)
                refused += !wire.send(in) + !child.send(out);
        });
    for (std::thread &sender : senders)
        sender.join();
    EXPECT_EQ(refused, 0u);
    EXPECT_TRUE(eventually([&] {
        return counter(box, "v0", "rx_packets") == 2 * kFrames;
    })) << counter(box, "v0", "rx_packets");
    EXPECT_EQ(counter(box, "v0", "rx_bytes"), 2 * kFrames * in.size());
    EXPECT_EQ(counter(box, "v0", "tx_packets"), 2 * kFrames);
    EXPECT_EQ(counter(box, "v0", "tx_bytes"), 2 * kFrames * out.size());
}

TEST_F(Tools, RefusedTransmissionIsCounted)
{
    add_child("v0", "", {"192.0.2.10/24"});
    near_->ok("tc qdisc add dev p0 root bfifo limit 1");
    RawSocket child(*near_, "v0");
    uint64_t before = counter(*near_, "v0", "tx_parent");

    child.send(
        ethernet(kFarMac, kNearMac, kIpv4, udp("192.0.2.10", "192.0.2.2")));
    EXPECT_GE(counter(*near_, "v0", "tx_parent"), before + 1);
    EXPECT_GE(counter(*near_, "v0", "tx_dropped"), before + 1);
}

TEST_F(Tools, VirtstatListsWhatIpLists)
{
    near_->ok("ip link add link p0 name v0 type virt mode mac");
    auto ours = virtstat().at(0);
    auto ips =
        nlohmann::json::parse(near_->ok("ip -j -s -d link show type virt"))[0];

    for (const char *key : {"ifindex", "ifname", "link", "flags", "mtu",
                            "operstate", "address", "stats64"})
        EXPECT_EQ(ours[key], ips[key]) << key;
    EXPECT_EQ(ours["linkinfo"]["info_data"], ips["linkinfo"]["info_data"]);

    for (const auto &[command, name] :
         {std::pair("virtstat -j", "show"),
          {"virtstat doctor -j", "doctor"},
          {"virtstat watch -j -i 0.1 -C 1", "watch"}})
        EXPECT_TRUE(virt::test::fits_schema(near_->run(command).out, name));
}

TEST_F(Tools, VirtstatTableHasTheChild)
{
    add_child("v0");
    std::string table = near_->ok("virtstat");

    for (const char *word : {"v0", "p0", "share"})
        EXPECT_NE(table.find(word), std::string::npos) << table;
}

TEST_F(Tools, VirtstatSaysWhatIsNotThere)
{
    EXPECT_EQ(near_->run("virtstat nosuch").status, 3);
    EXPECT_EQ(near_->run("virtstat p0").status, 3);
    EXPECT_EQ(near_->run("virtstat --bogus").status, 1);
    EXPECT_EQ(virtstat(), nlohmann::json::array());
    const Result result = near_->run("virtstat -n nosuch");
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1)
        << result.err;
    // Nobody may hear it, and the name is anybody's.
    EXPECT_EQ(near_->run("virtstat nosuch 2>/dev/full").status, 3);
    EXPECT_EQ(near_->run("virtstat 'a\nb'").err.find("virtstat: a\\x0ab: "),
              0U);
}

TEST_F(Tools, VirtstatLooksIntoOtherNamespaces)
{
    Netns box("box");
    near_->ok("ip link add link p0 name v0 netns box type virt");
    EXPECT_EQ(virtstat(), nlohmann::json::array());
    for (const char *command : {"-j -n box v0", "-j -n /run/netns/box"}) {
        auto there = nlohmann::json::parse(
            near_->ok(std::string("virtstat ") + command));
        EXPECT_EQ(there.at(0)["ifname"], "v0");
        EXPECT_TRUE(there.at(0).contains("link_index"));
    }
}

// Nothing is asked again: each line is what the kernel told.
TEST_F(Tools, MonitorTellsWhatHappens)
{
    Netns box("box");
    start_monitor();
    near_->ok("ip link add link p0 name v0 type virt mode mac;"
              "ip link set v0 up; ip link set v0 type virt mode share;"
              "ip link set p0 down; ip link set p0 up;"
              "ip link set v0 down; ip link set v0 name w0;"
              "ip link set w0 netns box");
    EXPECT_TRUE(monitor_tells("moved"));
    near_->ok("kill $(cat /run/monitor.pid)");

    std::vector<std::string> events;
    for (const auto &event : monitor_told()) {
        events.push_back(line_of(event));
        if (events.size() == 1) {
            EXPECT_EQ(event["link"], "p0");
            EXPECT_EQ(event["mode"], "mac");
        } else if (event["event"] == "changed") {
            EXPECT_EQ(event["changed"]["mode"], "share");
        }
    }
    EXPECT_EQ(events, (std::vector<std::string>{
                          "v0 created", "v0 up", "v0 changed", "v0 no_carrier",
                          "v0 carrier", "v0 down", "w0 renamed", "w0 moved"}));
}

// What waits when some is lost is older than what is there now.
TEST_F(Tools, MonitorAfterAnOverrun)
{
    // Of a device that is down there is no news.
    std::vector<std::string> changes{"link add link p0 name v0 type virt",
                                     "link set v0 up"};
    for (int bclim = 1; bclim <= 500; bclim++)
        changes.push_back("link set v0 type virt bclim " +
                          std::to_string(bclim));
    changes.push_back("link del v0");
    changes.push_back("link add link p0 name w0 type virt");

    start_monitor();
    near_->ok("kill -STOP $(cat /run/monitor.pid)");
    near_->batch(changes);
    near_->ok("kill -CONT $(cat /run/monitor.pid)");
    EXPECT_TRUE(monitor_tells("w0"));
    near_->ok("ip link del w0");
    EXPECT_TRUE(monitor_tells("deleted.*w0"));
    near_->ok("kill $(cat /run/monitor.pid)");

    std::vector<std::string> events;
    for (const auto &event : monitor_told())
        events.push_back(line_of(event));
    EXPECT_EQ(events, (std::vector<std::string>{"w0 created", "w0 deleted"}));
}

TEST_F(Tools, MonitorTellsOfPeers)
{
    near_->ok("ip link add t0 type virt mode tunnel learn 192.0.2.0/24 "
              "keepalive 1 any; ip link set t0 up");
    near_->ok("virtstat monitor t0 >/run/monitor 2>&1 & echo $! "
              ">/run/monitor.pid");
    const auto told = [&](const std::string &what) {
        return eventually(
            [&] {
                return near_->ok("cat /run/monitor").find(what) !=
                       std::string::npos;
            },
            15);
    };
    // It listens from the first event on that it tells.
    int ttl = 1;
    EXPECT_TRUE(eventually([&] {
        near_->ok("ip link set t0 type virt ttl " + std::to_string(ttl++));
        return !near_->ok("cat /run/monitor").empty();
    }));
    EXPECT_TRUE(told(" changed ttl "));

    far_->ok("ip link add t0 type virt mode tunnel remote 192.0.2.1 "
             "keepalive 1; ip link set t0 up");
    EXPECT_TRUE(told(" t0 peer_learnt total 1\n"));
    EXPECT_TRUE(told(" t0 carrier\n"));
    const std::string table = near_->ok("virtstat t0");
    EXPECT_NE(table.find(" 192.0.2.2"), std::string::npos) << table;
    far_->ok("ip link del t0");
    EXPECT_TRUE(told(" t0 peer_lost total 1\n"));
    EXPECT_TRUE(told(" t0 no_carrier\n"));
    near_->ok("kill $(cat /run/monitor.pid)");
}

// What the module and the kernel refuse, the doctor has said before.
TEST_F(Tools, DoctorNamesWhatStandsInTheWay)
{
    const auto said = [&](const std::string &arguments, int status,
                          const std::string &severity,
                          const std::string &check) {
        Result result = near_->run("virtstat doctor -j " + arguments);
        std::string text;

        EXPECT_EQ(result.status, status) << result.out << result.err;
        for (const auto &finding : nlohmann::json::parse(result.out))
            if (finding["severity"] == severity && finding["check"] == check)
                text = finding["text"];
        return text;
    };

    add_child("v0", "", {"192.0.2.10/24"});
    EXPECT_NE(said("", 0, "ok", "module").find("is loaded"), std::string::npos);
    EXPECT_EQ(said("", 0, "ok", "plugin"), "ip knows the options of virt");
    EXPECT_EQ(said("p0", 0, "ok", "parent"), "p0 can have virt children");
    EXPECT_EQ(near_->run("virtstat doctor nosuch").status, 3);

    near_->ok("sysctl -qw net.ipv4.conf.v0.rp_filter=1");
    EXPECT_NE(said("v0", 0, "warning", "rp_filter").find("v0 and p0"),
              std::string::npos);
    far_->ok("ip link set q0 down");
    EXPECT_NE(said("v0", 4, "problem", "carrier").find("parent p0"),
              std::string::npos);

    near_->ok("ip link del v0; ip link add br0 type bridge;"
              "ip link set p0 master br0");
    EXPECT_EQ(said("p0", 4, "problem", "parent"),
              "p0 is a port of bridge br0: it can have no virt children");
    near_->refused("ip link add link p0 type virt");
    near_->ok("ip link del br0; ip link add link p0 name m0 type macvlan");
    EXPECT_EQ(said("p0", 4, "problem", "parent"),
              "p0 has macvlan m0: it can have no virt children");
    near_->refused("ip link add link p0 type virt");
    near_->ok("ip link del m0");

    near_->ok("ip link add t0 type virt mode tunnel remote 203.0.113.1");
    EXPECT_EQ(said("t0", 4, "problem", "route"),
              "t0 has no route to its peer 203.0.113.1");
    EXPECT_EQ(said("-P 50000 t0", 4, "note", "port")
                  .find("UDP port 50000 is that of t0"),
              0U);
    near_->ok("ip rule add fwmark 7 lookup 100; ip link set t0 type virt "
              "mark 7; ip route add 203.0.113.1 via 192.0.2.2 table 100");
    EXPECT_EQ(near_->run("virtstat doctor t0").status, 0) << "by its mark";
    near_->ok("ip rule del fwmark 7; ip link set t0 type virt mark 0 local "
              "192.0.2.1; ip rule add from 192.0.2.1 lookup 100");
    EXPECT_EQ(near_->run("virtstat doctor t0").status, 0) << "by its source";
    near_->ok("ip link set t0 type virt remote 192.0.2.2;"
              "ip link set t0 mtu 1500");
    EXPECT_NE(said("t0", 0, "warning", "mtu").find("fragmented"),
              std::string::npos);
    near_->ok("ip link del t0");

    near_->ok("socat -u UDP4-RECV:50007 /dev/null >/dev/null 2>&1 & echo $! "
              ">/run/socat.pid");
    EXPECT_TRUE(eventually(
        [&] { return near_->run("virtstat doctor -P 50007").status == 4; }));
    EXPECT_EQ(said("-P 50007", 4, "problem", "port")
                  .find("UDP port 50007 is bound by socat (process "),
              0U);
    near_->ok("kill $(cat /run/socat.pid)");
}

// Its datagrams go by the namespace that it was made in.
TEST_F(Tools, DoctorOfATunnelThatWasMoved)
{
    Netns box("box");
    near_->ok("ip link add t0 netns box type virt mode tunnel "
              "remote 192.0.2.2 dev p0;"
              "ip link add t1 netns box type virt mode tunnel "
              "remote 192.0.2.3");
    box.ok("ip link set t0 up; ip link set t1 up");
    for (const std::string name : {"t0", "t1"}) {
        const Result result = box.run("virtstat doctor -j " + name);
        EXPECT_EQ(result.status, 0);
        EXPECT_EQ(result.out.find("its peer"), std::string::npos) << result.out;
    }
}

// What keeps the module out, on a machine that is made to look so.
TEST_F(Tools, DoctorFindsWhyTheModuleIsNotThere)
{
    const auto found = [&](const std::string &look, const std::string &check) {
        Result result = near_->run("unshare -m sh -ec '" + look +
                                   "exec virtstat doctor -j'");
        EXPECT_TRUE(virt::test::fits_schema(result.out, "doctor"));
        for (const auto &finding : nlohmann::json::parse(result.out))
            if (finding["check"] == check)
                return std::string(finding["severity"]) + ": " +
                       std::string(finding["text"]) + " -> " +
                       finding.value("remedy", "");
        return result.out;
    };
    std::string here = near_->ok("uname -r");
    here.pop_back();
    const std::string unloaded = "mount -t tmpfs none /sys/module;";
    const std::string bare =
        unloaded + "mount -t tmpfs none /lib/modules; cd /lib/modules;";
    const std::string locked = unloaded +
                               "mount -t tmpfs none /sys/kernel/security;"
                               "echo \"none [integrity] confidentiality\" "
                               ">/sys/kernel/security/lockdown;";

    EXPECT_EQ(found(bare, "module")
                  .find("problem: virt is not installed -> "
                        "apt install ./virt-dkms"),
              0U)
        << found(bare, "module");
    EXPECT_EQ(found(bare, "headers"),
              "problem: the headers of " + here +
                  " are missing: virt cannot be built -> apt install "
                  "linux-headers-" +
                  here);
    EXPECT_EQ(found(bare + "mkdir 4.1.0; echo updates/dkms/virt.ko: "
                           ">4.1.0/modules.dep;",
                    "module"),
              "problem: virt is built for other kernels (4.1.0), not for " +
                  here + ", which runs -> dkms autoinstall -k " + here);
    EXPECT_EQ(found(unloaded, "module").find("ok: virt "), 0U);

    // DKMS signs where it can, with a key that this machine has not enrolled.
    const bool is_signed = !near_->ok("modinfo -F signer virt").empty();
    const std::string signature = found(locked, "signature");
    EXPECT_EQ(signature.find(is_signed
                                 ? "note: lockdown is integrity: the key of "
                                 : "problem: lockdown is integrity, and virt "
                                   "is not signed -> "),
              0U)
        << signature;
    EXPECT_NE(signature.find("mokutil --import /var/lib/dkms/mok.pub"),
              std::string::npos);
}

TEST_F(Tools, NarrowTerminalsClosedPipesAndNoRights)
{
    add_child("v0");
    add_child("a-longer-name-0", "mode mac");

    // The reader goes: that is the end, and no error.
    for (const char *command :
         {"virtstat -s", "virtstat -j", "virtstat metrics", "virtstat doctor",
          "virtstat watch -i 0.1", "virtstat watch -j -i 0.1",
          "virtstat monitor"}) {
        Result result = near_->run("{ timeout 10 " + std::string(command) +
                                   "; echo $? >&2; } | true");
        EXPECT_TRUE(result.err == "0\n" || result.err == "4\n")
            << command << ": " << result.err;
    }

    Result narrow = near_->run("LC_ALL=C COLUMNS=20 LINES=5 timeout 10 "
                               "virtstat watch -i 0.1 -C 1");
    EXPECT_EQ(narrow.status, 0) << narrow.err;
    std::istringstream lines(narrow.out);
    for (std::string line; std::getline(lines, line);)
        EXPECT_LE(line.size(), 20U) << line;

    // Anybody may look; who has no rights cannot change, nor go elsewhere.
    const std::string nobody = "setpriv --bounding-set=-all --inh-caps=-all ";
    EXPECT_NE(near_->ok(nobody + "virtstat").find("v0"), std::string::npos);
    EXPECT_NE(
        near_->run(nobody + "virtstat doctor").out.find("not create them"),
        std::string::npos);
    Result result = near_->run(nobody + "virtstat -n far");
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1);
    near_->refused(nobody + "ip link add link p0 type virt");
}

} // namespace e2e
