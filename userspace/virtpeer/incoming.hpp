/* SPDX-License-Identifier: GPL-2.0-only */
/* From the peer to the device.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_INCOMING_HPP
#define _VIRTPEER_INCOMING_HPP

#include "coalesce.hpp"
#include "context.hpp"

namespace virt::peer
{

class Incoming
{
public:
    explicit Incoming(Context &context);

    /** Datagrams from one source. Their bytes must live until flush(), and
     *  may be changed.
     */
    void take(const Inbox::Message &message, Time now);

    /** A packet past the hooks; its bytes must live until flush(). */
    void put(MutableFrame packet);

    /** Gives what was taken to the device. */
    void flush();

private:
    bool is_keepalive(Frame frame, Time now);
    void packet(MutableFrame packet, Time now);
    void to_device(MutableFrame packet);

    Context &context_;
    Coalescer coalescer_;
    Mac rewrite_{};
};

} // namespace virt::peer

#endif // _VIRTPEER_INCOMING_HPP
