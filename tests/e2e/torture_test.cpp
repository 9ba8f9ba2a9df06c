// SPDX-License-Identifier: GPL-2.0-only
// Interfaces come, change and go in any order under traffic. Seconds by
// default, as long as VIRT_TORTURE says, from the seed VIRT_SEED.
//
// Copyright (C) The virt authors
#include "torture.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <optional>
#include <thread>

#include "bed.hpp"
#include "ledger.hpp"
#include "shapes.hpp"

namespace e2e
{

class Torture : public Bed
{
protected:
    using Clock = std::chrono::steady_clock;

    void SetUp() override
    {
        Bed::SetUp();
        std::cout << "seed " << torture_seed() << std::endl;
        patched_.emplace(*far_);
        warm_up();
        ledger_.emplace();
        before_ = kernel_kib();
    }

    // What is left may be what caches keep, and for each of those that were
    // made less than the smallest object.
    void TearDown() override
    {
        // a kernel that looks for uses after free keeps what is freed, and
        // looks for leaks itself
        const uint64_t noise = std::filesystem::exists("/sys/kernel/debug/"
                                                       "kmemleak")
                                   ? 128 * 1024
                                   : 2 * 1024;
        uint64_t after = 0;

        patched_.reset();
        Bed::TearDown();
        EXPECT_TRUE(ledger_->is_even()) << ledger_->alive().size() << " left";
        const uint64_t slack = noise + ledger_->created() * 96 / 1024;
        EXPECT_TRUE(eventually(
            [&] { return (after = kernel_kib()) < before_ + slack; }, 30))
            << "the kernel's memory grew from " << before_ << " to " << after
            << " KiB while " << ledger_->created() << " came and went";
        std::cout << "memory " << before_ << " to " << after << " KiB, "
                  << ledger_->created() << " made" << std::endl;
    }

    // What comes for the first time leaves what is kept for the next.
    void warm_up()
    {
        Netns box("warm");

        near_->batch({"link add link p0 name c0 netns warm up type virt",
                      "link add link p0 name c1 up type virt mode mac",
                      "link add name t0 type virt mode tunnel remote 192.0.2.2",
                      "link set t0 up", "link set t0 netns warm"});
        host().ok("modprobe -r virt && modprobe virt");
    }

    // What the kernel has and would not give back: without what its caches
    // hold in advance, and what CPUs have not yet reported.
    static uint64_t kernel_kib()
    {
        host().run("for f in /sys/kernel/slab/*; do "
                   "[ -L $f ] || echo 1 >$f/shrink; done; "
                   "echo 1 >/proc/sys/vm/stat_refresh");
        return std::stoull(
            host().ok("awk '/^(SUnreclaim|Percpu)/ {n += $2} END {print n}' "
                      "/proc/meminfo"));
    }

    const NoAutoload no_autoload_;
    std::optional<Patched> patched_;
    std::optional<Ledger> ledger_;
    uint64_t before_ = 0;
};

namespace
{

// What `ip` is told, at random, in the namespace of the parent and in others.
class Chaos
{
public:
    explicit Chaos(unsigned seed) : random_(seed) {}

