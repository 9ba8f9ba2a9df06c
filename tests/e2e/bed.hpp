// SPDX-License-Identifier: GPL-2.0-only
// The test bed of most tests: two hosts and a wire.
//
//        near                      far
//   +-----------+             +-----------+
//   | children  |             |           |
//   |    p0 ----+-------------+---- q0    |
//   +-----------+             +-----------+
//    192.0.2.1/24              192.0.2.2/24
//    2001:db8::1/64            2001:db8::2/64
//
// Copyright (C) The virt authors
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "frame.hpp"
#include "shell.hpp"

namespace e2e
{

class Bed : public ::testing::Test
{
protected:
    static constexpr Mac kNearMac{2, 0, 0, 0, 0, 0x0a};
    static constexpr Mac kFarMac{2, 0, 0, 0, 0, 0x0b};

    void SetUp() override;
    void TearDown() override;

    // Makes a child of p0 and brings it up. @options go after "type virt";
    // @addresses are added without duplicate detection.
    void add_child(const std::string &name, const std::string &options = "",
                   const std::vector<std::string> &addresses = {});

    // From here on no host says anything of itself but by a tunnel.
    void silence();

    // Sends @frame from the far end; passes if the near host keeps it on just
    // the @expected devices.
    ::testing::AssertionResult reaches(const std::set<std::string> &expected,
                                       const Bytes &frame);

    std::unique_ptr<Netns> near_;
    std::unique_ptr<Netns> far_;
};

// One of several pings is answered within ten seconds. @to may have options
// before the address.
::testing::AssertionResult pings(const Netns &from, const std::string &to);

// None is.
::testing::AssertionResult silent(const Netns &from, const std::string &to);

// A counter of `ethtool -S`, or of `ip -s` with its direction: "rx_packets".
uint64_t counter(const Netns &ns, const std::string &device,
                 const std::string &name);

} // namespace e2e
