// SPDX-License-Identifier: GPL-2.0-only
// Prints how fast this machine's time stamp counter runs, in kHz. A guest whose
// processor waits for others while it finds out gets it wrong, threefold even,
// and all its clocks with it.
//
// Copyright (C) The virt authors
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

struct moment {
	unsigned long long ticks, ns;
};

// Both clocks at one time: of many readings the one that took the least.
static struct moment now(void)
{
	unsigned long long least = -1, before, took;
	struct moment best = { 0 };
	struct timespec time;

	for (int i = 0; i < 100; i++) {
		before = __rdtsc();
		clock_gettime(CLOCK_MONOTONIC_RAW, &time);
		took = __rdtsc() - before;
		if (took >= least)
			continue;
		least = took;
		best.ticks = before + took / 2;
		best.ns = time.tv_sec * 1000000000ULL + time.tv_nsec;
	}
	return best;
}

int main(void)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	const struct moment from = now();
	struct moment to;

	nanosleep(&pause, NULL);
	to = now();
	printf("%llu\n", (to.ticks - from.ticks) * 1000000 / (to.ns - from.ns));
	return 0;
}
