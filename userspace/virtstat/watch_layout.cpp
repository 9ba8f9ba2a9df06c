// SPDX-License-Identifier: GPL-2.0-only
// The two shapes that rates are shown in, and their bars.
//
// Copyright (C) The virt authors
#include "watch_layout.hpp"

#include "lib/human.hpp"
#include "lib/link_words.hpp"
#include "lib/printable.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace virt
{

namespace
{

constexpr std::array<std::string_view, 8> kBars{"▁", "▂", "▃", "▄",
                                                "▅", "▆", "▇", "█"};
constexpr std::array<std::string_view, 8> kAsciiBars{"_", ".", ":", "-",
                                                     "=", "+", "*", "#"};

/* A table that leaves less room for the bars is not worth its width. */
constexpr std::size_t kFewestBars = 8;

constexpr std::size_t kBlockLines = 4;

struct Column {
    const char *head;
    double (*value)(const Rates &rates);
    bool is_drops;
};

constexpr Column kColumns[] = {
    {"RX-PPS", [](const Rates &rates) { return rates.rx.packets; }, false},
    {"RX-BPS", [](const Rates &rates) { return rates.rx.bits; }, false},
    {"TX-PPS", [](const Rates &rates) { return rates.tx.packets; }, false},
    {"TX-BPS", [](const Rates &rates) { return rates.tx.bits; }, false},
    {"DROP/S",
     [](const Rates &rates) { return rates.rx.drops + rates.tx.drops; }, true},
};

constexpr std::size_t kColumnWidth = 6;
constexpr std::size_t kNumbersWidth = std::size(kColumns) * (1 + kColumnWidth);

std::string number_text(const std::optional<Rates> &rates, const Column &column)
{
    return rates ? human(column.value(*rates)) : "-";
}

std::string name_text(const ChildRates &child)
{
    return printable(child.child.link.ifname);
}

std::string state_text(const ChildRates &child)
{
    return std::string(operstate_word(child.child.link.operstate.value_or(0)));
}

Ink drop_ink(const std::optional<Rates> &rates)
{
    return rates && rates->rx.drops + rates->tx.drops > 0 ? Ink::Warning
                                                          : Ink::Plain;
}

template <class Text>
std::size_t widest(std::span<const ChildRates> children, std::string_view head,
                   Text &&text)
{
    std::size_t width = head.size();
    for (const ChildRates &child : children) {
        width = std::max(width, columns_of(text(child)));
    }
    return width;
}

/* Widths of the table's parts; 0: left out. */
struct TableShape {
    std::size_t name = 0;
    std::size_t state = 0;
    std::size_t bars = 0;
};

/* nullopt: there is no room for a table. */
std::optional<TableShape> table_shape(std::span<const ChildRates> children,
                                      std::size_t columns)
{
    TableShape shape;
    shape.name = widest(children, "NAME", name_text);
    const std::size_t needed = shape.name + 1 + kNumbersWidth + 2 + kFewestBars;
    if (columns < needed) {
        return std::nullopt;
    }
    const std::size_t state = widest(children, "STATE", state_text);
    if (columns >= needed + 2 + state) {
        shape.state = state;
    }
    const std::size_t rest = shape.state == 0 ? 0 : 2 + shape.state;
    shape.bars = columns - (needed - kFewestBars) - rest;
    return shape;
}

std::string table_head(const TableShape &shape)
{
    std::string line = pad_right("NAME", shape.name);
    if (shape.state != 0) {
        line += "  " + pad_right("STATE", shape.state);
    }
    line += ' ';
    for (const Column &column : kColumns) {
        line += fmt::format(" {:>{}}", column.head, kColumnWidth);
    }
    return line + "  BITS/S";
}

std::string table_line(const ChildRates &child, const TableShape &shape,
                       const WatchStyle &style)
{
    const auto padded = [&](const std::string &text, std::size_t width,
                            Ink ink) {
        return style.paint(ink, text) +
               std::string(width - columns_of(text), ' ');
    };
    std::string line = padded(name_text(child), shape.name, Ink::Name);
    if (shape.state != 0) {
        const auto state = child.child.link.operstate.value_or(0);
        line +=
            "  " + padded(state_text(child), shape.state, operstate_ink(state));
    }
    line += ' ';
    for (const Column &column : kColumns) {
        const std::string text = fmt::format(
            "{:>{}}", number_text(child.rates, column), kColumnWidth);
        line +=
            ' ' +
            (column.is_drops ? style.paint(drop_ink(child.rates), text) : text);
    }
    return line + "  " + sparkline(child.history, shape.bars, style.utf8);
}

std::vector<std::string> block(const ChildRates &child, const WatchStyle &style)
{
    const std::string full_name = name_text(child);
    const std::string_view name = cut(full_name, style.columns);
    std::string first = style.paint(Ink::Name, name);
    const std::size_t used = columns_of(name) + 1;
    if (used < style.columns) {
        first += ' ';
        first += sparkline(child.history, style.columns - used, style.utf8);
    }

    const auto number = [&](std::size_t column) {
        return number_text(child.rates, kColumns[column]);
    };
    std::vector<std::string> lines{
        fmt::format("rx {:>5}p/s {:>5}b/s", number(0), number(1)),
        fmt::format("tx {:>5}p/s {:>5}b/s", number(2), number(3)),
        fmt::format("drop {:>5}/s", number(4))};
    for (std::string &line : lines) {
        line = cut(line, style.columns);
    }
    lines.back() = style.paint(drop_ink(child.rates), lines.back());
    lines.insert(lines.begin(), std::move(first));
    return lines;
}

/* Of children with so many lines each, how many to show; at least one. */
std::size_t room_for(std::size_t children, std::size_t lines,
                     std::size_t lines_each)
{
    if (children * lines_each <= lines) {
        return children;
    }
    const std::size_t room = lines == 0 ? 0 : (lines - 1) / lines_each;
    return std::max<std::size_t>(room, 1);
}

std::vector<std::string> table_lines(std::span<const ChildRates> children,
                                     const TableShape &shape,
                                     const WatchStyle &style)
{
    std::vector<std::string> lines{table_head(shape)};
    for (const ChildRates &child : children) {
        lines.push_back(table_line(child, shape, style));
    }
    return lines;
}

std::vector<std::string> block_lines(std::span<const ChildRates> children,
                                     const WatchStyle &style)
{
    std::vector<std::string> lines;
    for (const ChildRates &child : children) {
        std::ranges::move(block(child, style), std::back_inserter(lines));
    }
    return lines;
}

} // namespace

std::string sparkline(std::span<const double> values, std::size_t width,
                      bool utf8)
{
    const auto &bars = utf8 ? kBars : kAsciiBars;
    if (values.size() > width) {
        values = values.last(width);
    }
    std::string line(width - values.size(), ' ');
    const double highest = values.empty() ? 0 : std::ranges::max(values);
    for (const double value : values) {
        const double share = highest > 0 ? value / highest : 0;
        const auto height =
            static_cast<std::size_t>(share * static_cast<double>(bars.size()));
        line += bars[std::min(height, bars.size() - 1)];
    }
    return line;
}

std::vector<std::string> watch_lines(std::span<const ChildRates> children,
                                     const WatchStyle &style)
{
    if (children.empty()) {
        return {std::string(cut("no virt interfaces", style.columns))};
    }
    const auto shape = table_shape(children, style.columns);
    const std::size_t shown =
        shape ? room_for(children.size(),
                         std::max<std::size_t>(style.lines, 1) - 1, 1)
              : room_for(children.size(), style.lines, kBlockLines);
    auto lines = shape ? table_lines(children.first(shown), *shape, style)
                       : block_lines(children.first(shown), style);
    if (shown < children.size()) {
        lines.emplace_back(cut(fmt::format("+{} more", children.size() - shown),
                               style.columns));
    }
    lines.resize(std::min(lines.size(), style.lines));
    return lines;
}

} // namespace virt
