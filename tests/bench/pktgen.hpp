// SPDX-License-Identifier: GPL-2.0-only
// The kernel's packet generator.
//
// Copyright (C) The virt authors
#pragma once

#include <string>

namespace bench
{

// Sends frames of 60 bytes to the stranger from a device of the calling
// thread's namespace, by its start_xmit, and returns the instructions for
// each. pktgen keeps a reference to what it sends.
double pktgen_transmit(const std::string &device);

} // namespace bench
