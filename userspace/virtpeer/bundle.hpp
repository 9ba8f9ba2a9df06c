/* SPDX-License-Identifier: GPL-2.0-only */
/* Datagrams for one peer, one behind the other. Neighbours of one size share
 * a message that the kernel cuts (UDP_SEGMENT); the last of them may be
 * shorter. Pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_BUNDLE_HPP
#define _VIRTPEER_BUNDLE_HPP

#include "packet.hpp"

#include <vector>

namespace virt::peer
{

class Bundle
{
public:
    /** The longest datagram over IPv4. */
    static constexpr std::size_t kMaxDatagram = 65507;

    struct Message {
        std::size_t at = 0;
        std::size_t size = 0;
        /** Each datagram has this size, but for the last one. */
        std::size_t segment = 0;
        std::size_t count = 0;

        bool operator==(const Message &) const = default;
    };

    /** Datagrams over `largest` do not share: the kernel would refuse to cut
     *  what IP has to fragment.
     */
    explicit Bundle(std::size_t largest);

    /** Room for one datagram of any size; empty: send this first. */
    MutableFrame room();

    /** Takes `size` bytes that were written to room(). */
    void commit(std::size_t size);

    void clear();
    bool empty() const { return messages_.empty(); }
    const std::vector<Message> &messages() const { return messages_; }
    Frame bytes(const Message &message) const
    {
        return Frame(buffer_).subspan(message.at, message.size);
    }

private:
    bool joins(std::size_t size) const;

    std::vector<std::uint8_t> buffer_;
    std::vector<Message> messages_;
    std::size_t used_ = 0;
    std::size_t largest_;
};

} // namespace virt::peer

#endif // _VIRTPEER_BUNDLE_HPP
