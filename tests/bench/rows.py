# SPDX-License-Identifier: GPL-2.0-only
"""The rows of the report: which measurements make them, and their targets.

Copyright (C) The virt authors
"""

from dataclasses import dataclass, field
from statistics import median

PER_PACKET = "instructions per packet, above the bare parent"
RATIO = "receive, one of many children: cost to that of the only child"
PER_REQUEST = ("one ARP request for one of 1000 children: instructions until "
               "idle, above the bare parent")
PER_CHILD = "one of 1000 children: instructions"
MEMORY = "one of 1000 children: bytes"

# Not a number: what macvlan takes.
MACVLAN = "macvlan"

# What cannot be told apart: a path costs more or less in another bed, where
# memory falls differently; a slab of 32 KiB more or less among 1000 children.
NOISE = {PER_PACKET: 3, MEMORY: 33}

# Repeats of a measurement may differ by this part.
AGREEMENT = 0.005


@dataclass
class Row:
    """One path, for virt and its peers.

    virt, macvlan and ipvlan name measurements; of several the cheapest
    counts. The floor, if any, is subtracted from each. Where there is
    `single`, a figure is divided by the one whose path is that instead. A row
    without a target is there to be read.
    """

    path: str
    virt: str
    target: float | str | None
    floor: str | None = None
    single: str | None = None
    macvlan: list[str] = field(default_factory=list)
    ipvlan: list[str] = field(default_factory=list)
    unit: str = PER_PACKET


def peers(path):
    return {
        "macvlan": [f"{path}/macvlan private", f"{path}/macvlan bridge"],
        "ipvlan": [f"{path}/ipvlan"],
    }


def modes(text, path, targets, floor=None, beside=None, **more):
    """A row for each mode that has a target, even if it is None."""
    return [
        Row(f"{text}, {mode}", f"{path}/virt {mode}", target, floor=floor,
            **peers(beside or path), **more)
        for mode, target in zip(["share", "mac", "steal"], targets)
    ]


def rows():
    transmit = "transmit/parent"
    own = "transmit parent/parent"
    receive = "receive/parent"
    return [
        *modes("transmit", "transmit", [410] * 3, transmit),
        *modes("transmit, other namespace", "transmit far", [None] * 2,
               transmit),
        *modes("transmit, egress hook", "transmit hook", [470] * 2, transmit,
               beside="transmit"),
        *modes("transmit, other namespace, egress hook", "transmit far hook",
               [None] * 2, transmit, beside="transmit far"),
        *modes("parent's own transmit", "transmit parent", [0] * 3, own),
        *modes("parent's own transmit, hook", "transmit parent hook",
               [180] * 2, own, beside="transmit parent"),
        *modes("receive", "receive", [145] * 3, receive),
        *modes("receive, other namespace", "receive far", [None] * 3, receive),
        *modes("parent's own receive", "receive other", [85, 60],
               "receive other/parent"),
        *modes("receive, 4096 to 1", "receive 4096", [1.1] * 2, receive,
               single="receive 1", unit=RATIO),
        *modes("ARP request", "arp", [5000] * 2, "arp/parent",
               unit=PER_REQUEST),
        *[row for step in ("create", "up", "delete")
          for row in modes(step, step, [MACVLAN] * 2, unit=PER_CHILD)],
        *modes("dump", "dump", [None] * 2, unit=PER_CHILD),
        *modes("memory", "memory", [MACVLAN] * 2, unit=MEMORY),
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
        costs = [median(measured[name]) - self._floor(measured)
                 for name in names if name in measured]
        if self.row.single and costs:
            return round(min(self._to_single(names, costs, measured)), 3)
        return round(min(costs), 1) if costs else None

    def _floor(self, measured):
        return median(measured[self.row.floor]) if self.row.floor else 0

    def _to_single(self, names, costs, measured):
        for name, cost in zip(filter(measured.get, names), costs):
            single = measured[self.row.single + "/" + name.split("/")[1]]
            yield cost / (median(single) - self._floor(measured))

    @property
    def target(self):
        return self.macvlan if self.row.target == MACVLAN else self.row.target

    @property
    def ratio(self):
        """virt to the cheaper of its peers."""
        noise = NOISE.get(self.row.unit, 0)
        others = [cost for cost in (self.macvlan, self.ipvlan)
                  if cost and cost > noise]
        if not others or self.virt <= 0:
            return None
        return round(self.virt / min(others), 3)

    @property
    def verdict(self):
        if self.target is None:
            return "-"
        limit = self.target + NOISE.get(self.row.unit, 0)
        return "MISS" if self.unsteady or self.virt > limit else "ok"

    def json(self):
        return {
            "path": self.row.path, "unit": self.row.unit, "virt": self.virt,
            "macvlan": self.macvlan, "ipvlan": self.ipvlan,
            "target": self.target, "ratio": self.ratio,
            "verdict": self.verdict,
        }


def _agree(values):
    return max(values) - min(values) <= AGREEMENT * abs(median(values))


def evaluate(measured):
    """The rows for which there are figures."""
    return [Evaluated(row, measured) for row in rows()
            if row.virt in measured and
            (not row.floor or row.floor in measured) and
            (not row.single or row.virt.replace(
                row.virt.split("/")[0], row.single) in measured)]


def unmeasured(evaluated):
    """The paths that have a target and no figure."""
    have = {row.row.path for row in evaluated}
    return [row.path for row in rows()
            if row.target is not None and row.path not in have]
