// SPDX-License-Identifier: GPL-2.0-only
// A container's root: all rights in a user namespace, none outside.
//
// Copyright (C) The virt authors
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "shell.hpp"

namespace e2e
{

// A user namespace with a network namespace "jail", kept by a process that
// sleeps.
class Jail
{
public:
    Jail();
    Jail(const Jail &) = delete;
    Jail &operator=(const Jail &) = delete;
    ~Jail();

    // For the machine's root.
    const Netns &net() const { return *net_; }

    // The calling process, of one thread, becomes the jail's root, and stays
    // in its network namespace.
    void become_root() const;

private:
    pid_t pid_ = -1;
    std::optional<Netns> net_;
};

} // namespace e2e
