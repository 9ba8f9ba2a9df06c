#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Writes a capture with a datagram of each kind, cut as by tcpdump -s BYTES.
Usage: capture.py FILE [BYTES]

Copyright (C) The virt authors
"""
import struct
import sys

MAC_A = bytes.fromhex("02000000000a")
MAC_B = bytes.fromhex("02000000000b")
PORT = 50000


def ipv4(protocol, source, target, body):
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 1, 0, 64,
                         protocol, 0)
    return header + bytes(source) + bytes(target) + body


def datagram(source, target, body):
    udp = struct.pack(">HHHH", source, target, 8 + len(body), 0) + body
    packet = ipv4(17, (192, 0, 2, 1), (192, 0, 2, 2), udp)
    return MAC_B + MAC_A + b"\x08\x00" + packet


def frame(ethertype, body):
    return MAC_B + MAC_A + bytes.fromhex(ethertype) + body


arp = (b"\xff" * 6 + MAC_A + bytes.fromhex("08060001080006040001") + MAC_A +
       bytes((10, 9, 0, 1)) + bytes(6) + bytes((10, 9, 0, 2)))
life = (bytes.fromhex("0180c200000e") + MAC_A + b"\x90\x00virtlive" +
        struct.pack(">BBI", 1, 0, 7) + bytes(32))
loop = MAC_B + MAC_A + bytes.fromhex("900000000100") + bytes(42)
ping4 = ipv4(1, (10, 9, 0, 1), (10, 9, 0, 2),
             bytes.fromhex("0800f7ff00000000") + bytes(56))
ping6 = (struct.pack(">IHBB", 0x60000000, 64, 58, 64) + bytes(15) + b"\x01" +
         bytes(15) + b"\x02" + bytes.fromhex("8000000000000000") + bytes(56))

packets = [
    datagram(PORT, PORT, arp),
    datagram(PORT, PORT, life),
    datagram(40000, PORT, ping4),
    datagram(PORT, 40000, ping6),
    datagram(PORT, PORT, arp[:13]),
    datagram(PORT, PORT, loop),
    datagram(7000, 7001, arp),
    datagram(7000, 7001, b"nothing of ours, and long enough"),
]

lldp = bytes.fromhex("02070402000000000a 0404056c616e 06020078 0000")
# Known by what they carry, and not known: the ethertype there is chance.
ours = [frame("0800", ping4 + bytes(6)), frame("86dd", ping6),
        frame("88cc", lldp), frame("81000005 0806", arp[14:]),
        frame("88a80005 81000006 0800", ping4)]
others = [frame("0800", ping6), frame("0800", ping4[:-1]),
          frame("0800", b"\x45" + bytes(40)), frame("86dd", ping4),
          frame("86dd", ping6[:-1]), frame("0806", bytes(28)),
          frame("88cc", b"\x01" + bytes(40)), frame("8100", bytes(40)),
          frame("8100", b"\0\x05"), frame("88a80005 0800", ping6)]
packets += [datagram(20000 + 2 * i, 20001 + 2 * i, body)
            for i, body in enumerate(ours + others)]

snap = int(sys.argv[2]) if len(sys.argv) > 2 else 65535
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, snap, 1))
    for second, packet in enumerate(packets):
        kept = packet[:snap]
        file.write(struct.pack("<IIII", second, 0, len(kept), len(packet)))
        file.write(kept)
