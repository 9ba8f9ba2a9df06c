// SPDX-License-Identifier: GPL-2.0-only
// What allocates, registers or asks may fail: every allocation of every
// operation once, every notifier's veto, and at random under traffic. For
// kernels with fault injection, as the debug kernel. All modes and operations
// where VIRT_TORTURE is set.
//
// Copyright (C) The virt authors
#include "torture.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <regex>
#include <system_error>

#include "tunnel.hpp"

namespace e2e
{

namespace
{

const std::string kDebug = "/sys/kernel/debug/";

void put(const std::string &path, const std::string &value)
{
    std::ofstream file(path);

    file << value << std::flush;
    EXPECT_TRUE(file.good()) << path << " does not take " << value;
}

std::string get(const std::string &path)
{
    std::ifstream file(path);

    return {std::istreambuf_iterator<char>(file), {}};
}

// Of the allocations that the module makes for a task, or others for the
// module, one fails.
void fail_nth(pid_t task, unsigned nth)
{
    put("/proc/" + std::to_string(task) + "/fail-nth", std::to_string(nth));
}

// Whether it came to that; from here on none fails.
bool has_failed(pid_t task)
{
    const std::string path = "/proc/" + std::to_string(task) + "/fail-nth";
    const bool failed = get(path) == "0\n";

    put(path, "0");
    return failed;
}

// A lasting `ip` in a namespace, which takes one line after the other.
class LastingIp
{
public:
    explicit LastingIp(const Netns &ns)
    {
        int in[2], out[2];

        if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
            throw std::system_error(errno, std::generic_category(), "pipe2");
        pid_ = fork();
        if (!pid_) {
            const Inside inside(ns);

            dup2(in[0], STDIN_FILENO);
            dup2(out[1], STDOUT_FILENO);
            dup2(out[1], STDERR_FILENO);
            execlp("stdbuf", "stdbuf", "-oL", "ip", "-d", "-o", "-force",
                   "-batch", "-", nullptr);
            _exit(127);
        }
        close(in[0]);
        close(out[1]);
        in_ = in[1];
        out_ = out[0];
    }

    LastingIp(const LastingIp &) = delete;
    LastingIp &operator=(const LastingIp &) = delete;

    ~LastingIp()
    {
        close(in_);
        close(out_);
        waitpid(pid_, nullptr, 0);
    }

    // What it says to @line.
    std::string say(const std::string &line)
    {
        // that of lo, which is always there, ends the answer
        static const std::string end = "1: lo: ";
        const std::string whole = line + "\nlink show dev lo\n";
        std::string said;
        char part[4096];
        size_t at;

        if (write(in_, whole.data(), whole.size()) < 0)
            return kEnded;
        while ((at = said.find(end)) == std::string::npos ||
               said.find('\n', at) == std::string::npos) {
            const ssize_t count = read(out_, part, sizeof(part));

            if (count <= 0)
                return kEnded;
            said.append(part, static_cast<size_t>(count));
        }
        return said.substr(0, at);
    }

    // Whether it took the line.
    static bool took(const std::string &said)
    {
        return said.find("Command failed") == std::string::npos &&
               said != kEnded;
    }

    pid_t pid() const { return pid_; }

private:
    static constexpr auto kEnded = "ip has ended";

    pid_t pid_;
    int in_, out_;
};

} // namespace

class Faults : public TunnelBed
{
protected:
    void SetUp() override
    {
        TunnelBed::SetUp();
        if (!std::filesystem::exists(kDebug + "failslab"))
            GTEST_SKIP() << "this kernel has no fault injection";
        // from and to, as 0x and 16 digits each
        const std::string tracker =
            host().ok("awk '/ ref_tracker_alloc$/ {from = $1; getline; "
                      "print \"0x\" from, \"0x\" $1; exit}' /proc/kallsyms");
        for (const std::string kind : {"failslab/", "fail_page_alloc/"}) {
            // where modules are: one must have asked for it
            put(kDebug + kind + "require-start", "0xffffffffa0000000");
            put(kDebug + kind + "require-end", "0xffffffffff000000");
            put(kDebug + kind + "stacktrace-depth", "32");
            // who looks for leaks must not go without
            if (!tracker.empty()) {
                put(kDebug + kind + "reject-start", tracker.substr(0, 18));
                put(kDebug + kind + "reject-end", tracker.substr(19, 18));
            }
            put(kDebug + kind + "ignore-gfp-wait", "N");
            // each failure would be told with a trace
            put(kDebug + kind + "verbose", "0");
        }
        put(kDebug + "fail_page_alloc/min-order", "0");
        // each try waits for grace periods
        put("/sys/kernel/rcu_expedited", "1");
        far_->ok("timeout 3600 ping -q -i 0.1 192.0.2.1 >/dev/null 2>&1 &"
                 "timeout 3600 ping -q -b -i 0.1 192.0.2.255 "
                 ">/dev/null 2>&1 &");
        datagrams_.emplace(*far_, "q0", torture_datagrams(), torture_seed());
    }

