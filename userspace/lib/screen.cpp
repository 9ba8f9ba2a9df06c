// SPDX-License-Identifier: GPL-2.0-only
// Control sequences that all terminals of today know, and termios.
//
// Copyright (C) The virt authors
#include "screen.hpp"

#include "fail.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>

namespace virt
{

namespace
{

constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l\x1b[?7l";
constexpr std::string_view kLeave = "\x1b[?7h\x1b[?25h\x1b[?1049l";
constexpr std::string_view kClear = "\x1b[H\x1b[J";

/* False: the terminal has gone, errno says how. */
bool put(std::string_view text)
{
    while (!text.empty()) {
        const ssize_t size = write(STDOUT_FILENO, text.data(), text.size());
        if (size < 0 && errno != EINTR) {
            return false;
        }
        text.remove_prefix(
            static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    }
    return true;
}

std::size_t number_from_environment(const char *name, std::size_t otherwise)
{
    const char *text = std::getenv(name);
    const int number = text ? std::atoi(text) : 0;
    return number > 0 ? static_cast<std::size_t>(number) : otherwise;
}

} // namespace

ScreenSize screen_size(int fd)
{
    winsize size{};
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
        size.ws_row > 0) {
        return {.columns = size.ws_col, .lines = size.ws_row};
    }
    return {.columns = number_from_environment("COLUMNS", 80),
            .lines = number_from_environment("LINES", 24)};
}

void Screen::enter()
{
    termios now;
    if (tcgetattr(STDIN_FILENO, &now) == 0) {
        before_ = now;
        now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        // Ctrl-C takes back keys that poll() has reported: nobody may wait
        // for them.
        now.c_cc[VMIN] = 0;
        now.c_cc[VTIME] = 0;
        tcsetattr(STDIN_FILENO, TCSANOW, &now);
    }
    entered_ = put(kEnter);
}

void Screen::leave()
{
    if (entered_) {
        put(kLeave);
        entered_ = false;
    }
    if (before_) {
        tcsetattr(STDIN_FILENO, TCSANOW, &*before_);
        before_.reset();
    }
}

void Screen::draw(std::span<const std::string> lines)
{
    std::string picture(kClear);
    for (const std::string &line : lines) {
        if (&line != &lines.front()) {
            picture += "\r\n";
        }
        picture += line;
    }
    if (!put(picture)) {
        fail("cannot write to the terminal");
    }
}

} // namespace virt
