// SPDX-License-Identifier: GPL-2.0-only
// A generator whose skbs are its receivers' own: a packet socket.
//
// Copyright (C) The virt authors
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench
{

using Frame = std::vector<std::uint8_t>;

// UDP over IPv4 from a port to the same port, at least 60 bytes long, with a
// good IP checksum and no other.
Frame udp_frame(const std::string &to_mac, const std::string &from_mac,
                const std::string &to, const std::string &from,
                std::uint16_t port = 9,
                const std::vector<std::uint8_t> &payload = {});

// An ARP request, to everybody.
Frame arp_request(const std::string &from_mac, const std::string &from,
                  const std::string &target);

class Sender
{
public:
    // Sends from a device of the calling thread's namespace.
    explicit Sender(const std::string &device);
    Sender(const Sender &) = delete;
    Sender &operator=(const Sender &) = delete;
    ~Sender();

    void send(const Frame &frame);

    // Sends `frames` in turn, many times, and returns the instructions for
    // each frame. What its receiver does is among them: all happens before
    // the system call returns.
    double measure(const std::vector<Frame> &frames);

    // How many frames measure() sends.
    static constexpr unsigned batches = 101, batch = 64,
                              count = batches * batch;

    // measure() goes on for ever: for a trace.
    static inline bool endless = false;

private:
    int fd_;
};

} // namespace bench
