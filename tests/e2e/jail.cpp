// SPDX-License-Identifier: GPL-2.0-only
// A container's root.
//
// Copyright (C) The virt authors
#include "jail.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <system_error>

namespace e2e
{

Jail::Jail()
{
    int ready[2];
    char byte;

    if (pipe2(ready, O_CLOEXEC))
        throw std::system_error(errno, std::generic_category(), "pipe2");
    pid_ = fork();
    if (!pid_) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
            _exit(1);
        // for programs that are run lose their rights else
        std::ofstream("/proc/self/uid_map") << "0 0 1";
        if (write(ready[1], "", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    const bool made = read(ready[0], &byte, 1) == 1;
    close(ready[0]);
    if (!made)
        throw std::runtime_error("no user namespace can be made");
    net_.emplace("jail", pid_);
}

Jail::~Jail()
{
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

void Jail::become_root() const
{
    const std::string path = "/proc/" + std::to_string(pid_) + "/ns/user";
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);

    if (fd < 0 || setns(fd, CLONE_NEWUSER))
        throw std::system_error(errno, std::generic_category(), path);
    close(fd);
}

} // namespace e2e