    void TearDown() override
    {
        EXPECT_TRUE(!datagrams_ || datagrams_->frames());
        datagrams_.reset();
        far_->run("pkill -x ping");
        put("/sys/kernel/rcu_expedited", "0");
        TunnelBed::TearDown();
    }

    static bool whole() { return torture_is_long() || torture_count("EVERY"); }

    // The quick form takes a sample, and so does who says which (VIRT_EVERY).
    static unsigned every()
    {
        const unsigned long asked = torture_count("EVERY");

        return asked ? static_cast<unsigned>(asked) : whole() ? 1 : 29;
    }

    // The settings of an interface as @ip shows them, or nothing; not what is
    // known of its peer, who speaks meanwhile.
    static std::string shown(LastingIp &ip, const std::string &name)
    {
        static const std::regex heard(
            R"([\s\\]*\b(peer|peer_port|seen_ms|rtt_us|loss_permille) \S+)");
        const std::string said = ip.say("link show dev " + name);

        return LastingIp::took(said) ? std::regex_replace(said, heard, "") : "";
    }

    // @command fails in every way: each failure leaves what was before, and
    // what succeeds is undone by @undo, in @there.
    void exhaust(const std::string &command, const std::string &name,
                 const std::string &undo, const Netns &there)
    {
        LastingIp ip(*near_), undoing(there);
        std::string before = shown(ip, name);
        const unsigned step = every();
        unsigned nth = 1, tries = 0, refused = 0;
        bool failed;

        do {
            fail_nth(ip.pid(), nth);
            const std::string said = ip.say(command);
            failed = has_failed(ip.pid());
            if (LastingIp::took(said)) {
                const std::string undone = undoing.say(undo);

                ASSERT_TRUE(LastingIp::took(undone)) << undo << ": " << undone;
                before = shown(ip, name);
            } else {
                refused++;
                EXPECT_TRUE(failed) << command << ": " << said;
                EXPECT_EQ(shown(ip, name), before)
                    << command << ", allocation " << nth << ": " << said;
            }
            tries += failed;
            nth += step;
        } while (failed && !HasFailure());
        std::cout << "TOTAL fail-nth " << tries << " (" << refused
                  << " refused): " << command << std::endl;
    }

    void exhaust(const std::string &command, const std::string &name,
                 const std::string &undo)
    {
        exhaust(command, name, undo, *near_);
    }

