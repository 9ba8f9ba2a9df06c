// SPDX-License-Identifier: GPL-2.0-only
// Datagrams of a tunnel.
//
// Copyright (C) The virt authors
#include "fuzz.hpp"

#include <cstring>

extern "C" {
#include "module/wire.h"
}

using namespace virt::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size)
{
    const Unaligned copy(data, size);
    const std::uint8_t *frame = copy.data();
    const auto length = static_cast<unsigned>(size);

    virt_wire_keepalive life;
    if (virt_wire_keepalive_read(frame, length, &life)) {
        // Written again it says the same.
        std::uint8_t again[VIRT_WIRE_MIN];
        virt_wire_keepalive_write(again, frame + 6, &life);
        REQUIRE(std::memcmp(again, frame, VIRT_WIRE_KIND_AT + 1) == 0);
        REQUIRE(std::memcmp(again + VIRT_WIRE_SEQ_AT, frame + VIRT_WIRE_SEQ_AT,
                            VIRT_WIRE_LIFE_BYTES - VIRT_WIRE_SEQ_AT) == 0);
        virt_wire_keepalive read;
        REQUIRE(virt_wire_keepalive_read(again, sizeof(again), &read));
        REQUIRE(read.kind == life.kind && read.seq == life.seq);
        REQUIRE(std::memcmp(read.stamp, life.stamp, sizeof(read.stamp)) == 0);
        REQUIRE(!virt_wire_ktunnel(frame, length));
    }
    const unsigned version = virt_wire_ip_version(frame, length);
    REQUIRE(version == 0 || (version == 4 && size >= 20) ||
            (version == 6 && size >= 40));
    REQUIRE(version == 0 || frame[0] >> 4 == version);
    const unsigned enough = length < 24 ? length : 24;
    REQUIRE(virt_wire_ktunnel(frame, length) ==
            virt_wire_ktunnel(frame, enough));
    return 0;
}
