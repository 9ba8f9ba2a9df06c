// SPDX-License-Identifier: GPL-2.0-only
// The module of tests/shapes.
//
// Copyright (C) The virt authors
#include "shapes.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <net/if.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "rtnetlink.hpp"

namespace e2e
{

// Its struct shapes_order.
struct ShapeMaker::Order {
    uint32_t shape, arg, size, kind, send, times, seed;
    char device[IFNAMSIZ];
};

ShapeMaker::ShapeMaker(const Netns &ns) : ns_(ns)
{
    host().ok("modprobe virt_shapes");
}

ShapeMaker::~ShapeMaker()
{
    host().ok("modprobe -r virt_shapes");
}

bool ShapeMaker::go(const std::string &device, bool send, const Bytes &frame,
                    const Form &form) const
{
    return tell(device,
                {form.shape, form.arg, form.size, form.kind, send, 0, 0, {}},
                frame);
}

bool ShapeMaker::flood(const std::string &device, const Bytes &frame,
                       uint32_t times, uint32_t seed) const
{
    return tell(device, {0, 0, 0, 0, false, times, seed, {}}, frame);
}

bool ShapeMaker::tell(const std::string &device, Order order,
                      const Bytes &frame) const
{
    const Inside inside(ns_);
    const int fd = open("/proc/virt_shapes", O_WRONLY | O_CLOEXEC);

    strcpy(order.device, device.c_str());
    const Bytes all = bytes_of(order) + frame;
    const bool done =
        write(fd, all.data(), all.size()) == static_cast<ssize_t>(all.size());
    EXPECT_TRUE(done || errno == EILSEQ) << strerror(errno);
    close(fd);
    return done;
}

} // namespace e2e
