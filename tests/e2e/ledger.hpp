// SPDX-License-Identifier: GPL-2.0-only
// What the module says of objects that it really made and destroyed, in the
// kernel's log where its debug messages about them are on, as in guests;
// elsewhere there is nothing to read.
//
// Copyright (C) The virt authors
#pragma once

#include <set>
#include <string>

namespace e2e
{

// From its construction on.
class Ledger
{
public:
    Ledger();
    Ledger(const Ledger &) = delete;
    Ledger &operator=(const Ledger &) = delete;
    ~Ledger();

    // Now and then, so that the log does not run away from us; where it has,
    // nothing is known to be alive.
    void read();

    // Children and tunnels; throws if the log is not there, or not whole.
    unsigned long created();

    // Waits until all that was made is gone.
    bool is_even();

    // "child 0123456789abcdef", as of the last look.
    const std::set<std::string> &alive() const { return alive_; }

private:
    void take(const std::string &record);

    int log_ = -1;
    bool is_whole_ = true;
    unsigned long created_ = 0;
    std::set<std::string> alive_;
};

} // namespace e2e
