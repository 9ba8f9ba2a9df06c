# SPDX-License-Identifier: GPL-2.0-only
"""What two CPUs at once take, by the clock: ratios of pairs that took turns.

Copyright (C) The virt authors
"""

from statistics import quantiles


class Pairs:
    """One comparison: the median of its ratios, and where half of them are."""

    def __init__(self, name, ratios):
        self.name, self.count = name, len(ratios)
        self.low, self.median, self.high = quantiles(ratios, n=4)

    def json(self):
        return {"comparison": self.name, "pairs": self.count,
                "median": round(self.median, 3),
                "half of them": f"{self.low:.2f} to {self.high:.2f}"}


def evaluate_pairs(measured):
    return [Pairs(name.removeprefix("pairs/"), ratios)
            for name, ratios in measured.items() if name.startswith("pairs/")]
