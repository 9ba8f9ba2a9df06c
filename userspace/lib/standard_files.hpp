/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that every program has.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_STANDARD_FILES_HPP
#define _VIRT_STANDARD_FILES_HPP

namespace virt
{

/** Opens those that the caller has closed: no socket shall take their numbers,
 *  and get what is written there.
 */
void open_standard_files();

} // namespace virt

#endif // _VIRT_STANDARD_FILES_HPP
