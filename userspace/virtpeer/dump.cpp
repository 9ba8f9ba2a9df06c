// SPDX-License-Identifier: GPL-2.0-only
// Prints packets and writes pcap files.
//
// Copyright (C) The virt authors
#include "dump.hpp"

#include "lib/clock.hpp"
#include "lib/fail.hpp"

#include <sys/time.h>

#include <cstdio>
#include <stdexcept>

#include <fmt/format.h>

namespace virt::peer
{

namespace
{

/* Raw IPv4 and IPv6, told apart by their version. */
int link_type(Payload payload)
{
    return payload == Payload::Ether ? DLT_EN10MB : DLT_RAW;
}

} // namespace

Dump::Dump(Payload payload, bool print, bool hex, const std::string &pcap)
    : payload_(payload), print_(print), hex_(hex)
{
    if (pcap.empty()) {
        return;
    }
    pcap_.reset(pcap_open_dead(link_type(payload), kSnapLength));
    file_.reset(pcap_dump_open(pcap_.get(), pcap.c_str()));
    if (!file_) {
        throw std::runtime_error(pcap_geterr(pcap_.get()));
    }
}

void Dump::record(Frame frame)
{
    pcap_pkthdr header{};
    gettimeofday(&header.ts, nullptr);
    header.caplen = header.len = static_cast<bpf_u_int32>(frame.size());
    pcap_dump(reinterpret_cast<u_char *>(file_.get()), &header, frame.data());
    // Who looks into the file meanwhile wants whole packets.
    if (pcap_dump_flush(file_.get()) < 0) {
        fail("cannot write the pcap file");
    }
}

void Dump::see(Direction direction, Frame frame)
{
    const std::lock_guard lock(mutex_);
    if (file_) {
        record(frame);
    }
    if (!print_) {
        return;
    }
    std::string text =
        fmt::format("{} {} {} {}\n", utc_text(std::chrono::system_clock::now()),
                    static_cast<char>(direction), frame.size(),
                    decode_line(frame, payload_));
    if (hex_) {
        text += hex_lines(frame);
    }
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() ||
        std::fflush(stdout) != 0) {
        fail("cannot write");
    }
}

} // namespace virt::peer
