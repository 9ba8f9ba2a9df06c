// SPDX-License-Identifier: GPL-2.0-only
// Commands and namespaces.
//
// Copyright (C) The virt authors
#include "shell.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <array>
#include <iterator>
#include <sstream>
#include <system_error>
#include <thread>

namespace e2e
{

namespace
{

[[noreturn]] void fail(const std::string &what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

int open_netns(const std::string &path)
{
    int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        fail(path);
    return fd;
}

// Reads two pipes to their ends at once, so that neither can fill up.
void drain(std::array<int, 2> fds, std::array<std::string *, 2> into)
{
    std::array<pollfd, 2> polls{{{fds[0], POLLIN, 0}, {fds[1], POLLIN, 0}}};
    int open_ends = 2;

    while (open_ends > 0) {
        if (poll(polls.data(), polls.size(), -1) < 0)
            fail("poll");
        for (size_t i = 0; i < polls.size(); i++) {
            std::array<char, 4096> buffer;

            if (polls[i].fd < 0 || !polls[i].revents)
                continue;
            ssize_t got = read(polls[i].fd, buffer.data(), buffer.size());
            if (got > 0) {
                into[i]->append(buffer.data(), static_cast<size_t>(got));
                continue;
            }
            close(polls[i].fd);
            polls[i].fd = -1;
            open_ends--;
        }
    }
}

// Starts a command with these files: by the shell if that has anything to do
// but to split words, for a shell costs as much as most commands do. vfork(),
// for a copy of us costs as much again; the child touches nothing of ours.
pid_t start(const std::string &command, int netns,
            const std::array<int, 3> &files)
{
    std::istringstream words(command);
    std::vector<std::string> split;
    std::vector<char *> arguments;

    if (command.find_first_of("|&;<>()$`\\\"'*?[]#~=%!{}\n") ==
        std::string::npos)
        split.assign(std::istream_iterator<std::string>(words), {});
    for (std::string &word : split)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);

    const pid_t pid = vfork();
    if (pid)
        return pid;
    for (int fd = 0; fd < 3; fd++)
        dup2(files[static_cast<size_t>(fd)], fd);
    if (netns >= 0 && setns(netns, CLONE_NEWNET))
        _exit(126);
    if (!split.empty())
        execvp(arguments[0], arguments.data());
    // what is not there may be one of the shell's own
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
}

} // namespace

// As `ip netns add` does it, but without programs: most tests make several.
Netns::Netns(std::string name) : name_(std::move(name))
{
    const std::string path = "/run/netns/" + name_;

    const int before = open_netns("/proc/thread-self/ns/net");
    ifreq loopback{};
    int fd;

    close(open(path.c_str(), O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (unshare(CLONE_NEWNET) || mount("/proc/thread-self/ns/net", path.c_str(),
                                       "none", MS_BIND, nullptr))
        fail("making " + path);
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    std::strcpy(loopback.ifr_name, "lo");
    loopback.ifr_flags = IFF_UP;
    if (ioctl(fd, SIOCSIFFLAGS, &loopback))
        fail("lo up");
    close(fd);
    if (setns(before, CLONE_NEWNET))
        fail("setns");
    close(before);
}

Netns::Netns(std::string name, pid_t process) : name_(std::move(name))
{
    const std::string path = "/run/netns/" + name_;
    const std::string from = "/proc/" + std::to_string(process) + "/ns/net";

    close(open(path.c_str(), O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (mount(from.c_str(), path.c_str(), "none", MS_BIND, nullptr))
        fail("naming " + path);
}

Netns::~Netns()
{
    const std::string path = "/run/netns/" + name_;

    if (name_.empty())
        return;
    EXPECT_EQ(umount2(path.c_str(), MNT_DETACH), 0) << path;
    EXPECT_EQ(unlink(path.c_str()), 0) << path;
}

Result Netns::run(const std::string &command, int input) const
{
    const int netns = name_.empty() ? -1 : open_netns("/run/netns/" + name_);
    std::array<int, 2> out, err;
    Result result{};

    if (pipe2(out.data(), O_CLOEXEC) || pipe2(err.data(), O_CLOEXEC))
        fail("pipe2");
    const pid_t pid = start(command, netns, {input, out[1], err[1]});
    if (pid < 0)
        fail("vfork");
    for (const int fd : {netns, out[1], err[1]})
        close(fd);
    drain({out[0], err[0]}, {&result.out, &result.err});

    int status;
    if (waitpid(pid, &status, 0) < 0)
        fail("waitpid");
    result.status =
        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}

std::string Netns::ok(const std::string &command) const
{
    Result result = run(command);

    EXPECT_EQ(result.status, 0) << name_ << "# " << command << "\n"
                                << result.out << result.err;
    return result.out;
}

void Netns::batch(const std::vector<std::string> &commands) const
{
    const int input = memfd_create("batch", MFD_CLOEXEC);
    std::string lines;

    for (const std::string &command : commands)
        lines += command + "\n";
    if (input < 0 || pwrite(input, lines.data(), lines.size(), 0) < 0)
        fail("batch");
    Result result = run("ip -b -", input);
    close(input);
    EXPECT_EQ(result.status, 0) << name_ << "# ip -b -\n"
                                << lines << result.out << result.err;
}

std::string Netns::refused(const std::string &command) const
{
    Result result = run(command);

    EXPECT_NE(result.status, 0)
        << name_ << "# " << command << "\nwas not refused\n"
        << result.out;
    return result.err;
}

Inside::Inside(const Netns &ns) : Inside(ns.name_) {}

Inside::Inside(const std::string &name)
{
    if (name.empty())
        return;
    const int fd = open_netns("/run/netns/" + name);
    before_ = open_netns("/proc/thread-self/ns/net");
    const bool entered = !setns(fd, CLONE_NEWNET);
    const int error = errno;
    close(fd);
    if (entered)
        return;
    close(before_);
    errno = error;
    fail("setns " + name);
}

Inside::~Inside()
{
    if (before_ < 0)
        return;
    if (setns(before_, CLONE_NEWNET))
        std::terminate();
    close(before_);
}

const Netns &host()
{
    static const Netns initial;

    return initial;
}

void pause_ms(int ms)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

void stay_on(unsigned cpu)
{
    cpu_set_t here;

    CPU_ZERO(&here);
    CPU_SET(cpu % std::thread::hardware_concurrency(), &here);
    sched_setaffinity(0, sizeof(here), &here);
}

} // namespace e2e
