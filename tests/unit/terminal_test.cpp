// SPDX-License-Identifier: GPL-2.0-only
// watch on a terminal: what it shows, and what it leaves behind.
//
// Copyright (C) The virt authors
#include "lib/fd.hpp"
#include "lib/screen.hpp"
#include "lib/signals.hpp"
#include "virtstat/watch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <utmp.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

constexpr const char *kEnter = "\x1b[?1049h";
constexpr const char *kLeave = "\x1b[?1049l";
constexpr const char *kShowCursor = "\x1b[?25h";

/* A process that runs watch() on a terminal of its own. */
class OnTerminal
{
public:
    explicit OnTerminal(const Options &options, const char *term = "xterm")
    {
        winsize size{};
        size.ws_col = 20;
        size.ws_row = 5;
        int master = -1;
        int slave = -1;
        if (openpty(&master, &slave, nullptr, nullptr, &size) < 0) {
            throw std::system_error(errno, std::generic_category(), "openpty");
        }
        master_ = Fd(master);
        slave_ = Fd(slave);
        tcgetattr(slave, &before_);
        pid_ = fork();
        if (pid_ == 0) {
            run(options, term);
        }
    }

    ~OnTerminal()
    {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }

    /* Reads until the terminal was sent this; all that it was sent so far. */
    const std::string &wait_for(const std::string &text)
    {
        while (output_.find(text) == std::string::npos && read_some(10000)) {
        }
        EXPECT_NE(output_.find(text), std::string::npos) << output_;
        return output_;
    }

    void forget() { output_.clear(); }

    void type(char key) { EXPECT_EQ(write(master_.get(), &key, 1), 1); }

    void resize(unsigned short columns)
    {
        winsize size{};
        size.ws_col = columns;
        size.ws_row = 5;
        ioctl(master_.get(), TIOCSWINSZ, &size);
    }

    void send(int signal) { kill(pid_, signal); }

    termios modes() const
    {
        termios now;
        tcgetattr(slave_.get(), &now);
        return now;
    }

    /* Waits for the process: its exit status, or -1. */
    int finish()
    {
        int status = -1;
        while (waitpid(pid_, &status, WNOHANG) == 0) {
            read_some(10);
        }
        while (read_some(0)) {
        }
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    void expect_restored() const
    {
        const termios now = modes();
        EXPECT_EQ(now.c_lflag, before_.c_lflag);
        EXPECT_EQ(now.c_iflag, before_.c_iflag);
        EXPECT_EQ(now.c_oflag, before_.c_oflag);
        EXPECT_LT(output_.rfind(kEnter), output_.rfind(kLeave)) << output_;
        EXPECT_NE(output_.rfind(kShowCursor), std::string::npos) << output_;
    }

    pid_t pid() const { return pid_; }

private:
    [[noreturn]] void run(const Options &options, const char *term)
    {
        login_tty(slave_.get());
        setenv("TERM", term, 1);
        int status = 0;
        try {
            watch(options, Paint());
        } catch (const std::exception &) {
            status = 1;
        }
        _exit(status);
    }

    bool read_some(int milliseconds)
    {
        pollfd fd{.fd = master_.get(), .events = POLLIN, .revents = 0};
        if (poll(&fd, 1, milliseconds) <= 0) {
            return false;
        }
        char buffer[4096];
        const ssize_t size = read(master_.get(), buffer, sizeof(buffer));
        output_.append(buffer,
                       static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        return size > 0;
    }

    Fd master_;
    Fd slave_;
    termios before_{};
    pid_t pid_ = -1;
    std::string output_;
};

Options watching(std::uint64_t count = 0, double interval = 60)
{
    Options options;
    options.command = Command::Watch;
    options.count = count;
    options.interval = interval;
    return options;
}

} // namespace

TEST(WatchOnTerminal, TakesItOver)
{
    OnTerminal terminal(watching());
    terminal.wait_for("no virt interfaces");
    EXPECT_FALSE(terminal.modes().c_lflag & (ECHO | ICANON));
    // Ctrl-C shall go on to work
    EXPECT_TRUE(terminal.modes().c_lflag & ISIG);
    // and takes keys back: a read must not wait for one
    EXPECT_EQ(terminal.modes().c_cc[VMIN], 0);
}

TEST(WatchOnTerminal, GivesItBackOnSignals)
{
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
        OnTerminal terminal(watching());
        terminal.wait_for("no virt interfaces");
        terminal.send(signal);
        EXPECT_EQ(terminal.finish(), 0) << signal;
        terminal.expect_restored();
    }
}

