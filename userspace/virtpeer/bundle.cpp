// SPDX-License-Identifier: GPL-2.0-only
// Packs datagrams.
//
// Copyright (C) The virt authors
#include "bundle.hpp"

namespace virt::peer
{

namespace
{

/* UDP_MAX_SEGMENTS of the oldest kernels that know UDP_SEGMENT. */
constexpr std::size_t kMaxSegments = 64;

/* What one system call sends. */
constexpr std::size_t kMaxMessages = 64;
constexpr std::size_t kBufferSize = std::size_t{4} * 65536;

} // namespace

Bundle::Bundle(std::size_t largest) : buffer_(kBufferSize), largest_(largest)
{
    messages_.reserve(kMaxMessages);
}

MutableFrame Bundle::room()
{
    if (messages_.size() == kMaxMessages ||
        buffer_.size() - used_ < kMaxDatagram) {
        return {};
    }
    return MutableFrame(buffer_).subspan(used_, kMaxDatagram);
}

bool Bundle::joins(std::size_t size) const
{
    if (messages_.empty()) {
        return false;
    }
    const Message &last = messages_.back();
    return last.segment <= largest_ && size <= last.segment &&
           last.count < kMaxSegments &&
           last.size == last.count * last.segment &&
           last.size + size <= kMaxDatagram;
}

void Bundle::commit(std::size_t size)
{
    if (joins(size)) {
        messages_.back().size += size;
        messages_.back().count++;
    } else {
        messages_.push_back({used_, size, size, 1});
    }
    used_ += size;
}

void Bundle::clear()
{
    messages_.clear();
    used_ = 0;
}

} // namespace virt::peer
