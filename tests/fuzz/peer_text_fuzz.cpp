// SPDX-License-Identifier: GPL-2.0-only
// What virtpeer is told: addresses, prefixes, MACs, lists of ethertypes; and
// what a transform writes.
//
// Copyright (C) The virt authors
#include "fuzz.hpp"

#include "virtpeer/address.hpp"
#include "virtpeer/filter.hpp"
#include "virtpeer/record.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

using namespace virt::fuzz;
using namespace virt::peer;

namespace
{

void check_address(const std::string &text)
{
    const auto address = parse_address(text);
    if (!address) {
        return;
    }
    const Endpoint endpoint{*address, 50000};
    sockaddr_storage storage;
    REQUIRE(to_sockaddr(endpoint, storage) <= sizeof(storage));
    Endpoint same = from_sockaddr(storage);
    same.address.scope = address->scope;
    REQUIRE(same == endpoint);
    const std::string shown = endpoint_text(endpoint);
    const bool ip6 = address->family == AF_INET6;
    const auto again =
        parse_address(shown.substr(ip6, shown.rfind(':') - (ip6 ? 2U : 0U)));
    REQUIRE(again && again->bytes == address->bytes);
    const auto prefix = parse_prefix(text);
    REQUIRE(prefix && prefix->bits == address->size() * 8);
    REQUIRE(prefix->contains(*address));
    REQUIRE(!prefix->contains(*parse_address(ip6 ? "0.0.0.0" : "::")));
    Address other = *address;
    other.bytes[0] ^= 0x80;
    REQUIRE(!prefix->contains(other));
}

/* In pieces of any size the records are the same. */
void check_records(const std::uint8_t *data, std::size_t size)
{
    RecordReader whole;
    RecordReader pieces;
    whole.feed({data, size});
    for (std::size_t i = 0; i < size; i++) {
        pieces.feed({data + i, 1});
    }
    std::size_t read = 0;
    try {
        while (const auto record = whole.next()) {
            REQUIRE(pieces.next() == record);
            const auto again = write_record(record->direction, record->packet);
            REQUIRE(read + again.size() <= size);
            REQUIRE(std::ranges::equal(
                again, Frame(data, size).subspan(read, again.size())));
            read += again.size();
        }
        REQUIRE(!pieces.next());
    } catch (const std::runtime_error &) {
        REQUIRE(data[read + 2] != '<' && data[read + 2] != '>');
    }
}

/* What was read long ago is no longer there, and not missed. */
void check_long_reading(const std::uint8_t *data, std::size_t size)
{
    static const Record first{Direction::In,
                              std::vector<std::uint8_t>(UINT16_MAX, 0x55)};
    static const auto large = write_record(first.direction, first.packet);
    const auto last = write_record(Direction::Out, {data, size});
    RecordReader reader;
    reader.feed(large);
    REQUIRE(reader.next() == first);
    reader.feed(last);
    REQUIRE(reader.next() == (Record{Direction::Out, {data, data + size}}));
    REQUIRE(!reader.next());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size)
{
    const std::string text(
        text_of(data, size).substr(0, text_of(data, size).find('\0')));
    check_address(text);
    if (const auto prefix = parse_prefix(text)) {
        REQUIRE(prefix->bits <= prefix->address.size() * 8);
        REQUIRE(prefix->contains(prefix->address));
    }
    if (const auto mac = parse_mac(text)) {
        REQUIRE(text.size() == 17 && ((*mac)[0] & 1) == 0);
    }
    if (const auto filter = Filter::parse(text); filter && size >= 14) {
        const Unaligned frame(data, size);
        const bool wants = filter->wants({frame.data(), size});
        REQUIRE(wants || text != "all");
    }
    check_records(data, size);
    if (in_depth(data, size)) {
        check_long_reading(data, size);
    }
    return 0;
}
