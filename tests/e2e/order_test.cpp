// SPDX-License-Identifier: GPL-2.0-only
// Parent, child, tunnel, both namespaces and the module go, in every order, up
// and down, under readers and traffic. What is gone through an earlier one is
// gone when its turn comes, and only that.
//
//        near                          box                 far
//   +-------------+              +-------------+
//   | c0 c1       |              | c2 c3       |
//   |    p0 ------+--------------+-------------+---------- q0
//   | c4 p1 ------+--------------+-------------+---------- q1
//   |    p2 ------+--------------+ c5 ---------+---------- q2
//   | t2   sockets of t0, t1     | t0 t1   socket of t2    |
//   +-------------+              +-------------+
//
// Copyright (C) The virt authors
#include "bed.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <glob.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <sstream>
#include <system_error>
#include <thread>

#include "rtnetlink.hpp"
#include "torture.hpp"

namespace e2e
{

namespace
{

const std::vector<std::string> kElements{"parent", "child", "tunnel",
                                         "box",    "near",  "module"};
// The groups of what is removed at once.
constexpr uint32_t kParents = 71, kChildren = 72, kTunnels = 73;

struct Thing {
    std::string name;
    // the namespace of its device
    std::string where;
    // with any of these it goes
    std::set<std::string> ends;
};

const std::vector<Thing> kThings{
    {"p0", "near", {"parent", "near"}},
    {"p1", "near", {"parent", "near"}},
    {"p2", "near", {"parent", "near"}},
    {"c0", "near", {"parent", "child", "near", "module"}},
    {"c1", "near", {"parent", "child", "near", "module"}},
    {"c4", "near", {"parent", "child", "near", "module"}},
    {"c2", "box", {"parent", "child", "near", "box", "module"}},
    {"c3", "box", {"parent", "child", "near", "box", "module"}},
    {"c5", "box", {"parent", "child", "near", "box", "module"}},
    {"t0", "box", {"tunnel", "near", "box", "module"}},
    {"t1", "box", {"tunnel", "near", "box", "module"}},
    {"t2", "near", {"tunnel", "near", "box", "module"}},
};

// What is to go, one after the other.
struct Plan {
    std::vector<std::string> order;
    bool up;

    std::string text() const
    {
        std::string all = up ? "up:" : "down:";

        for (const std::string &element : order)
            all += " " + element;
        return all;
    }
};

std::vector<Plan> all_plans()
{
    std::vector<std::string> order = kElements;
    std::vector<Plan> plans;

    std::sort(order.begin(), order.end());
    do {
        plans.push_back({order, true});
        plans.push_back({order, false});
    } while (std::next_permutation(order.begin(), order.end()));
    return plans;
}

// The devices of where we are.
std::set<std::string> devices()
{
    auto *const all = if_nameindex();
    std::set<std::string> names;

    for (auto *link = all; link && link->if_name; link++)
        names.insert(link->if_name);
    if_freenameindex(all);
    return names;
}

// Where the sysfs of a namespace is mounted; that does not keep it alive.
std::string sysfs(const std::string &name)
{
    return "/run/sysfs-" + name;
}

// A thread that reads in both namespaces, whichever is there, again and again.
// It keeps one alive for as long as a user does who reads once.
class Reader
{
public:
    using Read = std::function<void(const std::string &)>;

    explicit Reader(Read read, int rest_ms = 10)
        : read_(std::move(read)),
          thread_([this, rest_ms](std::stop_token stop) {
              while (!stop.stop_requested())
                  for (const std::string name : {"near", "box"}) {
                      once(name);
                      pause_ms(rest_ms);
                  }
          })
    {
    }

    unsigned long reads() const { return reads_; }

private:
    void once(const std::string &name)
    {
        try {
            const Inside inside(name);

            read_(name);
            reads_++;
        } catch (const std::system_error &) {
            // it has gone, or is to come
        }
    }

