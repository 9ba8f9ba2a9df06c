// SPDX-License-Identifier: GPL-2.0-only
// What the shells complete against what the programs take.
//
// Copyright (C) The virt authors
#include "lib/command_line.hpp"
#include "virtpeer/options.hpp"
#include "virtstat/options.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <unistd.h>

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

/* An ip whose names of interfaces and namespaces are shell code. */
class CompletionOfNames : public testing::Test
{
protected:
    CompletionOfNames()
    {
        std::ofstream(dir_ / "ip") << R"(#!/bin/sh
case $* in
*netns*) printf '%s\n' 'box (id: 0)' 'two words' '`touch${IFS}x`' ;;
*'link show' | *'link show type virt')
    printf '%s\n' '1: $(touch${IFS}x): <UP>' '2: a*b@lo: <UP>' '3: eth0: <UP>' ;;
esac
)";
        std::filesystem::permissions(dir_ / "ip",
                                     std::filesystem::perms::owner_all);
    }

    ~CompletionOfNames() override
    {
        EXPECT_FALSE(std::filesystem::exists(dir_ / "x"));
        std::filesystem::remove_all(dir_);
    }

    std::string offered(const std::string &program, const std::string &typed)
    {
        return output_of(here_ + "bash " + kHere + "complete.bash " +
                         kCompletion + program + ".bash " + program + " " +
                         typed);
    }

    const std::filesystem::path dir_ =
        testing::TempDir() + "virt-completion-" + std::to_string(getpid());
    const bool made_ = std::filesystem::create_directories(dir_);
    const std::string here_ =
        "env -C " + dir_.string() + " PATH=" + dir_.string() + ":$PATH ";
    const std::string links_ = "\\$\\(touch\\$\\{IFS\\}x\\)\na\\*b\neth0\n";
    const std::string boxes_ = "box\ntwo\\ words\n\\`touch\\$\\{IFS\\}x\\`\n";
};

TEST_F(CompletionOfNames, AreQuoted)
{
    EXPECT_EQ(offered("virtstat", "show ''"), links_);
    EXPECT_EQ(offered("virtstat", "-n ''"), boxes_);
    EXPECT_EQ(offered("virtpeer", "--bridge ''"), links_);
    EXPECT_EQ(offered("virtpeer", "capture ''"), links_);
    EXPECT_EQ(offered("virtpeer", "--netns = ''"), boxes_);
}

TEST_F(CompletionOfNames, BeginAsTyped)
{
    EXPECT_EQ(offered("virtstat", "show e"), "eth0\n");
    EXPECT_EQ(offered("virtstat", R"(show 'a\*')"), "a\\*b\n");
    EXPECT_EQ(offered("virtpeer", R"(--dev '\$')"),
              links_.substr(0, links_.find('\n') + 1));
    EXPECT_EQ(offered("virtpeer", R"(--dev '$')"), "\n");
}

TEST_F(CompletionOfNames, ComeBehindACommandInZsh)
{
    const std::string listed =
        output_of(here_ + "zsh " + kHere + "complete.zsh " + kCompletion +
                  R"( "virtstat -n 'a;\$(touch x)' show ")");
    EXPECT_NE(listed.find("eth0"), listed.npos) << listed;
}

TEST_F(CompletionOfNames, StayOutOfQuotes)
{
    EXPECT_EQ(offered("virtstat", "show \\'"), "eth0\n");
    EXPECT_EQ(offered("virtpeer", "--dev '\"e'"), "eth0\n");
}

} // namespace virt::test
