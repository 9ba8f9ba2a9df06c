// SPDX-License-Identifier: GPL-2.0-only
// Blocks signals and reads them.
//
// Copyright (C) The virt authors
#include "signals.hpp"

#include "fail.hpp"

#include <sys/signalfd.h>

namespace virt
{

Signals::Signals(std::initializer_list<int> numbers)
{
    sigset_t set;
    sigemptyset(&set);
    for (const int number : numbers) {
        sigaddset(&set, number);
    }
    fd_ = Fd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd_ || sigprocmask(SIG_BLOCK, &set, &before_) < 0) {
        fail("cannot wait for signals");
    }
}

Signals::~Signals()
{
    // What still waits is of no use any more.
    while (take()) {
    }
    sigprocmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> Signals::take()
{
    signalfd_siginfo info;
    if (read(fd_.get(), &info, sizeof(info)) != sizeof(info)) {
        return std::nullopt;
    }
    return static_cast<int>(info.ssi_signo);
}

} // namespace virt
