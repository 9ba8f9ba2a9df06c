// SPDX-License-Identifier: GPL-2.0-only
// Commands as a user types them, in a network namespace or outside of any.
//
// Copyright (C) The virt authors
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace e2e
{

// What a command left: its exit status, standard output and standard error.
struct Result {
    int status;
    std::string out;
    std::string err;
};

// A network namespace, named as in `ip netns`, from construction to
// destruction. The default-constructed one is the initial namespace.
class Netns
{
public:
    Netns() = default;
    explicit Netns(std::string name);
    // The one that a process is in, under a name.
    Netns(std::string name, pid_t process);
    Netns(const Netns &) = delete;
    Netns &operator=(const Netns &) = delete;
    ~Netns();

    const std::string &name() const { return name_; }

    // Runs `sh -c command` inside, waits for it. @input is its standard input.
    Result run(const std::string &command, int input = 0) const;

    // The same for a command that must succeed; returns its output. A
    // failure is a failure of the test, with what the command said.
    std::string ok(const std::string &command) const;

    // Lines for `ip`, which must all succeed, in one run of it.
    void batch(const std::vector<std::string> &commands) const;

    // The same for a command that must fail; returns its standard error.
    std::string refused(const std::string &command) const;

private:
    friend class Inside;
    std::string name_;
};

// Moves the calling thread into a namespace for as long as it lives, so that
// sockets made meanwhile belong there.
class Inside
{
public:
    explicit Inside(const Netns &ns);
    // Of this name, which may be gone: throws std::system_error then.
    explicit Inside(const std::string &name);
    Inside(const Inside &) = delete;
    Inside &operator=(const Inside &) = delete;
    ~Inside();

private:
    int before_ = -1;
};

// The initial namespace's commands.
const Netns &host();

// Sleeps.
void pause_ms(int ms);

// Keeps the calling thread on this CPU, modulo those that there are.
void stay_on(unsigned cpu);

// Asks again and again until @what is true or @seconds have passed; tells its
// last answer.
// Seconds: the kernel takes namespaces down one after the other, and some wait.
inline constexpr int kTeardown = 60;

template <typename What>
bool eventually(What what, int seconds = 5)
{
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);

    while (!what()) {
        if (std::chrono::steady_clock::now() > end)
            return false;
        pause_ms(20);
    }
    return true;
}

} // namespace e2e