    std::string line()
    {
        static const std::vector<std::string> kinds{
            "type virt",
            "type virt mode mac",
            "type virt mode mac bclim 0",
            "type virt mode mac flood on",
            "type virt mode steal",
            "type virt host off",
            "type virt isolate on",
            "type virt allow 192.0.2.0/24",
            "type virt guard on mode mac"};
        static const std::vector<std::string> settings{
            "mode share", "mode mac",  "mode steal",         "host on",
            "host off",   "arp all",   "isolate on",         "isolate off",
            "flood on",   "bclim 0",   "bclim 100",          "guard on",
            "guard auto", "allow any", "allow 192.0.2.11/32"};
        static const std::vector<std::string> tunnels{
            "remote 192.0.2.2",
            "remote 192.0.2.2 port 50001 rx filter tx netpoll",
            "remote 192.0.2.3 port 50001 keepalive 1 any",
            "remote 2001:db8::2 keepalive 1",
            "learn 192.0.2.0/24 port 50001 hold 1",
            "remote 192.0.2.2 port 50002 payload ip",
            "remote 10.0.0.2 port 50003",
            "remote 192.0.2.2 port 50004 dev p0",
            "remote 192.0.2.11 port 50005 local 192.0.2.1"};
        static const std::vector<std::string> flags{"up",
                                                    "up",
                                                    "up",
                                                    "down",
                                                    "promisc on",
                                                    "promisc off",
                                                    "allmulticast on",
                                                    "allmulticast off",
                                                    "nomaster"};

        switch (random_() % 28) {
        case 0:
        case 1:
        case 2:
            return "link add link " + parent() + " name " + child() + " " +
                   one_of(random_, kinds);
        case 3:
        case 4:
            return "link del " + any();
        case 5:
        case 6:
            return "link set " + child() + " type virt " +
                   one_of(random_, settings);
        case 7:
        case 8:
        case 9:
        case 10:
            return "link set " + any() + " " + one_of(random_, flags);
        case 11:
        case 12:
            return "addr add 192.0.2.1" + digit(3) + "/24 dev " + child();
        case 13:
            return "addr add 2001:db8::1" + digit(3) + "/64 dev " + child();
        case 14:
            return "addr flush dev " + any();
        case 15:
            return "link set " + any() + " netns " + netns();
        case 16:
        case 25:
        case 26:
            return "link add name " + tunnel() + " type virt mode tunnel " +
                   one_of(random_, tunnels);
        case 17:
            return "link set " + tunnel() + " type virt " +
                   one_of(random_, tunnels);
        case 18:
            return "addr add 10.0.0." + digit(9) + "/24 dev " + tunnel();
        case 19:
            return "link set " + any() + " mtu " +
                   one_of(random_, std::vector<std::string>{
                                       "68", "1280", "1400", "1500", "9000"});
        case 20:
            return "link set " + any() + " address 02:00:00:00:00:c" + digit(9);
        case 21:
            return "link set " + parent() + " " +
                   one_of(random_,
                          std::vector<std::string>{"up", "up", "down"});
        case 22:
            return "link set " + any() + " master br0";
        case 23:
            return "link add link " + any() + " name w" + digit(3) +
                   " type vlan id 1" + digit(9);
        case 24:
            return "link add link " + any() + " name m" + digit(3) +
                   " type macvlan mode bridge";
        default:
            return "link set " + any() + " name " + any();
        }
    }

    // What `ethtool` is told.
    std::string features()
    {
        static const std::vector<std::string> names{
            "tso", "gso",    "gro",    "sg",     "tx",
            "rx",  "rxhash", "rxvlan", "highdma"};

        return "ethtool -K " + (random_() % 3 ? child() : tunnel()) + " " +
               one_of(random_, names) + (random_() % 2 ? " on" : " off");
    }

    std::string netns()
    {
        return one_of(random_,
                      std::vector<std::string>{"near", "box0", "box1"});
    }

    std::mt19937 &random() { return random_; }

private:
    std::string digit(unsigned below)
    {
        return std::to_string(random_() % below);
    }

    std::string parent() { return random_() % 4 ? "p0" : "d0"; }
    std::string child() { return "c" + digit(6); }
    std::string tunnel() { return "t" + digit(4); }

    std::string any()
    {
        switch (random_() % 12) {
        case 0:
            return "w" + digit(3);
        case 1:
            return "m" + digit(3);
        case 2:
            return "d0";
        case 3:
        case 4:
        case 5:
            return tunnel();
        default:
            return child();
        }
    }

