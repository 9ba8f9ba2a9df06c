// SPDX-License-Identifier: GPL-2.0-only
// The keys that documents share.
//
// Copyright (C) The virt authors
#include "child_json.hpp"

namespace virt
{

void put_parent(Json &object, const Child &child)
{
    const Link &link = child.link;
    if (!link.link) {
        return;
    }
    if (*link.link == 0) {
        object["link"] = nullptr;
    } else if (link.link_netnsid) {
        object["link_index"] = *link.link;
    } else {
        object["link"] = name_or_number(child.parent, *link.link);
    }
}

std::string json_line(const Json &document)
{
    return document.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

} // namespace virt
