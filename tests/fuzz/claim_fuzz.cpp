// SPDX-License-Identifier: GPL-2.0-only
// The module's reader of what a frame says about its sender, 02:00:00:00:00:01,
// against another one. Two bytes of ethertype, then the packet.
//
// Copyright (C) The virt authors
#include "claim_reference.hpp"
#include "fuzz.hpp"

extern "C" {
#include "module/claim.h"
}

#include <algorithm>

using namespace virt::fuzz;

namespace
{

constexpr ether_addr kMac{{2, 0, 0, 0, 0, 1}};

std::vector<std::uint8_t> address_of(const virt_demux_key &key)
{
    REQUIRE(key.family == 4 || key.family == 6);
    const auto *bytes = reinterpret_cast<const std::uint8_t *>(key.addr);
    return {bytes, bytes + (key.family == 4 ? 4 : 16)};
}

std::optional<Claims> module_reads(unsigned proto, const std::uint8_t *net,
                                   std::size_t size)
{
    virt_claims claims;
    std::memset(&claims, 0xee, sizeof(claims));
    const virt_claims untouched = claims;
    const bool honest = virt_claim_read(proto, net, static_cast<unsigned>(size),
                                        kMac.ether_addr_octet, &claims) != 0;
    REQUIRE(claims.count <= VIRT_CLAIM_KEYS);
    for (unsigned i = claims.count; i < VIRT_CLAIM_KEYS; i++) {
        REQUIRE(std::memcmp(&claims.keys[i], &untouched.keys[i],
                            sizeof(claims.keys[i])) == 0);
    }
    if (!honest) {
        return std::nullopt;
    }
    // What comes behind the end may be anything.
    REQUIRE(claims.end <= size);
    std::vector<std::uint8_t> other(net, net + size);
    std::for_each(other.begin() + claims.end, other.end(),
                  [](std::uint8_t &byte) { byte ^= 0xff; });
    virt_claims again = untouched;
    REQUIRE(virt_claim_read(proto, other.data(), static_cast<unsigned>(size),
                            kMac.ether_addr_octet, &again) != 0);
    REQUIRE(std::memcmp(&again, &claims, sizeof(claims)) == 0);
    Claims addresses;
    std::transform(claims.keys, claims.keys + claims.count,
                   std::back_inserter(addresses), address_of);
    return addresses;
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
    const auto wanted = claims_of(proto, packet, kMac);
    REQUIRE(module_reads(proto, net.data(), packet.size()) == wanted);

    // So many are enough for what passes, as it says.
    if (packet.size() > VIRT_CLAIM_BYTES) {
        const Unaligned cut(packet.data(), VIRT_CLAIM_BYTES);
        const auto seen = module_reads(proto, cut.data(), VIRT_CLAIM_BYTES);
        REQUIRE(seen == claims_of(proto, packet.first(VIRT_CLAIM_BYTES), kMac));
        REQUIRE(!seen || seen == wanted);
    }
    return 0;
}
