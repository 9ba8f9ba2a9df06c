// SPDX-License-Identifier: GPL-2.0-only
// The parser of pages.
//
// Copyright (C) The virt authors
#include "page.hpp"

#include <algorithm>
#include <optional>
#include <sstream>

namespace recipes
{

namespace
{

constexpr std::string_view kFence = "```";

bool contains(const std::vector<std::string> &words, const std::string &word)
{
    return std::ranges::find(words, word) != words.end();
}

std::vector<std::string> words_of(const std::string &text)
{
    std::istringstream stream(text);
    std::vector<std::string> words;

    for (std::string word; stream >> word;)
        words.push_back(word);
    return words;
}

// The word that ends the here-document which a command starts, if it does:
// cat <<EOF, cat <<'EOF'.
std::optional<std::string> here_document(const std::string &command)
{
    size_t at = command.find("<<");

    if (at == std::string::npos || command.substr(at).starts_with("<<<"))
        return std::nullopt;
    at = command.find_first_not_of("-'\" ", at + 2);
    if (at == std::string::npos)
        return std::nullopt;
    size_t end = command.find_first_of("'\" ;|&>)", at);
    return command.substr(at, end - at);
}

class Parser
{
public:
    explicit Parser(std::string_view text) : stream_{std::string(text)} {}

    Page page()
    {
        while (next()) {
            if (line_.starts_with("<!-- recipe"))
                machines();
            else if (line_.starts_with("#"))
                heading_ = line_.substr(line_.find_first_not_of("# "));
            else if (line_ == "```console")
                console();
            else if (line_.starts_with(kFence))
                skip_fence();
        }
        if (page_.hosts.empty())
            fail("no comment \"<!-- recipe\" with hosts");
        if (page_.steps.empty())
            fail("no command in a fence of kind \"console\"");
        return std::move(page_);
    }

private:
    [[noreturn]] void fail(const std::string &what) const
    {
        throw PageError(number_, what);
    }

    bool next()
    {
        if (!std::getline(stream_, line_))
            return false;
        number_++;
        return true;
    }

    // The next line, which must be there for @what to be whole.
    void need(const std::string &what)
    {
        if (!next())
            fail(what + " has no end");
    }

    void skip_fence()
    {
        do
            need("the fence");
        while (line_ != kFence);
    }

    void machines()
    {
        for (need("the comment"); line_ != "-->"; need("the comment")) {
            std::vector<std::string> words = words_of(line_);
            std::string key = words.empty() ? "" : words.front();

            if (!words.empty())
                words.erase(words.begin());
            if (key == "hosts:")
                page_.hosts = words;
            else if (key == "ssh:")
                page_.ssh_servers = words;
            else if (key == "wire:")
                page_.wires.push_back(wire(words));
            else if (key != "packages:")
                fail("\"" + line_ +
                     "\" is neither hosts, wire, ssh nor packages");
        }
    }

    Wire wire(const std::vector<std::string> &words) const
    {
        Wire ends;

        for (const std::string &word : words) {
            size_t colon = word.find(':');

            if (colon == std::string::npos)
                fail("\"" + word + "\" is not HOST:DEVICE");
            ends.push_back({word.substr(0, colon), word.substr(colon + 1)});
            if (!contains(page_.hosts, ends.back().host))
                fail("no host \"" + ends.back().host + "\"");
        }
        if (ends.size() < 2)
            fail("a wire has two ends or more");
        return ends;
    }

    void console()
    {
        bool first = true;

        for (need("the fence"); line_ != kFence; need("the fence")) {
            if (std::optional<std::string> host = prompt())
                command(*host);
            else if (first)
                fail("a fence starts with a command: HOST# ...");
            else if (line_.find_first_not_of(' ') != std::string::npos)
                page_.steps.back().shown.push_back(line_);
            first = false;
        }
    }

    // The host, if the line is a command.
    std::optional<std::string> prompt() const
    {
        size_t end = line_.find("# ");

        if (end == std::string::npos ||
            !contains(page_.hosts, line_.substr(0, end)))
            return std::nullopt;
        return line_.substr(0, end);
    }

    void command(const std::string &host)
    {
        Step step{number_, heading_, host, line_.substr(host.size() + 2), {}};

        while (line_.ends_with('\\')) {
            need("the command");
            step.command += "\n" + line_;
        }
        if (std::optional<std::string> end = here_document(step.command)) {
            do {
                need("the here-document");
                step.command += "\n" + line_;
            } while (line_ != *end);
        }
        page_.steps.push_back(std::move(step));
    }

    std::istringstream stream_;
    std::string line_;
    size_t number_ = 0;
    std::string heading_;
    Page page_;
};

} // namespace

Page parse_page(std::string_view text)
{
    return Parser(text).page();
}

} // namespace recipes