    std::mt19937 random_;
};

} // namespace

TEST_F(Torture, Chaos)
{
    const std::string quiet = " >/dev/null 2>&1";
    unsigned long namespaces = 0, reloads = 0, operations = 0, features = 0;
    std::unique_ptr<Netns> boxes[2];
    Chaos chaos(torture_seed());

    near_->batch({"link add d0 up type dummy", "link add br0 up type bridge"});
    host().ok("modprobe -a sch_ingress nft_limit");
    // for as long as somebody hooks both ways of a device the kernel need not
    // patch itself for each hook of ours: two CPUs of QEMU 7.2 may go on to
    // see the breakpoint of a patch that is long done, for ever
    far_->ok("tc qdisc add dev q0 clsact");
    // bridges with loops come by themselves, and on a real-time kernel what
    // goes round in them leaves nobody else any time
    near_->ok("nft 'table bridge storm { chain c { type filter hook forward "
              "priority 0; limit rate over 20/second drop; }; }'");
    Mutator mutator(*far_, "q0", torture_frames(), torture_seed());
    const auto start = Clock::now();
    const auto end = start + std::chrono::seconds(torture_seconds(8));
    // each round: fresh boxes, many operations in all three at once, then
    // what `ip` does not do
    for (int round = 0; Clock::now() < end; round++) {
        for (int i : {0, 1})
            if (!boxes[i]) {
                boxes[i] = std::make_unique<Netns>("box" + std::to_string(i));
                // `ip` ends at the name of a device that is not there
                boxes[i]->batch({"link add p0 up type dummy",
                                 "link add d0 up type dummy",
                                 "link add br0 up type bridge"});
            }
        {
            IpStream near(*near_), box0(*boxes[0]), box1(*boxes[1]);

            for (int i = 0; i < 150 && Clock::now() < end; i++) {
                const std::string line = chaos.line();

                near.say(line);
                (i % 2 ? box0 : box1).say(i % 3 ? line : chaos.line());
                if (i % 30 == 0)
                    near.settle();
            }
            operations += near.lines() + box0.lines() + box1.lines();
        }
        ledger_->read();
        near_->run("ip -d -s link show" + quiet);
        for (int i = 0; i < 3; i++)
            features += !near_->run(chaos.features() + quiet).status;
        switch (chaos.random()() % 10) {
        case 0:
            near_->run("tc qdisc replace dev p0 root netem loss 10% "
                       "duplicate 10% corrupt 10% reorder 10% delay 1ms" +
                       quiet);
            break;
        case 1:
            near_->run("tc qdisc del dev p0 root" + quiet);
            break;
        case 2:
            near_->run("virtstat" + quiet + "; virtstat -j" + quiet);
            break;
        case 3:
            near_->run("ethtool -K p0 tso off gso off gro off" + quiet +
                       "; ethtool -S c0" + quiet);
            break;
        case 4:
            near_->run("ethtool -K p0 tso on gso on gro on" + quiet);
            break;
        case 5:
            near_->run("ip link del d0" + quiet +
                       "; ip link add d0 type dummy; ip link set d0 up");
            break;
        case 6:
            near_->run("for f in /sys/class/net/*/statistics/*; do "
                       "cat $f; done" +
                       quiet + "; ping -c 2 -i 0.01 -W 1 192.0.2.2" + quiet);
            break;
        case 7:
            reloads += !host().run("modprobe -r virt").status;
            EXPECT_EQ(host().run("modprobe virt").status, 0);
            break;
        default:
            boxes[chaos.random()() % 2].reset();
            namespaces++;
        }
    }
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - start);
    EXPECT_GT(operations, 0u);
    EXPECT_GT(ledger_->created(), 0u);
    EXPECT_GT(mutator.frames(), 0u);
    torture_total("chaos seconds", static_cast<unsigned long>(seconds.count()));
    torture_total("chaos operations", operations);
    torture_total("chaos devices made", ledger_->created());
    torture_total("chaos features changed", features);
    torture_total("chaos frames", mutator.frames());
    torture_total("namespace exits", namespaces);
    torture_total("module reloads", reloads);
}

// Frames for a parent with children of all kinds, then datagrams for tunnels
// of all kinds, in every shape of an skb, on each CPU as fast as they can be
// made: half of VIRT_PACKETS each.
TEST_F(Torture, Flood)
{
    const unsigned long half = std::max(torture_count("PACKETS"), 20000ul) / 2;
    const uint32_t batch = 100;
    const ShapeMaker maker(*near_);
    Netns box("box0");

    add_child("c0", "", {"192.0.2.11/24", "2001:db8::11/64"});
    add_child("c1", "mode mac allow 192.0.2.0/24", {"192.0.2.12/24"});
    near_->batch({"link set c1 address 02:00:00:00:00:c1",
                  "link add br0 type bridge", "link set br0 up",
                  "link add link p0 name c2 up master br0 type virt mode mac "
                  "flood on bclim 0",
                  "link add link p0 name c3 netns box0 up type virt arp all",
                  "link add name t0 up type virt mode tunnel "
                  "remote 192.0.2.2 keepalive 1",
                  "link add name t1 up type virt mode tunnel port 50001 "
                  "remote 192.0.2.2 rx filter tx netpoll",
                  "link add name t2 up type virt mode tunnel "
                  "remote 2001:db8::2",
                  "link add name t3 up type virt mode tunnel port 50002 "
                  "remote 192.0.2.2 payload ip",
                  "link add name t4 up type virt mode tunnel port 50003 "
                  "learn 192.0.2.0/24 hold 1"});

    for (const auto &[what, frames] :
         {std::pair{"flood frames", torture_frames()},
          {"flood datagrams", torture_datagrams()}}) {
        std::atomic<unsigned long> done = 0;
        auto flood = [&, &frames = frames](unsigned seed) {
            std::mt19937 random(seed);

            for (; done < half && !HasFailure(); done += batch)
                EXPECT_TRUE(maker.flood("p0", one_of(random, frames), batch,
                                        static_cast<uint32_t>(random())));
        };
        {
            std::vector<std::jthread> floods;

            for (unsigned i = 0; i < std::thread::hardware_concurrency(); i++)
                floods.emplace_back(flood, torture_seed() * 100 + i);
        }
        torture_total(what, done);
    }
    for (const std::string name : {"c0", "c1", "t0", "t1", "t2", "t3", "t4"})
        EXPECT_GT(counter(*near_, name, "rx_packets"), half / 100) << name;
    EXPECT_TRUE(pings(*far_, "192.0.2.11"));
}