TEST(WatchOnTerminal, GivesItBackOnKeys)
{
    for (const char key : {'q', '\x03'}) {
        OnTerminal terminal(watching());
        terminal.wait_for("no virt interfaces");
        terminal.type('x');
        terminal.type(key);
        EXPECT_EQ(terminal.finish(), 0);
        terminal.expect_restored();
    }
}

TEST(WatchOnTerminal, GivesItBackAfterTheLastReading)
{
    OnTerminal terminal(watching(2, 0.1));
    terminal.wait_for("no virt interfaces");
    EXPECT_EQ(terminal.finish(), 0);
    terminal.expect_restored();
    // the last picture stays
    terminal.wait_for(std::string(kLeave) + "no virt interfaces\r\n");
}

TEST(WatchOnTerminal, FollowsItsSize)
{
    OnTerminal terminal(watching());
    terminal.wait_for("no virt interfaces");
    terminal.forget();
    terminal.resize(7);
    terminal.wait_for("\x1b[H\x1b[Jno virt");
    terminal.forget();
    terminal.resize(40);
    terminal.wait_for("no virt interfaces");
}

TEST(WatchOnTerminal, GivesItBackWhileStopped)
{
    OnTerminal terminal(watching());
    terminal.wait_for("no virt interfaces");
    terminal.send(SIGTSTP);
    int status = 0;
    ASSERT_EQ(waitpid(terminal.pid(), &status, WUNTRACED), terminal.pid());
    EXPECT_TRUE(WIFSTOPPED(status));
    terminal.wait_for(kLeave);
    terminal.expect_restored();
    terminal.forget();
    terminal.send(SIGCONT);
    terminal.wait_for("no virt interfaces");
    terminal.send(SIGTERM);
    EXPECT_EQ(terminal.finish(), 0);
    terminal.expect_restored();
}

/* There is nothing to take over, so it is one picture after the other. */
TEST(WatchOnTerminal, Dumb)
{
    OnTerminal terminal(watching(2, 0.1), "dumb");
    EXPECT_EQ(terminal.finish(), 0);
    EXPECT_EQ(terminal.wait_for("no virt"),
              "no virt interfaces\r\n\r\nno virt interfaces\r\n\r\n");
}

TEST(WatchOnTerminal, JsonIsNoPicture)
{
    Options options = watching(1, 0.1);
    options.json = true;
    OnTerminal terminal(options);
    EXPECT_EQ(terminal.finish(), 0);
    const std::string &output = terminal.wait_for("\"interfaces\":[]}");
    EXPECT_EQ(output.find('\x1b'), std::string::npos);
    EXPECT_EQ(output[0], '{');
}

TEST(ScreenSize, NoTerminal)
{
    const Fd null(open("/dev/null", O_RDWR));
    setenv("COLUMNS", "33", 1);
    setenv("LINES", "-1", 1);
    EXPECT_EQ(screen_size(null.get()),
              (ScreenSize{.columns = 33, .lines = 24}));
    unsetenv("COLUMNS");
    unsetenv("LINES");
    EXPECT_EQ(screen_size(null.get()), ScreenSize{});
}

TEST(Signals, AreHeldBackAndTaken)
{
    {
        Signals signals({SIGUSR1, SIGUSR2});
        EXPECT_EQ(signals.take(), std::nullopt);
        raise(SIGUSR2);
        EXPECT_EQ(signals.take(), SIGUSR2);
        EXPECT_EQ(signals.take(), std::nullopt);
        raise(SIGUSR1);
    }
    // what nobody took does not end the process afterwards
    sigset_t mask;
    sigprocmask(SIG_SETMASK, nullptr, &mask);
    EXPECT_EQ(sigismember(&mask, SIGUSR1), 0);
}

} // namespace virt::test
