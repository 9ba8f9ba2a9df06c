// SPDX-License-Identifier: GPL-2.0-only
// Tables of ip's words.
//
// Copyright (C) The virt authors
#include "link_words.hpp"

#include <linux/if.h>
#include <linux/if_arp.h>

#include <array>

#include <fmt/ranges.h>

namespace virt
{

namespace
{

struct FlagWord {
    std::uint32_t flag;
    std::string_view word;
};

constexpr std::array kFlagWords{
    FlagWord{IFF_LOOPBACK, "LOOPBACK"},
    FlagWord{IFF_BROADCAST, "BROADCAST"},
    FlagWord{IFF_POINTOPOINT, "POINTOPOINT"},
    FlagWord{IFF_MULTICAST, "MULTICAST"},
    FlagWord{IFF_NOARP, "NOARP"},
    FlagWord{IFF_ALLMULTI, "ALLMULTI"},
    FlagWord{IFF_PROMISC, "PROMISC"},
    FlagWord{IFF_MASTER, "MASTER"},
    FlagWord{IFF_SLAVE, "SLAVE"},
    FlagWord{IFF_DEBUG, "DEBUG"},
    FlagWord{IFF_DYNAMIC, "DYNAMIC"},
    FlagWord{IFF_AUTOMEDIA, "AUTOMEDIA"},
    FlagWord{IFF_PORTSEL, "PORTSEL"},
    FlagWord{IFF_NOTRAILERS, "NOTRAILERS"},
    FlagWord{IFF_UP, "UP"},
    FlagWord{IFF_LOWER_UP, "LOWER_UP"},
    FlagWord{IFF_DORMANT, "DORMANT"},
    FlagWord{IFF_ECHO, "ECHO"},
};

constexpr std::array<std::string_view, 7> kOperstateWords{
    "UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN",
    "TESTING", "DORMANT",    "UP"};

constexpr std::array<std::string_view, 2> kLinkmodeWords{"DEFAULT", "DORMANT"};

} // namespace

std::vector<std::string_view> flag_words(std::uint32_t flags, bool parent_down)
{
    std::vector<std::string_view> words;
    if ((flags & IFF_UP) && !(flags & IFF_RUNNING)) {
        words.push_back("NO-CARRIER");
    }
    for (const auto &[flag, word] : kFlagWords) {
        if (flags & flag) {
            words.push_back(word);
        }
    }
    if (parent_down) {
        words.push_back("M-DOWN");
    }
    return words;
}

std::string_view operstate_word(std::uint8_t operstate)
{
    return operstate < kOperstateWords.size() ? kOperstateWords[operstate]
                                              : "UNKNOWN";
}

std::string_view linkmode_word(std::uint8_t linkmode)
{
    return linkmode < kLinkmodeWords.size() ? kLinkmodeWords[linkmode]
                                            : "UNKNOWN";
}

std::string link_type_word(std::uint16_t link_type)
{
    switch (link_type) {
    case ARPHRD_ETHER:
        return "ether";
    case ARPHRD_NONE:
        return "none";
    default:
        return fmt::format("[{}]", link_type);
    }
}

std::string group_word(std::uint32_t group)
{
    return group == 0 ? "default" : std::to_string(group);
}

std::string word_or_number(const char *word, std::uint32_t number)
{
    return word ? word : std::to_string(number);
}

bool is_drop(unsigned stat)
{
    const char *word = virt_stat_word(stat);
    const std::string_view name = word ? word : "";
    return name.starts_with("rx_") || name.starts_with("tx_") ||
           name.starts_with("bc_");
}

std::string option_text(const virt_option &option, std::uint32_t value)
{
    return word_or_number(option.word ? option.word(value) : nullptr, value);
}

std::string address_text(const std::vector<std::byte> &address)
{
    return fmt::format("{:02x}", fmt::join(address, ":"));
}

} // namespace virt
