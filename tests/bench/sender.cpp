// SPDX-License-Identifier: GPL-2.0-only
// A packet socket that sends.
//
// Copyright (C) The virt authors
#include "sender.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "meter.hpp"

namespace bench
{

namespace
{

constexpr size_t frame_size = 60;

void append(Frame &frame, std::initializer_list<int> bytes)
{
    for (int byte : bytes)
        frame.push_back(static_cast<std::uint8_t>(byte));
}

void append_mac(Frame &frame, const std::string &text)
{
    ether_addr mac;

    if (!ether_aton_r(text.c_str(), &mac))
        throw std::runtime_error("not a MAC address: " + text);
    frame.insert(frame.end(), mac.ether_addr_octet,
                 mac.ether_addr_octet + ETH_ALEN);
}

void append_ip(Frame &frame, const std::string &text)
{
    std::array<std::uint8_t, 4> ip;

    if (inet_pton(AF_INET, text.c_str(), ip.data()) != 1)
        throw std::runtime_error("not an IPv4 address: " + text);
    frame.insert(frame.end(), ip.begin(), ip.end());
}

// Of the 20 bytes at `at`, whose checksum is at 10.
void set_ip_checksum(Frame &frame, size_t at)
{
    unsigned sum = 0;

    for (size_t i = at; i < at + 20; i += 2)
        sum += static_cast<unsigned>(frame[i] << 8 | frame[i + 1]);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~(sum + (sum >> 16));
    frame[at + 10] = static_cast<std::uint8_t>(sum >> 8);
    frame[at + 11] = static_cast<std::uint8_t>(sum);
}

} // namespace

Frame udp_frame(const std::string &to_mac, const std::string &from_mac,
                const std::string &to, const std::string &from,
                std::uint16_t port, const std::vector<std::uint8_t> &payload)
{
    constexpr size_t headers = ETH_HLEN + 20 + 8;
    int size = static_cast<int>(std::max(frame_size, headers + payload.size()) -
                                ETH_HLEN),
        udp_size = size - 20;
    Frame frame;

    append_mac(frame, to_mac);
    append_mac(frame, from_mac);
    append(frame, {ETH_P_IP >> 8, ETH_P_IP & 0xff});
    append(frame,
           {0x45, 0, size >> 8, size, 0, 0, 0, 0, 64, IPPROTO_UDP, 0, 0});
    append_ip(frame, from);
    append_ip(frame, to);
    set_ip_checksum(frame, ETH_HLEN);
    append(frame,
           {port >> 8, port, port >> 8, port, udp_size >> 8, udp_size, 0, 0});
    frame.insert(frame.end(), payload.begin(), payload.end());
    frame.resize(std::max(frame_size, frame.size()));
    return frame;
}

Frame arp_request(const std::string &from_mac, const std::string &from,
                  const std::string &target)
{
    Frame frame;

    append_mac(frame, "ff:ff:ff:ff:ff:ff");
    append_mac(frame, from_mac);
    append(frame, {ETH_P_ARP >> 8, ETH_P_ARP & 0xff});
    append(frame, {0, 1, 8, 0, 6, 4, 0, 1});
    append_mac(frame, from_mac);
    append_ip(frame, from);
    append_mac(frame, "00:00:00:00:00:00");
    append_ip(frame, target);
    frame.resize(frame_size);
    return frame;
}

Sender::Sender(const std::string &device)
    : fd_(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0))
{
    sockaddr_ll there{};

    there.sll_family = AF_PACKET;
    there.sll_ifindex = static_cast<int>(if_nametoindex(device.c_str()));
    if (fd_ < 0 || !there.sll_ifindex ||
        bind(fd_, reinterpret_cast<sockaddr *>(&there), sizeof(there)))
        throw std::system_error(errno, std::generic_category(), device);
}

Sender::~Sender()
{
    close(fd_);
}

void Sender::send(const Frame &frame)
{
    if (::send(fd_, frame.data(), frame.size(), 0) < 0)
        throw std::system_error(errno, std::generic_category(), "send");
}

double Sender::measure(const std::vector<Frame> &frames)
{
    std::array<mmsghdr, batch> messages{};
    std::array<iovec, batch> parts;
    std::vector<double> costs;

    for (size_t i = 0; i < batch; i++) {
        const Frame &frame = frames[i % frames.size()];
        parts[i] = {const_cast<std::uint8_t *>(frame.data()), frame.size()};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    if (endless)
        say_begun();
    for (unsigned i = 0; i < batches || endless; i++) {
        std::uint64_t begin = instructions();
        if (sendmmsg(fd_, messages.data(), batch, 0) != batch)
            throw std::system_error(errno, std::generic_category(), "sendmmsg");
        costs.push_back(static_cast<double>(instructions() - begin) / batch);
    }
    // a timer tick falls into every tenth batch or so; not into the median
    return median(costs);
}

} // namespace bench
