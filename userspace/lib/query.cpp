// SPDX-License-Identifier: GPL-2.0-only
// Builds RTM_GETLINK requests and reads their answers.
//
// Copyright (C) The virt authors
#include "query.hpp"

#include "request.hpp"

#include <linux/if.h>
#include <linux/rtnetlink.h>

namespace virt
{

namespace
{

constexpr const char *kWhat = "cannot read the interfaces";

/* With no RTEXT_FILTER_SKIP_STATS in it: once it left out the statistics of the
 * address families alone, since Linux 7 it leaves out all.
 */
class GetLink : public Request<ifinfomsg>
{
public:
    explicit GetLink(std::uint16_t flags, std::int32_t ifindex = 0)
        : Request(RTM_GETLINK, flags, {AF_UNSPEC, 0, 0, ifindex, 0, 0})
    {
    }
};

/* The links of an answer, read while it comes; nullptr: of any kind. */
Links links_of(NetlinkSocket &socket, GetLink &request,
               const std::string *kind = nullptr)
{
    Links links;
    const auto take = [&](Bytes message) {
        auto link = link_from_msg(message);
        if (link && (!kind || link->kind == *kind)) {
            links.push_back(std::move(*link));
        }
        return link.has_value();
    };
    socket.ask(*request, kWhat,
               {.take = take, .forget = [&] { links.clear(); }});
    return links;
}

std::optional<Link> one_link(NetlinkSocket &socket, GetLink &request)
{
    try {
        auto links = links_of(socket, request);
        if (links.empty()) {
            return std::nullopt;
        }
        return std::move(links.front());
    } catch (const NetlinkError &error) {
        if (error.code() == std::errc::no_such_device) {
            return std::nullopt;
        }
        throw;
    }
}

} // namespace

Links all_links(NetlinkSocket &socket)
{
    GetLink request(NLM_F_DUMP);
    return links_of(socket, request);
}

Links links_of_kind(NetlinkSocket &socket, const std::string &kind)
{
    GetLink request(NLM_F_DUMP);
    nlattr *info = mnl_attr_nest_start(request.get(), IFLA_LINKINFO);
    mnl_attr_put_strz(request.get(), IFLA_INFO_KIND, kind.c_str());
    mnl_attr_nest_end(request.get(), info);

    // A kernel that does not know the kind ignores the filter.
    return links_of(socket, request, &kind);
}

std::optional<Link> link_by_name(NetlinkSocket &socket, const std::string &name)
{
    if (name.empty() || name.size() >= ALTIFNAMSIZ) {
        return std::nullopt;
    }
    GetLink request(0);
    mnl_attr_put_strz(request.get(),
                      name.size() < IFNAMSIZ ? IFLA_IFNAME : IFLA_ALT_IFNAME,
                      name.c_str());
    return one_link(socket, request);
}

std::optional<Link> link_by_index(NetlinkSocket &socket, std::int32_t ifindex)
{
    GetLink request(0, ifindex);
    return one_link(socket, request);
}

} // namespace virt
