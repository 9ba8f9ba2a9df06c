// SPDX-License-Identifier: GPL-2.0-only
// Captures with libpcap.
//
// Copyright (C) The virt authors
#include "capture.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace virt::peer
{

namespace
{

constexpr int kCaptureBuffer = 4 << 20;

void need(pcap_t *pcap, int status, const std::string &device)
{
    if (status < 0) {
        const char *text = pcap_geterr(pcap);
        throw std::runtime_error(fmt::format(
            "{}: {}", device, *text ? text : pcap_statustostr(status)));
    }
}

void visit_frame(u_char *user, const pcap_pkthdr *header, const u_char *bytes)
{
    // A frame that was cut short is of no use to the peer.
    if (header->caplen == header->len) {
        (*reinterpret_cast<const std::function<void(Frame)> *>(user))(
            {bytes, header->caplen});
    }
}

} // namespace

std::string capture_expression(const std::string &filter,
                               std::uint16_t local_port)
{
    const std::string others = fmt::format("not (udp and port {})", local_port);
    return filter.empty() ? others : fmt::format("({}) and {}", filter, others);
}

Capture::Capture(const std::string &device, const std::string &expression)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_.reset(pcap_create(device.c_str(), error));
    if (!pcap_) {
        throw std::runtime_error(error);
    }
    pcap_t *pcap = pcap_.get();
    need(pcap, pcap_set_snaplen(pcap, kSnapLength), device);
    need(pcap, pcap_set_promisc(pcap, 1), device);
    need(pcap, pcap_set_immediate_mode(pcap, 1), device);
    need(pcap, pcap_set_buffer_size(pcap, kCaptureBuffer), device);
    need(pcap, pcap_activate(pcap), device);
    if (pcap_datalink(pcap) != DLT_EN10MB) {
        throw std::runtime_error(device + " has no Ethernet frames");
    }
    bpf_program program;
    need(pcap,
         pcap_compile(pcap, &program, expression.c_str(), 1,
                      PCAP_NETMASK_UNKNOWN),
         "filter");
    const int status = pcap_setfilter(pcap, &program);
    pcap_freecode(&program);
    need(pcap, status, "filter");
    need(pcap, pcap_setnonblock(pcap, 1, error), device);
}

void Capture::each(const std::function<void(Frame)> &visit)
{
    const int got =
        pcap_dispatch(pcap_.get(), -1, visit_frame,
                      reinterpret_cast<u_char *>(
                          const_cast<std::function<void(Frame)> *>(&visit)));
    need(pcap_.get(), got, "capture");
}

} // namespace virt::peer
