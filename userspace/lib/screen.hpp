/* SPDX-License-Identifier: GPL-2.0-only */
/* A terminal that shows one picture after the other, and afterwards what it
 * showed before.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_SCREEN_HPP
#define _VIRT_SCREEN_HPP

#include <termios.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace virt
{

struct ScreenSize {
    std::size_t columns = 80;
    std::size_t lines = 24;

    bool operator==(const ScreenSize &) const = default;
};

/** What a terminal says of its size; COLUMNS and LINES if it says nothing. */
ScreenSize screen_size(int fd);

/** Standard output, which is a terminal, and standard input if it is one. */
class Screen
{
public:
    /** Takes the terminal over: enter(). */
    Screen() { enter(); }
    /** Gives it back: leave(). */
    ~Screen() { leave(); }
    Screen(const Screen &) = delete;
    Screen &operator=(const Screen &) = delete;

    /** Another page, no cursor, no line breaks of its own, keys at once. */
    void enter();
    void leave();

    /** Replaces the picture; throws std::system_error. */
    void draw(std::span<const std::string> lines);

private:
    bool entered_ = false;
    std::optional<termios> before_;
};

} // namespace virt

#endif // _VIRT_SCREEN_HPP
