// SPDX-License-Identifier: GPL-2.0-only
// Finds the children and the interfaces that they name.
//
// Copyright (C) The virt authors
#include "children.hpp"

#include "lib/query.hpp"

#include <map>

#include <fmt/format.h>

namespace virt
{

namespace
{

Link named_child(NetlinkSocket &socket, const std::string &name)
{
    constexpr const char *hint = "without arguments virtstat lists all";
    auto link = link_by_name(socket, name);
    if (!link) {
        throw NoVirtInterface(
            fmt::format("{}: no such interface; {}", name, hint));
    }
    if (link->kind != kKind) {
        throw NoVirtInterface(fmt::format(
            "{} is not a virt interface ({}); {}", name,
            link->kind.empty() ? "no link kind" : "kind " + link->kind, hint));
    }
    return std::move(*link);
}

/* Other interfaces by number, each asked for once. */
class Neighbours
{
public:
    explicit Neighbours(NetlinkSocket &socket) : socket_(socket) {}

    std::optional<Neighbour> find(std::optional<std::int32_t> ifindex)
    {
        if (ifindex.value_or(0) == 0) {
            return std::nullopt;
        }
        const auto [known, is_new] = known_.try_emplace(*ifindex);
        if (is_new) {
            known->second = link_by_index(socket_, *ifindex);
        }
        return known->second;
    }

private:
    NetlinkSocket &socket_;
    std::map<std::int32_t, std::optional<Neighbour>> known_;
};

std::vector<Child> children_of(NetlinkSocket &socket, Links links)
{
    Neighbours neighbours(socket);
    std::vector<Child> children;
    children.reserve(links.size());
    for (Link &link : links) {
        Child child{.link = std::move(link), .parent = {}, .master = {}};
        if (!child.link.link_netnsid) {
            child.parent = neighbours.find(child.link.link);
        }
        child.master = neighbours.find(child.link.master);
        children.push_back(std::move(child));
    }
    return children;
}

} // namespace

std::vector<Child> read_children(NetlinkSocket &socket,
                                 const std::vector<std::string> &names)
{
    if (names.empty()) {
        return children_of(socket, links_of_kind(socket, kKind));
    }
    Links links;
    for (const std::string &name : names) {
        links.push_back(named_child(socket, name));
    }
    return children_of(socket, std::move(links));
}

std::vector<Child> read_present_children(NetlinkSocket &socket,
                                         const std::vector<std::string> &names)
{
    if (names.empty()) {
        return read_children(socket, names);
    }
    Links links;
    for (const std::string &name : names) {
        auto link = link_by_name(socket, name);
        if (link && link->kind == kKind) {
            links.push_back(std::move(*link));
        }
    }
    return children_of(socket, std::move(links));
}

} // namespace virt
