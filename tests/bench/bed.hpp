// SPDX-License-Identifier: GPL-2.0-only
// What is measured on: commands, namespaces, a parent with children.
//
// Copyright (C) The virt authors
#pragma once

#include <array>
#include <string>
#include <vector>

namespace bench
{

// Runs a command by the shell, returns what it prints; throws if it fails.
std::string run(const std::string &command);

// Runs commands of ip or tc in a namespace of `ip netns`, the initial one if
// it has no name: many by one process, for starting one takes long here.
std::string ip(const std::string &netns,
               const std::vector<std::string> &commands);
std::string tc(const std::string &netns,
               const std::vector<std::string> &commands);

// Moves the calling thread into a namespace for as long as it lives.
class Inside
{
public:
    explicit Inside(const std::string &netns);
    Inside(const Inside &) = delete;
    Inside &operator=(const Inside &) = delete;
    ~Inside();

private:
    int before_ = -1;
};

// A kind of child: how it is called in the results, and its options.
struct Kind {
    std::string name;
    std::string type; // as in `ip link add ... type`
    bool own_mac;

    // Where a frame for the child goes.
    const std::string &mac() const;
};

extern const std::array<Kind, 6> kinds;

// The addresses of all beds. Far is the other end of a veth pair; stranger is
// nobody, whom the wire leads to. MAC addresses are given, for hash tables
// would make random ones cost now more, now less.
namespace address
{
inline const std::string parent = "198.18.0.1";
inline const std::string far = "198.18.0.2";
inline const std::string child = "198.18.1.1";
inline const std::string stranger = "198.18.9.9";

inline const std::string parent_mac = "02:00:00:00:00:01";
inline const std::string far_mac = "02:00:00:00:00:02";
inline const std::string child_mac = "02:00:00:00:01:01";
inline const std::string stranger_mac = "02:00:00:00:99:99";
} // namespace address

// The parent, in the initial namespace: with a wire to the namespace "far" or
// with none, that is, a dummy device.
class Parent
{
public:
    enum class Wire { none, veth };

    explicit Parent(Wire wire, int mtu = 1500);
    Parent(const Parent &) = delete;
    Parent &operator=(const Parent &) = delete;
    ~Parent();

    // Puts a child on it, up and with its address. `far` children live in
    // the namespace "kids".
    void add_child(const Kind &kind, bool far = false,
                   const std::string &options = "");
};

inline const std::string parent_name = "parent0";
inline const std::string child_name = "child0";
inline const std::string far_name = "far0";
inline const std::string far_netns = "far";
inline const std::string kids_netns = "kids";

// An empty namespace, from the first use on; it costs nothing to leave it.
void add_netns(const std::string &netns);

} // namespace bench
