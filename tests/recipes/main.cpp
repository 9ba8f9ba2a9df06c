// SPDX-License-Identifier: GPL-2.0-only
// Runs recipes as their pages tell them, one test per page, and shows the
// terminals meanwhile. Usage: virt_recipes PAGE... (in a guest, as root)
//
// Copyright (C) The virt authors
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "bed.hpp"
#include "match.hpp"
#include "page.hpp"

namespace recipes
{

namespace
{

// No single command of a page takes longer, however slow the guest.
constexpr std::chrono::seconds kLimit{60};

std::string contents(const std::filesystem::path &path)
{
    std::ifstream file(path);
    std::ostringstream text;

    text << file.rdbuf();
    if (!file)
        throw std::runtime_error("cannot be read");
    return text.str();
}

class Recipe : public testing::Test
{
public:
    Recipe(std::string file, Page page)
        : file_(std::move(file)), page_(std::move(page))
    {
    }

    void TestBody() override
    {
        Bed bed(page_);
        std::string heading;

        for (const Step &step : page_.steps) {
            if (HasFailure())
                return;
            if (step.heading != heading)
                printf("\n--- %s\n\n", step.heading.c_str());
            heading = step.heading;
            printf("%s# %s\n", step.host.c_str(), step.command.c_str());
            fflush(stdout);
            play(step, bed.terminal(step.host));
        }
    }

private:
    void play(const Step &step, Terminal &terminal) const
    {
        std::string wrong;

        try {
            wrong = judge(step, terminal.run(step.command, kLimit));
        } catch (const std::exception &error) {
            wrong = error.what();
        }
        if (!wrong.empty())
            ADD_FAILURE_AT(file_.c_str(), static_cast<int>(step.line))
                << step.host << "# " << step.command << "\n"
                << wrong;
    }

    // What is wrong, or nothing.
    static std::string judge(const Step &step, const Outcome &outcome)
    {
        if (step.shown.empty())
            return outcome.status
                       ? "exit status " + std::to_string(outcome.status)
                       : "";
        auto missing = first_missing(step.shown, lines_of(outcome.printed));
        if (!missing)
            return "";
        if (*missing == step.shown.size())
            return "printed more than the page shows";
        return "did not print, or not in this place:\n" + step.shown[*missing];
    }

    std::string file_;
    Page page_;
};

// 1-children.md becomes the test Recipe.1_children: gtest's filters give "-"
// a meaning.
void add(const std::filesystem::path &path)
{
    std::string name = path.stem();
    Page page = parse_page(contents(path));

    std::ranges::replace(name, '-', '_');
    testing::RegisterTest("Recipe", name.c_str(), nullptr, nullptr,
                          path.c_str(), 1,
                          [path, page] { return new Recipe(path, page); });
}

} // namespace

} // namespace recipes

int main(int argc, char **argv)
{
    testing::InitGoogleTest(&argc, argv);
    for (int i = 1; i < argc; i++) {
        try {
            recipes::add(argv[i]);
        } catch (const std::exception &error) {
            fprintf(stderr, "%s: %s\n", argv[i], error.what());
            return 2;
        }
    }
    return RUN_ALL_TESTS();
}
