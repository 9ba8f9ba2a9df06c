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

/* Printable text, what it is, and how wide. */
struct Cell {
    Cell(std::string shown, Ink is = Ink::Plain)
        : text(std::move(shown)), ink(is), columns(columns_of(text))
    {
    }

    std::string text;
    Ink ink;
    std::size_t columns;
};

using Row = std::array<Cell, 11>;

const Row kHead{Cell{"NAME"},     Cell{"PARENT"},  Cell{"MODE"},
                Cell{"PEER"},     Cell{"STATE"},   Cell{"RX-PKTS"},
                Cell{"RX-BYTES"}, Cell{"RX-DROP"}, Cell{"TX-PKTS"},
                Cell{"TX-BYTES"}, Cell{"TX-DROP"}};

constexpr std::string_view kNothing = "-";

Cell or_dash(std::string_view text)
{
    return Cell(std::string(text.empty() ? kNothing : text));
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
        widths[i] = kHead[i].columns;
        for (const Row &row : rows) {
            widths[i] = std::max(widths[i], row[i].columns);
        }
    }
    return widths;
}

/* Adds a line: words to the left, numbers to the right of their columns. */
void put_line(std::string &table, const Row &row, const Widths &widths,
              const Paint &paint)
{
    for (std::size_t i = 0; i < row.size(); i++) {
        if (widths[i] == 0) {
            continue;
        }
        const auto &[text, ink, columns] = row[i];
        const std::size_t space = widths[i] - columns;
        const bool left = i < kTextColumns;
        table.append(left ? 0 : space, ' ');
        paint.append(table, ink, text);
        table.append(left ? space + 2 : 1, ' ');
    }
    table.back() = '\n';
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

/* What was lost, by cause; nothing if nothing was. */
std::string drop_lines(const CauseCounters &causes, const TextStyle &style)
{
    DetailLines lines(style.paint);
    for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
        if (causes[stat] != 0 && is_drop(stat)) {
            lines.add(virt_stat_word(stat), count_text(causes[stat], style),
                      Ink::Warning);
        }
    }
    return lines.str();
}

/* The names of the counters at the start of their lines, all as wide as the
   widest. */
using CauseLabels = std::array<std::string, VIRT_STAT_MAX + 1>;

CauseLabels cause_labels()
{
    std::size_t width = 0;
    for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
        width = std::max(width, columns_of(virt_stat_word(stat)));
    }
    CauseLabels labels;
    for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
        labels[stat] =
            fmt::format("{}{:<{}} ", kIndent, virt_stat_word(stat), width);
    }
    return labels;
}

void put_causes(std::string &table, const CauseCounters &causes,
                const TextStyle &style)
{
    static const CauseLabels labels = cause_labels();
    for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
        const Ink ink = causes[stat] == 0 ? Ink::Plain : Ink::Warning;
        table += labels[stat];
        style.paint.append(table, ink, count_text(causes[stat], style));
        table += '\n';
    }
}

} // namespace

std::string text_table(std::span<const Child> children, const TextStyle &style)
{
    if (children.empty()) {
        return {};
    }
    std::vector<Row> rows;
    rows.reserve(children.size());
    for (const Child &child : children) {
        rows.push_back(row_of(child, style));
    }

    const Widths widths = widths_of(rows);
    std::string table;
    put_line(table, kHead, widths, style.paint);
    for (std::size_t i = 0; i < children.size(); i++) {
        put_line(table, rows[i], widths, style.paint);
        if (style.details) {
            table += detail_lines(children[i], style.paint);
        }
        const auto &causes = children[i].link.causes;
        if (causes && style.causes) {
            put_causes(table, *causes, style);
        } else if (causes) {
            table += drop_lines(*causes, style);
        }
    }
    return table;
}

} // namespace virt
