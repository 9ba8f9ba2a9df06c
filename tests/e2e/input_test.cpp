// SPDX-License-Identifier: GPL-2.0-only
// What `ip` would not send: attributes that are missing, twice there, of the
// wrong length or unknown; and values at the ends of their ranges.
//
// Copyright (C) The virt authors
#include "torture.hpp"

#include <cerrno>
#include <cstring>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <random>

#include "bed.hpp"
#include "jail.hpp"
#include "leaks.hpp"
#include "module/uapi/linux/if_virt.h"
#include "rtnetlink.hpp"
#include "tunnel.hpp"

namespace e2e
{

namespace
{

// How long the value of an attribute is that can be set, 0 for what varies.
struct Setting {
    uint16_t type;
    size_t size;
    bool tunnel;
};

constexpr Setting kSettings[]{
    {IFLA_VIRT_MODE, 1, false},      {IFLA_VIRT_HOST, 1, false},
    {IFLA_VIRT_ISOLATE, 1, false},   {IFLA_VIRT_FLOOD, 1, false},
    {IFLA_VIRT_ARP, 1, false},       {IFLA_VIRT_BCLIM, 4, false},
    {IFLA_VIRT_GUARD, 1, false},     {IFLA_VIRT_ALLOW, 0, false},
    {IFLA_VIRT_REMOTE, 0, true},     {IFLA_VIRT_LOCAL, 0, true},
    {IFLA_VIRT_PORT, 4, true},       {IFLA_VIRT_RPORT, 4, true},
    {IFLA_VIRT_DEV, 4, true},        {IFLA_VIRT_PAYLOAD, 1, true},
    {IFLA_VIRT_TX, 1, true},         {IFLA_VIRT_RX, 1, true},
    {IFLA_VIRT_KEEPALIVE, 4, true},  {IFLA_VIRT_ANY, 1, true},
    {IFLA_VIRT_TTL, 4, true},        {IFLA_VIRT_TOS, 4, true},
    {IFLA_VIRT_DF, 1, true},         {IFLA_VIRT_UDPCSUM, 1, true},
    {IFLA_VIRT_FILTER, 0, true},     {IFLA_VIRT_STRICT, 1, true},
    {IFLA_VIRT_LEARN, 0, true},      {IFLA_VIRT_HOLD, 4, true},
    {IFLA_VIRT_SPORT, 1, true},      {IFLA_VIRT_MARK, 4, true},
    {IFLA_VIRT_SUSPENDED, 4, false}, {IFLA_VIRT_PEER, 4, true},
    {IFLA_VIRT_LOSS, 4, true}};

// What a value may be: small, at an end of its range, or anything.
Bytes random_value(const Setting &setting, std::mt19937 &random)
{
    static const std::vector<Bytes> odd{
        {},
        {192, 0, 2, 2},
        {192, 0, 2, 3},
        {192, 0, 2, 1},
        {127, 0, 0, 1},
        {224, 0, 0, 1},
        {255, 255, 255, 255},
        {0, 0, 0, 0},
        {192, 0, 2, 0, 24},
        {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2},
        {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 64},
        {4, 24, 0, 0, 192, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
        {4, 33, 0, 0, 192, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
        {0x08, 0x00, 0x06, 0x08}};
    size_t size = setting.size;

    if (!size && random() % 4)
        return one_of(random, odd);
    if (!size || random() % 16 == 0)
        size = random() % 64;
    Bytes value(size);
    switch (random() % 4) {
    case 0:
        // not 0xff, two of which would look like an address of the kernel's
        for (uint8_t &byte : value)
            byte = static_cast<uint8_t>(random() % 0xff);
        break;
    case 1:
        for (uint8_t &byte : value)
            byte = 0xff;
        break;
    default:
        if (size)
            value[0] = static_cast<uint8_t>(random() % 5);
    }
    return value;
}

// What a dump shows of what was set: addresses and indices that are none are
// left out, and what is longer than a number counts as far as it is known.
Bytes as_shown(const Setting &setting, Bytes value)
{
    if (setting.size)
        value.resize(setting.size);
    switch (setting.type) {
    case IFLA_VIRT_REMOTE:
    case IFLA_VIRT_LOCAL:
    case IFLA_VIRT_DEV:
        if (std::ranges::all_of(value, [](uint8_t byte) { return !byte; }))
            return {};
    }
    return value;
}

// Who gets random messages.
struct Target {
    std::string name;
    bool tunnel;
    // its parent's or its socket's namespace is not ours
    bool foreign;
};

// What was there before each message, to see what became of it.
class Pictures
{
public:
    explicit Pictures(const Rtnetlink &rtnetlink) : rtnetlink_(rtnetlink) {}

    // The interface as it is now; none is empty.
    const Bytes &look(const std::string &name)
    {
        Bytes &link = links_[name] = rtnetlink_.link(name);

        EXPECT_EQ(leak_in(link), "") << ::testing::PrintToString(link);
        return link;
    }

    // The same, and it is what it was when we last looked.
    void expect_same(const std::string &name)
    {
        const Bytes before = links_[name];

        // most often not even counters have changed
        if (look(name) != before) {
            EXPECT_EQ(lasting(links_[name]), lasting(before)) << name;
        }
    }

    void forget(const std::string &name) { links_.erase(name); }

private:
    const Rtnetlink &rtnetlink_;
    std::map<std::string, Bytes> links_;
};

// Of what a foreign one is told by its owner, nothing may be taken but what it
// wants to hear.
bool may_take(const Target &target, const std::map<uint16_t, Bytes> &settings)
{
    if (!target.foreign)
        return true;
    return !target.tunnel &&
           std::ranges::all_of(settings, [](const auto &setting) {
               return setting.first == IFLA_VIRT_ARP;
           });
}

// Random messages about those that are there and new ones, half of
// VIRT_MESSAGES or for some time. What was set is shown again; what is refused
// says why and has changed nothing.
void send_random_messages(const Netns &ns, unsigned seed,
                          const std::vector<Target> &there)
{
    const auto end = std::chrono::steady_clock::now() +
                     std::chrono::seconds(torture_seconds(2));
    const unsigned long half = torture_count("MESSAGES") / 2;
    const Rtnetlink rtnetlink(ns);
    unsigned long sent = 0, taken = 0, compared = 0, foreign = 0;
    Pictures pictures(rtnetlink);
    uint32_t made = 0;
    std::mt19937 random(seed);

    for (const Target &target : there)
        EXPECT_FALSE(pictures.look(target.name).empty()) << target.name;
    while ((half ? sent < half : std::chrono::steady_clock::now() < end) &&
           !::testing::Test::HasFailure()) {
        const bool create = random() % 5 < 2;
        const Target target =
            create ? Target{"x" + std::to_string(made), false, false}
                   : one_of(random, there);
        const std::string &name = target.name;
        std::map<uint16_t, Bytes> settings;
        Bytes data;

        for (unsigned i = random() % 4 + 1; i > 0; i--) {
            const Setting &setting = one_of(random, kSettings);

            if (setting.tunnel != target.tunnel && random() % 8)
                continue;
            settings[setting.type] = random_value(setting, random);
        }
        if (create && random() % 2) {
            settings[IFLA_VIRT_MODE] = {VIRT_MODE_TUNNEL};
            settings[IFLA_VIRT_REMOTE] = {192, 0, 2, 2};
            settings.try_emplace(IFLA_VIRT_PORT, bytes_of(50100 + made));
        }
        for (const auto &[type, value] : settings)
            data = data + attribute(type, value);
        const Answer answer = rtnetlink.ask(name, create, data);
        sent++;
        if (answer.error) {
            EXPECT_NE(answer.why, "") << strerror(answer.error);
            foreign += target.foreign && answer.error == EPERM;
            pictures.expect_same(name);
            continue;
        }
        taken++;
        EXPECT_TRUE(may_take(target, settings)) << name;
        auto shown = Rtnetlink::data_in(pictures.look(name));
        for (const Setting &setting : kSettings) {
            if (!settings.count(setting.type))
                continue;
            compared++;
            EXPECT_EQ(shown[setting.type],
                      as_shown(setting, settings[setting.type]))
                << name << ", attribute " << setting.type;
        }
        // which is the port's
        if (settings.count(IFLA_VIRT_BCLIM))
            for (const Target &other : there)
                pictures.look(other.name);
        // each removal waits for grace periods
        if (create && ++made == 32) {
            EXPECT_EQ(rtnetlink.remove_group().error, 0);
            while (made)
                pictures.forget("x" + std::to_string(--made));
        }
    }
    EXPECT_EQ(rtnetlink.remove_group().error, made ? 0 : ENODEV);
    EXPECT_GT(taken, 0u);
    EXPECT_EQ(foreign > 0, std::ranges::any_of(there, &Target::foreign));
    torture_total("netlink messages", sent);
    torture_total("netlink messages taken", taken);
    torture_total("netlink values compared", compared);
    torture_total("netlink messages without the right", foreign);
}

} // namespace

class Input : public Bed
{
};

// Whatever comes is taken or refused, with a reason; what was taken can be
// shown and goes again.
TEST_F(Input, EveryAttributeInEveryLength)
{
    std::mt19937 random(1);
    Rtnetlink rtnetlink(*near_);
    int taken = 0, refused = 0;

    add_child("v0", "mode mac", {"192.0.2.10/24"});
    near_->ok("ip link add u0 type virt mode tunnel remote 192.0.2.2");
    for (uint16_t type = 0; type <= IFLA_VIRT_MAX + 2; type++) {
        for (size_t len : {0, 1, 2, 3, 4, 5, 8, 16, 17, 24, 4000}) {
            for (const std::string name : {"x0", "v0", "u0"}) {
                const bool create = name == "x0";
                Bytes value(len), data;

                for (uint8_t &byte : value)
                    byte = static_cast<uint8_t>(random() % 3);
                if (random() % 2)
                    data = attribute(
                        IFLA_VIRT_MODE,
                        {name == "v0" ? VIRT_MODE_MAC : VIRT_MODE_TUNNEL});
                data = data + attribute(type, value);
                // the last one counts
                if (random() % 4 == 0)
                    data = data + attribute(type, value);
                Answer answer = rtnetlink.ask(name, create, data);

                if (answer.error) {
                    refused++;
                    EXPECT_NE(answer.why, "")
                        << "attribute " << type << " of " << len << " bytes, "
                        << name << ": " << strerror(answer.error);
                    continue;
                }
                taken++;
                if (!create)
                    continue;
                if (taken % 8 == 0)
                    near_->ok("ip -d -s link show x0");
                EXPECT_EQ(rtnetlink.remove(name).error, 0);
            }
        }
    }
    EXPECT_GT(taken, 100);
    EXPECT_GT(refused, 300);
    near_->ok("ip -d -s link show");
    near_->batch({"link del u0", "link del v0"});
    add_child("v1", "", {"192.0.2.10/24"});
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
}

// From the initial user namespace, and from another: about what is its own and
// about what was given to it, whose parent and whose socket are not.
TEST_F(Input, RandomMessagesAreRefusedOrShownAgain)
{
    Jail jail;

    add_child("v0", "mode mac", {"192.0.2.10/24"});
    near_->ok("ip link add u0 type virt mode tunnel remote 192.0.2.2");
    send_random_messages(*near_, torture_seed(),
                         {{"v0", false, false}, {"u0", true, false}});

    near_->ok("ip link add link p0 name v1 netns jail type virt mode mac;"
              "ip link add u1 type virt mode tunnel remote 192.0.2.2 "
              "port 50001; ip link set u1 netns jail");
    jail.net().ok("ip link add p0 type dummy; ip link set p0 up;"
                  "ip addr add 192.0.2.1/24 dev p0;"
                  "ip link add link p0 name v0 type virt mode mac;"
                  "ip link add u0 type virt mode tunnel remote 192.0.2.2");
    const pid_t pid = fork();
    if (!pid) {
        const Inside inside(jail.net());

        jail.become_root();
        send_random_messages(host(), torture_seed() + 1,
                             {{"v0", false, false},
                              {"u0", true, false},
                              {"v1", false, true},
                              {"u1", true, true}});
        std::cout << std::flush;
        _exit(HasFailure());
    }
    int status = -1;
    waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0) << "in a user namespace";

    near_->batch({"link del u0", "link del v0"});
    add_child("v2", "", {"192.0.2.10/24"});
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
}

TEST_F(Input, WhatIsMissing)
{
    Rtnetlink rtnetlink(*near_);

    rtnetlink.without_parent();
    for (uint8_t mode :
         {VIRT_MODE_SHARE, VIRT_MODE_MAC, VIRT_MODE_STEAL, VIRT_MODE_TUNNEL}) {
        Answer answer =
            rtnetlink.ask("x0", true, attribute(IFLA_VIRT_MODE, {mode}));

        EXPECT_EQ(answer.error, EINVAL);
        EXPECT_NE(answer.why.find(mode == VIRT_MODE_TUNNEL ? "remote" : "link"),
                  std::string::npos)
            << answer.why;
    }
}

TEST_F(Input, MtuAndMacAtTheEndsOfTheirRanges)
{
    near_->ok("ip link add link p0 name v0 type virt mode mac");
    for (const std::string mtu : {"0", "1", "67", "1501", "65535", "65536"}) {
        near_->refused("ip link add link p0 name v1 mtu " + mtu +
                       " type virt mode mac");
        near_->refused("ip link set v0 mtu " + mtu);
    }
    for (const std::string mtu : {"68", "1500"})
        near_->ok("ip link set v0 mtu " + mtu);
    for (const std::string address :
         {"01:00:5e:00:00:01", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff",
          "02:00:00:00:00:0a"}) {
        near_->refused("ip link add link p0 name v1 address " + address +
                       " type virt mode mac");
        near_->refused("ip link set v0 address " + address);
    }
}

TEST_F(Input, MtuOfTunnelsAtTheEndsOfItsRange)
{
    const std::string to = " type virt mode tunnel remote 192.0.2.2";

    for (const std::string mtu : {"67", "65474", "65535"}) {
        std::string said = near_->refused("ip link add t0 mtu " + mtu + to);

        EXPECT_TRUE(said.find("mtu") < said.size() ||
                    said.find("MTU") < said.size())
            << said;
    }
    for (const std::string mtu : {"68", "65473"})
        near_->ok("ip link add t0 mtu " + mtu + to + "; ip link del t0");
    // a route that takes less than any device
    near_->ok("ip route add 192.0.2.2/32 dev p0 mtu 60; ip link add t0" + to +
              "; ip link set t0 up");
    EXPECT_TRUE(eventually([this] { return mtu_of(*near_, "t0") == 68; }));
}

TEST_F(Input, MtuOfParentsBelowThatOfChildren)
{
    near_->ok("ip link add d0 mtu 60 type dummy");
    near_->refused("ip link add link d0 name v0 type virt");
    near_->ok("ip link set d0 mtu 1500; ip link add link d0 name v0 type virt");
    for (const std::string mtu : {"60", "0"}) {
        near_->ok("ip link set d0 mtu " + mtu);
        EXPECT_EQ(mtu_of(*near_, "v0"), 68);
        near_->refused("ip link set v0 mtu 69");
    }
    near_->ok("ip link set d0 mtu 1500");
    EXPECT_EQ(mtu_of(*near_, "v0"), 1500);
}

} // namespace e2e
