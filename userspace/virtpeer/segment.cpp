// SPDX-License-Identifier: GPL-2.0-only
// Cuts a TCP packet: each segment gets the headers of the whole, with its own
// length, IPv4 id, sequence number, flags and checksums.
//
// Copyright (C) The virt authors
#include "segment.hpp"

#include "tcp.hpp"

namespace virt::peer
{

Segments::Segments(Frame frame, Payload payload, std::size_t size)
    : frame_(frame), layers_(layers_of(frame, payload)), size_(size)
{
    const std::size_t tcp = tcp_header(frame, layers_);
    if (tcp == 0 || size == 0 || layers_.transport + tcp >= layers_.end) {
        return;
    }
    header_ = layers_.transport + tcp;
    at_ = header_;
    const std::size_t start = layers_.transport;
    constant_ = pseudo_sum(frame, layers_, 0);
    constant_ = checksum_add(constant_, frame.subspan(start, kTcpSeq));
    constant_ = checksum_add(constant_, frame.subspan(start + kTcpAck, 4));
    constant_ = checksum_add(constant_, frame.subspan(start + kTcpWindow, 2));
    constant_ = checksum_add(
        constant_, frame.subspan(start + kTcpUrgent, tcp - kTcpUrgent));
}

std::size_t Segments::next_size() const
{
    if (!valid() || at_ == layers_.end) {
        return 0;
    }
    return header_ + std::min(size_, layers_.end - at_);
}

void Segments::write(MutableFrame out)
{
    const std::size_t size = next_size();
    const std::size_t body = size - header_;
    const std::size_t start = layers_.transport;
    const std::size_t net = layers_.network;
    const bool first = at_ == header_;
    const bool last = at_ + body == layers_.end;

    out = out.first(size);
    std::memcpy(out.data(), frame_.data(), header_);
    std::memcpy(out.data() + header_, frame_.data() + at_, body);
    if (layers_.type == kTypeIp) {
        put16(out, net + 2, static_cast<std::uint16_t>(size - net));
        put16(out, net + 4,
              static_cast<std::uint16_t>(get16(frame_, net + 4) + index_));
        write_ip_checksum(out, layers_);
    } else {
        put16(out, net + 4, static_cast<std::uint16_t>(size - start));
    }
    put32(out, start + kTcpSeq,
          get32(frame_, start + kTcpSeq) +
              static_cast<std::uint32_t>(at_ - header_));
    std::uint8_t &flags = out[start + kTcpFlags];
    if (!last) {
        flags &= static_cast<std::uint8_t>(~(kFlagFin | kFlagPush));
    }
    if (!first) {
        flags &= static_cast<std::uint8_t>(~kFlagCwr);
    }
    std::uint64_t sum = constant_ + (size - start);
    sum = checksum_add(sum, out.subspan(start + kTcpSeq, 4));
    sum = checksum_add(sum, out.subspan(start + kTcpFlags - 1, 2));
    sum = checksum_add(sum, out.subspan(header_));
    put16(out, start + kTcpChecksum,
          static_cast<std::uint16_t>(~checksum_fold(sum)));
    at_ += body;
    index_++;
}

} // namespace virt::peer
