// SPDX-License-Identifier: GPL-2.0-only
// The table that people read.
//
// Copyright (C) The virt authors
#include "output.hpp"

#include "lib/link_words.hpp"
#include "lib/words.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include <fmt/format.h>

namespace virt
{

namespace
{

constexpr std::size_t kTextColumns = 4;

using Row = std::array<std::string, 10>;

const Row kHead{"NAME",     "PARENT",  "MODE",    "STATE",    "RX-PKTS",
                "RX-BYTES", "RX-DROP", "TX-PKTS", "TX-BYTES", "TX-DROP"};

/* ip's "name@if7", with the namespace's number as several may have an if7. */
std::string parent_text(const Child &child)
{
    const Link &link = child.link;
    if (link.link.value_or(0) == 0) {
        return "-";
    }
    std::string text = name_or_number(child.parent, *link.link);
    if (link.link_netnsid) {
        text += fmt::format("@nsid{}", *link.link_netnsid);
    }
    return text;
}

std::string mode_text(const Link &link)
{
    const auto mode = link.options[IFLA_VIRT_MODE];
    return mode ? word_or_number(virt_mode_word(*mode), *mode) : "-";
}

Row row_of(const Child &child)
{
    const Link &link = child.link;
    const LinkStats stats = link.stats.value_or(LinkStats{});
    return {link.ifname,
            parent_text(child),
            mode_text(link),
            std::string(operstate_word(link.operstate.value_or(0))),
            std::to_string(stats.rx_packets),
            std::to_string(stats.rx_bytes),
            std::to_string(stats.rx_dropped),
            std::to_string(stats.tx_packets),
            std::to_string(stats.tx_bytes),
            std::to_string(stats.tx_dropped)};
}

/* Words to the left, numbers to the right of their columns. */
std::string line_of(const Row &row, std::span<const std::size_t> widths)
{
    std::string line;
    for (std::size_t i = 0; i < row.size(); i++) {
        line += i < kTextColumns ? fmt::format("{:<{}}  ", row[i], widths[i])
                                 : fmt::format("{:>{}} ", row[i], widths[i]);
    }
    line.back() = '\n';
    return line;
}

std::string cause_lines(const CauseCounters &causes)
{
    std::size_t width = 0;
    for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
        width = std::max(width, std::strlen(virt_stat_word(stat)));
    }
    std::string lines;
    for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
        lines += fmt::format("    {:<{}} {}\n", virt_stat_word(stat), width,
                             causes[stat]);
    }
    return lines;
}

} // namespace

std::string text_table(std::span<const Child> children, bool causes)
{
    if (children.empty()) {
        return {};
    }
    std::vector<Row> rows{kHead};
    std::ranges::transform(children, std::back_inserter(rows), row_of);

    std::array<std::size_t, kHead.size()> widths{};
    for (const Row &row : rows) {
        for (std::size_t i = 0; i < row.size(); i++) {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }

    std::string table = line_of(kHead, widths);
    for (std::size_t i = 0; i < children.size(); i++) {
        table += line_of(rows[i + 1], widths);
        if (causes && children[i].link.causes) {
            table += cause_lines(*children[i].link.causes);
        }
    }
    return table;
}

} // namespace virt
