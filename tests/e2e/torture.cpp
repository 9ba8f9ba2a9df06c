// SPDX-License-Identifier: GPL-2.0-only
// What long and random tests have in common.
//
// Copyright (C) The virt authors
#include "torture.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <system_error>
#include <thread>

extern "C" {
#include "module/wire.h"
}

namespace e2e
{

bool torture_is_long()
{
    return std::getenv("VIRT_TORTURE");
}

int torture_seconds(int quick)
{
    const char *given = std::getenv("VIRT_TORTURE");

    return given ? std::stoi(given) : quick;
}

unsigned long torture_count(const std::string &what)
{
    const char *given = std::getenv(("VIRT_" + what).c_str());

    return given ? std::stoul(given) : 0;
}

unsigned torture_seed()
{
    const char *given = std::getenv("VIRT_SEED");

    return given ? static_cast<unsigned>(std::stoul(given)) : 1;
}

void torture_total(const std::string &what, unsigned long count)
{
    std::cout << "TOTAL " << what << " " << count << std::endl;
}

namespace
{

const std::string kHelper = "/proc/sys/kernel/modprobe";

} // namespace

NoAutoload::NoAutoload() : helper_(host().ok("cat " + kHelper))
{
    host().ok("modprobe -a 8021q bridge dummy macvlan sch_ingress sch_netem "
              "veth virt");
    host().ok("echo >" + kHelper);
}

NoAutoload::~NoAutoload()
{
    host().ok("echo " + helper_.substr(0, helper_.find('\n')) + " >" + kHelper);
}

Patched::Patched(const Netns &ns)
{
    // its headers have no name for it
    constexpr int kEncapsulate = 100, kL2tp = 3;
    const Inside inside(ns);

    host().ok("tc qdisc add dev lo clsact");
    fd_ = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    // without IPv6
    if (fd_ < 0)
        fd_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (setsockopt(fd_, IPPROTO_UDP, kEncapsulate, &kL2tp, sizeof(kL2tp)))
        throw std::system_error(errno, std::generic_category(), "UDP_ENCAP");
}

Patched::~Patched()
{
    close(fd_);
}

IpStream::IpStream(const Netns &ns) : ns_(ns)
{
    signal(SIGPIPE, SIG_IGN);
    start();
}

IpStream::~IpStream()
{
    end();
}

void IpStream::start()
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC))
        throw std::system_error(errno, std::generic_category(), "pipe2");
    pid_ = fork();
    if (!pid_) {
        const Inside inside(ns_);
        const int null = open("/dev/null", O_WRONLY);

        dup2(ends[0], STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execlp("ip", "ip", "-force", "-batch", "-", nullptr);
        _exit(127);
    }
    close(ends[0]);
    fd_ = ends[1];
}

void IpStream::end()
{
    int status;

    close(fd_);
    waitpid(pid_, &status, 0);
}

void IpStream::say(const std::string &line)
{
    const std::string whole = line + "\n";

    lines_++;
    if (write(fd_, whole.data(), whole.size()) > 0)
        return;
    end();
    start();
}

void IpStream::settle()
{
    siginfo_t info{};
    int left;

    // those that it has read but not yet done are few
    while (!ioctl(fd_, FIONREAD, &left) && left > 0 &&
           !waitid(P_PID, static_cast<id_t>(pid_), &info,
                   WEXITED | WNOHANG | WNOWAIT) &&
           !info.si_pid)
        pause_ms(5);
}

namespace
{

const Mac kNearMac{2, 0, 0, 0, 0, 0x0a};
const Mac kFarMac{2, 0, 0, 0, 0, 0x0b};

} // namespace

