// SPDX-License-Identifier: GPL-2.0-only
// rtnetlink without `ip` between: messages that it would not send, and its
// answers as they are. Debian has no static libmnl, which this program would
// need.
//
// Copyright (C) The virt authors
#pragma once

#include <map>
#include <string>
#include <vector>

#include "frame.hpp"
#include "shell.hpp"

namespace e2e
{

template <typename Value>
Bytes bytes_of(const Value &value)
{
    auto *start = reinterpret_cast<const uint8_t *>(&value);

    return Bytes(start, start + sizeof(value));
}

// An attribute with its header, padded.
Bytes attribute(uint16_t type, const Bytes &value);

Bytes operator+(Bytes left, const Bytes &right);

// Its bytes and a zero.
Bytes text(const std::string &value);

// What of the description of an interface lasts: without what is counted and
// what changes by itself. For comparisons.
Bytes lasting(const Bytes &link);

// Zeros the value of an attribute of a link inside of others, if it is there:
// their types, from outside in.
void zero_value(Bytes &link, const std::vector<int> &path);

struct Answer {
    int error;
    std::string why;
};

class Rtnetlink
{
public:
    explicit Rtnetlink(const Netns &ns);
    Rtnetlink(const Rtnetlink &) = delete;
    Rtnetlink &operator=(const Rtnetlink &) = delete;
    ~Rtnetlink();

    // Makes (or changes) the interface @name, with @data as IFLA_INFO_DATA and
    // p0 as its parent.
    Answer ask(const std::string &name, bool create, const Bytes &data) const;

    Answer remove(const std::string &name) const;

    // The group of all that ask() makes.
    static constexpr uint32_t kMade = 77;

    // Removes all of a group, which costs little more than one.
    Answer remove_group(uint32_t group = kMade) const;

    // Any message: flags beside NLM_F_REQUEST and NLM_F_ACK, and what follows
    // its header.
    Answer exchange(uint16_t type, int flags, const Bytes &rest) const;

    // The message that describes an interface; empty if it is not there.
    Bytes link(const std::string &name) const;

    // Those of all interfaces.
    std::vector<Bytes> links() const;

    // The answer to a message that asks for one, whatever it is.
    Bytes answer(uint16_t type, const Bytes &rest) const;

    // The attributes of what link() tells, and those in IFLA_INFO_DATA.
    static std::map<uint16_t, Bytes> attributes_in(const Bytes &link);
    static std::map<uint16_t, Bytes> data_in(const Bytes &link);

    // struct rtnl_link_stats64 of an interface, as much as the kernel has.
    Bytes stats_of(int index) const;

    void without_parent() { parent_ = 0; }

private:
    void tell(const Bytes &request) const;
    Bytes receive() const;

    int fd_;
    unsigned int parent_ = 0;
};

} // namespace e2e
