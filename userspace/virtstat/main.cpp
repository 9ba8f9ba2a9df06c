// SPDX-License-Identifier: GPL-2.0-only
// virtstat: arguments in, text and exit status out.
//
// Copyright (C) The virt authors
#include "children.hpp"
#include "finding_output.hpp"
#include "gather.hpp"
#include "metrics.hpp"
#include "monitor.hpp"
#include "options.hpp"
#include "output.hpp"
#include "print.hpp"
#include "watch.hpp"

#include "lib/command_line.hpp"
#include "lib/netns.hpp"
#include "lib/standard_files.hpp"
#include "lib/tell.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>

namespace
{

enum Exit { kOk = 0, kUsage = 1, kKernel = 2, kNoInterface = 3, kProblem = 4 };

virt::Paint paint(virt::ColorWhen when)
{
    return {when,
            {.is_terminal = isatty(STDOUT_FILENO) == 1,
             .no_color = std::getenv("NO_COLOR"),
             .term = std::getenv("TERM"),
             .colorfgbg = std::getenv("COLORFGBG")}};
}

std::vector<virt::Child> children(const virt::Options &options)
{
    virt::NetlinkSocket socket;
    return virt::read_children(socket, options.ifaces);
}

std::string shown(const virt::Options &options,
                  const std::vector<virt::Child> &all)
{
    if (options.json) {
        return virt::json_array(all, options.pretty);
    }
    if (all.empty() && isatty(STDOUT_FILENO)) {
        virt::tell("virtstat", "no virt interfaces; create one with: "
                               "ip link add link eth0 type virt");
    }
    return virt::text_table(all, {.details = options.details,
                                  .causes = options.causes,
                                  .human = options.human,
                                  .paint = paint(options.color)});
}

Exit doctor(const virt::Options &options)
{
    const auto findings = virt::check_all(virt::gather_facts(options));
    virt::print_out(options.json
                        ? virt::findings_json(findings, options.pretty)
                        : virt::findings_text(findings, paint(options.color)));
    const bool problem = std::ranges::any_of(findings, [](const auto &finding) {
        return finding.severity == virt::Severity::Problem;
    });
    return problem ? kProblem : kOk;
}

Exit run(const virt::Options &options)
{
    if (!options.netns.empty()) {
        virt::enter_netns(options.netns);
    }
    switch (options.command) {
    case virt::Command::Show:
        virt::print_out(shown(options, children(options)));
        return kOk;
    case virt::Command::Metrics:
        virt::print_out(virt::metrics_text(children(options)));
        return kOk;
    case virt::Command::Monitor:
        virt::monitor(options, paint(options.color));
        return kOk;
    case virt::Command::Watch:
        virt::watch(options, paint(options.color));
        return kOk;
    case virt::Command::Doctor:
        return doctor(options);
    }
    return kOk;
}

} // namespace

int main(int argc, char **argv)
{
    virt::open_standard_files();
    std::signal(SIGPIPE, SIG_IGN);

    CLI::App app;
    virt::Options options;
    virt::declare_options(app, options);
    try {
        virt::parse_arguments(app, {argv + std::min(argc, 1), argv + argc});
    } catch (const CLI::ParseError &error) {
        return app.exit(error) == 0 ? kOk : kUsage;
    }

    try {
        return run(options);
    } catch (const virt::NoVirtInterface &error) {
        virt::tell("virtstat", error.what());
        return kNoInterface;
    } catch (const std::exception &error) {
        virt::tell("virtstat", error.what());
        return kKernel;
    }
}