std::vector<Bytes> torture_frames()
{
    std::vector<Bytes> frames;

    for (const Mac &to : {kNearMac, kBroadcast, mac("02:00:00:00:00:c1"),
                          group_mac("ff02::1")}) {
        for (const std::string last : {"1", "11", "12", "255"}) {
            const std::string v4 = "192.0.2." + last;
            const std::string v6 = "2001:db8::" + last;

            frames.push_back(
                ethernet(to, kFarMac, kIpv4, udp("192.0.2.2", v4)));
            frames.push_back(ethernet(to, kFarMac, kArp,
                                      arp(1, kFarMac, "192.0.2.2", {}, v4)));
            frames.push_back(
                ethernet(to, kFarMac, kIpv6, nd(135, "2001:db8::2", v6, v6)));
        }
    }
    for (const uint16_t port : {uint16_t{50000}, uint16_t{50001}}) {
        const Bytes inner = ethernet(kBroadcast, mac("02:00:00:00:00:77"),
                                     kIpv4, udp("10.0.0.2", "10.0.0.1"));

        frames.push_back(
            ethernet(kNearMac, kFarMac, kIpv4,
                     datagram("192.0.2.2", "192.0.2.1", port, port, inner)));
        frames.push_back(ethernet(
            kNearMac, kFarMac, kIpv6,
            datagram("2001:db8::2", "2001:db8::1", port, port, inner)));
    }
    return frames;
}

std::vector<Bytes> torture_datagrams(const std::string &to,
                                     const std::string &to6)
{
    const Mac other = mac("02:00:00:00:00:77");
    const Bytes packet = udp("10.0.0.2", "10.0.0.1");
    const Bytes packet6 = udp("2001:db8:a::2", "2001:db8:a::1");
    const size_t checksum = VIRT_WIRE_HEADER + 20 + 6;
    const virt_wire_keepalive request{VIRT_WIRE_REQUEST, 1, {}};
    Bytes life(VIRT_WIRE_MIN);
    std::vector<Bytes> frames;

    virt_wire_keepalive_write(life.data(), other.data(), &request);

    for (const Bytes &inner :
         {packet, packet6, ethernet(kBroadcast, other, kIpv4, packet),
          ethernet(kBroadcast, other, kIpv6, packet6), life}) {
        for (uint16_t port = 50000; port < 50004; port++) {
            Bytes frame =
                ethernet(kNearMac, kFarMac, kIpv4,
                         datagram("192.0.2.2", to, port, port, inner));

            frame[checksum] = frame[checksum + 1] = 0;
            frames.push_back(frame);
        }
        frames.push_back(
            ethernet(kNearMac, kFarMac, kIpv6,
                     datagram("2001:db8::2", to6, 50000, 50000, inner)));
    }
    return frames;
}

namespace
{

void mutate(Bytes &frame, std::mt19937 &random)
{
    switch (random() % 8) {
    case 0:
        frame.resize(random() % (frame.size() + 1));
        break;
    case 1:
        frame.resize(frame.size() + random() % 1400);
        break;
    case 2:
    case 3:
        break;
    default:
        for (unsigned i = random() % 4 + 1; i > 0; i--)
            frame[random() % frame.size()] = static_cast<uint8_t>(random());
    }
}

} // namespace

Mutator::Mutator(const Netns &ns, const std::string &device,
                 const std::vector<Bytes> &seeds, unsigned seed, int cpu)
    : wire_(ns, device, 0), thread_([this, seeds, seed, cpu] {
          using Clock = std::chrono::steady_clock;
          std::vector<Bytes> frames(32);
          std::mt19937 random(seed);

          if (cpu >= 0)
              stay_on(static_cast<unsigned>(cpu));
          while (!end_) {
              const auto since = Clock::now();

              for (Bytes &frame : frames) {
                  frame = one_of(random, seeds);
                  mutate(frame, random);
              }
              frames_ += wire_.send(frames);
              // others may be on the same CPU
              std::this_thread::sleep_for(std::max<Clock::duration>(
                  std::chrono::milliseconds(2), 3 * (Clock::now() - since)));
          }
      })
{
}

Mutator::~Mutator()
{
    end_ = true;
    thread_.join();
}

} // namespace e2e
