/* SPDX-License-Identifier: GPL-2.0-only */
/* Stands in for ip around its plugin: the functions that ip exports, and what
 * it calls. They follow iproute2 6.1 in what the plugin can tell.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_TEST_STAND_IN_HPP
#define _VIRT_TEST_STAND_IN_HPP

extern "C" {
#include "iproute2/link_util.h"

extern link_util virt_link_util;
}

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace virt::test
{

using Attributes = std::vector<std::byte>;

/** ip prints these words and ends. */
class Refused : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

/** Print as `ip -j` does. */
extern bool in_json;

/** Forget what is to be printed: the libc takes longer than the plugin. */
extern bool silent;

/**
 * The attributes that the plugin makes of words, for a request that has so
 * many bytes already; nullopt: it does not take them and has said why. Throws
 * Refused.
 */
std::optional<Attributes> parsed_options(std::vector<std::string> words,
                                         std::size_t taken = 0);

/** How `ip -d link` shows attributes; JSON as "key=value ". */
std::string printed_options(const Attributes &attributes);

/** The same of the attribute that `ip -s` finds the counters in. */
std::string printed_xstats(const Attributes &attribute);

} // namespace virt::test

#endif // _VIRT_TEST_STAND_IN_HPP
