/* SPDX-License-Identifier: GPL-2.0-only */
/* Literal children for the tests of what is made of them.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_TEST_SAMPLE_HPP
#define _VIRT_TEST_SAMPLE_HPP

#include "virtstat/child.hpp"

namespace virt::test
{

/** eth0, number 3, up. */
Link parent();

/** virt0, number 7, a child of number 3 in mode share. */
Link virt0();

/** Ten times its number for each counter. */
CauseCounters numbered_causes();

/** virt0 with the parent eth0. */
Child child();

} // namespace virt::test

#endif // _VIRT_TEST_SAMPLE_HPP
