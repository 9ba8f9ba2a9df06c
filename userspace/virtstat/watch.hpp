/* SPDX-License-Identifier: GPL-2.0-only */
/* The command `virtstat watch`: rates, live.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_WATCH_HPP
#define _VIRTSTAT_WATCH_HPP

#include "options.hpp"
#include "paint.hpp"

namespace virt
{

/**
 * Shows rates until options.count is reached, a signal or `q` ends it, or the
 * reader goes away: on a terminal as a picture that is replaced, else as one
 * picture after the other, or one JSON document a line. Throws what
 * read_children() throws.
 */
void watch(const Options &options, const Paint &paint);

} // namespace virt

#endif // _VIRTSTAT_WATCH_HPP
