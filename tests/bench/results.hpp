// SPDX-License-Identifier: GPL-2.0-only
// What was measured, by name. report.py knows the names.
//
// Copyright (C) The virt authors
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace bench
{

class Results
{
public:
    // Quick: what virt and the bare parent cost, once. Forever: the name of a
    // measurement that does not end, or nothing; see trace.
    Results(bool quick, const std::string &forever)
        : quick_(quick), forever_(forever)
    {
    }

    // Measures three times, after a pause each, and says so on stderr. If it
    // has to be quick, measures once, and no peer.
    void measure(const std::string &name, const std::function<double()> &once);

    // Does it without an end, if this is the name of what has none.
    void repeat(const std::string &name, const std::function<void()> &once);

    // Nothing else is asked for.
    bool only_repeats() const { return !forever_.empty(); }

    // Keeps values that were measured elsewhere.
    void add(const std::string &name, const std::vector<double> &values);

    const nlohmann::json &json() const { return json_; }

    static constexpr int repeats = 3;

private:
    bool quick_;
    std::string forever_;
    nlohmann::json json_ = nlohmann::json::object();
};

// What there is to measure, each in beds of its own.
void measure_transmit(Results &results);
void measure_transmit_parent(Results &results);
void measure_receive(Results &results);
void measure_receive_others(Results &results);
void measure_crowd(Results &results);
void measure_arp(Results &results);
void measure_children(Results &results);
void measure_talk(Results &results);
void measure_forward(Results &results);
void measure_bridge(Results &results);
void measure_size(Results &results);
void measure_tunnels(Results &results);
void measure_tunnel_crowd(Results &results);

// By the clock.
void measure_pairs(Results &results);

} // namespace bench
