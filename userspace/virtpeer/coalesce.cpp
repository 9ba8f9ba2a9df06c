// SPDX-License-Identifier: GPL-2.0-only
// Joins TCP segments. What is joined loses its own checksums, so only frames
// whose checksums are right are; and only what comes out the same when it is
// cut again.
//
// Copyright (C) The virt authors
#include "coalesce.hpp"

#include "checksum.hpp"
#include "tcp.hpp"

#include <cstring>

namespace virt::peer
{

namespace
{

/* The longest IP packet. */
constexpr std::size_t kLongest = 65535;

/* What writev() takes without a second thought. */
constexpr std::size_t kMaxParts = 64;

bool same(Frame a, Frame b, std::size_t at, std::size_t size)
{
    return std::memcmp(a.data() + at, b.data() + at, size) == 0;
}

/* Headers that are alike but for length, id, checksum, seq and flags. */
bool same_headers(Frame a, Frame b, const Layers &layers, std::size_t header)
{
    const std::size_t net = layers.network;
    const std::size_t tcp = layers.transport;
    if (!same(a, b, 0, net)) {
        return false;
    }
    const bool ip =
        layers.type == kTypeIp
            ? same(a, b, net, 2) && same(a, b, net + 6, 4) &&
                  same(a, b, net + 12, tcp - net - 12)
            : same(a, b, net, 4) && same(a, b, net + 6, tcp - net - 6);
    return ip && same(a, b, tcp, kTcpSeq) && same(a, b, tcp + kTcpAck, 5) &&
           same(a, b, tcp + kTcpWindow, 2) &&
           same(a, b, tcp + kTcpUrgent, header - tcp - kTcpUrgent);
}

bool may_join(std::uint8_t flags)
{
    return (flags & ~(kFlagPush | kFlagFin)) == kFlagAck;
}

} // namespace

bool Coalescer::follows(Frame frame, const Layers &layers,
                        std::size_t header) const
{
    const Frame first = parts_.front();
    const std::size_t body = layers.end - header;
    if (closed_ || header != header_ || body > segment_ ||
        layers.network != layers_.network || layers.type != layers_.type ||
        parts_.size() == kMaxParts ||
        size_ - layers_.network + body > kLongest ||
        get32(frame, layers.transport + kTcpSeq) != next_seq_ ||
        !same_headers(first, frame, layers_, header_)) {
        return false;
    }
    if (layers.type != kTypeIp) {
        return true;
    }
    const std::size_t id = layers.network + 4;
    return get16(frame, id) ==
           static_cast<std::uint16_t>(get16(first, id) + parts_.size());
}

bool Coalescer::add(MutableFrame frame)
{
    const Layers layers = layers_of(frame, payload_);
    const std::size_t tcp = tcp_header(frame, layers);
    const std::size_t header = layers.transport + tcp;
    const std::uint8_t flags =
        tcp ? frame[layers.transport + kTcpFlags] : std::uint8_t{0};
    const bool joins = tcp != 0 && header < layers.end && may_join(flags);

    if (!empty() &&
        (!joins || !ends_in_tcp() || !follows(frame, layers, header) ||
         !tcp_checksums_right(frame, layers))) {
        return false;
    }
    if (empty()) {
        layers_ = layers;
        closed_ = true;
        if (joins && tcp_checksums_right(frame, layers)) {
            header_ = header;
            segment_ = layers.end - header;
            size_ = layers.end;
            next_seq_ = get32(frame, layers.transport + kTcpSeq) +
                        static_cast<std::uint32_t>(segment_);
            closed_ = flags & (kFlagPush | kFlagFin);
        }
        parts_.push_back(frame);
        last_flags_ = flags;
        return true;
    }
    const MutableFrame body = frame.subspan(header, layers.end - header);
    parts_.push_back(body);
    size_ += body.size();
    next_seq_ += static_cast<std::uint32_t>(body.size());
    last_flags_ = flags;
    closed_ = body.size() < segment_ || (flags & (kFlagPush | kFlagFin));
    return true;
}

void Coalescer::finish()
{
    if (count() < 2) {
        return;
    }
    // The padding of a frame must not get into the middle.
    parts_.front() = parts_.front().first(layers_.end);
    const MutableFrame first = parts_.front();
    const std::size_t size = size_ - layers_.transport;
    if (layers_.type == kTypeIp) {
        put16(first, layers_.network + 2,
              static_cast<std::uint16_t>(size_ - layers_.network));
        write_ip_checksum(first, layers_);
    } else {
        put16(first, layers_.network + 4, static_cast<std::uint16_t>(size));
    }
    first[layers_.transport + kTcpFlags] |= last_flags_;
    put16(first, layers_.transport + kTcpChecksum,
          checksum_fold(pseudo_sum(first, layers_, size)));
}

void Coalescer::clear()
{
    parts_.clear();
    header_ = 0;
    size_ = 0;
}

} // namespace virt::peer
