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
#include <stdexcept>
#include <system_error>

namespace bench
{

namespace
{

// The spinning thread's loop takes some ten instructions; nobody interrupts
// it for less than this.
constexpr std::uint64_t interruption = 300;

// Long enough for several timer ticks.
constexpr int baseline_ms = 200;

void pause_ms(int ms)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
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

void settle()
{
    pause_ms(3000);
}

Idler::Idler() : thread_([this] { spin(); })
{
    sched_param none{};

    // it must only run where the CPU would be idle
    if (int error =
            pthread_setschedparam(thread_.native_handle(), SCHED_IDLE, &none)) {
        stop_ = true;
        thread_.join();
        throw std::system_error(error, std::generic_category(), "SCHED_IDLE");
    }
    settle();
    ticks_ = work_during([] {}, baseline_ms) / (baseline_ms * 1e6);
}

Idler::~Idler()
{
    stop_ = true;
    thread_.join();
}

void Idler::spin()
{
    std::uint64_t before = instructions();
    std::uint64_t idle = 0;

    while (!stop_.load(std::memory_order_relaxed)) {
        std::uint64_t now = instructions();
        if (now - before < interruption)
            idle += now - before;
        idle_.store(idle, std::memory_order_relaxed);
        before = now;
    }
}

double Idler::work_during(const std::function<void()> &what, int rest_ms)
{
    std::uint64_t begin = instructions();
    std::uint64_t idle = idle_.load(std::memory_order_relaxed);

    what();
    pause_ms(rest_ms);
    idle = idle_.load(std::memory_order_relaxed) - idle;
    return static_cast<double>(instructions() - begin - idle);
}

double Idler::work_of(const std::function<void()> &what, int rest_ms)
{
    std::uint64_t begin = instructions();
    double work = work_during(what, rest_ms);

    return work - ticks_ * static_cast<double>(instructions() - begin);
}

} // namespace bench
