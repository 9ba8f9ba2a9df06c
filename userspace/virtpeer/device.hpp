/* SPDX-License-Identifier: GPL-2.0-only */
/* The TAP or TUN device of a tunnel.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_DEVICE_HPP
#define _VIRTPEER_DEVICE_HPP

#include "address.hpp"
#include "coalesce.hpp"
#include "packet.hpp"
#include "vnet.hpp"

#include "lib/fd.hpp"

#include <string>
#include <vector>

namespace virt::peer
{

class Device
{
public:
    /**
     * Creates the device; with one queue, it also takes one that exists and
     * is not in use. `name` may have a %d for the kernel to fill in. Throws
     * std::system_error.
     */
    Device(const std::string &name, Payload payload, unsigned queues,
           bool offload);

    const std::string &name() const { return name_; }
    int fd(std::size_t queue) const { return queues_[queue].get(); }
    std::size_t queues() const { return queues_.size(); }
    Mac mac() const;

    void set_mtu(unsigned mtu);
    void set_up();
    void add_address(const Prefix &prefix);
    void join_bridge(const std::string &bridge);
    /** Works without privileges, too. */
    void set_carrier(bool on);

    /** What the kernel tells with a packet, then the packet. Negative: errno
     *  is set.
     */
    ssize_t read(std::size_t queue, VnetHeader &header, MutableFrame bytes);

    /** Gives one packet, or several as one, to the kernel. False: errno. */
    bool write(std::size_t queue, const Coalescer &packet);
    bool write(std::size_t queue, Frame packet);

private:
    std::string name_;
    std::vector<Fd> queues_;
};

} // namespace virt::peer

#endif // _VIRTPEER_DEVICE_HPP
