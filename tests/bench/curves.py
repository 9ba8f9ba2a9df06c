# SPDX-License-Identifier: GPL-2.0-only
"""The curves: cost with more and more children or tunnels, and throughput with
larger and larger packets.

Copyright (C) The virt authors
"""

import re
from statistics import median

from lines import page, panel

# Fewer children than these, and what else there is counts for more.
LEAST = {"dump": 16, "bytes": 256}

# Panels of scale.svg: what was measured, a floor to subtract, and the title.
SCALE = [
    ("receive", "receive/parent",
     "receive, one of so many children: instructions"),
    ("transmit", "transmit veth/parent",
     "transmit, one of so many children: instructions"),
    ("ask", None, "ARP request for one of them: instructions"),
    ("add", None, "create one more, address, up: instructions"),
    ("remove", None, "delete one: instructions"),
    ("dump", None, "list them, for each: instructions"),
    ("bytes", None, "memory for each: bytes"),
    ("tunnel receive", "tunnel/veth",
     "receive, one of so many tunnels on a port: instructions"),
    ("tunnel transmit", "tunnel/veth",
     "transmit, one of so many tunnels: instructions"),
]

# Panels of throughput.svg: whose lines, and the title.
SIZES = [
    (["parent", "virt share", "virt mac", "virt steal", "macvlan bridge",
      "ipvlan"], "UDP to a child in a namespace: Gbit/s by payload"),
    (["parent", "vxlan", "geneve", "gretap over fou", "virt udp + udp",
      "virt netpoll + filter"], "UDP through a tunnel: Gbit/s by payload"),
]


def by_number(what, measured, floor=0):
    """For each name, the medians of `WHAT NUMBER/NAME` by number."""
    found = {}
    for name, values in measured.items():
        match = re.fullmatch(re.escape(what) + r" (\d+)/(.*)", name)
        if match and int(match[1]) >= LEAST.get(what, 0):
            line = found.setdefault(match[2], {})
            line[int(match[1])] = median(values) - floor
    return {name: line for name, line in found.items() if len(line) > 1}


def scale(measured, kernel):
    """The picture, or None if nothing was measured."""
    panels = []
    for what, floor, title in SCALE:
        if floor and floor not in measured:
            continue
        lines = by_number(what, measured,
                          median(measured[floor]) if floor else 0)
        if lines:
            panels.append(panel(title, lines))
    return page(panels, f"Linux {kernel}") if panels else None


def throughput(measured, kernel):
    """The picture, or None if nothing was measured."""
    lines = by_number("size", measured)
    panels = []
    for names, title in SIZES:
        chosen = {name: {size: value / 1e9
                         for size, value in lines[name].items()}
                  for name in names if name in lines}
        if chosen:
            panels.append(panel(title, chosen))
    return page(panels, f"Linux {kernel}; 10^9 instructions for a second, "
                "MTU 9000") if panels else None
