/* SPDX-License-Identifier: GPL-2.0-only */
/* Children in the text format of Prometheus; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_METRICS_HPP
#define _VIRTSTAT_METRICS_HPP

#include "child.hpp"

#include <span>
#include <string>

namespace virt
{

/**
 * All metrics with their HELP and TYPE lines, also those without a sample. Each
 * sample of a child has the labels ifname, parent (empty: none) and mode.
 */
std::string metrics_text(std::span<const Child> children);

} // namespace virt

#endif // _VIRTSTAT_METRICS_HPP
