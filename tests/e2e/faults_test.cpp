// SPDX-License-Identifier: GPL-2.0-only
// What allocates may fail: each allocation once. For kernels with fault
// injection, as the debug kernel; a sample, and all where VIRT_TORTURE is set.
//
// Copyright (C) The virt authors
#include "bed.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>
#include <iterator>
#include <sstream>

namespace e2e
{

namespace
{

const std::string kDebug = "/sys/kernel/debug/";

void put(const std::string &path, const std::string &value)
{
    std::ofstream file(path);

    file << value << std::flush;
    EXPECT_TRUE(file.good()) << path << " does not take " << value;
}

std::string get(const std::string &path)
{
    std::ifstream file(path);

    return {std::istreambuf_iterator<char>(file), {}};
}

// What became of a command one of whose allocations was to fail.
struct Outcome {
    int status;
    bool injected;
    std::string said;
};

// Runs @words in @ns; of the allocations that the module makes, or others for
// it, the @nth fails.
Outcome run_failing(const Netns &ns, unsigned nth,
                    const std::vector<std::string> &words)
{
    const int log = memfd_create("said", MFD_CLOEXEC);
    const pid_t pid = fork();
    Outcome outcome{};
    siginfo_t info{};
    int status;

    if (!pid) {
        const Inside inside(ns);
        const int fd = open("/proc/self/fail-nth", O_WRONLY | O_CLOEXEC);
        const std::string number = std::to_string(nth);
        std::vector<char *> arguments;

        for (const std::string &word : words)
            arguments.push_back(const_cast<char *>(word.c_str()));
        arguments.push_back(nullptr);
        dup2(log, STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
        if (write(fd, number.data(), number.size()) < 0)
            _exit(126);
        execvp(arguments[0], arguments.data());
        _exit(127);
    }
    // the number stays until the process is waited for
    waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
    outcome.injected =
        get("/proc/" + std::to_string(pid) + "/fail-nth") == "0\n";
    waitpid(pid, &status, 0);
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    outcome.said = get("/proc/self/fd/" + std::to_string(log));
    close(log);
    return outcome;
}

std::vector<std::string> split(const std::string &command)
{
    std::istringstream words(command);

    return {std::istream_iterator<std::string>(words), {}};
}

} // namespace

class Faults : public Bed
{
protected:
    void SetUp() override
    {
        Bed::SetUp();
        if (!std::filesystem::exists(kDebug + "failslab"))
            GTEST_SKIP() << "this kernel has no fault injection";
        for (const std::string kind : {"failslab/", "fail_page_alloc/"}) {
            // where modules are: one must have asked for it
            put(kDebug + kind + "require-start", "0xffffffffa0000000");
            put(kDebug + kind + "require-end", "0xffffffffff000000");
            put(kDebug + kind + "stacktrace-depth", "32");
            put(kDebug + kind + "ignore-gfp-wait", "N");
            // each failure would be told with a trace
            put(kDebug + kind + "verbose", "0");
        }
        put(kDebug + "fail_page_alloc/min-order", "0");
        far_->ok("timeout 600 ping -q -i 0.02 192.0.2.1 >/dev/null 2>&1 &"
                 "timeout 600 ping -q -b -i 0.05 192.0.2.255 "
                 ">/dev/null 2>&1 &");
    }

    void TearDown() override
    {
        far_->run("pkill -x ping");
        Bed::TearDown();
    }

    static bool whole() { return std::getenv("VIRT_TORTURE"); }

    // The settings of an interface as `ip` shows them, or nothing.
    std::string shown(const std::string &name) const
    {
        const Result result = near_->run("ip -d link show dev " + name);

        return result.status ? "" : result.out;
    }

    // `ip` fails in every way: each failure leaves what was before, and what
    // succeeds is undone by @undo.
    void exhaust(const std::string &command, const std::string &name,
                 const std::string &undo)
    {
        const std::string before = shown(name);
        const auto words = split(command);
        // the quick form takes a sample
        const unsigned step = whole() ? 1 : 29;
        unsigned nth = 1, tries = 0, refused = 0;
        Outcome outcome{};

        for (;; nth += step) {
            outcome = run_failing(*near_, nth, words);
            if (outcome.status) {
                refused++;
                EXPECT_TRUE(outcome.injected) << command << outcome.said;
                EXPECT_NE(outcome.said, "");
                EXPECT_EQ(shown(name), before) << command << ", allocation "
                                               << nth << ": " << outcome.said;
            } else if (!undo.empty()) {
                near_->ok(undo);
            }
            if (!outcome.injected || HasFailure())
                break;
            tries++;
        }
        EXPECT_EQ(outcome.status, 0) << outcome.said;
        std::cout << "TOTAL fail-nth " << tries << " (" << refused
                  << " refused): " << command << std::endl;
    }
};

TEST_F(Faults, Child)
{
    exhaust("ip link add link p0 name v0 type virt mode mac "
            "allow 192.0.2.0/24",
            "v0", "ip link del v0");
    if (whole()) {
        exhaust("ip link add link p0 name v0 type virt", "v0",
                "ip link del v0");
        exhaust("ip link add link p0 name v0 type virt mode steal", "v0",
                "ip link del v0");
        add_child("v1");
        exhaust("ip link add link p0 name v0 type virt host on", "v0",
                "ip link del v0");
    }
    EXPECT_TRUE(pings(*far_, "192.0.2.1"));
}

} // namespace e2e
