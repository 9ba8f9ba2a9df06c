// SPDX-License-Identifier: GPL-2.0-only
// What the manual pages name against what there is.
//
// Copyright (C) The virt authors
#include "lib/command_line.hpp"
#include "lib/link_options.h"
#include "virtpeer/options.hpp"
#include "virtpeer/stats.hpp"
#include "virtstat/options.hpp"

#include <fstream>
#include <regex>
#include <sstream>

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

std::string file_text(const std::string &path)
{
    std::ifstream file(VIRT_TOP + ("/" + path));
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_FALSE(text.str().empty()) << path;
    return text.str();
}

/* A page with its options as they are typed. */
std::string page(const std::string &name)
{
    std::string text = file_text("userspace/man/" + name);
    text = std::regex_replace(text, std::regex("\\bFl (-|Fl )"), "--");
    text = std::regex_replace(text, std::regex("\\bFl "), "-");
    return std::regex_replace(text, std::regex(" , -(\\w)"), " , --$1");
}

/* Whether one of its lists or sentences has this as a word of its own. */
bool names(const std::string &text, const std::string &word)
{
    const std::regex alone("(^|[ \\n.])" + word + "($|[ \\n])");
    return std::regex_search(text, alone);
}

template <class Options>
void expect_options(const std::string &name)
{
    const std::string text = page(name);
    CLI::App all;
    Options options;
    declare_options(all, options);
    std::vector<const CLI::App *> apps{&all};
    for (const CLI::App *command : all.get_subcommands({})) {
        EXPECT_TRUE(names(text, command->get_name())) << command->get_name();
        apps.push_back(command);
    }
    for (const CLI::App *app : apps) {
        for (const CLI::Option *option : app->get_options()) {
            for (const std::string &one : option->get_snames()) {
                EXPECT_TRUE(names(text, "-" + one)) << name << ": -" << one;
            }
            for (const std::string &one : option->get_lnames()) {
                EXPECT_TRUE(names(text, "--" + one)) << name << ": --" << one;
            }
        }
    }
}

} // namespace

TEST(ManPages, HaveEveryOptionOfThePrograms)
{
    expect_options<Options>("virtstat.8");
    expect_options<peer::Options>("virtpeer.8");
}

TEST(ManPages, HaveEveryOptionOfLinks)
{
    const std::string text = page("ip-link-virt.8");
    for (const virt_option &option : virt_options) {
        EXPECT_TRUE(names(text, option.name)) << option.name;
        for (unsigned i = 0; option.word && option.word(i); i++) {
            EXPECT_TRUE(names(text, option.word(i)))
                << option.name << ' ' << option.word(i);
        }
    }
}

TEST(ManPages, HaveEveryCounter)
{
    const std::string module = page("virt.4");
    for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
        EXPECT_TRUE(names(module, virt_stat_word(stat)))
            << virt_stat_word(stat);
    }
    const std::string program = page("virtpeer.8");
    const auto json = nlohmann::json::parse(
        peer::stats_json(peer::Stats(), "t0", "none:1", true));
    for (const auto &[name, count] : json["causes"].items()) {
        EXPECT_TRUE(names(program, name)) << name;
    }
}

TEST(ManPages, HaveEveryParameter)
{
    const std::string text = page("virt.4");
    const std::string source =
        file_text("module/params.c") + file_text("module/tunparams.c");
    const std::regex described("(MODULE_PARM_DESC|VIRT_TUNPARAM)\\((\\w+), \"");
    int parameters = 0;
    for (std::sregex_iterator each(source.begin(), source.end(), described),
         end;
         each != end; ++each) {
        const std::string name = (*each)[2];
        EXPECT_TRUE(names(text, name + "=(1)?")) << name;
        parameters++;
    }
    EXPECT_GE(parameters, 10);
}

} // namespace virt::test
