/* SPDX-License-Identifier: GPL-2.0-only */
/* What programs write against what docs/PROGRAM.schema.json promises.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_TEST_SCHEMA_HPP
#define _VIRT_TEST_SCHEMA_HPP

#include <string>

#include <gtest/gtest.h>

namespace virt::test
{

/**
 * Whether a document is one of those that the schema of a program has under
 * this name. A key that the schema does not have is wrong here, though not for
 * its users.
 */
::testing::AssertionResult fits_schema(const std::string &document,
                                       const std::string &name,
                                       const std::string &program = "virtstat");

} // namespace virt::test

#endif // _VIRT_TEST_SCHEMA_HPP
