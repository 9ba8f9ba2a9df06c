/* SPDX-License-Identifier: GPL-2.0-only */
/* What a device leaves to its hardware, done here: checksums, and large TCP
 * packets cut to the size that the path takes. Pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_SEGMENT_HPP
#define _VIRTPEER_SEGMENT_HPP

#include "checksum.hpp"
#include "packet.hpp"

#include <algorithm>
#include <cstring>

namespace virt::peer
{

/** A TCP packet that is larger than its segments. */
class Segments
{
public:
    /** @size: most bytes of payload in one segment. @frame must live. */
    Segments(Frame frame, Payload payload, std::size_t size);

    /** False: no TCP packet, or nothing to cut. */
    bool valid() const { return header_ != 0; }

    /** Of the next one, with headers; 0: all were written. */
    std::size_t next_size() const;

    /** Writes the next one, whole and with checksums. */
    void write(MutableFrame out);

private:
    Frame frame_;
    Layers layers_;
    /* Link, IP and TCP headers together. */
    std::size_t header_ = 0;
    std::size_t size_ = 0;
    std::size_t at_ = 0;
    std::uint16_t index_ = 0;
    /* Of the pseudo header without the length, and of the TCP header without
     * what changes: sequence number, flags and checksum.
     */
    std::uint64_t constant_ = 0;
};

} // namespace virt::peer

#endif // _VIRTPEER_SEGMENT_HPP
