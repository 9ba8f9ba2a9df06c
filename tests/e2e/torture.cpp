// SPDX-License-Identifier: GPL-2.0-only
// What long and random tests have in common.
//
// Copyright (C) The virt authors
#include "torture.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <system_error>
#include <thread>

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
    host().ok("modprobe -a 8021q bridge dummy macvlan sch_netem veth virt");
    host().ok("echo >" + kHelper);
}

NoAutoload::~NoAutoload()
{
    host().ok("echo " + helper_.substr(0, helper_.find('\n')) + " >" + kHelper);
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
                 const std::vector<Bytes> &seeds, unsigned seed)
    : thread_([this, &ns, device, seeds, seed] {
          const RawSocket wire(ns, device, 0);
          using Clock = std::chrono::steady_clock;
          std::vector<Bytes> frames(32);
          std::mt19937 random(seed);

          while (!end_) {
              const auto since = Clock::now();

              for (Bytes &frame : frames) {
                  frame = one_of(random, seeds);
                  mutate(frame, random);
              }
              frames_ += wire.send(frames);
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
