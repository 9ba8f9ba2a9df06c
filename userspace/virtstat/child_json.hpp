/* SPDX-License-Identifier: GPL-2.0-only */
/* What the JSON documents of virtstat have in common; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_CHILD_JSON_HPP
#define _VIRTSTAT_CHILD_JSON_HPP

#include "child.hpp"

#include "lib/link_options.h"

#include <nlohmann/json.hpp>

#include <string>

namespace virt
{

/** Keeps the order of its keys. */
using Json = nlohmann::ordered_json;

/** Adds ip's "link", or "link_index" for one in another namespace. */
void put_parent(Json::object_t &object, const Child &child);

/** An option of a child, as in ip's "info_data"; null if it was not sent. */
Json option_json(const Child &child, const virt_option &option);

/** A document, on one line or indented; bytes that are not UTF-8 become U+FFFD.
 */
std::string json_text(const Json &document, bool pretty);

/** A document on one line. */
std::string json_line(const Json &document);

} // namespace virt

#endif // _VIRTSTAT_CHILD_JSON_HPP
