// SPDX-License-Identifier: GPL-2.0-only
// A host's terminal: one shell that stays from the first command to the last,
// as the reader's does.
//
// Copyright (C) The virt authors
#pragma once

#include <chrono>
#include <string>

#include <sys/types.h>

namespace recipes
{

// What a command left: its exit status, and what was printed meanwhile.
struct Outcome {
    int status;
    std::string printed;
};

class Terminal
{
public:
    // Starts bash as @host. A host with a @netns has its own /run, its own
    // processes and its own name too.
    Terminal(const std::string &host, bool netns);
    Terminal(const Terminal &) = delete;
    Terminal &operator=(const Terminal &) = delete;
    ~Terminal();

    // Runs a command, passes on what is printed as it comes. Throws
    // std::runtime_error if the shell ends or the time is up.
    Outcome run(const std::string &command, std::chrono::seconds limit);

private:
    // Adds what can be read now to @printed.
    void read_output(std::string &printed);

    pid_t pid_;
    int commands_;
    int output_;
    int statuses_;
};

} // namespace recipes
