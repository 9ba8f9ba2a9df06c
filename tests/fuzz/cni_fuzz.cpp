// SPDX-License-Identifier: GPL-2.0-only
// What container runtimes and IPAM plugins say to the CNI plugin: JSON, which
// is a configuration if CNI_ARGS are behind it, after a NUL; behind nothing, an
// address or a name.
//
// Copyright (C) The virt authors
#include "fuzz.hpp"

#include "cni/config.hpp"

#include "lib/words.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>
#include <string>

using namespace virt::cni;
using namespace virt::fuzz;

namespace
{

/* What is read, or nullopt: refused, in JSON with a message of one line. */
template <class Read>
auto taken(bool deep, Read &&read) -> std::optional<decltype(read())>
{
    try {
        return read();
    } catch (const Error &error) {
        if (deep) {
            const Json told =
                Json::parse(text_from_error("", error.code, error.what()));
            REQUIRE(told["code"] == error.code);
            REQUIRE(std::ranges::none_of(
                told["msg"].get_ref<const std::string &>(),
                [](unsigned char c) { return c < ' ' || c == '\x7f'; }));
        }
        return std::nullopt;
    }
}

void check_config(const Config &config)
{
    REQUIRE(std::ranges::count(kVersions, config.version) == 1);
    REQUIRE(!config.master.empty());
    REQUIRE(config.mode <= VIRT_MODE_MAX && config.mode != VIRT_MODE_TUNNEL);
    REQUIRE(config.mtu <= 65535);
    REQUIRE(config.mac.empty() || config.mac.size() == 6);
    for (const std::string &text : {config.name, config.master, config.ipam}) {
        REQUIRE(text.find('\0') == text.npos);
    }
    REQUIRE(config.ipam.find('/') == config.ipam.npos);
}

/* Written in the way of the libc it is read as the same. */
void check_address(const Address &address)
{
    const std::size_t size = address.family == AF_INET ? 4 : 16;
    REQUIRE(address.bytes.size() == size && address.prefix <= size * 8);
    char text[INET6_ADDRSTRLEN];
    REQUIRE(
        inet_ntop(address.family, address.bytes.data(), text, sizeof(text)));
    REQUIRE(address_from_text(std::string(text) + "/" +
                              std::to_string(address.prefix)) == address);
}

void check_lease(const Lease &lease)
{
    std::ranges::for_each(lease.addresses, check_address);
    for (const Route &route : lease.routes) {
        check_address(route.destination);
        REQUIRE(route.gateway.bytes.empty() ||
                route.gateway.family == route.destination.family);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size)
{
    const bool deep = in_depth(data, size);
    const std::string_view input = text_of(data, size);
    const std::size_t end = input.find('\0');
    // What is no JSON is refused with an exception, which takes longer.
    if (!deep && end != 0 && !Json::accept(input.substr(0, end))) {
        return 0;
    }
    if (end == input.npos) {
        const auto json =
            taken(deep, [&] { return json_from_text(input, "this"); });
        if (!json) {
            return 0;
        }
        REQUIRE(!deep || Json::parse(text_from_json(*json)) == *json);
        if (const auto lease =
                taken(deep, [&] { return lease_from_result(*json); })) {
            check_lease(*lease);
        }
        return 0;
    }
    const std::string args(input.substr(end + 1));
    if (end == 0) {
        const std::string word = args.substr(0, args.find('\0'));
        if (const auto address =
                taken(deep, [&] { return address_from_text(word); })) {
            check_address(*address);
        }
        REQUIRE(!deep || Json::parse(text_from_json(word)).is_string());
        if (deep && taken(deep, [&] { return ifname_from_text(word); })) {
            REQUIRE(!word.empty() && word.size() < 16);
        }
        return 0;
    }
    if (const auto config = taken(deep, [&] {
            return config_from_text(input.substr(0, end), args);
        })) {
        check_config(*config);
    }
    return 0;
}
