// SPDX-License-Identifier: GPL-2.0-only
// Conversations between two hosts: much at once, and little at a time.
//
// Copyright (C) The virt authors
#pragma once

#include <string>

namespace bench
{

// TCP from one namespace to an address in another one, as iperf3 does it, but
// by threads of this process, whose start and end do not count: bits per second
// of the guest's time, that is, per 10^9 instructions.
double tcp_throughput(const std::string &from_netns,
                      const std::string &to_netns, const std::string &address,
                      int flows = 1, int megabytes = 12);

// Datagrams of `size` bytes, sent by so many sockets in turn and read by
// another one: instructions for one.
double udp_cost(const std::string &from_netns, const std::string &to_netns,
                const std::string &address, size_t size, int flows = 1);

// One byte there and one byte back by UDP: instructions for both, those of the
// two programs included.
double round_trip(const std::string &from_netns, const std::string &to_netns,
                  const std::string &address);

} // namespace bench
