// SPDX-License-Identifier: GPL-2.0-only
// Listens to the kernel.
//
// Copyright (C) The virt authors
#include "monitor.hpp"

#include "event_output.hpp"
#include "events.hpp"
#include "print.hpp"

#include "lib/fail.hpp"
#include "lib/query.hpp"
#include "lib/signals.hpp"

#include <linux/rtnetlink.h>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace virt
{

namespace
{

class Monitor
{
public:
    Monitor(const Options &options, const Paint &paint)
        : options_(options), paint_(paint), listener_(RTNLGRP_LINK),
          signals_({SIGINT, SIGTERM, SIGHUP, SIGQUIT})
    {
        // What is there already has not happened.
        tracker_.resync(links_of_kind(socket_, "virt"));
    }

    void run()
    {
        while (wait() && show(heard())) {
        }
    }

private:
    /* False: it is time to end. */
    bool wait()
    {
        std::array<pollfd, 3> fds{{
            {.fd = signals_.fd(), .events = POLLIN, .revents = 0},
            {.fd = listener_.fd(), .events = POLLIN, .revents = 0},
            {.fd = STDOUT_FILENO, .events = 0, .revents = 0},
        }};
        if (poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) {
            fail("cannot wait");
        }
        return fds[0].revents == 0 && fds[2].revents == 0;
    }

    std::vector<Event> heard()
    {
        std::vector<std::byte> messages;
        std::vector<Event> events;
        switch (listener_.take(messages)) {
        case NetlinkListener::Heard::Nothing:
            break;
        case NetlinkListener::Heard::Overrun:
            return tracker_.resync(links_of_kind(socket_, "virt"));
        case NetlinkListener::Heard::Messages:
            const auto visit = [&](const nlmsghdr &, Bytes message) {
                if (!is_link_news(message)) {
                    return true;
                }
                auto news = link_news_from_msg(message);
                if (news) {
                    std::ranges::move(tracker_.take(std::move(*news)),
                                      std::back_inserter(events));
                }
                return news.has_value();
            };
            if (!each_message(messages, visit)) {
                throw std::system_error(EBADMSG, std::generic_category(),
                                        "cannot listen to the kernel");
            }
        }
        return events;
    }

    bool is_wanted(const Event &event) const
    {
        const auto is_named = [&](const std::string &name) {
            return std::ranges::find(options_.ifaces, name) !=
                   options_.ifaces.end();
        };
        return options_.ifaces.empty() || is_named(event.link.ifname) ||
               (event.type == EventType::Renamed && is_named(event.old_name));
    }

    std::optional<Link> parent_of(const Link &link)
    {
        if (link.link.value_or(0) == 0 || link.link_netnsid) {
            return std::nullopt;
        }
        return link_by_index(socket_, *link.link);
    }

    /* False: all that were wanted are shown, or nobody reads any more. */
    bool show(std::vector<Event> events)
    {
        for (Event &event : events) {
            if (!is_wanted(event)) {
                continue;
            }
            const auto parent = parent_of(event.link);
            const HeardEvent heard{.event = std::move(event),
                                   .time = std::chrono::system_clock::now(),
                                   .parent = parent};
            if (!print_out(options_.json ? event_json(heard)
                                         : event_text(heard, paint_)) ||
                ++shown_ == options_.count) {
                return false;
            }
        }
        return true;
    }

    const Options &options_;
    const Paint paint_;
    // Before the children are read: nothing is missed in between.
    NetlinkListener listener_;
    NetlinkSocket socket_;
    Signals signals_;
    EventTracker tracker_;
    std::uint64_t shown_ = 0;
};

} // namespace

void monitor(const Options &options, const Paint &paint)
{
    Monitor(options, paint).run();
}

} // namespace virt
