// SPDX-License-Identifier: GPL-2.0-only
// Reads the configuration of the CNI plugin and the results of IPAM plugins.
//
// Copyright (C) The virt authors
#include "config.hpp"

#include "lib/printable.hpp"
#include "lib/words.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/if.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace virt::cni
{

namespace
{

constexpr std::uint32_t kMaxMtu = 65535;
constexpr std::size_t kMacSize = 6;

/* Copies of what is nested take stack. */
constexpr int kMaxDepth = 64;

/* A string that may be missing. The kernel and the libc end theirs at a NUL. */
std::string text_of(const Json &object, const char *key)
{
    if (!object.is_object() || !object.contains(key)) {
        return {};
    }
    if (!object[key].is_string()) {
        throw Error(Error::kConfig,
                    fmt::format("\"{}\" must be a string", key));
    }
    const auto text = object[key].get<std::string>();
    if (text.find('\0') != text.npos) {
        throw Error(Error::kConfig,
                    fmt::format("\"{}\" must be without NULs", key));
    }
    return text;
}

/* A tunnel is no child of "master": no container gets one here. */
std::uint8_t mode_of(const std::string &word)
{
    std::string words;
    for (std::uint8_t mode = 0; mode <= VIRT_MODE_MAX; mode++) {
        const char *known = virt_mode_word(mode);
        if (!known || mode == VIRT_MODE_TUNNEL) {
            continue;
        }
        if (word == known) {
            return mode;
        }
        words += fmt::format("{}{}", words.empty() ? "" : ", ", known);
    }
    throw Error(Error::kConfig,
                fmt::format("\"mode\" must be one of {}", words));
}

std::uint32_t mtu_of(const Json &json)
{
    if (!json.contains("mtu")) {
        return 0;
    }
    if (!json["mtu"].is_number_unsigned() ||
        json["mtu"].get<std::uint64_t>() > kMaxMtu) {
        throw Error(Error::kConfig,
                    fmt::format("\"mtu\" must be a number up to {}", kMaxMtu));
    }
    return json["mtu"].get<std::uint32_t>();
}

/* KEY=VALUE;KEY=VALUE */
std::string argument(std::string_view args, std::string_view key)
{
    while (!args.empty()) {
        const auto pair = args.substr(0, args.find(';'));
        args.remove_prefix(std::min(args.size(), pair.size() + 1));
        const auto equals = pair.find('=');
        if (equals != pair.npos && pair.substr(0, equals) == key) {
            return std::string(pair.substr(equals + 1));
        }
    }
    return {};
}

/* The runtime's wish goes before CNI_ARGS, and they before the file. */
std::string mac_text(const Json &json, std::string_view args)
{
    if (json.contains("runtimeConfig")) {
        const auto mac = text_of(json["runtimeConfig"], "mac");
        if (!mac.empty()) {
            return mac;
        }
    }
    const auto mac = argument(args, "MAC");
    return mac.empty() ? text_of(json, "mac") : mac;
}

const Json &list_of(const Json &result, const char *key)
{
    static const Json none = Json::array();
    if (!result.contains(key) || result[key].is_null()) {
        return none;
    }
    if (!result[key].is_array()) {
        throw Error(Error::kDecode,
                    fmt::format("\"{}\" of IPAM must be a list", key));
    }
    return result[key];
}

/* Nothing without a text. */
Address gateway_from_text(const std::string &text, int family)
{
    if (text.empty()) {
        return {};
    }
    auto gateway = address_from_text(text);
    if (gateway.family != family) {
        throw Error(Error::kDecode,
                    fmt::format("gateway of another family: {}", text));
    }
    return gateway;
}

} // namespace

Json json_from_text(std::string_view text, std::string_view name)
{
    try {
        return Json::parse(text, [&](int depth, Json::parse_event_t, Json &) {
            if (depth > kMaxDepth) {
                throw Error(Error::kDecode,
                            fmt::format("{} is nested too deep", name));
            }
            return true;
        });
    } catch (const Json::exception &error) {
        throw Error(Error::kDecode,
                    fmt::format("{} is no JSON: {}", name, error.what()));
    }
}

std::string text_from_json(const Json &json)
{
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string text_from_error(const std::string &version, unsigned code,
                            std::string_view what)
{
    return text_from_json(
        {{"cniVersion", version.empty() ? kVersions.back() : version},
         {"code", code},
         {"msg", printable(what)}});
}

std::vector<std::byte> mac_from_text(const std::string &text)
{
    std::vector<std::byte> mac;
    for (std::size_t at = 0; at + 2 <= text.size(); at += 3) {
        std::uint8_t byte;
        const char *end = text.data() + at + 2;
        const auto result = std::from_chars(text.data() + at, end, byte, 16);
        if (result.ec != std::errc() || result.ptr != end ||
            (at + 2 < text.size() && text[at + 2] != ':')) {
            break;
        }
        mac.push_back(std::byte{byte});
    }
    if (mac.size() != kMacSize || text.size() != kMacSize * 3 - 1) {
        throw Error(Error::kConfig, fmt::format("no MAC address: {}", text));
    }
    return mac;
}

std::string ifname_from_text(const std::string &text)
{
    if (text.empty() || text.size() >= IFNAMSIZ || text == "." ||
        text == ".." || text.find_first_of("/: \t\n\v\f\r") != text.npos) {
        throw Error(Error::kEnvironment,
                    "CNI_IFNAME must be 1 to 15 bytes without /, : and blanks, "
                    "and neither . nor ..");
    }
    return text;
}

Address address_from_text(const std::string &text)
{
    const auto slash = text.find('/');
    const auto host = text.substr(0, slash);
    Address address;
    address.family = host.find(':') == host.npos ? AF_INET : AF_INET6;
    address.bytes.resize(address.family == AF_INET ? 4 : 16);
    const auto bits = static_cast<std::uint8_t>(address.bytes.size() * 8);
    address.prefix = bits;

    bool good =
        inet_pton(address.family, host.c_str(), address.bytes.data()) == 1;
    if (slash != text.npos) {
        const char *end = text.data() + text.size();
        const auto result =
            std::from_chars(text.data() + slash + 1, end, address.prefix);
        good = good && result.ec == std::errc() && result.ptr == end &&
               address.prefix <= bits;
    }
    if (!good) {
        throw Error(Error::kDecode, fmt::format("no address: {}", text));
    }
    return address;
}

Config config_from_text(std::string_view text, std::string_view args)
{
    const Json json = json_from_text(text, "the configuration");
    if (!json.is_object()) {
        throw Error(Error::kDecode, "the configuration is no JSON object");
    }
    Config config;
    config.version = text_of(json, "cniVersion");
    if (std::ranges::find(kVersions, config.version) == kVersions.end()) {
        throw Error(Error::kVersion,
                    fmt::format("\"cniVersion\" {} is not spoken here, {} to "
                                "{} are",
                                config.version, kVersions.front(),
                                kVersions.back()));
    }
    config.name = text_of(json, "name");
    config.master = text_of(json, "master");
    if (config.master.empty()) {
        throw Error(Error::kConfig, "\"master\" must name the parent, such as "
                                    "eth0");
    }
    const Json inside = json.value("linkInContainer", Json());
    if (!inside.is_null() && inside != false) {
        throw Error(Error::kConfig, "\"linkInContainer\" must be false: the "
                                    "parent is one of the host's");
    }
    const auto mode = text_of(json, "mode");
    config.mode = mode_of(mode.empty() ? "share" : mode);
    config.mtu = mtu_of(json);
    const auto mac = mac_text(json, args);
    if (!mac.empty()) {
        config.mac = mac_from_text(mac);
    }
    if (json.contains("ipam")) {
        config.ipam = text_of(json["ipam"], "type");
    }
    if (config.ipam.find('/') != std::string::npos) {
        throw Error(Error::kConfig, "\"type\" of \"ipam\" must be a name");
    }
    config.dns = json.value("dns", Json());
    config.previous = json.value("prevResult", Json());
    return config;
}

Lease lease_from_result(const Json &result)
{
    Lease lease;
    Address gateway4;
    Address gateway6;
    for (const Json &ip : list_of(result, "ips")) {
        const auto address = address_from_text(text_of(ip, "address"));
        const auto gateway =
            gateway_from_text(text_of(ip, "gateway"), address.family);
        auto &first = address.family == AF_INET ? gateway4 : gateway6;
        if (first.family == 0) {
            first = gateway;
        }
        lease.addresses.push_back(address);
    }
    for (const Json &json : list_of(result, "routes")) {
        Route route;
        route.destination = address_from_text(text_of(json, "dst"));
        const int family = route.destination.family;
        route.gateway = gateway_from_text(text_of(json, "gw"), family);
        if (route.gateway.family == 0) {
            route.gateway = family == AF_INET ? gateway4 : gateway6;
        }
        lease.routes.push_back(route);
    }
    return lease;
}

} // namespace virt::cni
