/* SPDX-License-Identifier: GPL-2.0-only */
/* Signals that wait in a file descriptor until somebody asks for them.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_SIGNALS_HPP
#define _VIRT_SIGNALS_HPP

#include "fd.hpp"

#include <csignal>
#include <initializer_list>
#include <optional>

namespace virt
{

class Signals
{
public:
    /** Holds these signals back until the end of the object. */
    explicit Signals(std::initializer_list<int> numbers);
    ~Signals();
    Signals(const Signals &) = delete;
    Signals &operator=(const Signals &) = delete;

    /** Readable while a signal waits. */
    int fd() const { return fd_.get(); }

    /** Takes the next one; nullopt: none waits. */
    std::optional<int> take();

private:
    sigset_t before_;
    Fd fd_;
};

} // namespace virt

#endif // _VIRT_SIGNALS_HPP
