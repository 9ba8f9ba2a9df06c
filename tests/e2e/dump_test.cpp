// SPDX-License-Identifier: GPL-2.0-only
// What the kernel tells of interfaces has nothing of its memory in it: neither
// where that is nor what was there before.
//
// Copyright (C) The virt authors
#include <cerrno>
#include <cstring>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>

#include "bed.hpp"
#include "leaks.hpp"
#include "rtnetlink.hpp"

namespace e2e
{

namespace
{

// The same index each time, for what is made again is to look the same.
const std::string kDevice = "a0";
constexpr int kIndex = 4242;

// Where others are in, that count.
const std::string kOthers = "RTM_GETLINK of all";

// What the ethtool ioctls of `-i`, `-k`, `-S` and `-T` answer, as it is.
class Ethtool
{
public:
    explicit Ethtool(const Netns &ns)
    {
        const Inside inside(ns);

        fd_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    }
    Ethtool(const Ethtool &) = delete;
    Ethtool &operator=(const Ethtool &) = delete;
    ~Ethtool() { close(fd_); }

    std::map<std::string, Bytes> all() const
    {
        const uint32_t causes = count(ETH_SS_STATS);
        const uint32_t blocks = (count(ETH_SS_FEATURES) + 31) / 32;

        EXPECT_GT(causes, 0u);
        EXPECT_GT(blocks, 0u);
        return {
            {"-i", ask({ETHTOOL_GDRVINFO}, sizeof(ethtool_drvinfo))},
            {"-k", ask({ETHTOOL_GFEATURES, blocks},
                       blocks * sizeof(ethtool_get_features_block))},
            {"-S, names", ask({ETHTOOL_GSTRINGS, ETH_SS_STATS, causes},
                              causes * ETH_GSTRING_LEN)},
            {"-S", ask({ETHTOOL_GSTATS, causes}, causes * sizeof(uint64_t))},
            {"-T", ask({ETHTOOL_GET_TS_INFO}, sizeof(ethtool_ts_info))}};
    }

private:
    // A structure that begins with these words and has @room for more.
    Bytes ask(const std::vector<uint32_t> &words, size_t room) const
    {
        Bytes buffer(words.size() * sizeof(uint32_t) + room);
        ifreq request{};

        memcpy(buffer.data(), words.data(), words.size() * sizeof(uint32_t));
        std::strcpy(request.ifr_name, kDevice.c_str());
        request.ifr_data = reinterpret_cast<char *>(buffer.data());
        EXPECT_EQ(ioctl(fd_, SIOCETHTOOL, &request), 0)
            << words[0] << ": " << std::strerror(errno);
        return buffer;
    }

    uint32_t count(int set) const
    {
        const Bytes reply =
            ask({ETHTOOL_GSSET_INFO, 0, 1u << set, 0}, sizeof(uint32_t));
        uint32_t answer;

        memcpy(&answer, reply.data() + reply.size() - sizeof(answer),
               sizeof(answer));
        return answer;
    }

