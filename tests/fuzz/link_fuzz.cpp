// SPDX-License-Identifier: GPL-2.0-only
// Buffers of netlink messages, and what virtstat makes of them.
//
// Copyright (C) The virt authors
#include "fuzz.hpp"

#include "lib/link.hpp"
#include "virtstat/output.hpp"

#include <linux/rtnetlink.h>

#include <nlohmann/json.hpp>

using namespace virt;
using namespace virt::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size)
{
    const Unaligned copy(data, size);
    std::size_t visited = 0;
    const bool whole = each_message(
        bytes_of(copy.data(), size), [&](const nlmsghdr &header, Bytes bytes) {
            REQUIRE(bytes.size() == header.nlmsg_len);
            visited += bytes.size();
            const auto link = link_from_msg(bytes);
            const auto news = link_news_from_msg(bytes);
            REQUIRE(!link || (news && !news->gone && news->link == *link));
            REQUIRE(!is_link_news(bytes) || header.nlmsg_type == RTM_NEWLINK ||
                    header.nlmsg_type == RTM_DELLINK);
            if (news) {
                REQUIRE(news->link.ifindex >= 1);
                REQUIRE(!news->link.ifname.empty());
                REQUIRE(news->link.ifname.size() <= 15);
            }
            if (news && in_depth(data, size)) {
                const Child child{
                    .link = news->link, .parent = news->link, .master = {}};
                const std::string json = json_array({&child, 1}, false);
                REQUIRE(nlohmann::json::parse(json).size() == 1);
            }
            if (const auto verdict = verdict_from_msg(bytes)) {
                REQUIRE(verdict->error >= 0);
            }
            return true;
        });
    REQUIRE(visited <= size);
    REQUIRE(!each_message(bytes_of(copy.data(), size),
                          [](const nlmsghdr &, Bytes) { return false; }) ||
            size == 0);
    REQUIRE(!whole || visited + 3 * (visited / sizeof(nlmsghdr)) >= size);

    std::size_t payloads = 0;
    each_attr(bytes_of(copy.data(), size), [&](std::uint16_t, Bytes bytes) {
        payloads += bytes.size();
        if (const auto text = text_from_attr(bytes)) {
            REQUIRE(text->size() + 1 == bytes.size());
        }
        return true;
    });
    REQUIRE(payloads <= size);
    return 0;
}
