// SPDX-License-Identifier: GPL-2.0-only
// The module of tests/shapes, which makes frames in every shape of an skb.
//
// Copyright (C) The virt authors
#pragma once

#include <cstdint>
#include <string>

#include "frame.hpp"
#include "shell.hpp"

namespace e2e
{

enum Shape : uint32_t {
    kLinear,
    kSplit,
    kFragList,
    kCloned,
    kShared,
    kNoHeadroom,
    kDirty,
    kTagged,
    kDirect,
    kSegments,
};

// Loaded as long as it lives; for devices of one namespace.
class ShapeMaker
{
public:
    explicit ShapeMaker(const Netns &ns);
    ShapeMaker(const ShapeMaker &) = delete;
    ShapeMaker &operator=(const ShapeMaker &) = delete;
    ~ShapeMaker();

    // One frame in one shape. False if something that others held is not what
    // it was.
    bool go(const std::string &device, bool send, const Bytes &frame,
            Shape shape, uint32_t arg) const;

    // @device receives the frame so many times, each time with bytes changed,
    // cut or grown, in another shape. False as above.
    bool flood(const std::string &device, const Bytes &frame, uint32_t times,
               uint32_t seed) const;

private:
    struct Order;

    bool tell(const std::string &device, Order order, const Bytes &frame) const;

    const Netns &ns_;
};

} // namespace e2e
