/* SPDX-License-Identifier: GPL-2.0-only */
/* A strict reader of the text format of Prometheus, version 0.0.4.
 *
 * What the format allows and virtstat has no use for is refused: comments,
 * time stamps, blank lines and superfluous spaces.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_TEST_EXPOSITION_HPP
#define _VIRT_TEST_EXPOSITION_HPP

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace virt::test
{

using Labels = std::map<std::string, std::string>;

struct Family {
    std::string type;
    std::string help;
    std::map<Labels, std::uint64_t> samples;
};

using Exposition = std::map<std::string, Family>;

/**
 * Metrics by their names; throws std::runtime_error with the line for what is
 * not right: the order HELP, TYPE, samples for each metric, once; counters,
 * and nothing else, end in _total; no series twice; whole numbers.
 */
Exposition parse_exposition(std::string_view text);

} // namespace virt::test

#endif // _VIRT_TEST_EXPOSITION_HPP
