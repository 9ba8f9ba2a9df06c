// SPDX-License-Identifier: GPL-2.0-only
// The table that people read.
//
// Copyright (C) The virt authors
#include "output.hpp"

#include "lib/human.hpp"
#include "lib/link_words.hpp"
#include "lib/printable.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

namespace virt
{

namespace
{

constexpr std::size_t kTextColumns = 5;

/* Details go on in a new line behind this. */
constexpr std::size_t kLineLength = 80;

constexpr std::string_view kIndent = "    ";

/* Printable text, and what it is. */
struct Cell {
    std::string text;
    Ink ink = Ink::Plain;
};

using Row = std::array<Cell, 11>;

const Row kHead{{{"NAME"},
                 {"PARENT"},
                 {"MODE"},
                 {"PEER"},
                 {"STATE"},
                 {"RX-PKTS"},
                 {"RX-BYTES"},
                 {"RX-DROP"},
                 {"TX-PKTS"},
                 {"TX-BYTES"},
                 {"TX-DROP"}}};

constexpr std::string_view kNothing = "-";

Cell or_dash(std::string text)
{
    return {text.empty() ? std::string(kNothing) : std::move(text)};
}

std::string count_text(std::uint64_t count, const TextStyle &style)
{
    return style.human ? human(static_cast<double>(count))
                       : std::to_string(count);
}

Row row_of(const Child &child, const TextStyle &style)
{
    const Link &link = child.link;
    const LinkStats stats = link.stats.value_or(LinkStats{});
    const std::uint8_t operstate = link.operstate.value_or(0);
    const auto count = [&](std::uint64_t number) {
        return Cell{count_text(number, style)};
    };
    const auto drops = [&](std::uint64_t number) {
        return Cell{count_text(number, style),
                    number == 0 ? Ink::Plain : Ink::Warning};
    };
    return {
        Cell{printable(link.ifname), Ink::Name},
        or_dash(parent_text(child)),
        or_dash(mode_text(link)),
        or_dash(peer_of(link).value_or("")),
        Cell{std::string(operstate_word(operstate)), operstate_ink(operstate)},
        count(stats.rx_packets),
        count(stats.rx_bytes),
        drops(stats.rx_dropped),
        count(stats.tx_packets),
        count(stats.tx_bytes),
        drops(stats.tx_dropped)};
}

/* Of the columns; 0 for one in which nobody has anything. */
using Widths = std::array<std::size_t, kHead.size()>;

Widths widths_of(std::span<const Row> rows)
{
    Widths widths{};
    for (std::size_t i = 0; i < widths.size(); i++) {
        if (std::ranges::all_of(rows, [&](const Row &row) {
                return row[i].text == kNothing;
            })) {
            continue;
        }
        widths[i] = columns_of(kHead[i].text);
        for (const Row &row : rows) {
            widths[i] = std::max(widths[i], columns_of(row[i].text));
        }
    }
    return widths;
}

/* Words to the left, numbers to the right of their columns. */
std::string line_of(const Row &row, const Widths &widths, const Paint &paint)
{
    std::string line;
    for (std::size_t i = 0; i < row.size(); i++) {
        if (widths[i] == 0) {
            continue;
        }
        const auto &[text, ink] = row[i];
        const std::string space(widths[i] - columns_of(text), ' ');
        line += i < kTextColumns ? paint(ink, text) + space + "  "
                                 : space + paint(ink, text) + ' ';
    }
    line.back() = '\n';
    return line;
}

/* Pairs of words, as many to a line as there is room for. */
class DetailLines
{
public:
    explicit DetailLines(const Paint &paint) : paint_(paint) {}

    void add(std::string_view name, const std::string &value,
             Ink ink = Ink::Plain)
    {
        const std::string_view gap = value.empty() ? "" : " ";
        const std::size_t width =
            columns_of(name) + gap.size() + columns_of(value);
        if (column_ > 0 && column_ + 1 + width > kLineLength) {
            lines_ += '\n';
            column_ = 0;
        }
        const std::string_view space = column_ == 0 ? kIndent : " ";
        lines_ += fmt::format("{}{}{}{}", space, name, gap, paint_(ink, value));
        column_ += space.size() + width;
    }

    std::string str() const { return lines_.empty() ? "" : lines_ + '\n'; }

private:
    const Paint &paint_;
    std::string lines_;
    std::size_t column_ = 0;
};

std::string detail_lines(const Child &child, const Paint &paint)
{
    const Link &link = child.link;
    DetailLines lines(paint);
    if (link.mtu) {
        lines.add("mtu", std::to_string(*link.mtu));
    }
    if (!link.address.empty()) {
        lines.add("address", address_text(link.address), Ink::Address);
    }
    if (link.master) {
        lines.add("master",
                  printable(name_or_number(child.master, *link.master)),
                  Ink::Name);
    }
    for (const virt_option &option : virt_options) {
        if (const auto value = option_value(child, option)) {
            lines.add(option.name, *value);
        }
    }
    return lines.str();
}

std::string cause_lines(const CauseCounters &causes, const TextStyle &style)
{
    std::size_t width = 0;
    for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
        width = std::max(width, columns_of(virt_stat_word(stat)));
    }
    std::string lines;
    for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
        const Ink ink = causes[stat] == 0 ? Ink::Plain : Ink::Warning;
        lines +=
            fmt::format("{}{:<{}} {}\n", kIndent, virt_stat_word(stat), width,
                        style.paint(ink, count_text(causes[stat], style)));
    }
    return lines;
}

} // namespace

std::string text_table(std::span<const Child> children, const TextStyle &style)
{
    if (children.empty()) {
        return {};
    }
    std::vector<Row> rows;
    for (const Child &child : children) {
        rows.push_back(row_of(child, style));
    }

    const Widths widths = widths_of(rows);
    std::string table = line_of(kHead, widths, style.paint);
    for (std::size_t i = 0; i < children.size(); i++) {
        table += line_of(rows[i], widths, style.paint);
        if (style.details) {
            table += detail_lines(children[i], style.paint);
        }
        if (style.causes && children[i].link.causes) {
            table += cause_lines(*children[i].link.causes, style);
        }
    }
    return table;
}

} // namespace virt
