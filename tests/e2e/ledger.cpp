// SPDX-License-Identifier: GPL-2.0-only
// What the module says of its objects. After the tests of each file, all are
// gone.
//
// Copyright (C) The virt authors
#include "ledger.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <regex>
#include <stdexcept>

#include <gtest/gtest.h>

#include "shell.hpp"

namespace e2e
{

Ledger::Ledger() : log_(open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC))
{
    if (log_ >= 0)
        lseek(log_, 0, SEEK_END);
}

Ledger::~Ledger()
{
    if (log_ >= 0)
        close(log_);
}

// A record at a time.
void Ledger::read()
{
    std::array<char, 8192> record;
    ssize_t size;

    while (log_ >= 0 && (size = ::read(log_, record.data(), record.size()),
                         size >= 0 || errno == EPIPE || errno == EINTR)) {
        if (size >= 0) {
            take(std::string(record.data(), static_cast<size_t>(size)));
        } else if (errno == EPIPE) {
            is_whole_ = false;
            alive_.clear();
        }
    }
}

void Ledger::take(const std::string &record)
{
    static const std::string start = "virt: ledger: ";
    static const std::regex form(
        R"(virt: ledger: ((\S+) \S+) (created|destroyed))");
    std::smatch found;

    if (record.find(start) == record.npos ||
        !std::regex_search(record, found, form))
        return;
    if (found[3] == "destroyed") {
        alive_.erase(found[1]);
        return;
    }
    created_ += found[2] == "child" || found[2] == "tunnel";
    if (!alive_.insert(found[1]).second)
        ADD_FAILURE() << "ledger: " << found[1] << " created twice";
}

unsigned long Ledger::created()
{
    read();
    if (log_ < 0 || !is_whole_)
        throw std::runtime_error("the kernel's log cannot be read whole");
    return created_;
}

bool Ledger::is_even()
{
    return eventually(
        [this] {
            read();
            return alive_.empty();
        },
        kTeardown);
}

namespace
{

class AfterEachFile : public ::testing::EmptyTestEventListener
{
public:
    // A copy of us that a test starts runs none.
    void OnTestProgramStart(const ::testing::UnitTest &) override
    {
        ledger_.emplace();
    }

    void OnTestEnd(const ::testing::TestInfo &) override { ledger_->read(); }

    // Namespaces and devices go in the background.
    void OnTestSuiteEnd(const ::testing::TestSuite &suite) override
    {
        if (ledger_->is_even())
            return;
        for (const std::string &object : ledger_->alive())
            ADD_FAILURE() << "ledger: " << object << " outlived "
                          << suite.name();
        // it is told once
        ledger_.emplace();
    }

private:
    std::optional<Ledger> ledger_;
};

[[maybe_unused]] const auto listener = [] {
    auto *after = new AfterEachFile;

    ::testing::UnitTest::GetInstance()->listeners().Append(after);
    return after;
}();

} // namespace

} // namespace e2e