// The same thing again and again: made and deleted, with a namespace, with a
// parent of a hundred, with the module; for a time, or as often as is asked.
// Counted is what the module says that it made, not what `ip` was told.
TEST_F(Torture, ComingAndGoing)
{
    const bool whole = torture_is_long() || torture_count("PARENTS");
    const unsigned hundred = whole ? 100 : 20;
    Mutator mutator(*far_, "q0", torture_frames(), torture_seed());
    const auto share = std::chrono::seconds(torture_seconds(4)) / 4;
    unsigned long met = 0, exits = 0;

    // @action, which makes @each devices for one @what: until there were
    // VIRT_@wanted, or for a quarter of the time
    auto repeat = [&](const std::string &what, const std::string &wanted,
                      unsigned each, auto action) {
        const auto end = Clock::now() + share;
        const unsigned long times = torture_count(wanted) * each;
        const unsigned long before = ledger_->created();
        unsigned long last, made = 0;

        do {
            last = made;
            action();
            made = ledger_->created() - before;
            EXPECT_GT(made, last) << what << ": nothing was made";
        } while ((times ? made < times : Clock::now() < end) && !HasFailure());
        EXPECT_TRUE(ledger_->is_even())
            << what << ": " << ledger_->alive().size() << " left";
        EXPECT_GE(made, each);
        torture_total(what, made / each);
    };

    repeat("create and delete", "CREATE", 1, [&] {
        IpStream ip(*near_);

        for (int i = 0; i < 20; i++) {
            ip.say("link add link p0 name c0 type virt mode mac");
            ip.say("link set c0 up");
            ip.say("addr add 192.0.2.11/24 dev c0");
            ip.say("link del c0");
            ip.say("link add name t0 type virt mode tunnel remote 192.0.2.2");
            ip.say("link set t0 up");
            ip.say("link del t0");
        }
    });
    repeat("namespace exits", "NAMESPACES", 3, [&] {
        Netns box("box0");

        // a port is not free before its namespace is gone
        near_->batch({"link add link p0 name c0 netns box0 up type virt",
                      "link add link p0 name c1 netns box0 up type virt",
                      "link add name t0 type virt mode tunnel "
                      "remote 192.0.2.2 keepalive 1 port " +
                          std::to_string(50000 + exits++ % 1000),
                      "link set t0 netns box0"});
        box.batch({"link set t0 up"});
    });
    repeat("parents deleted", "PARENTS", hundred, [&] {
        near_->batch({"link add d0 up address 02:00:00:00:00:0a type veth "
                      "peer name e0 netns far"});
        far_->ok("ip link set e0 up");
        Mutator frames(*far_, "e0", torture_frames(), torture_seed());
        {
            IpStream ip(*near_);

            for (unsigned i = 0; i < hundred; i++)
                ip.say("link add link d0 name d" + std::to_string(i + 1) +
                       " up type virt mode mac");
            ip.say("link del d0");
        }
        met += frames.frames();
    });
    repeat("module reloads", "RELOADS", 2, [&] {
        near_->ok("ip link add link p0 name c0 up type virt &&"
                  "ip link add name t0 type virt mode tunnel "
                  "remote 192.0.2.2 && ip link set t0 up &&"
                  "modprobe -r virt && modprobe virt");
    });
    EXPECT_GT(met, 0u);
    EXPECT_GT(mutator.frames(), 0u);
    torture_total("frames for parents", met);
    torture_total("frames meanwhile", mutator.frames());
    add_child("v0", "", {"192.0.2.10/24"});
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
}

} // namespace e2e
