# SPDX-License-Identifier: GPL-2.0-only
"""The rows of the report: which measurements make them, and their targets.

Copyright (C) The virt authors
"""

from dataclasses import dataclass, field
from statistics import median

PER_PACKET = "instructions per packet, above the bare parent"

# Repeats of a measurement may differ by this part.
AGREEMENT = 0.005


@dataclass
class Row:
    """One path, for virt and its peers.

    virt, macvlan and ipvlan name measurements; of several the cheapest
    counts. The floor, if any, is subtracted from each. A row without a
    target is there to be read.
    """

    path: str
    virt: str
    target: float | None
    floor: str | None = None
    macvlan: list[str] = field(default_factory=list)
    ipvlan: list[str] = field(default_factory=list)
    unit: str = PER_PACKET


def peers(path):
    return {
        "macvlan": [f"{path}/macvlan private", f"{path}/macvlan bridge"],
        "ipvlan": [f"{path}/ipvlan"],
    }


def per_packet(text, path, modes, target, floor=None, beside=None):
    """A row for each mode."""
    return [
        Row(f"{text}, {mode}", f"{path}/virt {mode}", limit,
            floor=(floor or path) + "/parent", **peers(beside or path))
        for mode, limit in zip(modes, target)
    ]


def rows():
    share_mac = ["share", "mac"]
    every = ["share", "mac", "steal"]
    return [
        *per_packet("transmit", "transmit", every, [410] * 3),
        *per_packet("transmit, other namespace", "transmit far", share_mac,
                    [None] * 2, floor="transmit"),
        *per_packet("transmit, egress hook", "transmit hook", share_mac,
                    [470] * 2, floor="transmit", beside="transmit far"),
        *per_packet("parent's own transmit", "transmit parent", every,
                    [0] * 3),
        *per_packet("parent's own transmit, hook", "transmit parent hook",
                    share_mac, [180] * 2, floor="transmit parent",
                    beside="transmit parent"),
        *per_packet("receive", "receive", every, [145] * 3),
        *per_packet("receive, other namespace", "receive far", every,
                    [None] * 3, floor="receive"),
        *per_packet("parent's own receive", "receive other", share_mac,
                    [85, 60]),
    ]


class Evaluated:
    """A row with its figures."""

    def __init__(self, row, measured):
        self.row = row
        self.virt = self._cost([row.virt], measured)
        self.macvlan = self._cost(row.macvlan, measured)
        self.ipvlan = self._cost(row.ipvlan, measured)
        self.unsteady = [
            name for name in [row.virt, row.floor, *row.macvlan, *row.ipvlan]
            if name in measured and not _agree(measured[name])
        ]

    def _cost(self, names, measured):
        costs = [median(measured[name]) for name in names if name in measured]
        floor = self.row.floor
        if not costs or (floor and floor not in measured):
            return None
        return round(min(costs) - (median(measured[floor]) if floor else 0), 1)

    @property
    def ratio(self):
        """virt to the cheaper of its peers."""
        others = [cost for cost in (self.macvlan, self.ipvlan) if cost]
        if not others or self.virt is None:
            return None
        return round(self.virt / min(others), 3)

    @property
    def verdict(self):
        if self.row.target is None:
            return "-"
        if self.unsteady or self.virt > self.row.target + 0.5:
            return "MISS"
        return "ok"

    def json(self):
        return {
            "path": self.row.path, "unit": self.row.unit, "virt": self.virt,
            "macvlan": self.macvlan, "ipvlan": self.ipvlan,
            "target": self.row.target, "ratio": self.ratio,
            "verdict": self.verdict,
        }


def _agree(values):
    return max(values) - min(values) <= AGREEMENT * abs(median(values))


def evaluate(measured):
    """The rows for which there are figures."""
    found = [Evaluated(row, measured) for row in rows()]
    return [row for row in found if row.virt is not None]
