// SPDX-License-Identifier: GPL-2.0-only
// Sums in host order, eight bytes at a time: RFC 1071 shows that the order of
// bytes may be put right at the end.
//
// Copyright (C) The virt authors
#include "checksum.hpp"

#include <arpa/inet.h>

#include <cstring>

namespace virt::peer
{

namespace
{

/* What is carried out comes back in. */
template <class Word>
std::uint64_t add(std::uint64_t sum, const std::uint8_t *at)
{
    Word word;
    std::memcpy(&word, at, sizeof(word));
    sum += word;
    return sum + (sum < word);
}

} // namespace

std::uint16_t checksum_fold(std::uint64_t sum)
{
    while (sum >> 16) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(sum);
}

std::uint64_t checksum_add(std::uint64_t sum, Frame bytes)
{
    const std::uint8_t *at = bytes.data();
    std::size_t left = bytes.size();
    std::uint64_t total = 0;
    for (; left >= 32; left -= 32, at += 32) {
        total = add<std::uint64_t>(total, at);
        total = add<std::uint64_t>(total, at + 8);
        total = add<std::uint64_t>(total, at + 16);
        total = add<std::uint64_t>(total, at + 24);
    }
    for (; left >= 2; left -= 2, at += 2) {
        total = add<std::uint16_t>(total, at);
    }
    if (left) {
        const std::uint8_t last[2] = {*at, 0};
        total = add<std::uint16_t>(total, last);
    }
    return sum + htons(checksum_fold(total));
}

std::uint64_t pseudo_sum(Frame frame, const Layers &layers, std::size_t size)
{
    const bool ip4 = layers.type == kTypeIp;
    return checksum_add(
        layers.protocol + size,
        frame.subspan(layers.network + (ip4 ? 12 : 8), ip4 ? 8 : 32));
}

void write_ip_checksum(MutableFrame frame, const Layers &layers)
{
    if (layers.type != kTypeIp) {
        return;
    }
    const std::size_t at = layers.network;
    put16(frame, at + 10, 0);
    const std::uint64_t sum =
        checksum_add(0, frame.subspan(at, (frame[at] & 0xfU) * 4));
    put16(frame, at + 10, static_cast<std::uint16_t>(~checksum_fold(sum)));
}

bool tcp_checksums_right(Frame frame, const Layers &layers)
{
    if (layers.type == kTypeIp) {
        const std::uint64_t header =
            checksum_add(0, frame.subspan(layers.network,
                                          layers.transport - layers.network));
        if (checksum_fold(header) != 0xffff) {
            return false;
        }
    }
    const std::size_t size = layers.end - layers.transport;
    const std::uint64_t sum = checksum_add(
        pseudo_sum(frame, layers, size), frame.subspan(layers.transport, size));
    return checksum_fold(sum) == 0xffff;
}

bool complete_checksum(MutableFrame frame, std::size_t start,
                       std::size_t offset)
{
    if (start + offset + 2 > frame.size()) {
        return false;
    }
    const std::uint64_t sum = checksum_add(0, frame.subspan(start));
    const auto value = static_cast<std::uint16_t>(~checksum_fold(sum));
    // Zero would mean "none" to UDP, and both stand for the same sum.
    put16(frame, start + offset, value ? value : 0xffff);
    return true;
}

void complete_captured(MutableFrame frame, const Layers &layers)
{
    const std::size_t offset = layers.protocol == kTcp ? 16 : 6;
    if (layers.transport == 0 ||
        (layers.protocol != kTcp && layers.protocol != kUdp) ||
        layers.end < layers.transport + offset + 2) {
        return;
    }
    const std::size_t size = layers.end - layers.transport;
    const std::uint16_t pseudo = checksum_fold(pseudo_sum(frame, layers, size));
    if (get16(frame, layers.transport + offset) == pseudo) {
        complete_checksum(frame.first(layers.end), layers.transport, offset);
    }
}

} // namespace virt::peer
