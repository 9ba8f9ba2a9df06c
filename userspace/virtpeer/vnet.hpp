/* SPDX-License-Identifier: GPL-2.0-only */
/* What stands before each packet of a device that was made with IFF_VNET_HDR:
 * struct virtio_net_hdr of linux/virtio_net.h, which no C++ compiler takes.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_VNET_HPP
#define _VIRTPEER_VNET_HPP

#include <cstdint>

namespace virt::peer
{

enum VnetFlag : std::uint8_t {
    /** Everything from csum_start on is still to be added to the checksum. */
    kVnetNeedsChecksum = 1,
};

enum VnetGso : std::uint8_t { kVnetNone = 0, kVnetTcp4 = 1, kVnetTcp6 = 4 };

/** Byte order of the machine. */
struct VnetHeader {
    std::uint8_t flags = 0;
    std::uint8_t gso_type = kVnetNone;
    /** Of all headers together; a hint. */
    std::uint16_t hdr_len = 0;
    /** Payload per segment. */
    std::uint16_t gso_size = 0;
    std::uint16_t csum_start = 0;
    /** Of the field, from csum_start on. */
    std::uint16_t csum_offset = 0;
};
static_assert(sizeof(VnetHeader) == 10);

} // namespace virt::peer

#endif // _VIRTPEER_VNET_HPP
