/* SPDX-License-Identifier: GPL-2.0-only */
/* Colours for terminals, in the meanings that ip gives them; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_PAINT_HPP
#define _VIRTSTAT_PAINT_HPP

#include <cstdint>
#include <string>
#include <string_view>

namespace virt
{

/** What `-c=WHEN` says. */
enum class ColorWhen { Auto, Always, Never };

/** What a piece of text is. */
enum class Ink { Plain, Name, Address, Good, Bad, Warning };

/** The environment that a choice of colours depends on; nullptr: not set. */
struct ColorEnvironment {
    bool is_terminal = false;
    const char *no_color = nullptr;
    const char *term = nullptr;
    const char *colorfgbg = nullptr;
};

class Paint
{
public:
    /** Without colours. */
    Paint() = default;
    /**
     * The command line comes before the environment: auto means a terminal
     * that is not "dumb", and NO_COLOR unset or empty.
     */
    Paint(ColorWhen when, const ColorEnvironment &environment);

    /** `text`, between escape sequences where there are colours. */
    std::string operator()(Ink ink, std::string_view text) const;

    /** Adds the same to what there is. */
    void append(std::string &to, Ink ink, std::string_view text) const;

    bool operator==(const Paint &) const = default;

private:
    bool on_ = false;
    bool bright_ = false;
};

/** The ink of an IF_OPER_ state. */
Ink operstate_ink(std::uint8_t operstate);

} // namespace virt

#endif // _VIRTSTAT_PAINT_HPP
