// SPDX-License-Identifier: GPL-2.0-only
// How a recipe's page is read.
//
// Copyright (C) The virt authors
#include "tests/recipes/page.hpp"

#include <gtest/gtest.h>

namespace recipes
{

namespace
{

using Lines = std::vector<std::string>;

// A page of two hosts with the text below.
Page page_with(const std::string &text)
{
    return parse_page("<!-- recipe\nhosts: near far\n-->\n" + text);
}

// The commands of a fence.
std::vector<Step> steps(const std::string &fence)
{
    return page_with("```console\n" + fence + "\n```\n").steps;
}

// What is said of a page that cannot be read.
std::string complaint(const std::string &page)
{
    try {
        parse_page(page);
    } catch (const PageError &error) {
        return error.what();
    }
    return "";
}

} // namespace

TEST(Page, Machines)
{
    Page page = parse_page("# Title\n"
                           "<!-- recipe\n"
                           "hosts: near far hub\n"
                           "wire: near:eth0 far:eth1\n"
                           "wire: near:eth1 far:eth0 hub:eth0\n"
                           "ssh: far\n"
                           "packages: vpcs\n"
                           "-->\n"
                           "```console\nhub# true\n```\n");

    EXPECT_EQ(page.hosts, (Lines{"near", "far", "hub"}));
    EXPECT_EQ(page.ssh_servers, Lines{"far"});
    EXPECT_EQ(page.wires,
              (std::vector<Wire>{
                  {{"near", "eth0"}, {"far", "eth1"}},
                  {{"near", "eth1"}, {"far", "eth0"}, {"hub", "eth0"}}}));
    EXPECT_EQ(page.steps.size(), 1u);
}

TEST(Page, CommandsAndWhatTheyPrint)
{
    EXPECT_EQ(
        page_with("text\n"
                  "## First things\n"
                  "```\nnear# not a command\n```\n"
                  "```console\n"
                  "near# one\n"
                  "far# two three\n"
                  "printed\n"
                  "\n"
                  "  ...\n"
                  "near# four\n"
                  "```\n")
            .steps,
        (std::vector<Step>{
            {10, "First things", "near", "one", {}},
            {11, "First things", "far", "two three", {"printed", "  ..."}},
            {15, "First things", "near", "four", {}}}));
}

TEST(Page, OnlyHostsHavePrompts)
{
    EXPECT_EQ(steps("near# cat\nsomebody# text\nnear#text")[0].shown,
              (Lines{"somebody# text", "near#text"}));
}

TEST(Page, ContinuedCommand)
{
    auto all = steps("near# one \\\n  two \\\n  three\nprinted\nfar# four");

    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].command, "one \\\n  two \\\n  three");
    EXPECT_EQ(all[0].shown, Lines{"printed"});
}

TEST(Page, HereDocument)
{
    auto all = steps("near# cat <<'END' | wc\nnear# text\n\nEND\n3\nfar# x");

    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].command, "cat <<'END' | wc\nnear# text\n\nEND");
    EXPECT_EQ(all[0].shown, Lines{"3"});
    EXPECT_EQ(steps("near# cat <<END\nx\nEND")[0].command, "cat <<END\nx\nEND");
    EXPECT_EQ(steps("near# cat <<<END\nEND")[0].shown, Lines{"END"});
}

TEST(Page, WhatIsWrong)
{
    const std::string hosts = "<!-- recipe\nhosts: a\n";

    EXPECT_EQ(complaint(""), "line 0: no comment \"<!-- recipe\" with hosts");
    EXPECT_EQ(complaint(hosts + "-->\n"),
              "line 3: no command in a fence of kind \"console\"");
    EXPECT_EQ(complaint(hosts), "line 2: the comment has no end");
    EXPECT_EQ(complaint(hosts + "port: 1\n"),
              "line 3: \"port: 1\" is neither hosts, wire, ssh nor packages");
    EXPECT_EQ(complaint(hosts + "wire: a b:c\n"),
              "line 3: \"a\" is not HOST:DEVICE");
    EXPECT_EQ(complaint(hosts + "wire: a:b c:d\n"), "line 3: no host \"c\"");
    EXPECT_EQ(complaint(hosts + "wire: a:b\n"),
              "line 3: a wire has two ends or more");
    EXPECT_EQ(complaint(hosts + "-->\n```console\nb# x\n```\n"),
              "line 5: a fence starts with a command: HOST# ...");
    EXPECT_EQ(complaint(hosts + "-->\n```console\na# x\n"),
              "line 5: the fence has no end");
    EXPECT_EQ(complaint(hosts + "-->\n```console\na# x \\\n"),
              "line 5: the command has no end");
    EXPECT_EQ(complaint(hosts + "-->\n```console\na# cat <<E\nx\n"),
              "line 6: the here-document has no end");
    EXPECT_EQ(complaint(hosts + "-->\n```sh\n"),
              "line 4: the fence has no end");
}

} // namespace recipes
