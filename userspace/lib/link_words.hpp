/* SPDX-License-Identifier: GPL-2.0-only */
/* The words that `ip link` has for the numbers of a link; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_LINK_WORDS_HPP
#define _VIRT_LINK_WORDS_HPP

#include "link_options.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace virt
{

/**
 * IFF_ bits in ip's words and order. RUNNING is not named, its absence on an
 * interface that is up is NO-CARRIER; a parent that is down adds M-DOWN.
 */
std::vector<std::string_view> flag_words(std::uint32_t flags, bool parent_down);

/** "UP" for IF_OPER_UP and so on; "UNKNOWN" for numbers without a word. */
std::string_view operstate_word(std::uint8_t operstate);

/** "DEFAULT" for IF_LINK_MODE_DEFAULT and so on. */
std::string_view linkmode_word(std::uint8_t linkmode);

/** "ether" for ARPHRD_ETHER and so on; "[number]" for those without a word. */
std::string link_type_word(std::uint16_t link_type);

/** "default" or the number: the groups' file is not read. */
std::string group_word(std::uint32_t group);

/** `word`, or if there is none, as for a newer module's, the number. */
std::string word_or_number(const char *word, std::uint32_t number);

/** Whether a counter (VIRT_STAT_) is of lost frames; the others: of events. */
bool is_drop(unsigned stat);

/** The value of an option: its word, or the number of one without words. */
std::string option_text(const virt_option &option, std::uint32_t value);

/** A hardware address as hexadecimal bytes with colons. */
std::string address_text(const std::vector<std::byte> &address);

} // namespace virt

#endif // _VIRT_LINK_WORDS_HPP
