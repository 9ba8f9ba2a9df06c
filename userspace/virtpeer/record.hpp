/* SPDX-License-Identifier: GPL-2.0-only */
/* A packet as a transform gets and gives it: two bytes of length, big endian,
 * one byte of direction ('>' towards the peer, '<' from it), and so many bytes
 * of packet; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_RECORD_HPP
#define _VIRTPEER_RECORD_HPP

#include "decode.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace virt::peer
{

struct Record {
    Direction direction = Direction::Out;
    std::vector<std::uint8_t> packet;

    bool operator==(const Record &) const = default;
};

/** The bytes of a record. At most 65535 bytes of packet. */
std::vector<std::uint8_t> write_record(Direction direction, Frame packet);

/** Puts a stream of bytes together again. */
class RecordReader
{
public:
    void feed(Frame bytes);
    /** The next whole one. Throws std::runtime_error on a wrong direction. */
    std::optional<Record> next();

private:
    std::vector<std::uint8_t> bytes_;
    std::size_t at_ = 0;
};

} // namespace virt::peer

#endif // _VIRTPEER_RECORD_HPP
