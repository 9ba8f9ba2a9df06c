// SPDX-License-Identifier: GPL-2.0-only
// Much data between two namespaces, byte by byte what was sent.
//
// Copyright (C) The virt authors
#pragma once

#include <cstddef>
#include <string>

#include <gtest/gtest.h>

#include "shell.hpp"

namespace e2e
{

// @bytes by TCP from one namespace to an address of the other.
::testing::AssertionResult streams(const Netns &from, const Netns &to,
                                   const std::string &address, size_t bytes);

// @bytes by UDP in one system call, which the kernel cuts into datagrams of
// @piece (UDP_SEGMENT).
::testing::AssertionResult bursts(const Netns &from, const Netns &to,
                                  const std::string &address, size_t bytes,
                                  int piece);

} // namespace e2e
