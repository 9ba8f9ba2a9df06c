// SPDX-License-Identifier: GPL-2.0-only
// The command line of virtpeer.
//
// Copyright (C) The virt authors
#include "parsed.hpp"

#include "virtpeer/options.hpp"

#include "module/version.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace virt::peer::test
{

namespace
{

virt::test::Parsed<Options> parse(std::vector<std::string> arguments)
{
    return virt::test::parse_as<Options>(std::move(arguments));
}

} // namespace

TEST(PeerOptions, Defaults)
{
    const auto parsed = parse({"--remote", "192.0.2.1"});
    ASSERT_EQ(parsed.status, 0) << parsed.err;
    Options expected;
    expected.peer.remote = {parse_address("192.0.2.1").value(), 50000};
    expected.socket.local = {parse_address("0.0.0.0").value(), 50000};
    EXPECT_EQ(parsed.options, expected);
    EXPECT_EQ(parse({"--learn", "::/0"}).options.socket.local,
              (Endpoint{parse_address("::").value(), 50000}));
}

TEST(PeerOptions, All)
{
    const auto parsed = parse(
        {"dump",      "-r",       "192.0.2.1",   "-l",          "192.0.2.2",
         "-p=5",      "--rport",  "6",           "--dev",       "eth0",
         "--payload", "ether",    "--keepalive", "7",           "--any",
         "--strict",  "--learn",  "10.0.0.0/8",  "--hold",      "8",
         "--filter",  "arp",      "--ttl",       "9",           "--tos",
         "10",        "--df",     "set",         "--mark",      "11",
         "-i",        "t0",       "-a",          "10.9.0.1/24", "-a",
         "10.9.1.1",  "--bridge", "br0",         "-n",          "box",
         "--mtu",     "1400",     "--queues",    "2",           "--no-offload",
         "--user",    "daemon",   "--transform", "cat",         "--pcap",
         "x.pcap",    "-j",       "--no-hex"});
    ASSERT_EQ(parsed.status, 0) << parsed.err;
    const Options expected{
        .command = Command::Dump,
        .peer = {.remote = {parse_address("192.0.2.1").value(), 6},
                 .strict = true,
                 .learn = parse_prefix("10.0.0.0/8"),
                 .hold = std::chrono::seconds(8),
                 .keepalive = std::chrono::seconds(7),
                 .any = true},
        .socket = {.local = {parse_address("192.0.2.2").value(), 5},
                   .device = "eth0",
                   .ttl = 9,
                   .tos = 10,
                   .df = Df::Set,
                   .mark = 11},
        .filter = Filter::parse("arp").value(),
        .name = "t0",
        .addresses = {parse_prefix("10.9.0.1/24").value(),
                      parse_prefix("10.9.1.1").value()},
        .mtu = 1400,
        .queues = 2,
        .offload = false,
        .netns = "box",
        .bridge = "br0",
        .user = "daemon",
        .json = true,
        .hex = false,
        .pcap = "x.pcap",
        .transform = "cat",
        .interface = "",
        .expression = "",
        .rewrite = std::nullopt,
    };
    EXPECT_EQ(parsed.options, expected);
}

TEST(PeerOptions, Commands)
{
    const Options capture =
        parse({"capture", "eth0", "icmp or arp", "-r", "192.0.2.1"}).options;
    EXPECT_EQ(capture.command, Command::Capture);
    EXPECT_EQ(capture.interface, "eth0");
    EXPECT_EQ(capture.expression, "icmp or arp");
    const Options inject =
        parse({"inject", "--dmac", "02:00:00:00:00:0a", "-r", "192.0.2.1"})
            .options;
    EXPECT_EQ(inject.command, Command::Inject);
    EXPECT_EQ(inject.rewrite, (Mac{2, 0, 0, 0, 0, 10}));
    EXPECT_EQ(
        parse({"inject", "--dmac", "own", "-r", "1.2.3.4"}).options.rewrite,
        Mac{});
}

TEST(PeerOptions, Wrong)
{
    const std::vector<std::string> good{"--remote", "192.0.2.1"};
    for (std::vector<std::string> more : std::vector<std::vector<std::string>>{
             {"--port", "0"},
             {"--port", "65536"},
             {"--rport", "x"},
             {"--local", "::1"},
             {"--local", "224.0.0.1"},
             {"--learn", "::/0"},
             {"--learn", "1.2.3.4/40"},
             {"--payload", "eth"},
             {"--keepalive", "0"},
             {"--any"},
             {"--hold", "-1"},
             {"--filter", "bogus"},
             {"--ttl", "0"},
             {"--ttl", "256"},
             {"--tos", "256"},
             {"--df", "maybe"},
             {"--mtu", "67"},
             {"--queues", "0"},
             {"--address", "1.2.3"},
             {"--remote", "localhost"},
             {"--nothing"},
             {"stray"},
             {"capture"},
             {"capture", "eth0", "--payload", "ip"},
             {"inject", "--dmac", "1:2"},
             {"inject", "--dmac", "01:00:00:00:00:00"},
             {"--payload", "ip", "--filter", "arp"},
             {"--payload", "ip", "--keepalive", "1"},
             {"--json", "--pcap", "-"}}) {
        const std::string first = more[0];
        more.insert(more.end(), good.begin(), good.end());
        const auto parsed = parse(more);
        EXPECT_NE(parsed.status, 0) << first;
        EXPECT_EQ(parsed.err.find("virtpeer: "), 0U) << parsed.err;
        EXPECT_EQ(std::ranges::count(parsed.err, '\n'), 1) << parsed.err;
    }
    EXPECT_NE(parse({}).status, 0);
    EXPECT_NE(parse({"--remote", "0.0.0.0"}).status, 0);
    EXPECT_NE(parse({"--remote", "239.0.0.1"}).status, 0);
    EXPECT_NE(parse({"--remote", "fe80::1"}).status, 0);
    EXPECT_NE(parse({"--remote", "fe80::1", "--dev", "nosuchdev0"}).status, 0);
}

TEST(PeerOptions, ALinkLocalAddressIsOneOfTheDevice)
{
    const Address address = parse_address("fe80::1%lo").value();
    const Options remote =
        parse({"--remote", "fe80::1", "--dev", "lo"}).options;
    EXPECT_EQ(remote.peer.remote.address, address);
    const Options local =
        parse({"-l", "fe80::1", "--dev", "lo", "-r", "2001:db8::1"}).options;
    EXPECT_EQ(local.socket.local.address, address);
    EXPECT_EQ(local.peer.remote.address.scope, 0U);
}

TEST(PeerOptions, NumbersAreDecimal)
{
    const Options options =
        parse({"-r", "192.0.2.1", "--port", "010000", "--ttl", "0100"}).options;
    EXPECT_EQ(options.socket.local.port, 10000);
    EXPECT_EQ(options.socket.ttl, 100);
}

TEST(PeerOptions, HelpAndVersion)
{
    const auto version = parse({"--version"});
    EXPECT_EQ(version.status, 0);
    EXPECT_EQ(version.out, "virtpeer " VIRT_VERSION "\n");
    for (const char *command : {"capture", "inject", "dump"}) {
        const auto help = parse({command, "--help"});
        EXPECT_EQ(help.status, 0);
        EXPECT_NE(help.out.find(command), std::string::npos);
    }
    EXPECT_NE(parse({"--help"}).out.find("--keepalive"), std::string::npos);
}

} // namespace virt::peer::test