    const Read read_;
    std::atomic<unsigned long> reads_ = 0;
    std::jthread thread_;
};

void read_file(const std::string &path)
{
    std::ifstream file(path);
    std::ostringstream all;

    all << file.rdbuf();
}

// All of a `ip -d -s link`, without `ip`.
void read_netlink(const std::string &)
{
    struct {
        nlmsghdr header;
        ifinfomsg link;
    } request{};
    std::vector<char> reply(65536);
    const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    ssize_t got;

    request.header.nlmsg_len = sizeof(request);
    request.header.nlmsg_type = RTM_GETLINK;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    if (send(fd, &request, sizeof(request), 0) > 0)
        while ((got = recv(fd, reply.data(), reply.size(), 0)) >
               static_cast<ssize_t>(sizeof(nlmsghdr))) {
            nlmsghdr header;

            std::memcpy(&header, reply.data(), sizeof(header));
            if (header.nlmsg_type != RTM_NEWLINK)
                break;
        }
    close(fd);
}

// The counters of `ethtool -S`, without `ethtool`.
void read_counters(const std::string &)
{
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    std::vector<char> room(65536);

    for (const std::string &name : devices())
        for (const uint32_t command :
             {ETHTOOL_GDRVINFO, ETHTOOL_GSTRINGS, ETHTOOL_GSTATS}) {
            ethtool_gstrings ask{};
            ifreq request{};

            ask.cmd = command;
            // a number for the others
            ask.string_set = ETH_SS_STATS;
            std::memcpy(room.data(), &ask, sizeof(ask));
            name.copy(request.ifr_name, IFNAMSIZ - 1);
            request.ifr_data = room.data();
            ioctl(fd, SIOCETHTOOL, &request);
        }
    close(fd);
}

void read_sysfs(const std::string &name)
{
    glob_t found{};

    for (const char *file : {"/statistics/*", "/speed", "/carrier"})
        if (!glob((sysfs(name) + "/class/net/*" + file).c_str(), GLOB_NOSORT,
                  nullptr, &found)) {
            for (size_t i = 0; i < found.gl_pathc; i++)
                read_file(found.gl_pathv[i]);
            globfree(&found);
        }
    read_file("/proc/thread-self/net/dev");
}

// As users do it.
void read_by_programs(const std::string &)
{
    host().run("ip -d -s -j link show");
    host().run("virtstat -j");
    host().run("ethtool -S c0");
}

} // namespace

class Order : public Bed
{
protected:
    void SetUp() override
    {
        std::cout << "seed " << torture_seed() << std::endl;
        for (const std::string name : {"near", "box"})
            mkdir(sysfs(name).c_str(), 0700);
        // most of the time would go by in grace periods
        host().ok("echo 1 >/sys/kernel/rcu_expedited");
        far_ = std::make_unique<Netns>("far");
        patched_.emplace(*far_);
    }

    void TearDown() override
    {
        patched_.reset();
        box_.reset();
        Bed::TearDown();
        host().ok("echo 0 >/sys/kernel/rcu_expedited");
        for (const std::string name : {"near", "box"}) {
            umount2(sysfs(name).c_str(), MNT_DETACH);
            rmdir(sysfs(name).c_str());
        }
    }

    void make(bool up)
    {
        near_ = make_netns("near");
        box_ = make_netns("box");
        const std::string state = up ? " up" : "";
        const std::string child = state + " group " + std::to_string(kChildren);
        const std::string tunnel = state + " group " +
                                   std::to_string(kTunnels) +
                                   " type virt mode tunnel remote 192.0.2.2 ";

        // the ends of "near" and "box" tell far when these are gone
        near_->batch(
            {parent("p0", "q0", "02:00:00:00:00:0a"),
             parent("p1", "q1", "02:00:00:00:00:1a"),
             parent("p2", "q2", "02:00:00:00:00:2a"),
             "link add end type veth peer name near netns far",
             "addr add 192.0.2.1/24 dev p0",
             "addr add 2001:db8::1/64 dev p0 "
             "nodad",
             "link add link p0 name c0" + child + " type virt",
             "link add link p0 name c1 address 02:00:00:00:00:c1" + child +
                 " type virt mode mac",
             "link add link p0 name c2 netns box" + child + " type virt",
             "link add link p0 name c3 netns box" + child +
                 " type virt mode mac flood on bclim 0",
             "link add link p1 name c4" + child + " type virt mode steal",
             "link add link p2 name c5 netns box" + child +
                 " type virt mode steal",
             "addr add 192.0.2.11/24 dev c0",
             "link add name t0" + tunnel + "keepalive 1",
             "link add name t1" + tunnel + "port 50001 rx filter tx netpoll",
             "link set t0 netns box", "link set t1 netns box"});
        std::vector<std::string> box{
            "link add end type veth peer name box netns far",
            "addr add 192.0.2.12/24 dev c2",
            "link add name t2 netns near" + tunnel + "port 50002 keepalive 1"};
        // they went down to move
        if (up)
            box.insert(box.end(), {"link set t0 up", "link set t1 up"});
        box_->batch(box);
        far_->batch({"link set q0 up", "link set q1 up", "link set q2 up",
                     "addr add 192.0.2.2/24 dev q0"});
    }

    // In one order; @waits: each has an end before the next goes.
    void end(const Plan &plan, bool waits)
    {
        std::set<std::string> gone;

        for (const std::string &element : plan.order) {
            remove(element);
            gone.insert(element);
            if (waits)
                expect_left(gone);
        }
        expect_left(gone);
        EXPECT_FALSE(std::filesystem::exists("/sys/module/virt"));
    }

    // Frames for parents and ports until @what is done, on two CPUs where there
    // are two.
    template <typename What>
    void under_traffic(std::mt19937 &random, What what)
    {
        const int cpus = static_cast<int>(std::thread::hardware_concurrency());
        std::vector<Bytes> datagrams = torture_datagrams();
        const std::vector<Bytes> others = torture_datagrams("192.0.2.12");

        datagrams.insert(datagrams.end(), others.begin(), others.end());
        const std::vector<std::string> ends{"q0", "q0", "q1", "q2"};
        const Mutator first(*far_, one_of(random, ends), torture_frames(),
                            static_cast<unsigned>(random()), 0);
        const Mutator second(*far_, "q0", datagrams,
                             static_cast<unsigned>(random()), cpus - 1);
        EXPECT_TRUE(eventually(
            [&] { return first.frames() && second.frames(); }, kTeardown));
        what();
        frames_ += first.frames() + second.frames();
    }

