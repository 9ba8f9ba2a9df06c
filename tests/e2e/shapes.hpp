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
};

// Of packets that are still to be cut; any of them together.
enum Kind : uint32_t {
    kDodgy = 1,
    kFragments = 2,
    kListed = 4,
    kInside = 8,
};

// A shape, what it takes, and the size and kind of segments to be cut.
struct Form {
    Shape shape;
    uint32_t arg = 0, size = 0, kind = 0;
};

// Loaded as long as it lives; for devices of one namespace.
class ShapeMaker
{
public:
    explicit ShapeMaker(const Netns &ns);
    ShapeMaker(const ShapeMaker &) = delete;
    ShapeMaker &operator=(const ShapeMaker &) = delete;
    ~ShapeMaker();

    // One frame in one form. False if something that others held is not what
    // it was.
    bool go(const std::string &device, bool send, const Bytes &frame,
            const Form &form) const;

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
