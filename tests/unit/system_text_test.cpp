// SPDX-License-Identifier: GPL-2.0-only
// What kmod and the kernel write.
//
// Copyright (C) The virt authors
#include "lib/system_text.hpp"

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

constexpr const char *kModinfo =
    "filename:       /lib/modules/6.12.1-amd64/updates/dkms/virt.ko.xz\n"
    "version:        0.1.0\n"
    "license:        GPL\n"
    "description:    a: b\n"
    "\n"
    "vermagic:       6.12.1-amd64 SMP preempt mod_unload modversions \n"
    "signer:         DKMS module signing key\n"
    "parm:           link:parent (charp)\n";

/* Linux 6.1. */
constexpr const char *kUdp =
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
    "retrnsmt   uid  timeout inode ref pointer drops            \n"
    " 1372: 00000000:C350 00000000:0000 07 00000000:00000000 00:00000000 "
    "00000000     0        0 16273 2 00000000d1b0a7d6 0        \n"
    "  115: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 "
    "00000000     0        0 99 2 0000000000000000 0\n";

} // namespace

TEST(ModuleInfoFromText, AllLines)
{
    EXPECT_EQ(module_info_from_text(kModinfo),
              (ModuleInfo{.filename = "/lib/modules/6.12.1-amd64/updates/dkms/"
                                      "virt.ko.xz",
                          .version = "0.1.0",
                          .release = "6.12.1-amd64",
                          .signer = "DKMS module signing key"}));
}

TEST(ModuleInfoFromText, NoFile)
{
    for (const char *text : {"", "\n\n", "version: 1\n", "filename:\n", ":"}) {
        EXPECT_EQ(module_info_from_text(text), std::nullopt) << text;
    }
}

TEST(HasModule, ByNameAlone)
{
    EXPECT_TRUE(
        has_module("updates/dkms/virt.ko.xz: kernel/net/udp.ko", "virt"));
    EXPECT_TRUE(has_module("a.ko:\nvirt.ko:\n", "virt"));
    EXPECT_FALSE(
        has_module("kernel/virtio.ko:\nlibvirt.ko: virt.ko\n", "virt"));
    EXPECT_FALSE(has_module("virt.ko", "virt"));
    EXPECT_FALSE(has_module("", "virt"));
}

TEST(LockdownFromText, Word)
{
    EXPECT_EQ(lockdown_from_text("none [integrity] confidentiality"),
              "integrity");
    EXPECT_EQ(lockdown_from_text("[none] integrity confidentiality"), "");
    for (const char *text : {"", "[", "]", "][", "none"}) {
        EXPECT_EQ(lockdown_from_text(text), "") << text;
    }
}

TEST(UdpSocketsFromText, Lines)
{
    const std::vector<UdpSocket> sockets{{.port = 50000, .inode = 16273},
                                         {.port = 53, .inode = 99}};
    EXPECT_EQ(udp_sockets_from_text(kUdp), sockets);
}

/* Of IPv6 the address is longer, the shape is the same. */
TEST(UdpSocketsFromText, Ipv6)
{
    EXPECT_EQ(udp_sockets_from_text(
                  "  1: 00000000000000000000000001000000:C351 0:0 07 0:0 0:0 0 "
                  "0 0 7 2 0 0"),
              (std::vector<UdpSocket>{{.port = 50001, .inode = 7}}));
}

TEST(UdpSocketsFromText, OtherShapes)
{
    for (const char *text :
         {"", "\n", "1: 0:C350", "1: 0:1C350 0:0 07 0 0 0 0 0 1",
          "1: C350 0:0 07 0 0 0 0 0 1", "1: 0:-1 0:0 07 0 0 0 0 0 1",
          "1: 0:C350 0:0 07 0 0 0 0 0 x"}) {
        EXPECT_TRUE(udp_sockets_from_text(text).empty()) << text;
    }
}

} // namespace virt::test
