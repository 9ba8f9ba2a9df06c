// SPDX-License-Identifier: GPL-2.0-only
// What container runtimes and IPAM plugins say to the CNI plugin.
//
// Copyright (C) The virt authors
#include "cni/config.hpp"

#include "lib/words.h"

#include <sys/socket.h>

#include <string>

#include <gtest/gtest.h>

namespace virt::cni::test
{

namespace
{

Json valid()
{
    return {{"cniVersion", "1.0.0"},
            {"name", "lab"},
            {"type", "virt"},
            {"master", "eth0"}};
}

Config read(const Json &json, std::string_view args = "")
{
    return config_from_text(json.dump(), args);
}

/* The code of the refusal, 0 if there is none. */
unsigned refused(std::string_view text, std::string_view args = "")
{
    try {
        config_from_text(text, args);
    } catch (const Error &error) {
        EXPECT_STRNE(error.what(), "");
        return error.code;
    }
    return 0;
}

unsigned refused_with(const char *key, const Json &value)
{
    Json json = valid();
    json[key] = value;
    return refused(json.dump());
}

} // namespace

TEST(CniConfig, Defaults)
{
    const auto config = read(valid());
    EXPECT_EQ(config.version, "1.0.0");
    EXPECT_EQ(config.name, "lab");
    EXPECT_EQ(config.master, "eth0");
    EXPECT_EQ(config.mode, VIRT_MODE_SHARE);
    EXPECT_EQ(config.mtu, 0U);
    EXPECT_TRUE(config.mac.empty());
    EXPECT_TRUE(config.ipam.empty());
    EXPECT_TRUE(config.previous.is_null());
}

TEST(CniConfig, EveryKey)
{
    Json json = valid();
    json["mode"] = "mac";
    json["mtu"] = 1400;
    json["mac"] = "02:00:00:00:00:01";
    json["ipam"] = {{"type", "host-local"}};
    json["prevResult"] = {{"ips", Json::array()}};
    const auto config = read(json);
    EXPECT_EQ(config.mode, VIRT_MODE_MAC);
    EXPECT_EQ(config.mtu, 1400U);
    EXPECT_EQ(config.mac, mac_from_text("02:00:00:00:00:01"));
    EXPECT_EQ(config.ipam, "host-local");
    EXPECT_TRUE(config.previous.is_object());
}

TEST(CniConfig, MacOfTheRuntimeGoesFirst)
{
    Json json = valid();
    json["mac"] = "02:00:00:00:00:01";
    EXPECT_EQ(read(json, "IgnoreUnknown=1;MAC=02:00:00:00:00:02").mac,
              mac_from_text("02:00:00:00:00:02"));
    json["runtimeConfig"] = {{"mac", "02:00:00:00:00:03"}};
    EXPECT_EQ(read(json, "MAC=02:00:00:00:00:02").mac,
              mac_from_text("02:00:00:00:00:03"));
}

TEST(CniConfig, Refusals)
{
    EXPECT_EQ(refused(""), Error::kDecode);
    EXPECT_EQ(refused("{"), Error::kDecode);
    EXPECT_EQ(refused("[]"), Error::kDecode);
    EXPECT_EQ(refused("null"), Error::kDecode);
    EXPECT_EQ(refused("{}"), Error::kVersion);
    EXPECT_EQ(refused_with("cniVersion", "9.9.9"), Error::kVersion);
    EXPECT_EQ(refused_with("cniVersion", 1), Error::kConfig);
    EXPECT_EQ(refused_with("master", ""), Error::kConfig);
    EXPECT_EQ(refused_with("master", 7), Error::kConfig);
    EXPECT_EQ(refused_with("mode", "tunnel"), Error::kConfig);
    EXPECT_EQ(refused_with("mtu", "1500"), Error::kConfig);
    EXPECT_EQ(refused_with("mtu", -1), Error::kConfig);
    EXPECT_EQ(refused_with("mtu", 65536), Error::kConfig);
    EXPECT_EQ(refused_with("mac", "02:00:00:00:00"), Error::kConfig);
    EXPECT_EQ(refused_with("linkInContainer", true), Error::kConfig);
    EXPECT_EQ(refused_with("linkInContainer", 1), Error::kConfig);
    EXPECT_EQ(refused_with("linkInContainer", false), 0U);
    EXPECT_EQ(refused_with("linkInContainer", nullptr), 0U);
    EXPECT_EQ(refused_with("ipam", {{"type", "../sh"}}), Error::kConfig);
    EXPECT_EQ(refused(valid().dump(), "MAC=x"), Error::kConfig);
    EXPECT_EQ(refused(valid().dump(), ";;=;MAC"), 0U);
}

TEST(CniConfig, RefusedModeNamesThoseOfChildren)
{
    Json json = valid();
    json["mode"] = "bridge";
    try {
        read(json);
        FAIL() << "taken";
    } catch (const Error &error) {
        EXPECT_EQ(error.code, Error::kConfig);
        EXPECT_STREQ(error.what(), "\"mode\" must be one of share, steal, mac");
    }
}

TEST(CniConfig, NestedTooDeep)
{
    const std::size_t deep = 1000000;
    EXPECT_EQ(refused("{\"dns\":" + std::string(deep, '[') +
                      std::string(deep, ']') + "}"),
              Error::kDecode);
}

/* The kernel and the libc would see "eth0" alone. */
TEST(CniConfig, NoNuls)
{
    EXPECT_EQ(refused_with("master", std::string("eth0\0x", 6)),
              Error::kConfig);
}

/* Whatever bytes the runtime or the environment has. */
TEST(CniError, IsJsonOfOneLine)
{
    for (const std::string text :
         {"{\"master\":\"\xff\"}", "{\"cniVersion\":\"\xc3("}) {
        try {
            config_from_text(text, "");
            FAIL() << "taken";
        } catch (const Error &error) {
            const Json told =
                Json::parse(text_from_error("", error.code, error.what()));
            EXPECT_EQ(told["cniVersion"], "1.0.0");
            EXPECT_EQ(told["code"], Error::kDecode);
        }
    }
    const Json told = Json::parse(text_from_error("0.4.0", 100, "a\n\xff"));
    EXPECT_EQ(told["cniVersion"], "0.4.0");
    EXPECT_EQ(told["msg"], "a\\x0a\\xff");
    EXPECT_EQ(Json::parse(text_from_json("eth\xff")), "eth\ufffd");
}

TEST(CniIfname, OfTheKernel)
{
    for (const std::string name :
         {"eth0", "a", "...", "\xff\x1b", "x23456789012345"}) {
        EXPECT_EQ(ifname_from_text(name), name);
    }
    for (const std::string &name :
         {std::string(), std::string("."), std::string(".."),
          std::string("a/b"), std::string("a:b"), std::string("a b"),
          std::string("a\n"), std::string(16, 'x'), std::string(2000, '0')}) {
        try {
            ifname_from_text(name);
            ADD_FAILURE() << name;
        } catch (const Error &error) {
            EXPECT_EQ(error.code, Error::kEnvironment);
        }
    }
}

TEST(CniMac, OnlySixBytesInHexadecimal)
{
    EXPECT_EQ(mac_from_text("02:00:00:00:00:fF").back(), std::byte{0xff});
    for (const char *text :
         {"", "02", "02:00:00:00:00:01:02", "02-00-00-00-00-01",
          "0:00:00:00:00:001", "02:00:00:00:00:0g", "02:00:00:00:00:01 "}) {
        EXPECT_THROW(mac_from_text(text), Error) << text;
    }
}

TEST(CniAddress, BothFamilies)
{
    const auto four = address_from_text("10.1.2.3/24");
    EXPECT_EQ(four.family, AF_INET);
    EXPECT_EQ(four.bytes.size(), 4U);
    EXPECT_EQ(four.prefix, 24);
    EXPECT_EQ(address_from_text("10.1.2.3").prefix, 32);
    const auto six = address_from_text("fd00::1/64");
    EXPECT_EQ(six.family, AF_INET6);
    EXPECT_EQ(six.bytes.size(), 16U);
    EXPECT_EQ(six.prefix, 64);
    for (const char *text : {"", "/", "10.1.2/24", "10.1.2.3/33", "10.1.2.3/",
                             "10.1.2.3/-1", "fd00::1/129", "10.1.2.3/2 "}) {
        EXPECT_THROW(address_from_text(text), Error) << text;
    }
}

TEST(CniLease, RoutesWithoutGatewayTakeTheAddress)
{
    const auto lease = lease_from_result(
        {{"ips",
          {{{"address", "10.1.2.3/24"}, {"gateway", "10.1.2.1"}},
           {{"address", "10.2.2.3/24"}, {"gateway", "10.2.2.1"}}}},
         {"routes",
          {{{"dst", "0.0.0.0/0"}},
           {{"dst", "10.9.0.0/16"}, {"gw", "10.1.2.9"}},
           {{"dst", "::/0"}}}}});
    ASSERT_EQ(lease.addresses.size(), 2U);
    ASSERT_EQ(lease.routes.size(), 3U);
    EXPECT_EQ(lease.routes[0].gateway, address_from_text("10.1.2.1"));
    EXPECT_EQ(lease.routes[1].gateway, address_from_text("10.1.2.9"));
    EXPECT_TRUE(lease.routes[2].gateway.bytes.empty());
}

TEST(CniLease, GatewaysAreOfTheFamilyOfTheirAddress)
{
    EXPECT_THROW(
        lease_from_result(
            {{"ips", {{{"address", "10.1.2.3/24"}, {"gateway", "fd00::1"}}}}}),
        Error);
    EXPECT_THROW(lease_from_result(
                     {{"routes", {{{"dst", "::/0"}, {"gw", "10.1.2.1"}}}}}),
                 Error);
    EXPECT_THROW(
        lease_from_result(
            {{"ips", {{{"address", std::string("10.1.2.3\0/24", 12)}}}}}),
        Error);
}

TEST(CniLease, Refusals)
{
    EXPECT_TRUE(lease_from_result(Json::object()).addresses.empty());
    EXPECT_TRUE(lease_from_result({{"ips", nullptr}}).addresses.empty());
    EXPECT_THROW(lease_from_result({{"ips", "x"}}), Error);
    EXPECT_THROW(lease_from_result({{"ips", {1}}}), Error);
    EXPECT_THROW(lease_from_result({{"ips", {{{"address", 1}}}}}), Error);
    EXPECT_THROW(lease_from_result({{"routes", {Json::object()}}}), Error);
}

} // namespace virt::cni::test
