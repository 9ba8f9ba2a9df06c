// SPDX-License-Identifier: GPL-2.0-only
// The keys that documents share.
//
// Copyright (C) The virt authors
#include "child_json.hpp"

#include "lib/link_words.hpp"

namespace virt
{

void put_parent(Json::object_t &object, const Child &child)
{
    const Link &link = child.link;
    if (!link.link) {
        return;
    }
    if (*link.link == 0) {
        object.emplace_back("link", nullptr);
    } else if (link.link_netnsid) {
        object.emplace_back("link_index", *link.link);
    } else {
        object.emplace_back("link", name_or_number(child.parent, *link.link));
    }
}

Json option_json(const Child &child, const virt_option &option)
{
    const Link &link = child.link;
    if (virt_option_is_text(option.type)) {
        const auto text = text_of(link, option.attr);
        return text ? Json(*text) : Json(nullptr);
    }
    const auto value = link.options[option.attr];
    if (!value) {
        return nullptr;
    }
    switch (option.type) {
    case VIRT_OPTION_WORD:
        return word_or_number(option.word(*value), *value);
    case VIRT_OPTION_SWITCH:
    case VIRT_OPTION_FLAG:
        return *value != 0;
    case VIRT_OPTION_DEVICE:
        return device_text(child, *value);
    default:
        break;
    }
    return *value;
}

std::string json_text(const Json &document, bool pretty)
{
    return document.dump(pretty ? 4 : -1, ' ', false,
                         Json::error_handler_t::replace) +
           '\n';
}

std::string json_line(const Json &document)
{
    return json_text(document, false);
}

} // namespace virt