    const NoAutoload no_autoload_;
    std::optional<Mutator> datagrams_;
};

TEST_F(Faults, Child)
{
    exhaust("link add link p0 name v0 type virt mode mac "
            "allow 192.0.2.0/24",
            "v0", "link del v0");
    if (whole()) {
        exhaust("link add link p0 name v0 type virt", "v0", "link del v0");
        exhaust("link add link p0 name v0 type virt mode steal", "v0",
                "link del v0");
        add_child("v1");
        exhaust("link add link p0 name v0 type virt host on", "v0",
                "link del v0");
    }
    EXPECT_TRUE(pings(*far_, "192.0.2.1"));
}

TEST_F(Faults, Tunnel)
{
    const std::string add = "link add name t0 type virt mode tunnel "
                            "remote 192.0.2.2 ";

    exhaust(add, "t0", "link del t0");
    if (whole()) {
        exhaust(add + "rx filter tx netpoll keepalive 1", "t0", "link del t0");
        exhaust(add + "payload ip dev p0", "t0", "link del t0");
        exhaust("link add name t0 type virt mode tunnel "
                "remote 2001:db8::2 local 2001:db8::1",
                "t0", "link del t0");
        exhaust("link add name t0 type virt mode tunnel "
                "learn 192.0.2.0/24",
                "t0", "link del t0");
    }
    add_pair();
    expect_pings("afterwards");
}

// A change that is refused has changed nothing.
TEST_F(Faults, Changes)
{
    Netns box("box");

    add_child("v0", "", {"192.0.2.10/24", "2001:db8::10/64"});
    exhaust("link set v0 type virt mode mac", "v0",
            "link set v0 type virt mode share");
    exhaust("link set v0 type virt allow 192.0.2.0/24", "v0",
            "link set v0 type virt allow any");
    add_pair();
    exhaust("link set t0 type virt remote 192.0.2.3 port 50001", "t0",
            "link set t0 type virt remote 192.0.2.2 port 50000");
    exhaust("link set t0 type virt rx filter", "t0",
            "link set t0 type virt rx udp");
    if (whole()) {
        exhaust("link set v0 type virt mode steal", "v0",
                "link set v0 type virt mode share");
        exhaust("link set v0 type virt host off", "v0",
                "link set v0 type virt host on");
        exhaust("link set v0 down", "v0", "link set v0 up");
        near_->ok("ip link set v0 down");
        exhaust("link set v0 up", "v0", "link set v0 down");
        near_->ok("ip link set v0 type virt mode mac; ip link set v0 up");
        exhaust("link set v0 address 02:00:00:00:00:77", "v0",
                "link set v0 address 02:00:00:00:00:78");
        exhaust("link set v0 promisc on", "v0", "link set v0 promisc off");
        exhaust("link set v0 allmulticast on", "v0",
                "link set v0 allmulticast off");
        exhaust("link add link v0 name v0.5 type vlan id 5", "v0.5",
                "link del v0.5");
        exhaust("link set p0 address 02:00:00:00:00:1a", "p0",
                "link set p0 address 02:00:00:00:00:0a");
        exhaust("link set t0 type virt tx netpoll", "t0",
                "link set t0 type virt tx udp");
        exhaust("link set t0 type virt keepalive 1", "t0",
                "link set t0 type virt keepalive 0");
        exhaust("link set t0 type virt local 192.0.2.1", "t0",
                "link set t0 type virt local 0.0.0.0");
        near_->ok("ip link set t0 type virt learn 192.0.2.0/24");
        exhaust("link set t0 type virt learn 192.0.2.0/25", "t0",
                "link set t0 type virt learn 192.0.2.0/24");
        near_->ok("ip link set v0 type virt mode share");
    }
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
    expect_pings("afterwards");
    if (whole()) {
        near_->ok("ip link set v0 down; ip link set t0 down");
        exhaust("link set v0 netns box", "v0", "link set v0 netns near", box);
        exhaust("link set t0 netns box", "t0", "link set t0 netns near", box);
    }
}

// Addresses are not refused for lack of memory, but get no frames: counted.
TEST_F(Faults, Addresses)
{
    add_child("v0");
    exhaust("addr add 192.0.2.10/24 dev v0", "v0",
            "addr del 192.0.2.10/24 dev v0");
    exhaust("addr add 2001:db8::10/64 dev v0 nodad", "v0",
            "addr del 2001:db8::10/64 dev v0");
    EXPECT_GE(counter(*near_, "v0", "addr_refused"), 2u);
    near_->ok("ip addr add 192.0.2.10/24 dev v0");
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
}

// Loading fails at each of its steps and leaves nothing.
TEST_F(Faults, Load)
{
    const Netns &initial = host();
    const std::string path = initial.ok("modinfo -n virt");
    const int file = open(path.substr(0, path.find('\n')).c_str(), O_RDONLY);
    const auto links = "ip -o link show type virt";

    initial.ok("ip link add d0 type dummy; ip link set d0 up;"
               "ip addr add 198.51.100.1/24 dev d0; rmmod virt");
    for (const std::string parameters :
         {"link=d0 mode=mac", "dst=198.51.100.2 ip=10.9.0.1 mask=24"}) {
        unsigned nth = 1, tries = 0;
        bool failed;

        do {
            fail_nth(getpid(), nth);
            const long status =
                syscall(SYS_finit_module, file, parameters.c_str(), 0);
            failed = has_failed(getpid());
            EXPECT_TRUE(!status || failed) << strerror(errno);
            if (!status)
                initial.ok("rmmod virt");
            else
                EXPECT_EQ(initial.run(links).out, "") << nth;
            tries += failed;
            nth += every();
        } while (failed && !HasFailure());
        std::cout << "TOTAL fail-nth " << tries << ": module load with "
                  << parameters << std::endl;
    }
    close(file);
    initial.ok("ip link del d0; modprobe virt");
}

// Somebody else's notifier says no at each of the places where one may.
TEST_F(Faults, Vetoes)
{
    const std::string actions =
        kDebug + "notifier-error-inject/netdev/actions/";
    const std::string mac = "ip link add link p0 name v0 type virt mode mac";
    const std::string tunnel = "ip link add name t0 type virt mode tunnel "
                               "remote 192.0.2.2";
    struct Case {
        const char *action;
        std::string command;
    };

    if (host().run("modprobe netdev-notifier-error-inject").status)
        GTEST_SKIP() << "this kernel has no notifier-error-inject";
    auto veto = [&](const std::string &action, bool on) {
        put(actions + action + "/error", on ? "-12" : "0");
    };

    for (const Case &c : {Case{"NETDEV_POST_INIT", mac},
                          {"NETDEV_REGISTER", mac},
                          {"NETDEV_PRECHANGEUPPER", mac},
                          {"NETDEV_CHANGEUPPER", mac},
                          {"NETDEV_POST_INIT", tunnel},
                          {"NETDEV_REGISTER", tunnel}}) {
        veto(c.action, true);
        near_->refused(c.command);
        veto(c.action, false);
        EXPECT_EQ(near_->ok("ip -o link show type virt"), "") << c.action;
    }
    near_->ok(mac);
    near_->ok(tunnel);
    for (const Case &c : {Case{"NETDEV_PRE_UP", "ip link set v0 up"},
                          {"NETDEV_PRECHANGEMTU", "ip link set v0 mtu 1400"},
                          {"NETDEV_CHANGEMTU", "ip link set v0 mtu 1400"},
                          {"NETDEV_PRECHANGEMTU", "ip link set p0 mtu 1400"},
                          {"NETDEV_PRE_UP", "ip link set t0 up"}}) {
        veto(c.action, true);
        near_->refused(c.command);
        veto(c.action, false);
        EXPECT_EQ(mtu_of(*near_, "v0"), 1500) << c.action;
    }
    near_->batch({"link del t0", "link del v0"});
    host().ok("modprobe -r netdev-notifier-error-inject");
}

// Of all that the data path allocates, a part fails.
TEST_F(Faults, AtRandomUnderTraffic)
{
    const std::string seconds = std::to_string(torture_seconds(5));

    add_child("v0", "", {"192.0.2.10/24", "2001:db8::10/64"});
    add_child("v1", "mode mac bclim 0", {"192.0.2.11/24"});
    add_pair("keepalive 1");
    near_->ok("ip link add name t1 type virt mode tunnel port 50001 "
              "remote 192.0.2.2 rx filter tx netpoll; ip link set t1 up");
    for (const std::string kind : {"failslab/", "fail_page_alloc/"}) {
        put(kDebug + kind + "times", "-1");
        put(kDebug + kind + "probability", "20");
    }
    far_->run("for to in 192.0.2.10 192.0.2.11 10.0.0.1 2001:db8::10 "
              "2001:db8:a::1; do timeout " +
              seconds +
              " ping -q -i 0.01 -s 2000 $to & done >/dev/null 2>&1; wait");
    near_->run("for i in 1 2 3 4 5 6 7 8; do"
               " ip link set v0 type virt mode mac;"
               " ip link set v0 type virt mode share;"
               " ip addr add 192.0.2.1$i/24 dev v1;"
               " ip link set t0 type virt remote 192.0.2.2; done");
    for (const std::string kind : {"failslab/", "fail_page_alloc/"})
        put(kDebug + kind + "probability", "0");
    far_->run("pkill -x ping");
    EXPECT_TRUE(pings(*far_, "192.0.2.1"));
    expect_pings("afterwards");
    near_->batch({"link del v0", "link del v1", "link del t1"});
    add_child("v0", "", {"192.0.2.10/24"});
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
}

} // namespace e2e
