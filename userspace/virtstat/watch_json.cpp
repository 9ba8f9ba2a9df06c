// SPDX-License-Identifier: GPL-2.0-only
// Writes rates as JSON.
//
// Copyright (C) The virt authors
#include "watch_json.hpp"

#include "child_json.hpp"

#include "lib/clock.hpp"
#include "lib/link_words.hpp"

#include <cmath>

namespace virt
{

namespace
{

/* More digits than the clock has are noise. */
double rounded(double number)
{
    return std::round(number * 1000) / 1000;
}

Json rate_json(const Rate &rate)
{
    return {{"packets", rounded(rate.packets)},
            {"bits", rounded(rate.bits)},
            {"drops", rounded(rate.drops)}};
}

Json child_json(const ChildRates &one)
{
    const Link &link = one.child.link;
    Json object{{"ifindex", link.ifindex}, {"ifname", link.ifname}};
    put_parent(object.get_ref<Json::object_t &>(), one.child);
    object["mode"] = mode_text(link);
    object["operstate"] = operstate_word(link.operstate.value_or(0));
    object["per_second"] = nullptr;
    if (one.rates) {
        object["per_second"] = {{"rx", rate_json(one.rates->rx)},
                                {"tx", rate_json(one.rates->tx)}};
    }
    return object;
}

} // namespace

std::string watch_json(std::span<const ChildRates> children, Seconds elapsed,
                       std::chrono::system_clock::time_point time)
{
    Json interfaces = Json::array();
    for (const ChildRates &child : children) {
        interfaces.push_back(child_json(child));
    }
    const Json document{{"time", utc_text(time)},
                        {"interval", rounded(elapsed.count())},
                        {"interfaces", std::move(interfaces)}};
    return json_line(document);
}

} // namespace virt
