// SPDX-License-Identifier: GPL-2.0-only
// Whether a command printed what its page shows.
//
// Copyright (C) The virt authors
#include "match.hpp"

#include <algorithm>
#include <sstream>

namespace recipes
{

namespace
{

constexpr std::string_view kAny = "...";
// What stands for kAny in a normal line; no text has it.
constexpr char kAnyChar = '\0';

// Matches a sequence with a pattern of which some elements (@any) stand for
// any run of others. Returns nothing on success, else how far the pattern
// could be followed.
template <typename Pattern, typename Text, typename Any, typename Same>
std::optional<size_t> follow(const Pattern &pattern, const Text &text, Any any,
                             Same same)
{
    struct Position {
        size_t pattern;
        size_t text;
    };
    Position at{0, 0};
    std::optional<Position> retry;
    size_t furthest = 0;

    for (;;) {
        bool pattern_ends = at.pattern == pattern.size();
        bool text_ends = at.text == text.size();

        furthest = std::max(furthest, at.pattern);
        if (pattern_ends && text_ends)
            return std::nullopt;
        if (!pattern_ends && any(pattern[at.pattern])) {
            at.pattern++;
            retry = at;
        } else if (!pattern_ends && !text_ends &&
                   same(pattern[at.pattern], text[at.text])) {
            at.pattern++;
            at.text++;
        } else if (retry && retry->text < text.size()) {
            retry->text++;
            at = *retry;
        } else {
            return furthest;
        }
    }
}

// One blank for each run of them, none at the end.
std::string normal(std::string_view line)
{
    std::istringstream words{std::string(line)};
    std::string result = line.starts_with(' ') ? " " : "", word;

    while (words >> word)
        result += word + ' ';
    if (!result.empty())
        result.pop_back();
    return result;
}

std::string normal_pattern(std::string_view line)
{
    std::string result = normal(line);

    for (size_t at; (at = result.find(kAny)) != std::string::npos;)
        result.replace(at, kAny.size(), 1, kAnyChar);
    return result;
}

bool line_matches(std::string_view shown, std::string_view printed)
{
    return !follow(
        normal_pattern(shown), normal(printed),
        [](char c) { return c == kAnyChar; },
        [](char one, char other) { return one == other; });
}

} // namespace

std::vector<std::string> lines_of(std::string_view text)
{
    std::istringstream stream{std::string(text)};
    std::vector<std::string> lines;

    for (std::string line; std::getline(stream, line);) {
        if (line.find_first_not_of(" \t\r") != std::string::npos)
            lines.push_back(line);
    }
    return lines;
}

std::optional<size_t> first_missing(const std::vector<std::string> &shown,
                                    const std::vector<std::string> &printed)
{
    return follow(
        shown, printed, [](const std::string &line) { return line == kAny; },
        line_matches);
}

} // namespace recipes
