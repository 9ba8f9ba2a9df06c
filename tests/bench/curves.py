# SPDX-License-Identifier: GPL-2.0-only
"""The curves: what receiving costs one of more and more children.

Copyright (C) The virt authors
"""

from math import log2

from rows import CROWDS

WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 50, 90, 34, 40
SERIES = {"virt, share": "#1f77b4", "virt, mac": "#17becf",
          "macvlan": "#ff9f40", "ipvlan": "#9aa0a6"}


def points(rows):
    """For each series, the cost with so many children to that with one."""
    found = {name: {1: 1.0} for name in SERIES}
    for row in rows:
        for count in CROWDS:
            for mode in ("share", "mac"):
                if row.row.path != f"receive, {count} to 1, {mode}":
                    continue
                record = row.json()
                found[f"virt, {mode}"][count] = record["virt"]
                found["macvlan"][count] = record["macvlan"]
                found["ipvlan"][count] = record["ipvlan"]
    return found


def curves(rows, kernel):
    """The picture, or None if nothing was measured."""
    found = points(rows)
    if not all(len(line) > 1 for line in found.values()):
        return None
    top = max(max(line.values()) for line in found.values()) * 1.05
    last = max(CROWDS)

    def x(count):
        return LEFT + (WIDTH - LEFT - RIGHT) * log2(count) / log2(last)

    def y(ratio):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * ratio / top

    parts = [f'<text x="{LEFT}" y="18" class="head">receive: cost of a frame '
             'for one of so many children, to that for an only child</text>']
    for ratio in (0, 0.5, 1, 1.5):
        if ratio <= top:
            parts.append(f'<path d="M{LEFT} {y(ratio):.1f}H{WIDTH - RIGHT}" '
                         'stroke="#ddd"/>'
                         f'<text x="{LEFT - 6}" y="{y(ratio) + 3:.1f}" '
                         f'text-anchor="end">{ratio}</text>')
    for count in (1, *CROWDS):
        parts.append(f'<text x="{x(count):.1f}" y="{HEIGHT - BOTTOM + 16}" '
                     f'text-anchor="middle">{count}</text>')
    label = TOP
    for name, line in sorted(found.items(), key=lambda item:
                             -item[1][last]):
        path = " ".join(f"{x(count):.1f},{y(ratio):.1f}"
                        for count, ratio in sorted(line.items()))
        label = max(label + 13, y(line[last]) + 3)
        parts.append(f'<polyline points="{path}" fill="none" '
                     f'stroke="{SERIES[name]}" stroke-width="2"/>'
                     f'<text x="{WIDTH - RIGHT + 6}" y="{label:.1f}" '
                     f'fill="{SERIES[name]}">{name}</text>')
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 6}">children; Linux {kernel}'
                 '</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
            f'height="{HEIGHT}" font-family="sans-serif" font-size="11">\n'
            "<style>.head{font-weight:bold}</style>\n"
            '<rect width="100%" height="100%" fill="white"/>\n'
            + "\n".join(parts) + "\n</svg>\n")
