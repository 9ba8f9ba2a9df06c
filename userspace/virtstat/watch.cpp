// SPDX-License-Identifier: GPL-2.0-only
// Reads the children by a timer, and waits in between.
//
// Copyright (C) The virt authors
#include "watch.hpp"

#include "children.hpp"
#include "print.hpp"
#include "rates.hpp"
#include "watch_json.hpp"
#include "watch_layout.hpp"

#include "lib/fail.hpp"
#include "lib/screen.hpp"
#include "lib/signals.hpp"

#include <langinfo.h>
#include <poll.h>
#include <sys/timerfd.h>

#include <array>
#include <cerrno>
#include <clocale>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace virt
{

namespace
{

/* Why a wait has ended. */
enum class Wake { Tick, Resize, Suspend, End };

Seconds now()
{
    return std::chrono::steady_clock::now().time_since_epoch();
}

bool is_utf8_locale()
{
    std::setlocale(LC_CTYPE, "");
    return std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool can_be_redrawn()
{
    const char *term = std::getenv("TERM");
    return isatty(STDOUT_FILENO) && term && std::strcmp(term, "dumb") != 0;
}

Fd start_timer(double interval)
{
    Fd fd(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    timespec period{};
    period.tv_sec = static_cast<time_t>(interval);
    period.tv_nsec = std::lround((interval - std::floor(interval)) * 1e9);
    const itimerspec timer{.it_interval = period, .it_value = period};
    if (!fd || timerfd_settime(fd.get(), 0, &timer, nullptr) < 0) {
        fail("cannot start a timer");
    }
    return fd;
}

class Watch
{
public:
    Watch(const Options &options, const Paint &paint)
        : options_(options), style_{.utf8 = is_utf8_locale(), .paint = paint},
          signals_({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP}),
          timer_(start_timer(options.interval))
    {
    }

    void run()
    {
        tracker_.take(read_children(socket_, options_.ifaces), now());
        if (!options_.json && can_be_redrawn()) {
            screen_.emplace();
            draw();
        }
        follow();
        if (screen_) {
            // The last picture is left in what the terminal keeps.
            screen_->leave();
            print_out(picture());
        }
    }

private:
    void follow()
    {
        for (std::uint64_t shown = 0;
             options_.count == 0 || shown < options_.count;) {
            switch (wait()) {
            case Wake::Tick:
                tracker_.take(read_present_children(socket_, options_.ifaces),
                              now());
                shown++;
                if (!show()) {
                    return;
                }
                break;
            case Wake::Resize:
                draw();
                break;
            case Wake::Suspend:
                suspend();
                break;
            case Wake::End:
                return;
            }
        }
    }

    Wake wait()
    {
        const bool keys = screen_ && has_input_;
        while (true) {
            std::array<pollfd, 4> fds{{
                {.fd = signals_.fd(), .events = POLLIN, .revents = 0},
                {.fd = timer_.get(), .events = POLLIN, .revents = 0},
                {.fd = STDOUT_FILENO, .events = 0, .revents = 0},
                {.fd = keys ? STDIN_FILENO : -1,
                 .events = POLLIN,
                 .revents = 0},
            }};
            if (poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) {
                fail("cannot wait");
            }
            if (const auto wake = wake_of_signal()) {
                return *wake;
            }
            if (fds[2].revents != 0 || (fds[3].revents != 0 && is_quit_key())) {
                return Wake::End;
            }
            std::uint64_t ticks;
            if (read(timer_.get(), &ticks, sizeof(ticks)) > 0) {
                return Wake::Tick;
            }
        }
    }

    std::optional<Wake> wake_of_signal()
    {
        const auto signal = signals_.take();
        if (!signal) {
            return std::nullopt;
        }
        return *signal == SIGWINCH  ? Wake::Resize
               : *signal == SIGTSTP ? Wake::Suspend
                                    : Wake::End;
    }

    bool is_quit_key()
    {
        char key = 0;
        if (read(STDIN_FILENO, &key, 1) <= 0) {
            has_input_ = isatty(STDIN_FILENO);
        }
        return key == 'q' || key == 'Q';
    }

    /* False: nobody reads it any more. */
    bool show()
    {
        if (screen_) {
            draw();
            return true;
        }
        if (options_.json) {
            return print_out(watch_json(tracker_.children(), tracker_.elapsed(),
                                        std::chrono::system_clock::now()));
        }
        return print_out(picture() + '\n');
    }

    void draw()
    {
        if (screen_) {
            const ScreenSize size = screen_size(STDOUT_FILENO);
            style_.columns = size.columns;
            style_.lines = size.lines;
            screen_->draw(watch_lines(tracker_.children(), style_));
        }
    }

    /* All of it, however many lines a terminal has. */
    std::string picture()
    {
        WatchStyle style = style_;
        style.columns = screen_size(STDOUT_FILENO).columns;
        style.lines = std::numeric_limits<std::size_t>::max();
        std::string text;
        for (const std::string &line :
             watch_lines(tracker_.children(), style)) {
            text += line + '\n';
        }
        return text;
    }

    void suspend()
    {
        if (screen_) {
            screen_->leave();
        }
        raise(SIGSTOP);
        if (screen_) {
            screen_->enter();
            draw();
        }
    }

    const Options &options_;
    WatchStyle style_;
    NetlinkSocket socket_;
    RateTracker tracker_;
    // Before the screen, which is left while signals still wait.
    Signals signals_;
    Fd timer_;
    bool has_input_ = isatty(STDIN_FILENO) == 1;
    std::optional<Screen> screen_;
};

} // namespace

void watch(const Options &options, const Paint &paint)
{
    Watch(options, paint).run();
}

} // namespace virt
