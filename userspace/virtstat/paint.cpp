// SPDX-License-Identifier: GPL-2.0-only
// When there are colours, and which.
//
// Copyright (C) The virt authors
#include "paint.hpp"

#include <linux/if.h>

#include <iterator>

#include <fmt/format.h>

namespace virt
{

namespace
{

bool is_wanted(ColorWhen when, const ColorEnvironment &environment)
{
    if (when != ColorWhen::Auto) {
        return when == ColorWhen::Always;
    }
    const std::string_view no_color =
        environment.no_color ? environment.no_color : "";
    const std::string_view term = environment.term ? environment.term : "dumb";
    return environment.is_terminal && no_color.empty() && term != "dumb";
}

/* COLORFGBG ends with the background's number: 0 to 6 and 8 are dark. */
bool is_dark(const char *colorfgbg)
{
    const std::string_view text = colorfgbg ? colorfgbg : "";
    const auto last = text.rfind(';');
    if (last == std::string_view::npos || text.size() != last + 2) {
        return false;
    }
    const char background = text.back();
    return (background >= '0' && background <= '6') || background == '8';
}

/* SGR parameters; nullptr: none. */
const char *code_of(Ink ink)
{
    switch (ink) {
    case Ink::Plain:
        return nullptr;
    case Ink::Name:
        return "36";
    case Ink::Address:
        return "33";
    case Ink::Good:
        return "32";
    case Ink::Bad:
        return "31";
    case Ink::Warning:
        return "35";
    }
    return nullptr;
}

} // namespace

Paint::Paint(ColorWhen when, const ColorEnvironment &environment)
    : on_(is_wanted(when, environment)),
      bright_(on_ && is_dark(environment.colorfgbg))
{
}

std::string Paint::operator()(Ink ink, std::string_view text) const
{
    std::string painted;
    append(painted, ink, text);
    return painted;
}

void Paint::append(std::string &to, Ink ink, std::string_view text) const
{
    const char *code = on_ && !text.empty() ? code_of(ink) : nullptr;
    if (!code) {
        to += text;
        return;
    }
    fmt::format_to(std::back_inserter(to), "\x1b[{}{}m{}\x1b[0m",
                   bright_ ? "1;" : "", code, text);
}

Ink operstate_ink(std::uint8_t operstate)
{
    switch (operstate) {
    case IF_OPER_UP:
        return Ink::Good;
    case IF_OPER_DOWN:
    case IF_OPER_LOWERLAYERDOWN:
        return Ink::Bad;
    default:
        return Ink::Plain;
    }
}

} // namespace virt
