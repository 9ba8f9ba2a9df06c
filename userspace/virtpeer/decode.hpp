/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets for people to read; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_DECODE_HPP
#define _VIRTPEER_DECODE_HPP

#include "packet.hpp"

#include <string>

namespace virt::peer
{

/** Towards the peer, or from it. */
enum class Direction : std::uint8_t { Out = '>', In = '<' };

/** One line without its end, from the innermost header that is known. */
std::string decode_line(Frame frame, Payload payload);

/** Lines of 16 bytes: offset, hex, printable characters. */
std::string hex_lines(Frame frame);

} // namespace virt::peer

#endif // _VIRTPEER_DECODE_HPP
