// SPDX-License-Identifier: GPL-2.0-only
// The module's demux against another one. Two bytes of ethertype, then the
// packet.
//
// Copyright (C) The virt authors
#include "fuzz.hpp"
#include "reference.hpp"

extern "C" {
#include "module/demux.h"
}

#include <algorithm>

using namespace virt::fuzz;

namespace
{

Decision module_decides(unsigned proto, const std::uint8_t *net, unsigned size)
{
    virt_demux_key key;
    std::memset(&key, 0xee, sizeof(key));
    const virt_demux_key untouched = key;
    const auto address = [&] {
        REQUIRE(key.family == 4 || key.family == 6);
        const auto *bytes = reinterpret_cast<const std::uint8_t *>(key.addr);
        return std::vector(bytes, bytes + (key.family == 4 ? 4 : 16));
    };
    switch (virt_demux(proto, net, size, &key)) {
    case VIRT_DEMUX_OWNER:
        return {Owner::Owner, address()};
    case VIRT_DEMUX_ANSWER:
        return {Owner::Answer, address()};
    case VIRT_DEMUX_EVERYBODY:
        REQUIRE(std::memcmp(&key, &untouched, sizeof(key)) == 0);
        return {Owner::Everybody};
    case VIRT_DEMUX_NONE:
        REQUIRE(std::memcmp(&key, &untouched, sizeof(key)) == 0);
        return {};
    }
    REQUIRE(false);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size)
{
    if (size < 2) {
        return 0;
    }
    const unsigned proto = ethertype_of(data);
    const Unaligned net(data + 2, size - 2);
    const Packet packet(net.data(), size - 2);
    const auto length = static_cast<unsigned>(packet.size());

    const Decision wanted = decide(proto, packet);
    REQUIRE(module_decides(proto, net.data(), length) == wanted);
    // So many are enough, as it says.
    REQUIRE(module_decides(proto, net.data(),
                           std::min<unsigned>(length, VIRT_DEMUX_BYTES)) ==
            wanted);

    // The short way of IPv4.
    if (proto == ETHERTYPE_IP && length >= VIRT_DEMUX_IP_LEN) {
        const __be32 target = virt_demux_ip_target(net.data());
        REQUIRE(std::memcmp(&target, &packet[16], sizeof(target)) == 0);
    }

    for (const unsigned source :
         {VIRT_DEMUX_DHCP_SERVER, VIRT_DEMUX_DHCP_CLIENT}) {
        for (const unsigned seen :
             {length, std::min<unsigned>(length, VIRT_DEMUX_DHCP_BYTES)}) {
            __be32 xid = 0;
            const bool is = virt_demux_dhcp(net.data(), seen, source, &xid);
            const auto transaction = dhcp_transaction(packet, source);
            REQUIRE(is == transaction.has_value());
            REQUIRE(xid == transaction.value_or(0));
        }
    }
    return 0;
}