    int fd_;
};

// Everything that tells of kDevice, byte by byte.
std::map<std::string, Bytes> dumps_of(const Netns &ns,
                                      const Rtnetlink &rtnetlink)
{
    std::map<std::string, Bytes> dumps = Ethtool(ns).all();
    if_stats_msg stats{};

    dumps["RTM_GETLINK"] = rtnetlink.link(kDevice);
    zero_value(dumps["RTM_GETLINK"],
               {IFLA_AF_SPEC, AF_INET6, IFLA_INET6_CACHEINFO});
    for (const Bytes &link : rtnetlink.links())
        dumps[kOthers] = dumps[kOthers] + link;
    stats.ifindex = kIndex;
    // all that there is, or will be
    stats.filter_mask = 0x1f;
    dumps["RTM_GETSTATS"] = rtnetlink.answer(RTM_GETSTATS, bytes_of(stats));
    return dumps;
}

const std::string kMac = "address 02:00:00:00:00:a0 ";
const std::string kChild = "link p0 name a0 index 4242 type virt ";
const std::string kTunnel = "name a0 index 4242 type virt mode tunnel ";

// All modes, and all options with them.
const std::vector<std::string> kLinks{
    kChild,
    kChild + "mode share host off isolate on arp all bclim 77 guard on "
             "allow 192.0.2.0/24,2001:db8::/32,198.51.100.1",
    kMac + kChild + "mode mac host on flood on guard off allow 192.0.2.0/25",
    kChild + "mode steal",
    kMac + kTunnel + "remote 192.0.2.2",
    kMac + kTunnel +
        "remote 192.0.2.2 local 192.0.2.1 port 50001 rport 7 dev p0 "
        "tx netpoll rx filter keepalive 3 any ttl 3 tos 5 df set "
        "udpcsum off filter arp,0x86dd,0x88b5 strict on mark 77",
    kMac + kTunnel +
        "remote 2001:db8::2 local 2001:db8::1 sport hash df inherit "
        "ttl inherit hold 3 learn 2001:db8::/64 filter ktunnel",
    kTunnel + "payload ip learn 192.0.2.0/24"};

} // namespace

class Dumps : public Bed
{
};

// Each interface is made, and made again when the memory has had other things
// in it: what is not written would differ.
TEST_F(Dumps, TellNothingOfTheKernelsMemory)
{
    const Rtnetlink rtnetlink(*near_);

    for (const std::string &link : kLinks) {
        std::map<std::string, Bytes> before;

        for (const uint8_t byte : std::initializer_list<uint8_t>{0x5a, 0xa5}) {
            dirty_memory(byte);
            near_->ok("ip link add " + link);
            dirty_memory(byte);
            for (auto &[what, dump] : dumps_of(*near_, rtnetlink)) {
                EXPECT_EQ(leak_in(dump), "") << what << " of " << link;
                if (before.contains(what)) {
                    EXPECT_EQ(dump, before[what]) << what << " of " << link;
                }
                before[what] = dump;
            }
            before.erase(kOthers);
            if (byte == 0x5a) {
                EXPECT_EQ(
                    leak_in(near_->ok("set -e; for what in -S -i -k -T; do"
                                      " ethtool $what a0; done; virtstat -j;"
                                      "ip -d -s -s link show a0")),
                    "")
                    << link;
            }
            near_->ok("ip link del a0");
        }
    }
}

// Those of many at once, each after others that were something else.
TEST_F(Dumps, OfManyInterfacesTellNothing)
{
    const Rtnetlink rtnetlink(*near_);
    std::vector<std::string> commands;

    near_->ok("ip link add d0 up type dummy");
    for (const std::string options :
         {"link p0 name v0 type virt mode share allow 192.0.2.0/24",
          "link p0 name v1 type virt mode mac flood on",
          "link d0 name v2 type virt mode steal",
          "name t0 type virt mode tunnel remote 192.0.2.2 keepalive 1",
          "name t1 type virt mode tunnel remote 2001:db8::2",
          "name t2 type virt mode tunnel learn 192.0.2.0/24 port 50001",
          "name t3 type virt mode tunnel remote 192.0.2.2 port 50002 "
          "payload ip"})
        commands.push_back("link add up " + options);
    near_->batch(commands);
    EXPECT_EQ(rtnetlink.links().size(), commands.size() + 3);
    for (const Bytes &link : rtnetlink.links())
        EXPECT_EQ(leak_in(link), "") << ::testing::PrintToString(link);
    EXPECT_EQ(leak_in(near_->ok("virtstat -j")), "");
}

// What looks is able to see.
TEST_F(Dumps, LeaksAreSeen)
{
    Bytes dump(64, 0);
    const uint64_t pointer = 0xffff888012345678, code = 0xffffffffc0123456;

    EXPECT_EQ(leak_in(dump), "");
    EXPECT_EQ(leak_in(Bytes(64, 0xff)), "");
    for (const uint64_t word : {pointer, code})
        for (size_t at : {0, 3, 56}) {
            Bytes with = dump;
            memcpy(with.data() + at, &word, sizeof(word));
            EXPECT_NE(leak_in(with), "") << at;
        }
    std::fill_n(dump.begin() + 5, 8, uint8_t{0x6b});
    EXPECT_NE(leak_in(dump), "");
    EXPECT_EQ(leak_in("{\"rx\":18446744073709551615}"), "");
    EXPECT_NE(leak_in("{\"rx\":" + std::to_string(pointer) + "}"), "");
    EXPECT_NE(leak_in("at ffffffffc0123456"), "");
}

} // namespace e2e
