// SPDX-License-Identifier: GPL-2.0-only
// The tunnel without a kernel module, against itself and against socat.
//
// Copyright (C) The virt authors
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <memory>

#include <nlohmann/json.hpp>

#include "bed.hpp"
#include "tests/schema/schema.hpp"

namespace e2e
{

namespace
{

// A program in the background, from construction to destruction.
class Program
{
public:
    Program(const Netns &ns, std::string name, const std::string &command)
        : ns_(ns), file_("/tmp/" + std::move(name))
    {
        pid_ = std::stoi(ns_.ok("exec " + command + " >" + file_ + ".out 2>" +
                                file_ + ".err & echo $!"));
    }
    Program(const Program &) = delete;
    Program &operator=(const Program &) = delete;
    ~Program()
    {
        if (pid_ > 0)
            end(SIGTERM);
    }

    void end(int signal)
    {
        kill(pid_, signal);
        // a device of many queues takes a debug kernel long
        EXPECT_TRUE(eventually(
            [&] {
                return kill(pid_, 0) != 0 || status().contains("Z (") ||
                       status().empty();
            },
            kTeardown))
            << "does not end";
        pid_ = -1;
    }

    // What it wrote.
    std::string out() const { return host().ok("cat " + file_ + ".out"); }
    std::string err() const { return host().ok("cat " + file_ + ".err"); }

    struct Text : std::string {
        bool contains(const char *what) const { return find(what) != npos; }
    };
    Text status() const
    {
        return {
            host().run("cat /proc/" + std::to_string(pid_) + "/status").out};
    }

private:
    const Netns &ns_;
    std::string file_;
    int pid_ = -1;
};

} // namespace

class Virtpeer : public Bed
{
protected:
    // A virtpeer whose device t0 is there.
    std::unique_ptr<Program> start(const Netns &ns, const std::string &options,
                                   const std::string &prefix = "")
    {
        auto program = std::make_unique<Program>(
            ns, "virtpeer-" + ns.name(), prefix + "virtpeer " + options);
        EXPECT_TRUE(eventually(
            [&] { return program->err().find(" mtu ") != std::string::npos; },
            kTeardown))
            << program->err();
        return program;
    }

    std::unique_ptr<Program> start_near(const std::string &options)
    {
        return start(*near_, options + " -i t0 -a 10.9.0.1/24");
    }

    std::unique_ptr<Program> start_far(const std::string &options)
    {
        return start(*far_, options + " -i t0 -a 10.9.0.2/24");
    }

    // What it counted, when it has ended.
    nlohmann::json counted(Program &program)
    {
        program.end(SIGTERM);
        const std::string line = program.out();
        EXPECT_TRUE(virt::test::fits_schema(line, "counters", "virtpeer"));
        return nlohmann::json::parse(line);
    }

    bool lower_up(const Netns &ns)
    {
        return ns.ok("ip -o link show t0").find("LOWER_UP") !=
               std::string::npos;
    }

