// SPDX-License-Identifier: GPL-2.0-only
// Talks to the program of --transform.
//
// Copyright (C) The virt authors
#include "transform.hpp"

#include "lib/fail.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace virt::peer
{

Transform::Transform(const std::string &command)
{
    int to[2];
    int from[2];
    if (pipe2(to, O_CLOEXEC) < 0) {
        fail("cannot make a pipe");
    }
    const Fd child_in(to[0]);
    to_ = Fd(to[1]);
    if (pipe2(from, O_CLOEXEC) < 0) {
        fail("cannot make a pipe");
    }
    const Fd child_out(from[1]);
    from_ = Fd(from[0]);
    pid_ = fork();
    if (pid_ < 0) {
        fail("cannot start the transform");
    }
    if (pid_ == 0) {
        // A group of its own: end() reaches what the shell started, too.
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        std::signal(SIGPIPE, SIG_DFL);
        dup2(child_in.get(), STDIN_FILENO);
        dup2(child_out.get(), STDOUT_FILENO);
        // what libpcap opens as root is open to no other program
        syscall(SYS_close_range, STDERR_FILENO + 1U, ~0U, 0U);
        execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
        _exit(127);
    }
    setpgid(pid_, pid_);
}

Transform::~Transform()
{
    end();
    waitpid(pid_, nullptr, 0);
}

void Transform::put(Direction direction, Frame packet)
{
    const std::vector<std::uint8_t> record = write_record(direction, packet);
    const std::lock_guard lock(mutex_);
    for (std::size_t done = 0; done < record.size();) {
        const ssize_t got =
            write(to_.get(), record.data() + done, record.size() - done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            throw std::runtime_error("the transform ended");
        }
        done += static_cast<std::size_t>(got);
    }
}

bool Transform::take(RecordReader &reader)
{
    std::array<std::uint8_t, 65536> bytes;
    ssize_t got;
    do {
        got = read(from_.get(), bytes.data(), bytes.size());
    } while (got < 0 && errno == EINTR);
    if (got <= 0) {
        return false;
    }
    reader.feed(Frame(bytes).first(static_cast<std::size_t>(got)));
    return true;
}

void Transform::end()
{
    kill(-pid_, SIGKILL);
}

} // namespace virt::peer
