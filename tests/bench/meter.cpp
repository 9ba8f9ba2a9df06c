// SPDX-License-Identifier: GPL-2.0-only
// Counting instructions.
//
// Copyright (C) The virt authors
#include "meter.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <system_error>

namespace bench
{

namespace
{

// The spinning thread's loop takes some ten instructions; nobody interrupts
// it for less than this.
constexpr std::uint64_t interruption = 300;

constexpr double per_ms = 1e6;

// Fits between two timer ticks, which are 4 ms apart.
constexpr int slice_ms = 3;

// A slice with less work than this is at rest.
constexpr double at_rest = 0.1 * slice_ms * per_ms;

constexpr int baseline_ms = 400;

// Ticks take a smaller part of the time than this; what else there is ends.
constexpr double busy = 0.01;
constexpr int patience = 25;

void pause_ms(int ms)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

// Returns just after a timer tick.
void wait_for_tick()
{
    constexpr std::uint64_t tick = 1000;
    std::uint64_t before = instructions(), now;

    while ((now = instructions()) - before < tick)
        before = now;
}

} // namespace

void check_counter()
{
    constexpr std::uint64_t loops = 200'000;
    std::uint64_t best = UINT64_MAX;

    // a timer tick may fall into some of the tries
    for (int i = 0; i < 10; i++) {
        std::uint64_t left = loops;
        std::uint64_t begin = instructions();
        asm volatile("1: dec %0; jnz 1b" : "+r"(left));
        best = std::min(best, instructions() - begin);
    }
    if (best < 2 * loops || best > 2 * loops + 100)
        throw std::runtime_error(
            "the time stamp counter does not count instructions: run this "
            "by tests/vm/run --icount");
}

double median(std::vector<double> values)
{
    auto middle = values.begin() + static_cast<long>(values.size() / 2);

    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

double kernel_memory()
{
    std::ifstream file("/proc/meminfo");
    std::string name;
    double kilobytes, sum = 0;

    while (file >> name >> kilobytes) {
        if (name == "SUnreclaim:" || name == "Percpu:")
            sum += kilobytes;
        file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    return sum * 1024;
}

void say_begun()
{
    std::cout << "BEGIN MEASURING" << std::endl;
}

void settle()
{
    pause_ms(3000);
}

Idler::Idler() : thread_([this] { thread(); })
{
    sched_param none{};
    int error =
        pthread_setschedparam(thread_.native_handle(), SCHED_IDLE, &none);

    // it must only run where the CPU would be idle
    if (error) {
        set(State::stop);
        thread_.join();
        throw std::system_error(error, std::generic_category(), "SCHED_IDLE");
    }
    settle();
    set(State::spin);
    // what was there before may still be on its way out
    for (int i = 0; i < patience && ticks_ > busy; i++)
        ticks_ =
            work_during([] { pause_ms(baseline_ms); }) / baseline_ms / per_ms;
    set(State::rest);
}

Idler::~Idler()
{
    set(State::stop);
    thread_.join();
}

void Idler::set(State state)
{
    state_ = state;
    state_.notify_one();
    // for the thread to get there
    pause_ms(1);
}

void Idler::thread()
{
    while (state_ != State::stop) {
        state_.wait(State::rest);
        spin();
    }
}

void Idler::spin()
{
    std::uint64_t before = instructions();
    std::uint64_t idle = idle_;

    while (state_.load(std::memory_order_relaxed) == State::spin) {
        std::uint64_t now = instructions();
        if (now - before < interruption)
            idle += now - before;
        idle_.store(idle, std::memory_order_relaxed);
        before = now;
    }
}

double Idler::work_during(const std::function<void()> &what)
{
    std::uint64_t begin = instructions();
    std::uint64_t idle = idle_.load(std::memory_order_relaxed);

    what();
    idle = idle_.load(std::memory_order_relaxed) - idle;
    return static_cast<double>(instructions() - begin - idle);
}

double Idler::work_of(const std::function<void()> &what)
{
    double work, rest;

    set(State::spin);
    wait_for_tick();
    std::uint64_t begin = instructions();
    work = work_during(what);
    do {
        rest = work_during([] { pause_ms(slice_ms); });
        work += rest;
    } while (rest > at_rest);
    double length = static_cast<double>(instructions() - begin);
    set(State::rest);

    // what fits into the first slice has met no tick
    return work - ticks_ * std::max(0.0, length - (slice_ms + 1) * per_ms);
}

} // namespace bench
