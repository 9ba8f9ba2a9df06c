/* SPDX-License-Identifier: GPL-2.0-only */
/* The Internet checksum (RFC 1071) of IP, TCP and UDP; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_CHECKSUM_HPP
#define _VIRTPEER_CHECKSUM_HPP

#include "packet.hpp"

namespace virt::peer
{

/** Adds bytes, as big endian 16-bit words, to a sum. A last odd byte is the
 *  upper half of a word.
 */
std::uint64_t checksum_add(std::uint64_t sum, Frame bytes);

/** The sum in 16 bits, not inverted. */
std::uint16_t checksum_fold(std::uint64_t sum);

/** Of the addresses, the protocol and `size` bytes of transport. */
std::uint64_t pseudo_sum(Frame frame, const Layers &layers, std::size_t size);

/** Writes the checksum of the IPv4 header; nothing to do for IPv6. */
void write_ip_checksum(MutableFrame frame, const Layers &layers);

/** True if IPv4 header and TCP checksum are both right. */
bool tcp_checksums_right(Frame frame, const Layers &layers);

/**
 * Completes a checksum that was left to the hardware: the field holds the
 * sum of the pseudo header, the rest is added from `start` to the end. False
 * if it is not within the frame.
 */
bool complete_checksum(MutableFrame frame, std::size_t start,
                       std::size_t offset);

/**
 * Completes TCP and UDP checksums of frames that were taken from a device
 * before the hardware would have: those whose field holds just the sum of the
 * pseudo header. All others stay as they are.
 */
void complete_captured(MutableFrame frame, const Layers &layers);

} // namespace virt::peer

#endif // _VIRTPEER_CHECKSUM_HPP
