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
    // Measures three times, after a pause each, and says so on stderr.
    void measure(const std::string &name, const std::function<double()> &once);

    // Keeps values that were measured elsewhere.
    void add(const std::string &name, const std::vector<double> &values);

    const nlohmann::json &json() const { return json_; }

    static constexpr int repeats = 3;

private:
    nlohmann::json json_ = nlohmann::json::object();
};

// What there is to measure, each in beds of its own.
void measure_transmit(Results &results);
void measure_transmit_parent(Results &results);
void measure_receive(Results &results);
void measure_receive_others(Results &results);
void measure_receive_crowd(Results &results);
void measure_arp(Results &results);
void measure_children(Results &results);

} // namespace bench
