// SPDX-License-Identifier: GPL-2.0-only
// What the shells complete against what virtstat takes.
//
// Copyright (C) The virt authors
#include "virtstat/options.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>
#include <memory>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

using Names = std::set<std::string>;

const std::string kHere = VIRT_TOP "/tests/unit/";
const std::string kCompletion = VIRT_TOP "/userspace/completion/";

std::string output_of(const std::string &command)
{
    struct Close {
        void operator()(std::FILE *pipe) const { EXPECT_EQ(pclose(pipe), 0); }
    };
    const std::unique_ptr<std::FILE, Close> pipe(
        popen(("timeout 60 " + command).c_str(), "r"));
    std::string text;
    std::array<char, 4096> buffer;
    while (std::fgets(buffer.data(), buffer.size(), pipe.get())) {
        text += buffer.data();
    }
    return text;
}

/* The words of a text that begin with a dash. */
Names options_in(const std::string &text)
{
    std::istringstream words(text);
    Names options;
    for (std::string word; words >> word;) {
        if (word.size() > 1 && word[0] == '-' && word != "--") {
            options.insert(word);
        }
    }
    return options;
}

/* What follows the program's name: "" or "watch " and the like. */
class Completion : public testing::TestWithParam<std::string>
{
protected:
    /* All options, as the parser has them. */
    static Names wanted()
    {
        CLI::App app;
        Options options;
        declare_options(app, options);
        const std::string name = GetParam().substr(0, GetParam().find(' '));
        const CLI::App &command =
            name.empty() ? app : *app.get_subcommand(name);
        Names names;
        for (const CLI::Option *option : command.get_options()) {
            for (const std::string &one : option->get_snames()) {
                names.insert("-" + one);
            }
            for (const std::string &one : option->get_lnames()) {
                names.insert("--" + one);
            }
        }
        return names;
    }
};

} // namespace

TEST_P(Completion, BashOffersEveryOption)
{
    EXPECT_EQ(
        options_in(output_of("bash " + kHere + "complete.bash " + kCompletion +
                             "virtstat.bash virtstat " + GetParam() + "-")),
        wanted());
}

TEST_P(Completion, ZshOffersEveryOption)
{
    EXPECT_EQ(
        options_in(output_of("zsh " + kHere + "complete.zsh " + kCompletion +
                             " 'virtstat " + GetParam() + "-'")),
        wanted());
}

INSTANTIATE_TEST_SUITE_P(Commands, Completion,
                         testing::Values("", "show ", "watch ", "monitor ",
                                         "doctor ", "metrics "));

TEST(BashCompletion, CommandsComeFirst)
{
    const std::string script =
        "bash " + kHere + "complete.bash " + kCompletion + "virtstat.bash ";
    EXPECT_EQ(output_of(script + "virtstat mo"), "monitor\n");
    EXPECT_EQ(output_of(script + "virtstat -n box wa"), "watch\n");
    EXPECT_EQ(output_of(script + "virtstat -j doctor -P ''"), "\n");
    EXPECT_EQ(output_of(script + "virtstat -c = a"), "auto\nalways\n");
    EXPECT_EQ(output_of(script + "virtstat --color ="),
              "auto\nalways\nnever\n");
    // The second command is the name of an interface.
    EXPECT_EQ(output_of(script + "virtstat show mo"), "\n");
}

} // namespace virt::test
