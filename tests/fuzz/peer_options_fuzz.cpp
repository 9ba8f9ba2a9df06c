// SPDX-License-Identifier: GPL-2.0-only
// Command lines of virtpeer: words between NULs.
//
// Copyright (C) The virt authors
#include "command_line.hpp"

#include "virtpeer/options.hpp"

using namespace virt::fuzz;
using namespace virt::peer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size)
{
    const auto *read = taken<Options>(data, size);
    if (!read) {
        return 0;
    }
    const Options &options = *read;
    const Endpoint &local = options.socket.local;
    const Endpoint &remote = options.peer.remote;
    REQUIRE(local.address && local.port != 0 && remote.port != 0);
    REQUIRE(remote.address || options.peer.learn);
    REQUIRE(!remote.address || remote.address.family == local.address.family);
    REQUIRE(!(remote == local));
    REQUIRE(options.payload == Payload::Ether ||
            (options.bridge.empty() && !options.rewrite &&
             options.filter == Filter() &&
             options.peer.keepalive.count() == 0));
    REQUIRE(options.peer.hold.count() >= 1 &&
            options.peer.hold.count() <= 86400);
    REQUIRE(options.mtu == 0 || (options.mtu >= 68 && options.mtu <= 65521));
    return 0;
}
