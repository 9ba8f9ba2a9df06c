// SPDX-License-Identifier: GPL-2.0-only
// JSON of literal interfaces against the schema.
//
// Copyright (C) The virt authors
#include "tests/schema/schema.hpp"
#include "virtstat/event_output.hpp"
#include "virtstat/finding_output.hpp"
#include "virtstat/output.hpp"
#include "virtstat/watch_json.hpp"

#include "lib/link_options.h"
#include "sample.hpp"

#include <fstream>

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

Child full_child()
{
    Child full = child();
    full.link.causes = numbered_causes();
    for (const virt_option &option : virt_options) {
        full.link.options[option.attr] = 1;
    }
    full.link.master = 12;
    return full;
}

} // namespace

TEST(Schema, Show)
{
    Child full = full_child();
    Child elsewhere = child();
    elsewhere.link.link_netnsid = 0;
    elsewhere.parent.reset();
    Child orphan = child();
    orphan.link.link = 0;
    std::vector<Child> all{child(), full, elsewhere, orphan};
    for (Child &each : all) {
        // The validator reads numbers as signed ones.
        each.link.stats->tx_dropped = 0;
    }
    EXPECT_TRUE(fits_schema(json_array(all, false), "show"));
    EXPECT_TRUE(fits_schema("[]", "show"));
}

TEST(Schema, Watch)
{
    RateTracker tracker;
    EXPECT_TRUE(fits_schema(watch_json(tracker.children(), {}, {}), "watch"));
    tracker.take({child()}, Seconds(1));
    EXPECT_TRUE(fits_schema(watch_json(tracker.children(), {}, {}), "watch"));
    tracker.take({child()}, Seconds(2));
    EXPECT_TRUE(
        fits_schema(watch_json(tracker.children(), Seconds(1), {}), "watch"));
}

TEST(Schema, Event)
{
    for (const EventType type :
         {EventType::Created, EventType::Deleted, EventType::Moved,
          EventType::Renamed, EventType::Up, EventType::Down,
          EventType::Carrier, EventType::NoCarrier, EventType::Changed,
          EventType::Counted}) {
        const Event event{.type = type,
                          .link = full_child().link,
                          .old_name = "v",
                          .new_netnsid = -1,
                          .new_ifindex = 3,
                          .changed = {IFLA_VIRT_MODE, IFLA_VIRT_ARP},
                          .stat = VIRT_STAT_ADDR_SUSPENDED};
        EXPECT_TRUE(fits_schema(
            event_json({.event = event, .time = {}, .parent = parent()}),
            "event"));
    }
}

TEST(Schema, Doctor)
{
    Facts facts;
    facts.links = {parent(), virt0()};
    facts.links[0].flags = 0;
    facts.links[1].flags = 1;
    facts.links[1].mtu = 9000;
    facts.links[0].mtu = 1500;
    facts.rp_filter[7] = 1;
    facts.addresses[3] = facts.addresses[7] = {{.address = 1, .mask = 2}};
    facts.links[1].options[IFLA_VIRT_SUSPENDED] = 1;
    facts.ifaces = {"eth0", "virt0"};
    facts.links[0].link_type = 1;
    EXPECT_TRUE(fits_schema(findings_json(check_all(facts), false), "doctor"));
}

/* What does not fit is found: the test itself is tested. */
TEST(Schema, Wrong)
{
    EXPECT_FALSE(fits_schema("{}", "show"));
    EXPECT_FALSE(fits_schema("[{}]", "show"));
    EXPECT_FALSE(
        fits_schema(R"([{"severity":"ok","check":"module"}])", "doctor"));
    EXPECT_FALSE(fits_schema(
        R"([{"severity":"ok","check":"module","text":"a","more":1}])",
        "doctor"));
    EXPECT_FALSE(fits_schema(
        R"([{"severity":"bad","check":"module","text":"a"}])", "doctor"));
}

TEST(Schema, EveryOption)
{
    std::ifstream file(VIRT_TOP "/docs/virtstat.schema.json");
    const auto schema = nlohmann::json::parse(file);
    for (const virt_option &option : virt_options) {
        EXPECT_TRUE(schema["definitions"]["info_data"]["properties"].contains(
            option.name))
            << option.name << " is not in docs/virtstat.schema.json";
    }
}

} // namespace virt::test
