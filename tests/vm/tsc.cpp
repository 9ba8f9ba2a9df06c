// SPDX-License-Identifier: GPL-2.0-only
// Prints how fast this machine's time stamp counter runs, in kHz. A guest whose
// processor waits for others while it finds out gets it wrong, threefold even,
// and all its clocks with it.
//
// Copyright (C) The virt authors
#include <x86intrin.h>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <thread>

using Clock = std::chrono::steady_clock;

struct Moment {
    std::uint64_t ticks;
    Clock::time_point time;
};

// Both clocks at one time: of many readings the one that took the least.
static Moment now()
{
    std::uint64_t least = UINT64_MAX;
    Moment best{};

    for (int i = 0; i < 100; i++) {
        const std::uint64_t before = __rdtsc();
        const Clock::time_point time = Clock::now();
        const std::uint64_t took = __rdtsc() - before;

        if (took < least) {
            least = took;
            best = {before + took / 2, time};
        }
    }
    return best;
}

int main()
{
    const Moment from = now();

    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const Moment to = now();
    const std::chrono::duration<double, std::milli> passed =
        to.time - from.time;
    std::cout << static_cast<std::uint64_t>(
                     static_cast<double>(to.ticks - from.ticks) /
                     passed.count())
              << "\n";
}
