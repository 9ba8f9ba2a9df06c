/* SPDX-License-Identifier: GPL-2.0-only */
/* Findings as text and as JSON; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_FINDING_OUTPUT_HPP
#define _VIRTSTAT_FINDING_OUTPUT_HPP

#include "findings.hpp"
#include "paint.hpp"

#include <span>
#include <string>

namespace virt
{

/** A line for each, what is to be done in a line below it. */
std::string findings_text(std::span<const Finding> findings,
                          const Paint &paint);

/** One JSON array, with a newline. */
std::string findings_json(std::span<const Finding> findings, bool pretty);

} // namespace virt

#endif // _VIRTSTAT_FINDING_OUTPUT_HPP
