// SPDX-License-Identifier: GPL-2.0-only
// What the kernel must not tell anybody: where its memory is, and what was in
// it before.
//
// Copyright (C) The virt authors
#pragma once

#include <string>

#include "frame.hpp"

namespace e2e
{

// The address of the kernel, or the bytes of memory that nobody has written
// since it was freed (as a kernel with slub_debug=P fills it), that a dump has
// at any of its bytes; empty if none. 0xff in what tests set may look like the
// one, so that random values are without.
std::string leak_in(const Bytes &dump);

// The same in what a program prints: numbers, decimal or not.
std::string leak_in(const std::string &printed);

// What the kernel frees next has @byte in it, in sizes that messages have.
void dirty_memory(uint8_t byte);

} // namespace e2e
