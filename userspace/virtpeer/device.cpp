// SPDX-License-Identifier: GPL-2.0-only
// /dev/net/tun, and the few things that are set on a network device.
//
// Copyright (C) The virt authors
#include "device.hpp"

#include "tcp.hpp"

#include "lib/fail.hpp"
#include "lib/netlink.hpp"
#include "lib/request.hpp"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>
#include <span>

namespace virt::peer
{

namespace
{

ifreq request_for(const std::string &name)
{
    ifreq request{};
    if (name.size() >= sizeof(request.ifr_name)) {
        errno = ENAMETOOLONG;
        fail("the device " + name);
    }
    std::memcpy(request.ifr_name, name.data(), name.size());
    return request;
}

Fd open_queue(ifreq &request, bool offload)
{
    Fd fd(open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (!fd) {
        fail("cannot open /dev/net/tun");
    }
    if (ioctl(fd.get(), TUNSETIFF, &request) < 0) {
        fail(std::string("cannot create the device ") + request.ifr_name);
    }
    const unsigned features =
        offload ? TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN : 0;
    if (ioctl(fd.get(), TUNSETOFFLOAD, features) < 0) {
        fail("cannot set the offloads of the device");
    }
    return fd;
}

void device_ioctl(const std::string &name, unsigned long number, ifreq &request,
                  const char *what)
{
    const Fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!fd || ioctl(fd.get(), number, &request) < 0) {
        fail(std::string(what) + " " + name);
    }
}

int index_of(const std::string &name)
{
    const unsigned index = if_nametoindex(name.c_str());
    if (index == 0) {
        fail("no device " + name);
    }
    return static_cast<int>(index);
}

} // namespace

Device::Device(const std::string &name, Payload payload, unsigned queues,
               bool offload)
{
    ifreq request = request_for(name);
    const int kind = payload == Payload::Ether ? IFF_TAP : IFF_TUN;
    const int several = queues > 1 ? IFF_MULTI_QUEUE : 0;
    request.ifr_flags =
        static_cast<short>(kind | IFF_NO_PI | IFF_VNET_HDR | several);
    // Queues could join those of another program.
    const int alone = queues > 1 ? IFF_TUN_EXCL : 0;
    request.ifr_flags = static_cast<short>(request.ifr_flags | alone);
    for (unsigned i = 0; i < queues; i++) {
        // The kernel writes the name that it chose into the request.
        queues_.push_back(open_queue(request, offload));
        request.ifr_flags = static_cast<short>(request.ifr_flags & ~alone);
    }
    name_ = request.ifr_name;
}

Mac Device::mac() const
{
    ifreq request = request_for(name_);
    device_ioctl(name_, SIOCGIFHWADDR, request, "cannot read the MAC of");
    Mac mac;
    std::memcpy(mac.data(), request.ifr_hwaddr.sa_data, mac.size());
    return mac;
}

void Device::set_mtu(unsigned mtu)
{
    ifreq request = request_for(name_);
    request.ifr_mtu = static_cast<int>(mtu);
    device_ioctl(name_, SIOCSIFMTU, request, "cannot set the MTU of");
}

void Device::set_up()
{
    ifreq request = request_for(name_);
    device_ioctl(name_, SIOCGIFFLAGS, request, "cannot read the flags of");
    request.ifr_flags |= IFF_UP;
    device_ioctl(name_, SIOCSIFFLAGS, request, "cannot bring up");
}

void Device::add_address(const Prefix &prefix)
{
    ifaddrmsg body{};
    body.ifa_family = static_cast<std::uint8_t>(prefix.address.family);
    body.ifa_prefixlen = static_cast<std::uint8_t>(prefix.bits);
    body.ifa_index = static_cast<unsigned>(index_of(name_));
    Request request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, body);
    const auto bytes = std::as_bytes(
        std::span(prefix.address.bytes).first(prefix.address.size()));
    request.put(IFA_LOCAL, bytes);
    request.put(IFA_ADDRESS, bytes);
    NetlinkSocket().ask(*request, "cannot add the address");
}

void Device::join_bridge(const std::string &bridge)
{
    ifinfomsg body{};
    body.ifi_index = index_of(name_);
    Request request(RTM_NEWLINK, 0, body);
    mnl_attr_put_u32(request.get(), IFLA_MASTER,
                     static_cast<std::uint32_t>(index_of(bridge)));
    NetlinkSocket().ask(*request, "cannot join the bridge");
}

void Device::set_carrier(bool on)
{
    const int value = on;
    ioctl(fd(0), TUNSETCARRIER, &value);
}

ssize_t Device::read(std::size_t queue, VnetHeader &header, MutableFrame bytes)
{
    const iovec parts[] = {{&header, sizeof(header)},
                           {bytes.data(), bytes.size()}};
    const ssize_t got = readv(fd(queue), parts, 2);
    const auto ahead = static_cast<ssize_t>(sizeof(header));
    if (got >= 0 && got < ahead) {
        errno = EBADMSG;
        return -1;
    }
    return got < 0 ? got : got - ahead;
}

bool Device::write(std::size_t queue, const Coalescer &packet)
{
    VnetHeader header;
    const Layers &layers = packet.layers();
    if (packet.segment() != 0) {
        header.flags = kVnetNeedsChecksum;
        header.gso_type = layers.type == kTypeIp ? kVnetTcp4 : kVnetTcp6;
        header.gso_size = static_cast<std::uint16_t>(packet.segment());
        header.hdr_len = static_cast<std::uint16_t>(packet.header());
        header.csum_start = static_cast<std::uint16_t>(layers.transport);
        header.csum_offset = kTcpChecksum;
    }
    std::array<iovec, 65> parts;
    parts[0] = {&header, sizeof(header)};
    int count = 1;
    for (const MutableFrame part : packet.parts()) {
        parts[static_cast<std::size_t>(count++)] = {part.data(), part.size()};
    }
    return writev(fd(queue), parts.data(), count) >= 0;
}

bool Device::write(std::size_t queue, Frame packet)
{
    VnetHeader header;
    const iovec parts[] = {
        {&header, sizeof(header)},
        {const_cast<std::uint8_t *>(packet.data()), packet.size()}};
    return writev(fd(queue), parts, 2) >= 0;
}

} // namespace virt::peer
