// SPDX-License-Identifier: GPL-2.0-only
// Packets in virtpeer: shown, completed, cut and joined. The first byte says
// what they are, the second how long a segment is.
//
// Copyright (C) The virt authors
#include "fuzz.hpp"

#include "virtpeer/checksum.hpp"
#include "virtpeer/coalesce.hpp"
#include "virtpeer/decode.hpp"
#include "virtpeer/segment.hpp"

#include <algorithm>
#include <vector>

using namespace virt::fuzz;
using namespace virt::peer;

namespace
{

using Octets = std::vector<std::uint8_t>;

std::vector<Octets> cut(Frame frame, Payload payload, std::size_t size)
{
    std::vector<Octets> out;
    Segments segments(frame, payload, size);
    while (const std::size_t next = segments.next_size()) {
        REQUIRE(next <= frame.size());
        out.emplace_back(next);
        segments.write(out.back());
    }
    return out;
}

/* What is joined is, cut again, what it was. */
void check_joined(const std::vector<Octets> &frames, Payload payload)
{
    std::vector<Octets> copies = frames;
    Coalescer coalescer(payload);
    std::size_t taken = 0;
    while (taken < copies.size() && coalescer.add(copies[taken])) {
        taken++;
    }
    coalescer.finish();
    Octets whole;
    for (const MutableFrame part : coalescer.parts()) {
        whole.insert(whole.end(), part.begin(), part.end());
    }
    const std::size_t segment = coalescer.segment();
    coalescer.clear();
    REQUIRE(coalescer.empty());
    if (taken < 2) {
        return;
    }
    const std::vector<Octets> again = cut(whole, payload, segment);
    REQUIRE(again.size() == taken);
    for (std::size_t i = 0; i < taken; i++) {
        const std::size_t end = layers_of(frames[i], payload).end;
        REQUIRE(std::ranges::equal(again[i], Frame(frames[i]).first(end)));
    }
}

/* Frames of other machines are not joined. */
void check_apart(std::vector<Octets> frames, Payload payload)
{
    if (frames.size() < 2 || payload == Payload::Ip) {
        return;
    }
    Coalescer coalescer(payload);
    frames[1][0] ^= 1;
    REQUIRE(coalescer.add(frames[0]));
    REQUIRE(!coalescer.add(frames[1]));
}

/* With checksums that are right, for the joining to take it. */
Octets completed(Octets frame, Payload payload)
{
    const Layers layers = layers_of(frame, payload);
    if (tcp_header(frame, layers) == 0) {
        return frame;
    }
    write_ip_checksum(frame, layers);
    put16(frame, layers.transport + 16,
          checksum_fold(
              pseudo_sum(frame, layers, layers.end - layers.transport)));
    REQUIRE(complete_checksum(MutableFrame(frame).first(layers.end),
                              layers.transport, 16));
    REQUIRE(tcp_checksums_right(frame, layers));
    return frame;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size)
{
    if (size < 2) {
        return 0;
    }
    const Payload payload = data[0] & 1 ? Payload::Ip : Payload::Ether;
    const std::size_t segment = data[1];
    const Octets frame(data + 2, data + size);

    const Layers layers = layers_of(frame, payload);
    REQUIRE(layers.end <= frame.size());
    REQUIRE(layers.transport == 0 || layers.transport <= layers.end);
    flow_hash(frame, layers);

    const std::string line = decode_line(frame, payload);
    REQUIRE(
        std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; }));
    if (in_depth(data, size)) {
        const std::string hex = hex_lines(frame);
        REQUIRE(static_cast<std::size_t>(std::ranges::count(hex, '\n')) ==
                (frame.size() + 15) / 16);
    }

    Octets captured = frame;
    complete_captured(captured, layers);
    complete_checksum(captured, segment, data[0]);

    const std::vector<Octets> parts =
        cut(completed(frame, payload), payload, segment);
    std::size_t bodies = 0;
    for (const Octets &part : parts) {
        const Layers its = layers_of(part, payload);
        REQUIRE(tcp_checksums_right(part, its));
        REQUIRE(its.end == part.size());
        bodies += part.size() - its.transport - tcp_header(part, its);
    }
    REQUIRE(parts.empty() || bodies == layers.end - layers.transport -
                                           tcp_header(frame, layers));
    check_joined(parts, payload);
    check_apart(parts, payload);
    check_joined(std::vector<Octets>(2, frame), payload);
    return 0;
}
