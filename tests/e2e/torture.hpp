// SPDX-License-Identifier: GPL-2.0-only
// What long and random tests have in common: how long, from which seed, what
// came to what, traffic that asks for trouble.
//
// Copyright (C) The virt authors
#pragma once

#include <atomic>
#include <cstdio>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "frame.hpp"
#include "shell.hpp"

namespace e2e
{

// VIRT_TORTURE is how many seconds a test may take; without, it is a quick
// one: false.
bool torture_is_long();

// That many seconds, or @quick.
int torture_seconds(int quick);

// A count that a test is to reach, of VIRT_@what (as VIRT_PARENTS); 0: none,
// and time decides.
unsigned long torture_count(const std::string &what);

// VIRT_SEED, or 1. Each test prints it.
unsigned torture_seed();

// One line that tests/torture/run adds up.
void torture_total(const std::string &what, unsigned long count);

// As long as it lives the kernel asks nobody for modules, as it would twice for
// each name of a device that is not there. What tests need is loaded.
class NoAutoload
{
public:
    NoAutoload();
    NoAutoload(const NoAutoload &) = delete;
    NoAutoload &operator=(const NoAutoload &) = delete;
    ~NoAutoload();

private:
    std::string helper_;
};

// As long as it lives the kernel keeps the code that it patches in with the
// first hook of a device, and with the first socket that encapsulates: two CPUs
// of QEMU 7.2 may go on to see the breakpoint of a patch that is long done, for
// ever, if each of ours lets the kernel patch itself.
class Patched
{
public:
    explicit Patched(const Netns &ns);
    Patched(const Patched &) = delete;
    Patched &operator=(const Patched &) = delete;
    ~Patched();

private:
    int fd_ = -1;
};

// A lasting `ip -force -batch -` in a namespace: it takes lines much faster
// than one `ip` each. It ends at words that it does not know, and is started
// again; lines that it had but had not done are lost.
class IpStream
{
public:
    explicit IpStream(const Netns &ns);
    IpStream(const IpStream &) = delete;
    IpStream &operator=(const IpStream &) = delete;
    // Waits until all lines are done.
    ~IpStream();

    void say(const std::string &line);

    // Waits until `ip` has taken all lines.
    void settle();

    unsigned long lines() const { return lines_; }

private:
    void start();
    void end();

    const Netns &ns_;
    int fd_ = -1;
    pid_t pid_ = -1;
    unsigned long lines_ = 0;
};

// Frames of all kinds for those who may be on the near host of the bed.
std::vector<Bytes> torture_frames();

// Datagrams for the ports of tunnels there, at @to or @to6. Those of IPv4
// without a checksum, so that changes pass UDP.
std::vector<Bytes> torture_datagrams(const std::string &to = "192.0.2.1",
                                     const std::string &to6 = "2001:db8::1");

// Frames into one device from a thread of its own: those given, with random
// bytes changed, cut or grown, until it is destroyed; some thousand a second
// as others want to do something too.
class Mutator
{
public:
    // On one @cpu, or on any.
    Mutator(const Netns &ns, const std::string &device,
            const std::vector<Bytes> &seeds, unsigned seed, int cpu = -1);
    Mutator(const Mutator &) = delete;
    Mutator &operator=(const Mutator &) = delete;
    ~Mutator();

    unsigned long frames() const { return frames_; }

private:
    const RawSocket wire_;
    std::atomic<bool> end_ = false;
    std::atomic<unsigned long> frames_ = 0;
    std::thread thread_;
};

// One of them.
template <typename Range>
const auto &one_of(std::mt19937 &random, const Range &range)
{
    return *(std::begin(range) +
             static_cast<long>(random() % std::size(range)));
}

} // namespace e2e
