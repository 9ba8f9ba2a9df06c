# SPDX-License-Identifier: GPL-2.0-only
"""The rows about tunnels: what they cost, beside vxlan and the bare wire.

Copyright (C) The virt authors
"""

from statistics import median

UNIT = "instructions per packet through a tunnel, above the bare veth"

# At most this part of what vxlan costs, or socat for a program.
TARGETS = {"virt udp + udp": 0.6, "virt netpoll + filter": 0.25,
           "virtpeer": 0.5}

# At least this part of what TCP gets through the bare veth; virtpeer: so many
# times what it gets through socat.
TCP_TARGET = 0.95
TCP_TIMES = 5

# Schedulers and timers make their repeats differ: the best counts.
PROGRAMS = ("socat", "virtpeer")

# Repeats may differ by this part.
AGREEMENT = 0.005


def cost(name, measured):
    """Instructions of a frame, above the bare veth."""
    best = min if name in PROGRAMS else median
    return best(measured[f"tunnel/{name}"]) - median(measured["tunnel/veth"])


def tcp(name, measured):
    """What TCP gets, as a part of the bare veth."""
    best = max if name in PROGRAMS else median
    return best(measured[f"tunnel tcp/{name}"]) / median(
        measured["tunnel tcp/veth"])


class Tunnel:
    """One kind of tunnel."""

    def __init__(self, name, measured):
        beside = "socat" if name == "virtpeer" else "vxlan"
        self.name = name
        self.cost = cost(name, measured)
        self.tcp = tcp(name, measured)
        self.ratio = self.cost / cost(beside, measured)
        self.tcp_target = None
        if name == "virtpeer":
            self.tcp_target = TCP_TIMES * tcp(beside, measured)
        elif self.target:
            self.tcp_target = TCP_TARGET
        costs = measured[f"tunnel/{name}"]
        self.unsteady = ([f"tunnel/{name}"] if name not in PROGRAMS and
                         max(costs) > (1 + AGREEMENT) * min(costs) else [])

    @property
    def target(self):
        return TARGETS.get(self.name)

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
            "tcp": round(self.tcp, 3),
            "tcp_target": self.tcp_target and round(self.tcp_target, 3),
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
