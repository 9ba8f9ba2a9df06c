# SPDX-License-Identifier: GPL-2.0-only
"""What programs get: streams, datagrams and answers, by path and MTU.

Copyright (C) The virt authors
"""

from statistics import median

MTUS = (1500, 9000)
STREAMS = ("tcp 1", "tcp 8", "udp 1", "udp 8")


class Bulk:
    """One path with one MTU: bits per second of guest time, and a byte there
    and back in instructions."""

    def __init__(self, path, mtu, measured):
        self.path, self.mtu = path, mtu
        self.streams = [
            round(median(measured[f"{stream} {mtu}/{path}"]) / 1e9, 3)
            for stream in STREAMS]
        self.trip = round(median(measured[f"trip {mtu}/{path}"]))

    def json(self):
        return {"path": self.path, "mtu": self.mtu,
                **dict(zip(STREAMS, self.streams)), "trip": self.trip}


def evaluate_bulk(measured):
    paths = [name.split("/")[1] for name in measured
             if name.startswith(f"trip {MTUS[0]}/")]
    return [Bulk(path, mtu, measured) for mtu in MTUS for path in paths
            if f"trip {mtu}/{path}" in measured]
