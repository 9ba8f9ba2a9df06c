/* SPDX-License-Identifier: GPL-2.0-only */
/* An open file descriptor that closes itself.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_FD_HPP
#define _VIRT_FD_HPP

#include <unistd.h>

#include <utility>

namespace virt
{

class Fd
{
public:
    Fd() = default;
    /** Takes what a system call returned: a descriptor or -1. */
    explicit Fd(int fd) : fd_(fd) {}
    Fd(Fd &&other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd &operator=(Fd &&other) noexcept
    {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Fd()
    {
        if (fd_ >= 0) {
            close(fd_);
        }
    }

    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_ = -1;
};

} // namespace virt

#endif // _VIRT_FD_HPP
