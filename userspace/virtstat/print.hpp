/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes to standard output.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_PRINT_HPP
#define _VIRTSTAT_PRINT_HPP

#include <string>

namespace virt
{

/**
 * Writes all of the text at once. False: the reader has gone, who has seen
 * enough, which is no error. Throws std::system_error for the rest.
 */
bool print_out(const std::string &text);

} // namespace virt

#endif // _VIRTSTAT_PRINT_HPP
