// SPDX-License-Identifier: GPL-2.0-only
// After the tests of each file: what the module has created it has destroyed.
// It says so in the kernel's log where its debug messages about objects are on,
// as in guests; elsewhere there is nothing to read.
//
// Copyright (C) The virt authors
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "shell.hpp"

namespace e2e
{

namespace
{

class Ledger : public ::testing::EmptyTestEventListener
{
public:
    // The log is read from here on, but for a copy of us that a test makes.
    void OnTestProgramStart(const ::testing::UnitTest &) override
    {
        log_ = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (log_ >= 0)
            lseek(log_, 0, SEEK_END);
    }

    // So that the log does not run away from us.
    void OnTestEnd(const ::testing::TestInfo &) override { read_log(); }

    // Namespaces and devices go in the background.
    void OnTestSuiteEnd(const ::testing::TestSuite &suite) override
    {
        eventually(
            [this] {
                read_log();
                return alive_.empty();
            },
            kTeardown);
        for (const std::string &object : alive_)
            ADD_FAILURE() << "ledger: " << object << " outlived "
                          << suite.name();
        // it is told once
        alive_.clear();
    }

private:
    void read_log()
    {
        char record[8192];
        ssize_t size;

        while (log_ >= 0 && (size = read(log_, record, sizeof(record)),
                             size >= 0 || errno == EPIPE || errno == EINTR)) {
            if (size >= 0)
                take(std::string(record, static_cast<size_t>(size)));
            else if (errno == EPIPE)
                // part of the log is lost, and who has died since
                alive_.clear();
        }
    }

    void take(const std::string &record)
    {
        static const std::string start = "virt: ledger: ";
        static const std::regex form(
            R"(virt: ledger: (\S+ \S+) (created|destroyed))");
        std::smatch found;

        if (record.find(start) == record.npos ||
            !std::regex_search(record, found, form))
            return;
        if (found[2] == "destroyed")
            alive_.erase(found[1]);
        else if (!alive_.insert(found[1]).second)
            ADD_FAILURE() << "ledger: " << found[1] << " created twice";
    }

    int log_ = -1;
    std::set<std::string> alive_;
};

[[maybe_unused]] const auto listener = [] {
    auto *ledger = new Ledger;

    ::testing::UnitTest::GetInstance()->listeners().Append(ledger);
    return ledger;
}();

} // namespace

} // namespace e2e