    unsigned long frames_ = 0;
    std::unique_ptr<Netns> box_;

private:
    static std::unique_ptr<Netns> make_netns(const std::string &name)
    {
        auto made = std::make_unique<Netns>(name);
        const Inside inside(name);

        umount2(sysfs(name).c_str(), MNT_DETACH);
        EXPECT_EQ(mount("sysfs", sysfs(name).c_str(), "sysfs", 0, nullptr), 0);
        return made;
    }

    static std::string parent(const std::string &name, const std::string &end,
                              const std::string &address)
    {
        return "link add " + name + " up group " + std::to_string(kParents) +
               " address " + address + " type veth peer name " + end +
               " netns far";
    }

    void remove(const std::string &element)
    {
        if (element == "near")
            near_.reset();
        else if (element == "box")
            box_.reset();
        else if (element == "module")
            EXPECT_TRUE(eventually(
                [] { return !syscall(SYS_delete_module, "virt", O_NONBLOCK); },
                kTeardown))
                << strerror(errno);
        else
            for (const Netns *ns : {near_.get(), box_.get()})
                if (ns)
                    Rtnetlink(*ns).remove_group(element == "parent" ? kParents
                                                : element == "child"
                                                    ? kChildren
                                                    : kTunnels);
    }

    // What is there, and nothing else, if all in @gone have gone.
    void expect_left(const std::set<std::string> &gone) const
    {
        for (const Netns *ns : {near_.get(), box_.get()}) {
            std::set<std::string> expected, left;

            if (!ns)
                continue;
            for (const Thing &thing : kThings)
                if (thing.where == ns->name() &&
                    std::none_of(thing.ends.begin(), thing.ends.end(),
                                 [&](auto &end) { return gone.contains(end); }))
                    expected.insert(thing.name);
            EXPECT_TRUE(eventually(
                [&] {
                    left = things(*ns);
                    return left == expected;
                },
                kTeardown))
                << ns->name() << " has " << ::testing::PrintToString(left)
                << ", not " << ::testing::PrintToString(expected);
        }
        for (const std::string name : {"near", "box"}) {
            EXPECT_TRUE(eventually(
                [&] { return is_in_far(name) != gone.contains(name); },
                kTeardown))
                << name << (gone.contains(name) ? " stays" : " has gone");
        }
    }

    static std::set<std::string> things(const Netns &ns)
    {
        const Inside inside(ns);
        std::set<std::string> found = devices();

        std::erase_if(found, [](const std::string &name) {
            return std::none_of(
                kThings.begin(), kThings.end(),
                [&](const Thing &thing) { return thing.name == name; });
        });
        return found;
    }

    bool is_in_far(const std::string &device) const
    {
        const Inside inside(*far_);

        return if_nametoindex(device.c_str());
    }

    const NoAutoload no_autoload_;
    std::optional<Patched> patched_;
};

// All orders where VIRT_TORTURE is set, each VIRT_EVERYth of them, or some
// seconds of them.
TEST_F(Order, AllEndsOfAll)
{
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::seconds(10);
    const unsigned long every = torture_count("EVERY");
    const bool timed = !every && !torture_is_long();
    std::mt19937 random(torture_seed());
    std::vector<Plan> plans = all_plans();
    unsigned long done = 0, reads = 0;

    std::shuffle(plans.begin(), plans.end(), random);
    plans.resize(plans.size() / std::max(every, 1ul));
    {
        const std::array<Reader, 4> readers{
            Reader(read_netlink), Reader(read_counters), Reader(read_sysfs),
            Reader(read_by_programs, 100)};

        for (const Plan &plan : plans) {
            if ((timed && done && Clock::now() > end) || HasFailure())
                break;
            const bool waits = random() % 2;
            SCOPED_TRACE(plan.text() + (waits ? "" : ", at once"));
            make(plan.up);
            under_traffic(random, [&] { this->end(plan, waits); });
            host().ok("modprobe virt");
            done++;
        }
        for (const Reader &reader : readers) {
            EXPECT_GT(reader.reads(), 0u);
            reads += reader.reads();
        }
    }
    torture_total("orders", done);
    torture_total("order reads", reads);
    torture_total("order frames", frames_);
    make(true);
    under_traffic(random, [&] {
        for (const auto &[ns, device] : {std::pair{near_.get(), "c0"},
                                         {box_.get(), "c2"},
                                         {box_.get(), "t0"},
                                         {near_.get(), "t2"}})
            EXPECT_TRUE(eventually([&, ns = ns, device = device] {
                return counter(*ns, device, "rx_packets") > 0;
            })) << device;
    });
    EXPECT_TRUE(pings(*far_, "192.0.2.11"));
}

} // namespace e2e
