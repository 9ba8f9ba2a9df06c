// SPDX-License-Identifier: GPL-2.0-only
// Counting instructions: in a guest under `tests/vm/run --icount` the time
// stamp counter goes on by one for each instruction that the CPU executes.
//
// Copyright (C) The virt authors
#pragma once

#include <x86intrin.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace bench
{

// Instructions since some moment. An idle CPU skips to its next timer, so
// between two calls it must not go idle; see Idler for where it does.
inline std::uint64_t instructions()
{
    return __rdtsc();
}

// Throws if the counter does not count instructions.
void check_counter();

double median(std::vector<double> values);

// Kernel memory in bytes: small objects and what each CPU has of its own.
double kernel_memory();

// Tells the trace that from now on nothing but the measured goes on.
void say_begun();

// Lets the guest come to rest.
void settle();

// Fills the CPU's idle time with instructions that can be told from work, so
// that work is counted wherever it is done: in this process, in interrupts,
// in the kernel's threads.
class Idler
{
public:
    Idler();
    Idler(const Idler &) = delete;
    Idler &operator=(const Idler &) = delete;
    ~Idler();

    // The instructions of `what` and of all that follows from it, until the
    // CPU is idle, without those that the timer tick takes anyway.
    double work_of(const std::function<void()> &what);

private:
    enum class State { rest, spin, stop };

    void set(State state);
    void thread();
    void spin();
    double work_during(const std::function<void()> &what);

    std::atomic<State> state_ = State::rest;
    std::atomic<std::uint64_t> idle_ = 0;
    double ticks_ = 1; // work per instruction at rest
    std::thread thread_;
};

} // namespace bench
