// SPDX-License-Identifier: GPL-2.0-only
// Where the paths of frames end.
//
// Copyright (C) The virt authors
#pragma once

#include <string>

namespace bench
{

// Frames end where they enter a device's receive path, for as long as it
// lives.
class Drop
{
public:
    Drop(const std::string &device, const std::string &netns);
    Drop(const Drop &) = delete;
    Drop &operator=(const Drop &) = delete;
    ~Drop();

    // Throws unless so many frames came.
    void check(unsigned count) const;

private:
    std::string device_, netns_;
};

// Throws unless the number that `pattern` captures in `report` is so large.
void check_count(const std::string &report, const std::string &pattern,
                 unsigned count);

} // namespace bench
