// SPDX-License-Identifier: GPL-2.0-only
// Where the paths of frames end.
//
// Copyright (C) The virt authors
#pragma once

#include <string>
#include <vector>

namespace bench
{

// Frames end where they enter the receive path of a device, or of several, for
// as long as it lives.
class Drop
{
public:
    Drop(const std::string &device, const std::string &netns);
    Drop(std::vector<std::string> devices, const std::string &netns);
    Drop(const Drop &) = delete;
    Drop &operator=(const Drop &) = delete;
    ~Drop();

    // Throws unless so many frames came to the first.
    void check(unsigned count) const;

private:
    std::vector<std::string> devices_;
    std::string netns_;
};

// Throws unless the number that `pattern` captures in `report` is so large.
void check_count(const std::string &report, const std::string &pattern,
                 unsigned count);

} // namespace bench
