# SPDX-License-Identifier: GPL-2.0-only
"""The rows about tunnels: what they cost, beside vxlan and the bare wire.

Copyright (C) The virt authors
"""

from statistics import median

UNIT = "instructions per packet through a tunnel, above the bare veth"

# At most this part of what vxlan costs.
TARGETS = {"virt udp + udp": 0.6, "virt netpoll + filter": 0.25}

# At least this part of what TCP gets through the bare veth.
TCP_TARGET = 0.95

# Repeats may differ by this part; of TCP, the best counts.
AGREEMENT = 0.005


class Tunnel:
    """One kind of tunnel."""

    def __init__(self, name, measured):
        self.name = name
        self.cost = median(measured[f"tunnel/{name}"]) - median(
            measured["tunnel/veth"])
        self.tcp = max(measured[f"tunnel tcp/{name}"]) / max(
            measured["tunnel tcp/veth"])
        vxlan = median(measured["tunnel/vxlan"]) - median(
            measured["tunnel/veth"])
        self.ratio = self.cost / vxlan
        costs = measured[f"tunnel/{name}"]
        self.unsteady = ([f"tunnel/{name}"] if max(costs) >
                         (1 + AGREEMENT) * min(costs) else [])

    @property
    def target(self):
        return TARGETS.get(self.name)

    @property
    def tcp_target(self):
        return TCP_TARGET if self.target else None

    @property
    def verdict(self):
        if self.target is None:
            return "-"
        missed = (self.unsteady or self.ratio > self.target or
                  self.tcp < self.tcp_target)
        return "MISS" if missed else "ok"

    def json(self):
        return {
            "tunnel": self.name, "cost": round(self.cost, 1),
            "ratio": round(self.ratio, 3), "target": self.target,
            "tcp": round(self.tcp, 3), "tcp_target": self.tcp_target,
            "verdict": self.verdict,
        }


class Missing:
    """One that has a target and could not be measured."""

    cost, tcp, unsteady, verdict = 0, 0, (), "MISS"

    def __init__(self, name):
        self.name = name
        self.target = TARGETS[name]

    def json(self):
        return {"tunnel": self.name, "cost": None, "ratio": None,
                "target": self.target, "tcp": None, "tcp_target": TCP_TARGET,
                "verdict": self.verdict}


def evaluate_tunnels(measured):
    """Those that were measured, if vxlan and the bare veth are among them."""
    names = [path.removeprefix("tunnel/") for path in measured
             if path.startswith("tunnel/") and path != "tunnel/veth"]
    if not {"tunnel/vxlan", "tunnel/veth"} <= measured.keys():
        return []
    return ([Tunnel(name, measured) for name in names] +
            [Missing(name) for name in TARGETS if name not in names])
