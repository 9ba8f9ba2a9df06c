// SPDX-License-Identifier: GPL-2.0-only
// What kmod and the kernel might write.
//
// Copyright (C) The virt authors
#include "fuzz.hpp"

#include "lib/system_text.hpp"

#include <algorithm>

using namespace virt;
using namespace virt::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size)
{
    const std::string_view text = text_of(data, size);
    const auto lines =
        static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;

    if (const auto info = module_info_from_text(text)) {
        REQUIRE(!info->filename.empty());
        for (const std::string &value :
             {info->filename, info->version, info->release, info->signer}) {
            REQUIRE(value.find('\n') == value.npos);
        }
    }
    REQUIRE(!has_module(text, "virt") || text.find("virt") != text.npos);
    REQUIRE(text.find(lockdown_from_text(text)) != text.npos);
    REQUIRE(udp_sockets_from_text(text).size() <= lines);
    return 0;
}
