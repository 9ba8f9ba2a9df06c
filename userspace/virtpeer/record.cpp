// SPDX-License-Identifier: GPL-2.0-only
// Records of packets, to bytes and back.
//
// Copyright (C) The virt authors
#include "record.hpp"

#include <stdexcept>

namespace virt::peer
{

namespace
{

constexpr std::size_t kRecordHeader = 3;

/* A reader that consumed this much starts anew. */
constexpr std::size_t kCompact = 65536;

} // namespace

std::vector<std::uint8_t> write_record(Direction direction, Frame packet)
{
    std::vector<std::uint8_t> record(kRecordHeader);
    put16(record, 0, static_cast<std::uint16_t>(packet.size()));
    record[2] = static_cast<std::uint8_t>(direction);
    record.insert(record.end(), packet.begin(), packet.end());
    return record;
}

void RecordReader::feed(Frame bytes)
{
    if (at_ > kCompact) {
        bytes_.erase(bytes_.begin(),
                     bytes_.begin() + static_cast<std::ptrdiff_t>(at_));
        at_ = 0;
    }
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

std::optional<Record> RecordReader::next()
{
    const Frame rest = Frame(bytes_).subspan(at_);
    if (rest.size() < kRecordHeader) {
        return std::nullopt;
    }
    const auto direction = static_cast<Direction>(rest[2]);
    if (direction != Direction::In && direction != Direction::Out) {
        throw std::runtime_error(
            "the transform wrote a record without a direction");
    }
    const std::size_t size = get16(rest, 0);
    if (rest.size() < kRecordHeader + size) {
        return std::nullopt;
    }
    const Frame packet = rest.subspan(kRecordHeader, size);
    at_ += kRecordHeader + size;
    return Record{direction, {packet.begin(), packet.end()}};
}

} // namespace virt::peer
