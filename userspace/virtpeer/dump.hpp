/* SPDX-License-Identifier: GPL-2.0-only */
/* Shows and records what passes. Any thread may call it.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_DUMP_HPP
#define _VIRTPEER_DUMP_HPP

#include "decode.hpp"

#include <pcap/pcap.h>

#include <memory>
#include <mutex>
#include <string>

namespace virt::peer
{

class Dump
{
public:
    /**
     * @print: a line for each packet on standard output, with its bytes if
     * `hex`; @pcap: a file to record to, "-": standard output, empty: none.
     */
    Dump(Payload payload, bool print, bool hex, const std::string &pcap);

    /** Throws std::system_error when nobody reads any more. */
    void see(Direction direction, Frame frame);

private:
    void record(Frame frame);

    struct Close {
        void operator()(pcap_t *pcap) const { pcap_close(pcap); }
        void operator()(pcap_dumper_t *file) const { pcap_dump_close(file); }
    };
    std::mutex mutex_;
    Payload payload_;
    bool print_;
    bool hex_;
    std::unique_ptr<pcap_t, Close> pcap_;
    std::unique_ptr<pcap_dumper_t, Close> file_;
};

} // namespace virt::peer

#endif // _VIRTPEER_DUMP_HPP
