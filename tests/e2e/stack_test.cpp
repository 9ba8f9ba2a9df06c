// SPDX-License-Identifier: GPL-2.0-only
// How deep the kernel's stack gets below interfaces on interfaces.
//
// Copyright (C) The virt authors
#include <filesystem>
#include <iostream>
#include <sstream>

#include "tunnel.hpp"

namespace e2e
{

namespace
{

const std::string kTracing = "/sys/kernel/tracing/";

// From construction on, the deepest stack of all.
class StackTracer
{
public:
    StackTracer()
    {
        host().ok("echo 0 >" + kTracing +
                  "stack_max_size; echo 1 >/proc/sys/kernel/stack_tracer_"
                  "enabled");
    }
    StackTracer(const StackTracer &) = delete;
    StackTracer &operator=(const StackTracer &) = delete;
    ~StackTracer()
    {
        host().ok("echo 0 >/proc/sys/kernel/stack_tracer_enabled");
    }

    // How deep it was in all, without what came there by itself (an interrupt,
    // another task's turn, the tracer), and what of that was there before the
    // outermost function of ours.
    struct Depth {
        unsigned long whole, before;
    };

    static Depth depth()
    {
        std::istringstream said(
            host().ok("awk '$1 ~ /^[0-9]+\\)$/ { if (!whole || other && !ours) "
                      "whole = $2; other = $4 ~ /^(asm_|preempt_|0x)/ } "
                      "/\\[virt\\]/ { ours = 1; before = $2 - $3 } "
                      "END { print whole + 0, before + 0 }' " +
                      kTracing + "stack_trace"));
        Depth depth{};

        said >> depth.whole >> depth.before;
        return depth;
    }
};

} // namespace

using Stack = TunnelBed;

// A child on a child on a ..., and a tunnel in a tunnel in a tunnel over them.
TEST_F(Stack, DeepestNestingLeavesRoom)
{
    std::string below = "p0";

    if (!std::filesystem::exists(kTracing + "stack_max_size"))
        GTEST_SKIP() << "this kernel has no stack tracer";
    for (int i = 0; i < 5; i++) {
        const std::string name = "n" + std::to_string(i);

        near_->ok("ip link add link " + below + " name " + name +
                  " up type virt mode mac");
        below = name;
    }
    near_->ok("ip addr flush dev p0; ip addr add 192.0.2.1/24 dev " + below);
    std::string near = "192.0.2.1", far = "192.0.2.2";
    for (int i = 0; i < 3; i++) {
        const std::string number = std::to_string(i);
        const std::string add = "ip link add t" + number +
                                " up type virt mode tunnel port 5000" + number +
                                " remote ";
        const std::string net = "10.1." + number + ".";

        near_->ok(add + far + "; ip addr add " + net + "1/24 dev t" + number);
        far_->ok(add + near + "; ip addr add " + net + "2/24 dev t" + number);
        near = net + "1";
        far = net + "2";
    }
    ASSERT_TRUE(pings(*near_, far));
    const StackTracer tracer;
    EXPECT_TRUE(pings(*near_, "-s 4000 " + far));
    EXPECT_TRUE(pings(*far_, near));
    const StackTracer::Depth depth = StackTracer::depth();
    std::cout << "deepest stack: " << depth.whole << " bytes, " << depth.before
              << " of them before ours\n";
    EXPECT_GT(depth.before, 0u);
    EXPECT_GT(depth.whole, depth.before);
    EXPECT_LT(depth.whole, 6u * 1024)
        << host().ok("cat " + kTracing + "stack_trace");
}

} // namespace e2e