    // Sends so many bytes by TCP over the tunnel and compares them.
    void transfer(const Netns &from, const Netns &to, const std::string &addr)
    {
        host().ok("head -c 3000000 /dev/urandom >/tmp/sent; rm -f /tmp/got");
        Program sink(to, "sink",
                     "socat -u TCP6-LISTEN:7,ipv6only=0,reuseaddr "
                     "CREATE:/tmp/got");
        EXPECT_TRUE(eventually([&] {
            return from.run("socat -u FILE:/tmp/sent TCP:" + addr + ":7")
                       .status == 0;
        }));
        EXPECT_TRUE(eventually(
            [] { return host().run("cmp /tmp/sent /tmp/got").status == 0; },
            kTeardown))
            << "what arrived is not what was sent";
    }
};

TEST_F(Virtpeer, CarriesBothPayloadsOverBothFamilies)
{
    for (const std::string payload : {"ether", "ip"}) {
        for (const std::string end : {"192.0.2.", "2001:db8::"}) {
            SCOPED_TRACE(payload + " over " + end);
            const std::string common = " -j --queues 2 --payload " + payload;
            auto near = start_near("-r " + end + "2 -a fd00::1/64" + common);
            auto far = start_far("-r " + end + "1 -a fd00::2/64" + common);

            EXPECT_TRUE(pings(*near_, "10.9.0.2"));
            EXPECT_TRUE(pings(*far_, "-s 4000 10.9.0.1"));
            EXPECT_TRUE(pings(*near_, "-6 fd00::2"));
            transfer(*near_, *far_, "10.9.0.2");
            transfer(*far_, *near_, "[fd00::1]");
            auto stats = counted(*far);
            EXPECT_GT(stats["rx"]["bytes"], 3000000);
            EXPECT_GT(stats["tx"]["bytes"], 3000000);
            EXPECT_EQ(stats["causes"]["rx_short"], 0);
            EXPECT_EQ(stats["causes"]["tx_too_big"], 0);
        }
    }
}

TEST_F(Virtpeer, ALinkLocalPeerIsTheDevices)
{
    near_->ok("ip addr add fe80::1/64 dev p0 nodad");
    far_->ok("ip addr add fe80::2/64 dev q0 nodad");
    auto near = start_near("-r fe80::2 -l fe80::1 --dev p0");
    auto far = start_far("-r fe80::1%q0 -l fe80::2%q0");

    EXPECT_TRUE(pings(*near_, "10.9.0.2"));
}

TEST_F(Virtpeer, SpeaksWithSocat)
{
    for (const std::string kind : {"tap", "tun"}) {
        SCOPED_TRACE(kind);
        auto near = start_near(std::string("-r 192.0.2.2 --rport 5001 "
                                           "--payload ") +
                               (kind == "tap" ? "ether" : "ip"));
        Program socat(*far_, "socat",
                      "socat TUN:10.9.0.2/24,tun-name=t0,iff-no-pi,iff-up,"
                      "tun-type=" +
                          kind + " UDP4-DATAGRAM:192.0.2.1:50000,bind=:5001");

        EXPECT_TRUE(pings(*near_, "10.9.0.2"));
        EXPECT_TRUE(pings(*near_, "-s 1400 10.9.0.2"));
        far_->ok("ip link set t0 mtu 1400");
        transfer(*near_, *far_, "10.9.0.2");
        transfer(*far_, *near_, "10.9.0.1");
    }
}

TEST_F(Virtpeer, MtuIsWhatTheRouteTakes)
{
    const auto mtu = [&](const std::string &options) {
        auto near = start_near(options);
        return std::stoi(near_->ok("ip -o link show t0 | "
                                   "sed 's/.* mtu \\([0-9]*\\).*/\\1/'"));
    };
    EXPECT_EQ(mtu("-r 192.0.2.2"), 1458);
    EXPECT_EQ(mtu("-r 2001:db8::2"), 1438);
    EXPECT_EQ(mtu("-r 192.0.2.2 --payload ip"), 1472);
    EXPECT_EQ(mtu("-r 2001:db8::2 --payload ip"), 1452);
    EXPECT_EQ(mtu("-r 192.0.2.2 --mtu 9000"), 9000);
}

TEST_F(Virtpeer, IsNobodyAfterTheSetUp)
{
    auto near = start_near("-r 192.0.2.2");
    const auto status = near->status();

    EXPECT_TRUE(status.contains("Uid:\t65534\t65534\t65534\t65534")) << status;
    EXPECT_TRUE(status.contains("CapEff:\t0000000000000000")) << status;
    EXPECT_TRUE(status.contains("NoNewPrivs:\t1")) << status;
}

// What it says must not go to the peer, who would have the number of the file.
TEST_F(Virtpeer, StartsWithoutStandardFiles)
{
    near_->ok("virtpeer -r 192.0.2.2 -i t0 <&- >&- 2>&- & echo $! "
              ">/run/virtpeer.pid");
    EXPECT_TRUE(
        eventually([&] { return near_->run("ip link show t0 up").out != ""; }));
    for (const char *number : {"0", "1", "2"})
        EXPECT_EQ(near_->ok("readlink /proc/$(cat /run/virtpeer.pid)/fd/" +
                            std::string(number)),
                  "/dev/null\n");
    near_->ok("kill $(cat /run/virtpeer.pid)");
}

TEST_F(Virtpeer, CarrierFollowsAPeerThatAnswers)
{
    auto near = start_near("-r 192.0.2.2 --keepalive 1");
    // nobody is there yet, and nobody has answered
    EXPECT_TRUE(lower_up(*near_));
    {
        auto far = start_far("-r 192.0.2.1");
        EXPECT_TRUE(pings(*near_, "10.9.0.2"));
        pause_ms(1500);
        far->end(SIGKILL);
    }
    EXPECT_TRUE(eventually([&] { return !lower_up(*near_); }, 10));
    auto far = start_far("-r 192.0.2.1");
    far->status();
    EXPECT_TRUE(eventually([&] { return lower_up(*near_); }, 10));
    auto stats = [&] {
        kill(std::stoi(near_->ok("pgrep -f 'virtpeer.*keepalive' | head -1")),
             SIGUSR1);
        return near->err();
    };
    EXPECT_TRUE(eventually([&] {
        return stats().find(" peer_lost 1") != std::string::npos;
    })) << near->err();
}

TEST_F(Virtpeer, AnyCountsPlainSilence)
{
    auto near = start_near("-r 192.0.2.2 --keepalive 1 --any");
    EXPECT_TRUE(eventually([&] { return !lower_up(*near_); }, 10));
}

TEST_F(Virtpeer, LearnsItsPeer)
{
    auto near = start_near("-j --learn 192.0.2.0/24");
    EXPECT_FALSE(lower_up(*near_));
    auto far = start_far("-p 6000 --rport 50000 -r 192.0.2.1");

    EXPECT_TRUE(pings(*far_, "10.9.0.1"));
    EXPECT_TRUE(lower_up(*near_));
    auto stats = counted(*near);
    EXPECT_EQ(stats["peer"], "192.0.2.2:6000");
    EXPECT_EQ(stats["causes"]["peer_learnt"], 1);
}

TEST_F(Virtpeer, CountsWhatItDoesNotTake)
{
    auto near = start_near("-j -r 192.0.2.2 --strict --filter arp");
    const auto send = [&](const std::string &what, const std::string &port) {
        far_->ok("printf " + what +
                 " | socat -u - UDP4-DATAGRAM:192.0.2.1:50000,bind=:" + port);
    };
    send("thirteenbytes", "50000");
    send("fourteen-bytes", "50000");
    send("fourteen-bytes", "50001");
    near_->run("ping -6 -c 1 -W 1 ff02::1%t0");
    auto stats = counted(*near);
    EXPECT_EQ(stats["causes"]["rx_short"], 1);
    EXPECT_EQ(stats["causes"]["rx_bad_src"], 1);
    EXPECT_EQ(stats["rx"]["packets"], 1);
    EXPECT_GE(stats["causes"]["tx_filter"], 1);
}

// The peer sends nonsense of every size as fast as it can. A minute of it:
// VIRT_GARBAGE_SECONDS=60.
TEST_F(Virtpeer, OutlivesGarbage)
{
    const char *seconds = std::getenv("VIRT_GARBAGE_SECONDS");
    auto near = start_near("-j -r 192.0.2.2 --keepalive 1");
    const auto memory = [&] {
        return std::stoi(
            near->status().substr(near->status().find("VmRSS:") + 6));
    };
    host().ok("cat >/tmp/garbage.py <<'END'\n"
              "import os, random, socket, sys, time\n"
              "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
              "s.bind(('192.0.2.2', 50000))\n"
              "s.connect(('192.0.2.1', 50000))\n"
              "head = bytes.fromhex('0180c200000e0200000000019000')\n"
              "ip = bytes.fromhex('02000000000a02000000000b0800450000ff')\n"
              "some = [random.choice([b'', head, ip]) +\n"
              "        os.urandom(random.randrange(1400)) for _ in "
              "range(512)] + [b'short']\n"
              "end = time.monotonic() + float(sys.argv[1])\n"
              "while time.monotonic() < end:\n"
              "    for data in some:\n"
              "        try:\n"
              "            s.send(data)\n"
              "        except ConnectionRefusedError:\n"
              "            sys.exit('nobody listens')\n"
              "END");
    const std::string send = "python3 /tmp/garbage.py ";
    far_->ok(send + "1");
    const int before = memory();
    far_->ok(send + (seconds ? seconds : "2"));
    EXPECT_LT(memory(), before + 4096) << "KiB";

    auto far = start_far("-r 192.0.2.1");
    EXPECT_TRUE(pings(*far_, "10.9.0.1"));
    auto stats = counted(*near);
    EXPECT_GT(stats["rx"]["packets"], 512);
    EXPECT_GT(stats["causes"]["rx_short"], 0);
}

TEST_F(Virtpeer, CapturedFramesAreInjected)
{
    // what leaves by e0 goes to the far side, through a bridge there or not
    near_->ok("ip link add e0 type veth peer name e1; ip link set e0 up;"
              "ip link set e1 up; ip addr add 10.8.0.1/24 dev e0;"
              "ip neigh add 10.8.0.2 lladdr 02:00:00:00:00:99 dev e0");
    far_->ok("ip link add br0 address 02:00:00:00:00:77 type bridge;"
             "ip link set br0 up; ip addr add 10.8.0.2/24 dev br0");
    for (const char *way : {"--bridge br0 --dmac 02:00:00:00:00:77",
                            "-a 10.8.0.2/24 --dmac own"}) {
        SCOPED_TRACE(way);
        auto far =
            start(*far_, std::string("inject -j -r 192.0.2.1 -i t0 ") + way);
        auto near = start(*near_, "capture e0 'udp port 9' -j -r 192.0.2.2");
        Program sink(*far_, "sink",
                     "socat -u UDP4-RECV:9 OPEN:/tmp/injected,creat,trunc");

        EXPECT_TRUE(eventually([&] {
            near_->ok("echo hello | socat -u - UDP4:10.8.0.2:9;"
                      "echo bad | socat -u - UDP4:10.8.0.2:10");
            return host().run("grep -q hello /tmp/injected").status == 0;
        }));
        EXPECT_NE(host().run("grep -q bad /tmp/injected").status, 0);
        EXPECT_GT(counted(*near)["tx"]["packets"], 0);
        auto stats = counted(*far);
        EXPECT_GT(stats["rx"]["packets"], 0);
        EXPECT_EQ(stats["tx"]["packets"], 0);
        far_->run("ip link del br0");
    }
}

TEST_F(Virtpeer, DumpShowsAndRecords)
{
    auto near = start_near("dump --pcap /tmp/dump.pcap -r 192.0.2.2");
    auto far = start_far("-r 192.0.2.1 --keepalive 1");

    EXPECT_TRUE(pings(*near_, "10.9.0.2"));
    EXPECT_TRUE(eventually([&] {
        return near->out().find("< 60 ") != std::string::npos &&
               near->out().find("keepalive request 1") != std::string::npos;
    }));
    const std::string text = near->out();
    EXPECT_NE(text.find("ARP who has 10.9.0.2 tell 10.9.0.1"),
              std::string::npos);
    EXPECT_NE(text.find("IPv4 10.9.0.2 > 10.9.0.1 ICMP type 0 code 0"),
              std::string::npos);
    EXPECT_NE(text.find("  0000  "), std::string::npos);
    EXPECT_NE(host()
                  .ok("tcpdump -nr /tmp/dump.pcap 2>/dev/null")
                  .find("ICMP echo reply"),
              std::string::npos);
    near.reset();

    // Nobody reads what is shown.
    const Result result = near_->run("{ timeout " + std::to_string(kTeardown) +
                                     " virtpeer dump -r 192.0.2.2 -i t0 "
                                     "-a 10.9.0.1/24; echo $? >&2; } | true");
    EXPECT_NE(result.err.find("\nvirtpeer: cannot write: Broken pipe\n2\n"),
              std::string::npos)
        << result.err;
}

TEST_F(Virtpeer, TransformChangesWhatPasses)
{
    // turns every 'x' into a 'y' on the way out
    host().ok("cat >/tmp/transform.py <<'END'\n"
              "import sys\n"
              "i, o = sys.stdin.buffer, sys.stdout.buffer\n"
              "while h := i.read(3):\n"
              "    p = i.read(h[0] << 8 | h[1])\n"
              "    if h[2:] == b'>':\n"
              "        p = p.replace(b'xxxx', b'yyyy')\n"
              "    o.write(h + p)\n"
              "    o.flush()\n"
              "END");
    auto near = start_near("-r 192.0.2.2 --transform "
                           "'python3 /tmp/transform.py'");
    auto far = start_far("-r 192.0.2.1");
    Program watch(*far_, "watch",
                  "tcpdump -Alni t0 --immediate-mode udp port 9");

    EXPECT_TRUE(pings(*near_, "10.9.0.2"));
    EXPECT_TRUE(eventually([&] {
        near_->ok("echo axxxxb | socat -u - UDP4:10.9.0.2:9");
        return watch.out().find("ayyyyb") != std::string::npos;
    }));
    near.reset();

    Program dead(*near_, "dead",
                 "virtpeer -r 192.0.2.2 -i t1 --transform true");
    EXPECT_TRUE(eventually(
        [&] {
            return dead.err().find("virtpeer: the transform ended") !=
                   std::string::npos;
        },
        kTeardown))
        << dead.err();
}

// The transform may end first, or be ended while it is written to.
TEST_F(Virtpeer, EndsWithItsTransform)
{
    near_->ok("sysctl -qw net.ipv6.conf.default.disable_ipv6=1");
    const Result dead = near_->run("timeout 120 virtpeer -r 192.0.2.2 -i t1 "
                                   "--transform true");
    EXPECT_EQ(dead.status, 2);
    EXPECT_NE(dead.err.find("virtpeer: the transform ended"), std::string::npos)
        << dead.err;

    const Result asked = near_->run(
        "{ until ip addr show t1 | grep -q 10.9; do sleep 0.1; done;"
        "  ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:99 dev t1;"
        "  head -c 300000 /dev/zero | socat -u -b 1000 - UDP4:10.9.0.2:9;"
        "  pkill -INT virtpeer; } >/dev/null 2>&1 &"
        "virtpeer -r 192.0.2.2 -i t1 -a 10.9.0.1/24 --transform 'sleep inf'");
    EXPECT_EQ(asked.status, 0) << asked.err;
}

TEST_F(Virtpeer, TransformSeesNoSocketOfRoot)
{
    Program capture(*near_, "capture",
                    "virtpeer capture p0 -r 192.0.2.2 --pcap /tmp/seen.pcap "
                    "--transform 'echo /proc/self/fd/* >&2; cat'");

    EXPECT_TRUE(eventually(
        [&] { return capture.err().find("/fd/2") != std::string::npos; }));
    // that of the directory among them
    EXPECT_EQ(capture.err().find("/fd/4"), std::string::npos) << capture.err();
}

TEST_F(Virtpeer, EndsWithoutThreads)
{
    const Result result = near_->run(
        "timeout 120 prlimit --nproc=2 virtpeer -r 192.0.2.2 --queues 4");

    EXPECT_EQ(result.status, 2);
    EXPECT_NE(result.err.find("cannot start a thread: "), std::string::npos)
        << result.err;
}

TEST_F(Virtpeer, SaysWhatIsWrongInOneLine)
{
    struct Case {
        const char *command;
        int status;
        const char *says;
    };
    auto taken = start_near("-r 192.0.2.2");

    for (const Case &wrong : std::initializer_list<Case>{
             {"virtpeer", 1, "--remote or --learn is required"},
             {"virtpeer -r 192.0.2.2 --port 65536", 1, "must be 1 to 65535"},
             {"virtpeer -r 192.0.2.2", 2, "cannot bind 0.0.0.0:50000"},
             {"virtpeer -r 192.0.2.1 -p 7", 2, "must not be this very end"},
             {"virtpeer -r 192.0.2.2 -p 7 -i t0", 2, "device t0"},
             {"virtpeer -r 192.0.2.2 -p 7 --dev no0", 2, "the device no0"},
             {"virtpeer -r fe80::2 -p 7", 1, "--dev"},
             {"virtpeer -r 192.0.2.2 -p 7 --user no0", 2, "no user no0"},
             {"virtpeer -r 192.0.2.2 -p 7 --bridge no0", 2, "no device no0"},
             {"virtpeer -r 192.0.2.2 -p 7 --pcap /no/file", 2, "/no/file"},
             {"virtpeer capture p0 'bo gus' -r 192.0.2.2 -p 7", 2, "filter"},
             {"virtpeer capture no0 -r 192.0.2.2 -p 7", 2, "no0"}}) {
        const Result result = near_->run(wrong.command);
        EXPECT_EQ(result.status, wrong.status) << wrong.command;
        EXPECT_EQ(result.err.find("virtpeer: "), 0U) << result.err;
        EXPECT_NE(result.err.find(wrong.says), std::string::npos)
            << wrong.command << ": " << result.err;
        EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1)
            << result.err;
    }
}

} // namespace e2e
