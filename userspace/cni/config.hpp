/* SPDX-License-Identifier: GPL-2.0-only */
/* What a container runtime asks of the plugin: its JSON to values. Pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_CNI_CONFIG_HPP
#define _VIRT_CNI_CONFIG_HPP

#include <nlohmann/json.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace virt::cni
{

using Json = nlohmann::ordered_json;

/** A refusal in the words of the CNI specification. */
class Error : public std::runtime_error
{
public:
    /** Codes of the specification, and of our own from 100 on. */
    enum Code : unsigned {
        kVersion = 1,
        kEnvironment = 4,
        kIo = 5,
        kDecode = 6,
        kConfig = 7,
        kKernel = 100,
        kCheck = 101,
    };

    Error(unsigned number, const std::string &what)
        : std::runtime_error(what), code(number)
    {
    }

    unsigned code;
};

/** The versions of the specification that the plugin speaks. */
inline const std::vector<std::string> kVersions = {"0.3.0", "0.3.1", "0.4.0",
                                                   "1.0.0"};

struct Config {
    std::string version;
    std::string name;
    /** The parent: "master", as the macvlan plugin calls it. */
    std::string master;
    /** A word of `ip link ... mode`, as its number. */
    std::uint8_t mode = 0;
    /** 0: the parent's. */
    std::uint32_t mtu = 0;
    /** Empty: the module's choice. */
    std::vector<std::byte> mac;
    /** The name of the plugin that gives addresses; empty: none. */
    std::string ipam;
    Json dns;
    /** What was given by an earlier ADD; null if nothing was. */
    Json previous;
};

/** An address and how long its prefix is. */
struct Address {
    int family = 0;
    std::vector<std::byte> bytes;
    std::uint8_t prefix = 0;

    bool operator==(const Address &) const = default;
};

/** A route; bytes of `gateway` empty: on the link. */
struct Route {
    Address destination;
    Address gateway;
};

/** What the IPAM plugin gave. */
struct Lease {
    std::vector<Address> addresses;
    std::vector<Route> routes;
};

/**
 * `text` is the network configuration, `args` the CNI_ARGS (of which MAC is
 * known). Throws Error.
 */
Config config_from_text(std::string_view text, std::string_view args);

/** Throws Error for what is no result of an IPAM plugin. */
Lease lease_from_result(const Json &result);

/** What `name` wrote; throws Error for what is no JSON, or endless. */
Json json_from_text(std::string_view text, std::string_view name);

/** What the runtime reads: valid whatever bytes the strings have. */
std::string text_from_json(const Json &json);

/** An error as the runtime reads it; an empty version stands for the newest. */
std::string text_from_error(const std::string &version, unsigned code,
                            std::string_view what);

/** Returns CNI_IFNAME if the kernel takes such a name; throws Error. */
std::string ifname_from_text(const std::string &text);

/** "10.0.0.1/24" or "fd00::1"; throws Error. */
Address address_from_text(const std::string &text);

/** "02:00:00:00:00:01"; throws Error. */
std::vector<std::byte> mac_from_text(const std::string &text);

} // namespace virt::cni

#endif // _VIRT_CNI_CONFIG_HPP
