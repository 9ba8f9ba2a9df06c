// SPDX-License-Identifier: GPL-2.0-only
// A host's terminal.
//
// Copyright (C) The virt authors
#include "terminal.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <system_error>
#include <vector>

namespace recipes
{

namespace
{

// Where the shell reads commands, a zero byte after each, and writes their
// statuses, a line each. What the commands run must not see either.
constexpr int kCommands = 3;
constexpr int kStatuses = 4;
constexpr const char *kLoop = "while IFS= read -r -d '' -u 3; do"
                              "    eval \"$REPLY\" 3<&- 4>&-; echo $? >&4; "
                              "done";
// The same as the host $0, whose processes end with it.
constexpr const char *kEnter =
    "exec ip netns exec $0 unshare --uts --pid --fork --mount-proc"
    "    --kill-child bash -c \"$1\" $0";
constexpr const char *kOwnFiles = "mount -t tmpfs tmpfs /run; hostname $0; ";

[[noreturn]] void fail(const std::string &what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

std::array<int, 2> make_pipe()
{
    std::array<int, 2> ends;

    if (pipe2(ends.data(), O_CLOEXEC))
        fail("pipe2");
    return ends;
}

// Gives the child's descriptors the numbers that the shell knows them by.
void place(std::vector<std::pair<int, int>> moves)
{
    for (auto &[from, to] : moves)
        from = fcntl(from, F_DUPFD_CLOEXEC, 10);
    for (auto [from, to] : moves)
        dup2(from, to);
}

void execute(const std::vector<std::string> &words)
{
    std::vector<char *> argv;

    for (const std::string &word : words)
        argv.push_back(const_cast<char *>(word.c_str()));
    argv.push_back(nullptr);
    execvp(argv[0], argv.data());
}

} // namespace

Terminal::Terminal(const std::string &host, bool netns)
{
    std::array<int, 2> commands = make_pipe(), output = make_pipe(),
                       statuses = make_pipe();
    std::vector<std::string> words{"bash", "-c", kLoop, host};

    if (netns)
        words = {"bash", "-c", kEnter, host, std::string(kOwnFiles) + kLoop};
    pid_ = fork();
    if (pid_ < 0)
        fail("fork");
    if (!pid_) {
        place({{open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO},
               {output[1], STDOUT_FILENO},
               {output[1], STDERR_FILENO},
               {commands[0], kCommands},
               {statuses[1], kStatuses}});
        execute(words);
        _exit(127);
    }
    close(commands[0]);
    close(output[1]);
    close(statuses[1]);
    commands_ = commands[1];
    output_ = output[0];
    statuses_ = statuses[0];
    if (fcntl(output_, F_SETFL, O_NONBLOCK))
        fail("fcntl");
}

Terminal::~Terminal()
{
    close(commands_);
    close(output_);
    close(statuses_);
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

Outcome Terminal::run(const std::string &command, std::chrono::seconds limit)
{
    auto end = std::chrono::steady_clock::now() + limit;
    ssize_t size = static_cast<ssize_t>(command.size()) + 1;
    Outcome outcome{};

    if (write(commands_, command.c_str(), command.size() + 1) != size)
        fail("write to the shell");
    for (;;) {
        auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        std::array<pollfd, 2> polls{
            {{output_, POLLIN, 0}, {statuses_, POLLIN, 0}}};

        if (left.count() <= 0 ||
            !poll(polls.data(), polls.size(), static_cast<int>(left.count())))
            throw std::runtime_error("no end within " +
                                     std::to_string(limit.count()) + " s");
        // whatever came before the status is in the pipe when that comes
        read_output(outcome.printed);
        if (!polls[1].revents)
            continue;
        std::array<char, 8> status{};
        if (read(statuses_, status.data(), status.size() - 1) <= 0)
            throw std::runtime_error("the shell has ended");
        outcome.status = atoi(status.data());
        return outcome;
    }
}

void Terminal::read_output(std::string &printed)
{
    std::array<char, 4096> buffer;
    ssize_t got;

    while ((got = read(output_, buffer.data(), buffer.size())) > 0) {
        size_t size = static_cast<size_t>(got);

        printed.append(buffer.data(), size);
        fwrite(buffer.data(), 1, size, stdout);
    }
    fflush(stdout);
}

} // namespace recipes
