// SPDX-License-Identifier: GPL-2.0-only
// Reads line by line, from left to right, with nothing left over.
//
// Copyright (C) The virt authors
#include "exposition.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace virt::test
{

namespace
{

bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The rest of a line, taken away from its front. */
class Line
{
public:
    explicit Line(std::string_view line) : line_(line), rest_(line) {}

    [[noreturn]] void fail(const std::string &why) const
    {
        throw std::runtime_error(why + " in: " + std::string(line_));
    }

    bool take_if(std::string_view word)
    {
        if (!rest_.starts_with(word)) {
            return false;
        }
        rest_.remove_prefix(word.size());
        return true;
    }

    void take(std::string_view word)
    {
        if (!take_if(word)) {
            fail("no '" + std::string(word) + "'");
        }
    }

    std::string take_name(bool colons)
    {
        const auto end = std::ranges::find_if_not(rest_, [&](char c) {
            return is_letter(c) || is_digit(c) || (colons && c == ':');
        });
        const std::string name(rest_.begin(), end);
        if (name.empty() || is_digit(name[0])) {
            fail("no name");
        }
        rest_.remove_prefix(name.size());
        return name;
    }

    /* A label's value up to its closing quote. */
    std::string take_quoted()
    {
        std::string value;
        take("\"");
        while (!take_if("\"")) {
            value += take_if("\\\\")   ? '\\'
                     : take_if("\\\"") ? '"'
                     : take_if("\\n")  ? '\n'
                                       : take_plain();
        }
        return value;
    }

    std::uint64_t take_number()
    {
        std::uint64_t number = 0;
        const auto [end, error] =
            std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
        if (error != std::errc() || end != rest_.data() + rest_.size()) {
            fail("no whole number");
        }
        rest_ = {};
        return number;
    }

    std::string take_all() { return std::string(std::exchange(rest_, {})); }

    void end() const
    {
        if (!rest_.empty()) {
            fail("something left over");
        }
    }

private:
    char take_plain()
    {
        if (rest_.empty() || rest_[0] == '\\') {
            fail("a wrong escape or no closing quote");
        }
        const char c = rest_[0];
        rest_.remove_prefix(1);
        return c;
    }

    std::string_view line_;
    std::string_view rest_;
};

class Parser
{
public:
    void take(Line line)
    {
        if (line.take_if("# HELP ")) {
            take_help(line);
        } else if (line.take_if("# TYPE ")) {
            take_type(line);
        } else {
            take_sample(line);
        }
        line.end();
    }

    Exposition finish() { return std::move(families_); }

private:
    void take_help(Line &line)
    {
        name_ = line.take_name(true);
        line.take(" ");
        if (families_.contains(name_)) {
            line.fail("the metric was there before");
        }
        Family &family = families_[name_];
        family.help = line.take_all();
        if (family.help.empty() ||
            family.help.find('\\') != std::string::npos) {
            line.fail("no plain help text");
        }
    }

    void take_type(Line &line)
    {
        if (line.take_name(true) != name_ || !families_[name_].type.empty()) {
            line.fail("no HELP of this metric before");
        }
        line.take(" ");
        Family &family = families_[name_];
        family.type = line.take_all();
        if (family.type != "counter" && family.type != "gauge") {
            line.fail("unknown type");
        }
        if (name_.ends_with("_total") != (family.type == "counter")) {
            line.fail("counters, and nothing else, end in _total");
        }
    }

    void take_sample(Line &line)
    {
        if (line.take_name(true) != name_ || families_[name_].type.empty()) {
            line.fail("no HELP and TYPE of this metric before");
        }
        Labels labels;
        if (line.take_if("{")) {
            do {
                take_label(line, labels);
            } while (line.take_if(","));
            line.take("}");
        }
        line.take(" ");
        const std::uint64_t value = line.take_number();
        if (!families_[name_].samples.emplace(labels, value).second) {
            line.fail("the series was there before");
        }
    }

    static void take_label(Line &line, Labels &labels)
    {
        const std::string name = line.take_name(false);
        line.take("=");
        if (name.starts_with("__") ||
            !labels.emplace(name, line.take_quoted()).second) {
            line.fail("a reserved label, or one that was there before");
        }
    }

    std::string name_;
    Exposition families_;
};

} // namespace

Exposition parse_exposition(std::string_view text)
{
    Parser parser;
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) {
            throw std::runtime_error("the last line has no end");
        }
        parser.take(Line(text.substr(0, end)));
        text.remove_prefix(end + 1);
    }
    return parser.finish();
}

} // namespace virt::test
