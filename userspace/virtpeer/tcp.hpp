/* SPDX-License-Identifier: GPL-2.0-only */
/* Offsets and flags of the TCP header (RFC 9293).
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_TCP_HPP
#define _VIRTPEER_TCP_HPP

namespace virt::peer
{

enum TcpOffset : unsigned {
    kTcpSeq = 4,
    kTcpAck = 8,
    kTcpFlags = 13,
    kTcpWindow = 14,
    kTcpChecksum = 16,
    kTcpUrgent = 18,
};

enum TcpFlag : unsigned {
    kFlagFin = 0x01,
    kFlagPush = 0x08,
    kFlagAck = 0x10,
    kFlagCwr = 0x80,
};

} // namespace virt::peer

#endif // _VIRTPEER_TCP_HPP
