// SPDX-License-Identifier: GPL-2.0-only
// What the shells complete against what the programs take.
//
// Copyright (C) The virt authors
#include "lib/command_line.hpp"
#include "virtpeer/options.hpp"
#include "virtstat/options.hpp"

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

void add_options(const CLI::App &app, Names &names)
{
    for (const CLI::Option *option : app.get_options()) {
        for (const std::string &one : option->get_snames()) {
            names.insert("-" + one);
        }
        for (const std::string &one : option->get_lnames()) {
            names.insert("--" + one);
        }
    }
}

/* All options of a command, "" or "watch", as the parser has them. */
template <class Options>
Names options_of(const std::string &command)
{
    CLI::App app;
    Options options;
    declare_options(app, options);
    Names names;
    const CLI::App *sub = command.empty() ? &app : app.get_subcommand(command);
    add_options(*sub, names);
    if (sub->get_fallthrough()) {
        add_options(app, names);
    }
    return names;
}

/* A program and its command. */
class Completion : public testing::TestWithParam<std::vector<std::string>>
{
protected:
    const std::string program_ = GetParam()[0];
    const std::string command_ = GetParam()[1];
    const std::string typed_ =
        program_ + (command_.empty() ? " -" : " " + command_ + " -");
    const Names wanted_ = program_ == "virtpeer"
                              ? options_of<peer::Options>(command_)
                              : options_of<Options>(command_);
};

} // namespace

TEST_P(Completion, BashOffersEveryOption)
{
    EXPECT_EQ(options_in(output_of("bash " + kHere + "complete.bash " +
                                   kCompletion + program_ + ".bash " + typed_)),
              wanted_);
}

TEST_P(Completion, ZshOffersEveryOption)
{
    EXPECT_EQ(options_in(output_of("zsh " + kHere + "complete.zsh " +
                                   kCompletion + " '" + typed_ + "'")),
              wanted_);
}

INSTANTIATE_TEST_SUITE_P(
    Commands, Completion,
    testing::Values(std::vector<std::string>{"virtstat", ""},
                    std::vector<std::string>{"virtstat", "show"},
                    std::vector<std::string>{"virtstat", "watch"},
                    std::vector<std::string>{"virtstat", "monitor"},
                    std::vector<std::string>{"virtstat", "doctor"},
                    std::vector<std::string>{"virtstat", "metrics"},
                    std::vector<std::string>{"virtpeer", ""},
                    std::vector<std::string>{"virtpeer", "capture"},
                    std::vector<std::string>{"virtpeer", "inject"},
                    std::vector<std::string>{"virtpeer", "dump"}),
    [](const auto &each) { return each.param[0] + "_" + each.param[1]; });

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

TEST(BashCompletion, ValuesOfVirtpeer)
{
    const std::string script = "bash " + kHere + "complete.bash " +
                               kCompletion + "virtpeer.bash virtpeer ";
    EXPECT_EQ(output_of(script + "i"), "inject\n");
    EXPECT_EQ(output_of(script + "dump i"), "\n");
    EXPECT_EQ(output_of(script + "-r 192.0.2.1 --payload ''"), "ether\nip\n");
    EXPECT_EQ(output_of(script + "--df = s"), "set\n");
    EXPECT_EQ(output_of(script + "capture l"), "lo\n");
    EXPECT_EQ(output_of(script + "--port ''"), "\n");
}

} // namespace virt::test
