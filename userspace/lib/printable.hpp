/* SPDX-License-Identifier: GPL-2.0-only */
/* Text of others, such as the names of interfaces, for a terminal; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_PRINTABLE_HPP
#define _VIRT_PRINTABLE_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace virt
{

/** Valid UTF-8 without control characters: each byte of others is \xHH. */
std::string printable(std::string_view text);

/** Columns that printable text takes, one for each character. */
std::size_t columns_of(std::string_view text);

/** The first `columns` of printable text. */
std::string_view cut(std::string_view text, std::size_t columns);

/** Printable text with spaces after it up to this width. */
std::string pad_right(std::string_view text, std::size_t columns);

} // namespace virt

#endif // _VIRT_PRINTABLE_HPP
