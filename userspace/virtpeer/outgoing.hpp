/* SPDX-License-Identifier: GPL-2.0-only */
/* From the device to the peer. One object per thread.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_OUTGOING_HPP
#define _VIRTPEER_OUTGOING_HPP

#include "bundle.hpp"
#include "context.hpp"

namespace virt::peer
{

class Outgoing
{
public:
    explicit Outgoing(Context &context);

    /** A packet of the device, with what the kernel left to be done. */
    void take(const VnetHeader &header, MutableFrame packet);

    /** A frame of another interface, as it was seen there; larger ones than
     *  `mtu` are cut, what the tunnel has sent itself is left out.
     */
    void take_captured(Frame frame, std::size_t mtu);

    /** A packet that nothing is left to be done with, past the hooks. */
    void put(Frame packet);

    /** Sends what was taken. */
    void flush();

private:
    bool is_own(Frame frame, const Layers &layers) const;
    void cut(Frame packet, std::size_t size);
    void whole(Frame packet);
    MutableFrame room();
    void commit(MutableFrame room, std::size_t size);
    void commit_past_hooks(std::size_t size);

    Context &context_;
    Bundle bundle_;
    std::vector<std::uint8_t> copy_;
};

} // namespace virt::peer

#endif // _VIRTPEER_OUTGOING_HPP
