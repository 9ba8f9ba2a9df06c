/* SPDX-License-Identifier: GPL-2.0-only */
/* The opposite of cutting: TCP segments that follow each other become one
 * large packet, whose segments the kernel knows. Pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_COALESCE_HPP
#define _VIRTPEER_COALESCE_HPP

#include "packet.hpp"

#include <vector>

namespace virt::peer
{

class Coalescer
{
public:
    explicit Coalescer(Payload payload) : payload_(payload) {}

    /**
     * Takes a frame if nothing was taken yet, or if it goes on where the last
     * one ended. False: flush first, then offer it again. The bytes must live
     * until clear(), those of the first frame are changed by finish().
     */
    bool add(MutableFrame frame);

    bool empty() const { return parts_.empty(); }

    /** How many frames were taken. */
    std::size_t count() const { return parts_.size(); }

    /** Payload per segment if there are several, or 0. */
    std::size_t segment() const { return count() > 1 ? segment_ : 0; }
    /** Link, IP and TCP headers of the first frame. */
    std::size_t header() const { return header_; }
    const Layers &layers() const { return layers_; }
    bool ends_in_tcp() const { return header_ != 0; }

    /** Makes the first frame's headers those of the whole. */
    void finish();

    /** The whole: the first frame, then the payload of the others. */
    const std::vector<MutableFrame> &parts() const { return parts_; }

    void clear();

private:
    bool follows(Frame frame, const Layers &layers, std::size_t header) const;

    Payload payload_;
    std::vector<MutableFrame> parts_;
    Layers layers_;
    std::size_t header_ = 0;
    std::size_t segment_ = 0;
    std::size_t size_ = 0;
    std::uint32_t next_seq_ = 0;
    std::uint8_t last_flags_ = 0;
    /* A short segment, or one with a flag that must come last. */
    bool closed_ = false;
};

} // namespace virt::peer

#endif // _VIRTPEER_COALESCE_HPP
