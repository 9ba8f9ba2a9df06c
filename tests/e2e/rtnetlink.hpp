// SPDX-License-Identifier: GPL-2.0-only
// rtnetlink without `ip` between: messages that it would not send, and its
// answers as they are. Debian has no static libmnl, which this program would
// need.
//
// Copyright (C) The virt authors
#pragma once

#include <map>
#include <string>

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

    // Removes all that ask() made, which costs little more than one.
    Answer remove_made() const;

    // Any message: flags beside NLM_F_REQUEST and NLM_F_ACK, and what follows
    // its header.
    Answer exchange(uint16_t type, int flags, const Bytes &rest) const;

    // The attributes in IFLA_INFO_DATA of an interface; empty if it is not
    // there. @whole gets the message.
    std::map<uint16_t, Bytes> data_of(const std::string &name,
                                      Bytes *whole = nullptr) const;

    void without_parent() { parent_ = 0; }

private:
    int fd_;
    unsigned int parent_ = 0;
};

} // namespace e2e
