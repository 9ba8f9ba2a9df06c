// SPDX-License-Identifier: GPL-2.0-only
// Writes findings.
//
// Copyright (C) The virt authors
#include "finding_output.hpp"

#include "child_json.hpp"

#include "lib/printable.hpp"

#include <fmt/format.h>

namespace virt
{

namespace
{

/* As wide as the longest word. */
constexpr std::size_t kSeverityWidth = 8;

Ink ink_of(Severity severity)
{
    switch (severity) {
    case Severity::Ok:
        return Ink::Good;
    case Severity::Note:
        return Ink::Plain;
    case Severity::Warning:
        return Ink::Warning;
    case Severity::Problem:
        return Ink::Bad;
    }
    return Ink::Plain;
}

} // namespace

std::string findings_text(std::span<const Finding> findings, const Paint &paint)
{
    std::string text;
    for (const Finding &finding : findings) {
        const std::string word =
            pad_right(severity_word(finding.severity), kSeverityWidth);
        text += fmt::format("{}{}\n", paint(ink_of(finding.severity), word),
                            printable(finding.text));
        if (!finding.remedy.empty()) {
            text += fmt::format("{:{}}-> {}\n", "", kSeverityWidth,
                                printable(finding.remedy));
        }
    }
    return text;
}

std::string findings_json(std::span<const Finding> findings, bool pretty)
{
    Json array = Json::array();
    for (const Finding &finding : findings) {
        Json object{{"severity", severity_word(finding.severity)},
                    {"check", finding.check}};
        if (!finding.ifname.empty()) {
            object["ifname"] = finding.ifname;
        }
        object["text"] = finding.text;
        if (!finding.remedy.empty()) {
            object["remedy"] = finding.remedy;
        }
        array.push_back(std::move(object));
    }
    return json_text(array, pretty);
}

} // namespace virt
