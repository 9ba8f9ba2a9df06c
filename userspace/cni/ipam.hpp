/* SPDX-License-Identifier: GPL-2.0-only */
/* The plugin that gives addresses, run as the CNI specification says.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_CNI_IPAM_HPP
#define _VIRT_CNI_IPAM_HPP

#include "config.hpp"

#include <string>

namespace virt::cni
{

/**
 * Runs the plugin `name` out of the directories of `path` with our environment
 * but for CNI_COMMAND, which becomes `command`, and `config` as its input.
 * Returns its result, null where it prints none. Throws Error, with the code
 * and words of the plugin's own error if it gave one.
 */
Json run_ipam(const std::string &name, const std::string &path,
              const char *command, const std::string &config);

} // namespace virt::cni

#endif // _VIRT_CNI_IPAM_HPP
