// SPDX-License-Identifier: GPL-2.0-only
// Dumps of real kernels, see recorded/record: read, cut, and shown as the ip of
// the same machine shows them.
//
// Copyright (C) The virt authors
#include "lib/link.hpp"
#include "tests/schema/schema.hpp"
#include "virtstat/output.hpp"

#include "wire.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

Buffer from_hex(const std::string &digits)
{
    Buffer bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        bytes.push_back(static_cast<std::byte>(
            std::stoi(digits.substr(i, 2), nullptr, 16)));
    }
    return bytes;
}

std::vector<std::string> recordings()
{
    std::vector<std::string> names;
    for (const auto &file :
         std::filesystem::directory_iterator(VIRT_TOP "/tests/unit/recorded")) {
        if (file.path().extension() == ".json") {
            names.push_back(file.path().stem());
        }
    }
    std::ranges::sort(names);
    return names;
}

class Recorded : public testing::TestWithParam<std::string>
{
protected:
    Recorded()
    {
        std::ifstream file(VIRT_TOP "/tests/unit/recorded/" + GetParam() +
                           ".json");
        recorded_ = nlohmann::json::parse(file);
        for (const std::string message : recorded_["messages"]) {
            messages_.push_back(from_hex(message));
        }
    }

    const Link *by_index(std::optional<std::int32_t> ifindex)
    {
        const auto link =
            std::ranges::find(links_, ifindex.value_or(0), &Link::ifindex);
        return link == links_.end() ? nullptr : &*link;
    }

    /* What virtstat would show of it. */
    std::vector<Child> children()
    {
        for (const Buffer &message : messages_) {
            const auto link = link_from_msg(message);
            EXPECT_TRUE(link);
            links_.push_back(link.value_or(Link{}));
        }
        std::vector<Child> children;
        for (const Link &link : links_) {
            if (link.kind == "virt") {
                Child &child = children.emplace_back();
                child.link = link;
                if (const Link *parent = by_index(link.link)) {
                    child.parent = *parent;
                }
                if (const Link *master = by_index(link.master)) {
                    child.master = *master;
                }
            }
        }
        return children;
    }

    nlohmann::json recorded_;
    std::vector<Buffer> messages_;
    std::vector<Link> links_;
};

std::set<std::string> keys(const nlohmann::json &object)
{
    std::set<std::string> names;
    for (const auto &[name, value] : object.items()) {
        names.insert(name);
    }
    return names;
}

} // namespace

TEST_P(Recorded, IsShownAsIpShowsIt)
{
    const std::string text = json_array(children(), false);
    EXPECT_TRUE(fits_schema(text, "show"));
    nlohmann::json ours = nlohmann::json::parse(text);
    nlohmann::json &ips = recorded_["ip"];
    ASSERT_EQ(ours.size(), 6U);
    ASSERT_EQ(ips.size(), 6U);
    for (std::size_t i = 0; i < ours.size(); i++) {
        // These may have moved in between: the names must be the same.
        for (const char *direction : {"rx", "tx"}) {
            const auto names = keys(ours[i]["stats64"][direction]);
            for (const std::string &name : names) {
                EXPECT_TRUE(ips[i]["stats64"][direction].contains(name))
                    << name;
            }
        }
        // A newer virtstat knows more counters than an older module has.
        EXPECT_TRUE(
            std::ranges::includes(keys(ours[i]["linkinfo"]["info_xstats"]),
                                  keys(ips[i]["linkinfo"]["info_xstats"])));
        ours[i]["linkinfo"].erase("info_xstats");
        ips[i]["linkinfo"].erase("info_xstats");
        // The bridge's settings are not virtstat's to show.
        ips[i]["linkinfo"].erase("info_slave_kind");
        ips[i]["linkinfo"].erase("info_slave_data");
        ours[i].erase("stats64");
        for (const auto &[name, value] : ours[i].items()) {
            EXPECT_EQ(value, ips[i].value(name, nlohmann::json())) << name;
        }
    }
}

TEST_P(Recorded, EveryTruncation)
{
    for (const Buffer &message : messages_) {
        for (std::size_t size = 0; size < message.size(); size++) {
            const Buffer part(message.begin(),
                              message.begin() +
                                  static_cast<std::ptrdiff_t>(size));
            EXPECT_EQ(link_from_msg(part), std::nullopt) << size;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Kernels, Recorded, testing::ValuesIn(recordings()),
                         [](const auto &each) {
                             std::string name = "Linux" + each.param;
                             std::ranges::replace(name, '.', '_');
                             return name;
                         });

} // namespace virt::test
