// SPDX-License-Identifier: GPL-2.0-only
// Names of network namespaces.
//
// Copyright (C) The virt authors
#include "lib/netns.hpp"

#include <cerrno>
#include <system_error>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

using Paths = std::vector<std::string>;

/* The errno and the text with which a namespace is refused. */
std::pair<int, std::string> netns_refusal(const std::string &name)
{
    try {
        enter_netns(name);
    } catch (const std::system_error &error) {
        return {error.code().value(), error.what()};
    }
    return {0, ""};
}

} // namespace

TEST(NetnsPaths, Name)
{
    EXPECT_EQ(netns_paths("box"), Paths{"/run/netns/box"});
    EXPECT_EQ(netns_paths("1box"), Paths{"/run/netns/1box"});
}

TEST(NetnsPaths, Path)
{
    EXPECT_EQ(netns_paths("/proc/1/ns/net"), Paths{"/proc/1/ns/net"});
    EXPECT_EQ(netns_paths("./box"), Paths{"./box"});
}

/* `ip netns add 7` is possible, and the name comes first. */
TEST(NetnsPaths, ProcessOrName)
{
    EXPECT_EQ(netns_paths("7"), (Paths{"/run/netns/7", "/proc/7/ns/net"}));
}

TEST(EnterNetns, NotThere)
{
    const auto [error, text] = netns_refusal("no-such-netns");
    EXPECT_EQ(error, ENOENT);
    EXPECT_EQ(text.find("cannot open the network namespace no-such-netns: "),
              0U);
    EXPECT_EQ(netns_refusal("/nothing/here").first, ENOENT);
    EXPECT_EQ(netns_refusal("4999999").first, ENOENT);
}

TEST(EnterNetns, NotANamespace)
{
    const auto [error, text] = netns_refusal("/dev/null");
    EXPECT_EQ(error, EINVAL);
    EXPECT_EQ(text.find("/dev/null is not a network namespace: "), 0U);
}

} // namespace virt::test
